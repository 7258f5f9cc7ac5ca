// Tokens that no line of ours made: JSON by hand, signed by node:crypto.
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import test from "node:test";

import { createVerifier, decodeUnverified, VerificationError } from "../node.mjs";
import * as desk from "./desk.mjs";

const issuer = "https://help.contoso.com";
const { audience } = desk;
const now = 1_795_262_400; // 2026-11-21T12:00:00Z
const key = desk.makeKey("k1");
const jwks = { keys: [key.jwk] };
const verifier = await createVerifier({ jwks, issuer, audience });

const path = "/tickets?page=2";
const sessionClaims = desk.sessionClaims(issuer, now);
const originClaims = desk.originClaims(issuer, "GET", path, now);
const session = (claims) => desk.sessionToken(key, claims);
const origin = (claims) => desk.originToken(key, claims);
const request = (token, method = "GET", url = path) => ({ method, url, headers: { "deskgate-assertion": token } });

async function refuses(verification, code) {
  await assert.rejects(verification, (error) => {
    assert.ok(error instanceof VerificationError && error instanceof Error);
    assert.equal(error.name, "VerificationError");
    assert.equal(error.code, code);
    assert.ok(error.message);
    return true;
  });
}

test("a session becomes a plain object", async () => {
  assert.deepEqual(await verifier.verifySession(session(sessionClaims), { now }), {
    subject: "s",
    sessionId: "i",
    connection: "contoso",
    identity: {
      email: "b.simon@contoso.com",
      name: "B. Simon",
      groups: ["support"],
      groupsOmitted: false,
    },
    authenticatedAt: now - 5,
    issuedAt: now,
    expiresAt: now + 3600,
  });
});

test("an origin token is bound to its request", async () => {
  const token = origin(originClaims);
  const found = await verifier.verifyOriginToken(request(token), { now });
  assert.equal(found.tokenId, "j");
  assert.equal(found.identity.email, "b.simon@contoso.com");
  await refuses(verifier.verifyOriginToken(request(token, "POST"), { now }), "session.method_mismatch");
  await refuses(verifier.verifyOriginToken(request(token, "GET", "/tickets"), { now }), "session.path_mismatch");
});

test("requests of fetch, Node.js and Express are read", async () => {
  const token = origin(originClaims);
  const of = (url, headers = { "Deskgate-Assertion": token }) => new Request(url, { headers });
  await verifier.verifyOriginToken(of(`${audience}${path}#part`), { now });
  await verifier.verifyOriginToken({ ...request(token), originalUrl: path, url: "/" }, { now });
  await refuses(verifier.verifyOriginToken(of(`${audience}${path}&more`), { now }), "session.path_mismatch");
  await refuses(verifier.verifyOriginToken(of(`${audience}${path}`, {}), { now }), "origin.assertion_missing");
  await refuses(verifier.verifyOriginToken({ ...request(token), headers: {} }, { now }), "origin.assertion_missing");
  // Two headers arrive as one value in either form.
  const twice = new Headers([["Deskgate-Assertion", token], ["Deskgate-Assertion", token]]);
  await refuses(verifier.verifyOriginToken(of(`${audience}${path}`, twice), { now }), "jose.segment_count");

  const bare = origin(desk.originClaims(issuer, "GET", "/a?", now));
  await verifier.verifyOriginToken(of(`${audience}/a?`, { "Deskgate-Assertion": bare }), { now });
  await refuses(verifier.verifyOriginToken(of(`${audience}/a`, { "Deskgate-Assertion": bare }), { now }), "session.path_mismatch");
});

test("expected and found are said", async () => {
  const other = session({ ...sessionClaims, iss: "https://evil.example\n" });
  await refuses(verifier.verifySession(other, { now }), "jose.claim_malformed");
  const wrong = session({ ...sessionClaims, iss: "https://evil.example" });
  await assert.rejects(verifier.verifySession(wrong, { now }), {
    code: "jose.issuer_mismatch",
    expected: issuer,
    found: "https://evil.example",
  });
});

test("what JSON.parse would hide is refused although signed", async () => {
  const json = JSON.stringify(sessionClaims);
  const check = (claims, code) => refuses(verifier.verifySession(session(claims), { now }), code);
  await check(json.replace("{", '{"sub":"somebody else",'), "jose.duplicate_member");
  await check(`\ufeff${json}`, "jose.json_malformed");
  await check(json.replace(`"exp":${now + 3600}`, `"exp":${now + 3600}.5`), "jose.claim_malformed");
});

test("the clock is the default time", async () => {
  await refuses(verifier.verifySession(session({ ...sessionClaims, iat: 1000, exp: 2000 })), "jose.expired");
  assert.equal((await verifier.verifySession(session(desk.sessionClaims(issuer)))).subject, "s");
});

test("a mistake of the caller is a TypeError", async () => {
  const token = origin(originClaims);
  for (const mistake of [
    verifier.verifySession(undefined),
    verifier.verifySession(token, { now: "1795262400" }),
    verifier.verifySession(token, { now: Number.NaN }),
    verifier.verifySession(token, { now: -1 }),
    verifier.verifyOriginToken(undefined),
    verifier.verifyOriginToken(token),
    verifier.verifyOriginToken({ method: "GET", headers: { "deskgate-assertion": token } }),
    verifier.verifyOriginToken({ url: path, headers: { "deskgate-assertion": token } }),
    verifier.verifyOriginToken({ ...request(token), headers: { "deskgate-assertion": [token] } }),
    createVerifier(),
    createVerifier({ jwks }),
    createVerifier({ jwks, jwksUrl: `${issuer}/keys`, issuer }),
    createVerifier({ jwks, issuer, audience: 1 }),
    createVerifier({ jwks, issuer, audience: "" }),
    createVerifier({ jwks, issuer: "help" }),
    createVerifier({ jwksUrl: "http://help.contoso.com/keys", issuer }),
    createVerifier({ issuer: "http://help.contoso.com" }),
    decodeUnverified(undefined),
  ]) {
    await assert.rejects(mistake, TypeError);
  }
});

test("without an audience no origin token is accepted", async () => {
  const sessionsOnly = await createVerifier({ jwks, issuer });
  for (const aud of [audience, "", "undefined"]) {
    const verification = sessionsOnly.verifyOriginToken(request(origin({ ...originClaims, aud })), { now });
    await assert.rejects(verification, TypeError);
  }
});

test("a refused key set rejects the promise", async () => {
  for (const [keys, code] of [
    [{ keys: [key.jwk, key.jwk] }, "jose.duplicate_key_id"],
    [{ keys: [{ ...key.jwk, d: "AA" }] }, "jose.key_private"],
    ["[]", "jose.json_malformed"],
    ["", "jose.json_malformed"],
  ]) {
    await assert.rejects(createVerifier({ jwks: keys, issuer }), { name: "KeySetError", code });
  }
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey.export({ format: "jwk" });
  const mixed = await createVerifier({ jwks: { keys: [{ ...rsa, kid: "r" }, key.jwk] }, issuer });
  assert.equal((await mixed.verifySession(session(sessionClaims), { now })).subject, "s");
});

test("a token can be looked into without believing it", async () => {
  const { header, claims } = await decodeUnverified(session({ ...sessionClaims, number: 1.5 }));
  assert.deepEqual(header, { kid: "k1", typ: "deskgate-session+jwt", alg: "EdDSA" });
  assert.deepEqual(claims, { ...sessionClaims, number: 1.5 });
  await refuses(decodeUnverified("a.b"), "jose.segment_count");
  await refuses(decodeUnverified(session("[]")), "jose.json_malformed");
});
