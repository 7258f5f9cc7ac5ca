// For Node.js, Deno and Bun: Node.js cannot fetch file: URLs.
import { readFile } from "node:fs/promises";

import { once } from "./arguments.mjs";
import init from "./explain/pkg/deskgate_explain_wasm.js";
import { createExplain } from "./explanation.mjs";

const beside = () => readFile(new URL("./explain/pkg/deskgate_explain_wasm_bg.wasm", import.meta.url));

export const explain = createExplain(once(async (wasm) => init({ module_or_path: wasm ?? (await beside()) })));
export { VerificationError } from "./errors.mjs";
