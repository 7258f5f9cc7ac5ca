// A gateway as one writes it in an afternoon: verifies the session with jose, and passes on.
import "./clock.mjs";

import { createLocalJWKSet, jwtVerify } from "jose";

import passthrough from "./passthrough.mjs";

const DESK = "http://127.0.0.1:47887";
const EXPECTED = { issuer: DESK, audience: DESK, algorithms: ["EdDSA"], typ: "deskgate-session+jwt" };
let keys;

export default {
  async fetch(request, env) {
    keys ??= createLocalJWKSet(await (await fetch(`${DESK}/deskgate/jwks.json`)).json());
    const token = /(?:^|; )__Host-deskgate=([^;]*)/.exec(request.headers.get("cookie") ?? "")?.[1];
    try {
      await jwtVerify(token, keys, EXPECTED);
    } catch {
      return new Response("no session", { status: 401 });
    }
    return passthrough.fetch(request, env);
  },
};
