// For browsers, and for whatever else fetches what lies beside a module.
import { once } from "./arguments.mjs";
import init from "./explain/pkg/deskgate_explain_wasm.js";
import { createExplain } from "./explanation.mjs";

const beside = () => new URL("./explain/pkg/deskgate_explain_wasm_bg.wasm", import.meta.url);

export const explain = createExplain(once((wasm) => init({ module_or_path: wasm ?? beside() })));
export { VerificationError } from "./errors.mjs";
