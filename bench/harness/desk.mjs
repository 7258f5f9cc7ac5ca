// The desk of the benchmark: its settings, and somebody who signs in.
import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";

import { send } from "./workerd.mjs";

const NOW = 1_795_262_400;
export const DESK = "http://127.0.0.1:47887";
const SECRET = crypto.randomBytes(32);

export const environment = (originUrl) => ({ DESKGATE_SECRET: SECRET.toString("base64url"), ORIGIN: originUrl });

// What `deskgate apply` does, at the time at which the Worker believes it is.
export async function apply({ folder }, originUrl, now = NOW) {
  const body = JSON.stringify({
    name: "Bench",
    url: DESK,
    origin: originUrl,
    public_paths: ["/assets/"],
    connections: [
      {
        name: "contoso",
        display_name: "Contoso",
        idp_entity_id: "https://sts.windows.net/3f1a2b4c-5d6e-4f70-8a91-b2c3d4e5f607/",
        sso_url: "https://login.example.com/saml2",
        certificates: [fs.readFileSync(path.join(folder, "idp.crt"), "utf8")],
        allow_idp_initiated: true,
      },
    ],
  });
  const route = "/deskgate/admin/settings";
  const digest = (text) => crypto.createHash("sha256").update(text).digest("base64url");
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = {
    iss: "deskgate-cli",
    aud: DESK,
    jti: crypto.randomUUID(),
    iat: now,
    exp: now + 60,
    htm: "PUT",
    path_sha256: digest(route),
    body_sha256: digest(body),
  };
  const signed = `${part({ alg: "HS256", typ: "deskgate-admin+jwt" })}.${part(claims)}`;
  const key = Buffer.from(crypto.hkdfSync("sha256", SECRET, "", "deskgate admin", 32));
  const token = `${signed}.${crypto.createHmac("sha256", key).update(signed).digest("base64url")}`;
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
  const reply = await send("PUT", DESK + route, { body, headers });
  if (reply.status !== 200) throw new Error(`settings: ${reply.status} ${reply.body}`);
  await load();
}

// Any request of the desk loads its settings into an isolate that is new.
export const load = () => send("GET", `${DESK}/assets/app.css`);

// The cookie of whoever signs in with the document of Entra's shape.
export async function signIn({ folder }) {
  const xml = fs.readFileSync(path.join(folder, "entra.xml"));
  const body = new URLSearchParams({ SAMLResponse: xml.toString("base64") }).toString();
  const headers = {
    "Content-Type": "application/x-www-form-urlencoded",
    Origin: DESK,
    "Sec-Fetch-Site": "same-origin",
  };
  const reply = await send("POST", `${DESK}/deskgate/acs/complete`, { body, headers });
  const cookie = reply.headers["set-cookie"]?.find((line) => line.startsWith("__Host-deskgate="));
  if (!cookie) throw new Error(`sign-in: ${reply.status} ${reply.body}`);
  return cookie.split(";")[0];
}
