// Judges what helpdesks are given: JWTs with jose, the rest with node's crypto. Exit code 3: jose is not
// installed.
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import process from "node:process";

const jose = await import("jose").catch(() => undefined);
if (!jose) {
  console.log("jose is not installed below tests/node_modules");
  process.exit(3);
}

let text = "";
for await (const piece of process.stdin) text += piece;
const { now, certificate, public_key, cases } = JSON.parse(text);
const publicKey = await (certificate
  ? jose.importX509(certificate, "RS256")
  : jose.importSPKI(public_key, "RS256"));
const currentDate = new Date(now * 1000);
const sorted = (object) => JSON.stringify(Object.entries(object).sort());

async function jwt({ token, algorithm, secret, claims }) {
  const key = secret ? new TextEncoder().encode(secret) : publicKey;
  const { payload, protectedHeader } = await jose.jwtVerify(token, key, {
    algorithms: [algorithm],
    typ: "JWT",
    currentDate,
  });
  if (algorithm === "HS256" && sorted(protectedHeader) !== sorted({ alg: "HS256", typ: "JWT" }))
    throw new Error(`unexpected header ${JSON.stringify(protectedHeader)}`);
  if (sorted(payload) !== sorted(claims)) throw new Error(`unexpected ${JSON.stringify(payload)}`);
}

const same = (a, b) => a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));

const checks = {
  zendesk: jwt,
  async help_scout_docs(given) {
    await jwt(given);
    const url = new URL(given.address);
    if (url.origin + url.pathname !== "https://contoso.helpscoutdocs.com/authcallback") throw new Error(url);
    if (url.searchParams.get("returnTo") !== "/article/1") throw new Error(url);
  },
  async help_scout_beacon({ email, secret, signature }) {
    if (!same(signature, createHmac("sha256", secret).update(email).digest("hex"))) throw new Error(email);
  },
  async jitbit({ link, secret, day, month, given_name, family_name, organization }) {
    const url = new URL(link);
    if (url.origin + url.pathname !== "https://contoso.jitbit.com/helpdesk/User/AutoLogin") throw new Error(link);
    const value = (name) => url.searchParams.get(name);
    const hash = createHash("sha256")
      .update(value("username") + value("email") + secret + day + month)
      .digest("hex")
      .slice(0, 28);
    if (!same(value("userHash"), hash)) throw new Error(link);
    const names = [value("FirstName"), value("LastName"), value("CompanyName"), value("ReturnUrl")];
    const expected = [given_name, family_name, organization, "/helpdesk/Ticket/17"];
    if (JSON.stringify(names) !== JSON.stringify(expected)) throw new Error(link);
  },
  async freshworks(given) {
    await jwt(given);
    const url = new URL(given.address);
    if (url.searchParams.get("state") !== given.state || url.hash) throw new Error(url);
  },
};

for (const given of cases) {
  const refused = await checks[given.kind](given).then(() => undefined, (error) => error);
  if ((given.expected === "ok") !== (refused === undefined))
    throw new Error(`${given.kind} should be ${given.expected}: ${refused} ${JSON.stringify(given)}`);
}
console.log(`${cases.length} cases`);
