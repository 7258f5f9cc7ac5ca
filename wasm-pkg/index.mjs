// Loads the WebAssembly once and gives its verdicts the form that JavaScript expects: a Promise while
// loading, plain objects for accepted tokens, an Error for refused ones.

import init, { Verifier as WasmVerifier } from "./pkg/deskgate_wasm.js";

/** A token or key set was refused. `code` is stable; `message` is for people. */
export class VerificationError extends Error {
  constructor({ code, message, expected, found, help }) {
    super(message);
    this.name = "VerificationError";
    this.code = code;
    this.expected = expected;
    this.found = found;
    this.help = help;
  }
}

class Verifier {
  #wasm;
  #audience;

  constructor(wasm, audience) {
    this.#wasm = wasm;
    this.#audience = audience;
  }

  verifySession(token, { now } = {}) {
    return refusing(() => this.#wasm.verifySession(text("token", token), seconds(now)));
  }

  verifyOriginToken(token, { method, path, now } = {}) {
    text("audience", this.#audience);
    return refusing(() =>
      this.#wasm.verifyOriginToken(
        text("token", token),
        text("method", method),
        text("path", path),
        seconds(now),
      ),
    );
  }
}

export async function createVerifier({ jwks, issuer, audience, wasm } = {}) {
  const keySet = typeof jwks === "string" ? jwks : JSON.stringify(jwks);
  text("jwks", keySet);
  url("issuer", issuer);
  if (audience !== undefined) url("audience", audience);
  await load(wasm);
  return refusing(() => new Verifier(new WasmVerifier(keySet, issuer, audience), audience));
}

let loading;

function load(wasm) {
  // A failed download must not spoil every later call.
  loading ??= initialize(wasm).catch((error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function initialize(wasm) {
  return init({ module_or_path: wasm ?? (await besideThisFile()) });
}

// Node.js cannot fetch file: URLs.
async function besideThisFile() {
  const url = new URL("./pkg/deskgate_wasm_bg.wasm", import.meta.url);
  if (url.protocol !== "file:") return url;
  const { readFile } = await import("node:fs/promises");
  return readFile(url);
}

function refusing(verify) {
  try {
    return verify();
  } catch (refusal) {
    throw refusal instanceof Error ? refusal : new VerificationError(refusal);
  }
}

// A wrong type is a mistake in the calling program, not a refused token.
function text(name, value) {
  if (typeof value !== "string") throw new TypeError(`${name} must be a string`);
  return value;
}

function url(name, value) {
  if (!URL.canParse(text(name, value))) throw new TypeError(`${name} must be a URL`);
}

function seconds(now = Math.floor(Date.now() / 1000)) {
  if (!Number.isSafeInteger(now) || now < 0) {
    throw new TypeError("now must be whole seconds since 1970");
  }
  return now;
}
