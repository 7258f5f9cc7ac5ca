// Tokens that no line of ours made: JSON by hand, signed by node:crypto.
import assert from "node:assert/strict";
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import test from "node:test";

import { createVerifier, VerificationError } from "../index.mjs";

const issuer = "https://help.contoso.com";
const audience = "https://tickets.internal";
const now = 1_795_262_400; // 2026-11-21T12:00:00Z
const { publicKey, privateKey } = generateKeyPairSync("ed25519");
const jwks = { keys: [{ ...publicKey.export({ format: "jwk" }), kid: "k1", alg: "EdDSA", use: "sig" }] };
const verifier = await createVerifier({ jwks, issuer, audience });

const base64url = (text) => Buffer.from(text).toString("base64url");
const pathDigest = (path) => createHash("sha256").update(path).digest("base64url");

function token(header, claims) {
  const input = `${base64url(header)}.${base64url(claims)}`;
  return `${input}.${sign(null, Buffer.from(input), privateKey).toString("base64url")}`;
}

const sessionHeader = '{"kid":"k1","typ":"deskgate-session+jwt","alg":"EdDSA"}';
const sessionClaims = {
  iss: issuer,
  aud: issuer,
  sub: "s",
  sid: "i",
  iat: now,
  exp: now + 3600,
  auth_time: now - 5,
  connection: "contoso",
  identity: { email: "b.simon@contoso.com", groups: ["support"] },
};
const originHeader = '{"kid":"k1","typ":"deskgate-origin+jwt","alg":"EdDSA"}';
const originClaims = {
  ...sessionClaims,
  aud: audience,
  exp: now + 60,
  jti: "j",
  htm: "GET",
  path_sha256: pathDigest("/tickets?page=2"),
};

function refuses(verify, code) {
  assert.throws(verify, (error) => {
    assert.ok(error instanceof VerificationError && error instanceof Error);
    assert.equal(error.name, "VerificationError");
    assert.equal(error.code, code);
    assert.ok(error.message && error.help);
    return true;
  });
}

test("a session becomes a plain object", () => {
  const session = verifier.verifySession(token(sessionHeader, JSON.stringify(sessionClaims)), { now });
  assert.deepEqual(session, {
    subject: "s",
    sessionId: "i",
    connection: "contoso",
    identity: {
      nameId: undefined,
      email: "b.simon@contoso.com",
      noEmail: undefined,
      id: undefined,
      name: undefined,
      givenName: undefined,
      familyName: undefined,
      phone: undefined,
      organization: undefined,
      groups: ["support"],
      groupsOmitted: false,
    },
    authenticatedAt: now - 5,
    issuedAt: now,
    expiresAt: now + 3600,
  });
});

test("an origin token is bound to its request", () => {
  const good = token(originHeader, JSON.stringify(originClaims));
  const found = verifier.verifyOriginToken(good, { method: "GET", path: "/tickets?page=2", now });
  assert.equal(found.tokenId, "j");
  assert.equal(found.identity.email, "b.simon@contoso.com");
  refuses(() => verifier.verifyOriginToken(good, { method: "POST", path: "/tickets?page=2", now }), "session.method_mismatch");
  refuses(() => verifier.verifyOriginToken(good, { method: "GET", path: "/tickets", now }), "session.path_mismatch");
});

test("expected and found are said", () => {
  const other = token(sessionHeader, JSON.stringify({ ...sessionClaims, iss: "https://evil.example\n" }));
  refuses(() => verifier.verifySession(other, { now }), "jose.claim_malformed");
  const wrong = token(sessionHeader, JSON.stringify({ ...sessionClaims, iss: "https://evil.example" }));
  assert.throws(() => verifier.verifySession(wrong, { now }), {
    code: "jose.issuer_mismatch",
    expected: issuer,
    found: "https://evil.example",
  });
});

test("what JSON.parse would hide is refused although signed", () => {
  const json = JSON.stringify(sessionClaims);
  const duplicate = json.replace("{", '{"sub":"somebody else",');
  refuses(() => verifier.verifySession(token(sessionHeader, duplicate), { now }), "jose.duplicate_member");
  refuses(() => verifier.verifySession(token(sessionHeader, `\ufeff${json}`), { now }), "jose.json_malformed");
  const fraction = json.replace(`"exp":${now + 3600}`, `"exp":${now + 3600}.5`);
  refuses(() => verifier.verifySession(token(sessionHeader, fraction), { now }), "jose.claim_malformed");
  const critical = sessionHeader.replace("{", '{"crit":["x"],"x":1,');
  refuses(() => verifier.verifySession(token(critical, json), { now }), "jose.header_parameter_refused");
});

test("the clock is the default time", () => {
  const old = token(sessionHeader, JSON.stringify({ ...sessionClaims, iat: 1000, exp: 2000 }));
  refuses(() => verifier.verifySession(old), "jose.expired");
  const seconds = Math.floor(Date.now() / 1000);
  const fresh = { ...sessionClaims, iat: seconds, exp: seconds + 60 };
  assert.equal(verifier.verifySession(token(sessionHeader, JSON.stringify(fresh))).subject, "s");
});

test("a mistake of the caller is a TypeError", async () => {
  const good = token(originHeader, JSON.stringify(originClaims));
  const typeErrors = [
    () => verifier.verifySession(undefined),
    () => verifier.verifySession(good, { now: "1795262400" }),
    () => verifier.verifySession(good, { now: Number.NaN }),
    () => verifier.verifySession(good, { now: -1 }),
    () => verifier.verifyOriginToken(good),
    () => verifier.verifyOriginToken(good, { method: "GET" }),
  ];
  for (const call of typeErrors) assert.throws(call, TypeError);
  await assert.rejects(createVerifier(), TypeError);
  await assert.rejects(createVerifier({ jwks }), TypeError);
  await assert.rejects(createVerifier({ jwks, issuer, audience: 1 }), TypeError);
  await assert.rejects(createVerifier({ jwks, issuer, audience: "" }), TypeError);
  await assert.rejects(createVerifier({ jwks, issuer: "help" }), TypeError);
});

test("without an audience no origin token is accepted", async () => {
  const sessionsOnly = await createVerifier({ jwks, issuer });
  const request = { method: "GET", path: "/tickets?page=2", now };
  for (const aud of [audience, "", "undefined"]) {
    const signed = token(originHeader, JSON.stringify({ ...originClaims, aud }));
    assert.throws(() => sessionsOnly.verifyOriginToken(signed, request), TypeError);
  }
});

test("a refused key set rejects the promise", async () => {
  const [key] = jwks.keys;
  for (const [keys, code] of [
    [{ keys: [key, key] }, "jose.duplicate_key_id"],
    [{ keys: [{ ...key, d: "AA" }] }, "jose.key_private"],
    ["[]", "jose.json_malformed"],
  ]) {
    await assert.rejects(createVerifier({ jwks: keys, issuer }), { name: "VerificationError", code });
  }
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey.export({ format: "jwk" });
  const mixed = await createVerifier({ jwks: { keys: [{ ...rsa, kid: "r" }, key] }, issuer });
  assert.equal(mixed.verifySession(token(sessionHeader, JSON.stringify(sessionClaims)), { now }).subject, "s");
});
