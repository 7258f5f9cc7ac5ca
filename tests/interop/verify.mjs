// Verifies a session token and an origin token with jose. Exit code 3: jose is not installed.
import process from "node:process";

const jose = await import("jose").catch(() => undefined);
if (!jose) {
  console.log("jose is not installed below tests/node_modules");
  process.exit(3);
}

let text = "";
for await (const piece of process.stdin) text += piece;
const { jwks, session, origin, desk_url, origin_url, email } = JSON.parse(text);
const keys = jose.createLocalJWKSet(jwks);

const verified = [
  await jose.jwtVerify(session, keys, {
    algorithms: ["EdDSA"],
    issuer: desk_url,
    audience: desk_url,
    typ: "deskgate-session+jwt",
  }),
  await jose.jwtVerify(origin, keys, {
    algorithms: ["EdDSA"],
    issuer: desk_url,
    audience: origin_url,
    typ: "deskgate-origin+jwt",
    maxTokenAge: 60,
  }),
];
for (const { payload } of verified) {
  if (payload.identity.email !== email) throw new Error(`unexpected claims ${JSON.stringify(payload)}`);
}

// A changed token must fail, or the checks above mean nothing.
const [header, payload, signature] = session.split(".");
const changed = [header, payload.slice(0, -2) + (payload.endsWith("AA") ? "BB" : "AA"), signature].join(".");
const refused = await jose.jwtVerify(changed, keys).then(() => false, () => true);
if (!refused) throw new Error("a changed token was accepted");
