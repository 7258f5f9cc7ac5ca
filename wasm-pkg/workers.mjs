// For Workers, which compile WebAssembly before they run, and where a request must not wait for another.
import { initSync } from "./pkg/deskgate_wasm.js";
import module from "./pkg/deskgate_wasm_bg.wasm";
import { createPackage } from "./verifier.mjs";

export const { createVerifier, decodeUnverified, KeySetError, VerificationError } = createPackage({
  load: async () => initSync({ module }),
  sharesFetches: false,
});
