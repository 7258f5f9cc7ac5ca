// For Node.js, Deno and Bun: Node.js cannot fetch file: URLs.
import { readFile } from "node:fs/promises";

import { once } from "./arguments.mjs";
import init from "./pkg/deskgate_wasm.js";
import { createPackage } from "./verifier.mjs";

const beside = () => readFile(new URL("./pkg/deskgate_wasm_bg.wasm", import.meta.url));

export const { createVerifier, decodeUnverified, KeySetError, VerificationError } = createPackage({
  load: once(async (wasm) => init({ module_or_path: wasm ?? (await beside()) })),
});
