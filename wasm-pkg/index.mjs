// For browsers, and for whatever else fetches what lies beside a module.
import { once } from "./arguments.mjs";
import init from "./pkg/deskgate_wasm.js";
import { createPackage } from "./verifier.mjs";

const beside = () => new URL("./pkg/deskgate_wasm_bg.wasm", import.meta.url);

export const { createVerifier, decodeUnverified, KeySetError, VerificationError } = createPackage({
  load: once((wasm) => init({ module_or_path: wasm ?? beside() })),
});
