// A JWK Set and a token signed with its first key by node:crypto.
import { generateKeyPairSync, sign } from "node:crypto";
import { writeFileSync } from "node:fs";

const { publicKey, privateKey } = generateKeyPairSync("ed25519");
const { x } = publicKey.export({ format: "jwk" });
const kid = "2026-11";
const set = { keys: [{ kty: "OKP", crv: "Ed25519", alg: "EdDSA", use: "sig", kid, x }] };
const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
const iat = Date.UTC(2026, 10, 21, 12) / 1000;
const header = part({ alg: "EdDSA", typ: "deskgate-origin+jwt", kid });
const claims = part({
  iss: "https://help.contoso.com", aud: "https://tickets.internal", sub: "b.simon", jti: "1", iat, exp: iat + 60,
});
const signature = sign(null, Buffer.from(`${header}.${claims}`), privateKey).toString("base64url");
writeFileSync("jwks.json", JSON.stringify(set, null, 2) + "\n");
writeFileSync("token.jwt", `${header}.${claims}.${signature}\n`);
