// A desk that is only its keys: tokens are JSON by hand, signed by node:crypto, and no line of ours made them.
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import http from "node:http";

export const audience = "https://tickets.internal";

const base64url = (text) => Buffer.from(text).toString("base64url");
export const seconds = () => Math.floor(Date.now() / 1000);

export function makeKey(kid) {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const jwk = { ...publicKey.export({ format: "jwk" }), kid, alg: "EdDSA", use: "sig" };
  return { kid, jwk, privateKey };
}

export function signToken({ kid, privateKey }, typ, claims) {
  const header = JSON.stringify({ kid, typ, alg: "EdDSA" });
  const text = typeof claims === "string" ? claims : JSON.stringify(claims);
  const input = `${base64url(header)}.${base64url(text)}`;
  return `${input}.${sign(null, Buffer.from(input), privateKey).toString("base64url")}`;
}

export function sessionClaims(issuer, now = seconds()) {
  return {
    iss: issuer,
    aud: issuer,
    sub: "s",
    sid: "i",
    iat: now,
    exp: now + 3600,
    auth_time: now - 5,
    connection: "contoso",
    identity: { email: "b.simon@contoso.com", name: "B. Simon", groups: ["support"] },
  };
}

export function originClaims(issuer, method, path, now = seconds()) {
  return {
    ...sessionClaims(issuer, now),
    aud: audience,
    exp: now + 60,
    jti: "j",
    htm: method,
    path_sha256: createHash("sha256").update(path).digest("base64url"),
  };
}

export const sessionToken = (key, claims) => signToken(key, "deskgate-session+jwt", claims);
export const originToken = (key, claims) => signToken(key, "deskgate-origin+jwt", claims);

/** Serves what `answer(request, response)` says, on loopback. */
export async function serve(answer) {
  const server = http.createServer(answer);
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  server.unref();
  return { url: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}

/** A desk that answers with its keys. */
export async function serveDesk(key = makeKey("k1")) {
  const { url, close } = await serve((request, response) => {
    const known = request.url === "/.well-known/deskgate/jwks.json";
    response.writeHead(known ? 200 : 404).end(JSON.stringify({ keys: [key.jwk] }));
  });
  return { url, key, close };
}
