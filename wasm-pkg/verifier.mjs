// What the package does, but for where its WebAssembly is: that differs from runtime to runtime.

import { readRequest, seconds, secureUrl, text, url } from "./arguments.mjs";
import { fetchOfThisRuntime } from "./desk.mjs";
import { accepted, KeySetError, VerificationError } from "./errors.mjs";
import { fetchedKeys, givenKeys } from "./keys.mjs";
import { decodeUnverified as decode } from "./pkg/deskgate_wasm.js";

const WELL_KNOWN = "/.well-known/deskgate/jwks.json";

/**
 * The functions of the package. `load` makes the WebAssembly ready; `sharesFetches` says whether one
 * request may wait for what another one fetches.
 */
export function createPackage({ load, sharesFetches = true }) {
  return {
    async createVerifier({ jwks, jwksUrl, issuer, audience, fetch = fetchOfThisRuntime, wasm } = {}) {
      url("issuer", issuer);
      if (audience !== undefined) url("audience", audience);
      if (jwks !== undefined && jwksUrl !== undefined) throw new TypeError("give jwks or jwksUrl, not both");
      const source =
        jwks === undefined
          ? { address: secureUrl("jwksUrl", jwksUrl ?? issuer + WELL_KNOWN) }
          : { given: keySetText(jwks) };
      await load(wasm);
      const keys =
        source.given === undefined
          ? fetchedKeys(source.address, fetch, sharesFetches)
          : givenKeys(source.given);
      return new Verifier(keys, issuer, audience);
    },

    async decodeUnverified(token, { wasm } = {}) {
      text("token", token);
      await load(wasm);
      return accepted(VerificationError, () => decode(token));
    },

    KeySetError,
    VerificationError,
  };
}

class Verifier {
  #keys;
  #issuer;
  #audience;

  constructor(keys, issuer, audience) {
    this.#keys = keys;
    this.#issuer = issuer;
    this.#audience = audience;
  }

  async verifySession(token, { now } = {}) {
    text("token", token);
    const time = seconds(now);
    return this.#verify((keys) => keys.verifySession(token, this.#issuer, time));
  }

  async verifyOriginToken(request, { now } = {}) {
    text("audience", this.#audience);
    const { token, method, path } = readRequest(request);
    const time = seconds(now);
    if (token === undefined) throw missing();
    return this.#verify((keys) =>
      keys.verifyOriginToken(token, this.#issuer, this.#audience, method, path, time),
    );
  }

  get issuer() {
    return this.#issuer;
  }

  async #verify(check) {
    const verdict = (keys) => accepted(VerificationError, () => check(keys));
    const keys = await this.#keys.current();
    try {
      return verdict(keys);
    } catch (error) {
      if (error.code !== "jose.key_id_unknown") throw error;
      const newer = await this.#keys.reloaded(keys);
      if (!newer) throw error;
      return verdict(newer);
    }
  }
}

function missing() {
  return new VerificationError({
    code: "origin.assertion_missing",
    message: "the request has no Deskgate-Assertion",
  });
}

function keySetText(jwks) {
  return text("jwks", typeof jwks === "string" ? jwks : JSON.stringify(jwks));
}
