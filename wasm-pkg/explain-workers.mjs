// For Workers, which compile WebAssembly before they run.
import { initSync } from "./explain/pkg/deskgate_explain_wasm.js";
import module from "./explain/pkg/deskgate_explain_wasm_bg.wasm";
import { createExplain } from "./explanation.mjs";

export const explain = createExplain(async () => initSync({ module }));
export { VerificationError } from "./errors.mjs";
