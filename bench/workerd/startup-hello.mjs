// The shim that the smallest Worker in Rust needs.
import * as hello from "./hello_worker.js";
import module from "./hello_worker_bg.wasm";

hello.initSync({ module });

export default {
  fetch: (request, env, ctx) => hello.fetch(request, env, ctx),
};
