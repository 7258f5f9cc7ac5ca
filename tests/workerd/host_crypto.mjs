// The crypto provider of the Worker behind HTTP: a request has one call, its response the answer.
import { call, initSync } from "./deskgate_tests_host.js";
import module from "./deskgate_tests_host_bg.wasm";

initSync({ module });

export default {
  async fetch(request) {
    return new Response(call(await request.text()));
  },
};
