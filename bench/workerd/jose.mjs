// The same tokens with jose.
import "./clock.mjs";

import { SignJWT, createLocalJWKSet, decodeJwt, decodeProtectedHeader, importPKCS8, jwtVerify } from "jose";

import given from "./given.js";
import { serve } from "./serve.mjs";

const DESK = "http://127.0.0.1:47887";
const AUDIENCES = { session: DESK, origin: "http://127.0.0.1:47890" };
const keys = createLocalJWKSet(given.keys);
let privateKey;

function begin(work) {
  const [name, operation] = work.split("-");
  const token = given.tokens[name];
  const header = decodeProtectedHeader(token);
  if (operation === "verify") {
    const expected = { issuer: DESK, audience: AUDIENCES[name], algorithms: ["EdDSA"], typ: header.typ };
    return () => jwtVerify(token, keys, expected);
  }
  const claims = decodeJwt(token);
  return async () => {
    privateKey ??= await importPKCS8(given.deskKey, "EdDSA");
    await new SignJWT(claims).setProtectedHeader(header).sign(privateKey);
  };
}

export default serve(begin, () => ({}));
