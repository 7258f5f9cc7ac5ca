// What the package does, but for where its WebAssembly is: that differs from runtime to runtime.

import { accepted, KeySetError, VerificationError } from "./errors.mjs";
import { fetchedKeys, givenKeys } from "./keys.mjs";
import { decodeUnverified as decode } from "./pkg/deskgate_wasm.js";
import { seconds, text, url } from "./arguments.mjs";

const HEADER = "deskgate-assertion";
const WELL_KNOWN = "/.well-known/deskgate/jwks.json";

/**
 * The functions of the package. `load` makes the WebAssembly ready; `sharesFetches` says whether one
 * request may wait for what another one fetches.
 */
export function createPackage({ load, sharesFetches = true }) {
  return {
    async createVerifier({ jwks, jwksUrl, issuer, audience, fetch, wasm } = {}) {
      url("issuer", issuer);
      if (audience !== undefined) url("audience", audience);
      if (jwks !== undefined && jwksUrl !== undefined) throw new TypeError("give jwks or jwksUrl, not both");
      const source =
        jwks === undefined
          ? { address: keySetUrl(jwksUrl ?? issuer + WELL_KNOWN) }
          : { given: keySetText(jwks) };
      await load(wasm);
      const keys =
        source.given === undefined
          ? fetchedKeys(source.address, fetch ?? fetchOfThisRuntime, sharesFetches)
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

/** Of a Request as fetch has it, or of a message as Node.js, Express and Fastify have it. */
function readRequest(request) {
  const headers = request?.headers;
  if (typeof headers !== "object" || headers === null) throw new TypeError("request must be a request");
  const isOfFetch = typeof headers.get === "function";
  const token = (isOfFetch ? headers.get(HEADER) : headers[HEADER]) ?? undefined;
  // Express changes url below a mount point, and keeps what was sent.
  const target = isOfFetch ? pathAndQuery(request.url) : request.originalUrl ?? request.url;
  if (token !== undefined) text(HEADER, token);
  return { token, method: text("request.method", request.method), path: text("request.url", target) };
}

// As it stands in the URL: `search` would lose a question mark with nothing behind it.
function pathAndQuery(address) {
  const { href, origin, hash } = new URL(text("request.url", address));
  return href.slice(origin.length, href.length - hash.length);
}

function missing() {
  return new VerificationError({
    code: "origin.assertion_missing",
    message: "the request has no Deskgate-Assertion",
  });
}

// Looked up at each call, and called without an object before it: runtimes and test tools want both.
function fetchOfThisRuntime(...request) {
  return globalThis.fetch(...request);
}

function keySetText(jwks) {
  return text("jwks", typeof jwks === "string" ? jwks : JSON.stringify(jwks));
}

// Whoever can change the answer decides who gets in.
function keySetUrl(address) {
  const { protocol, hostname } = url("jwksUrl", address);
  const isLoopback = ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
  if (protocol !== "https:" && !(protocol === "http:" && isLoopback)) {
    throw new TypeError("jwksUrl must be an https URL");
  }
  return address;
}
