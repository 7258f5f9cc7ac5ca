// `app.register(deskgate(verifier))`: `request.deskgate` says who is calling, and nobody else gets further.
import { identify } from "./middleware.mjs";

export function deskgate(verifier, options) {
  async function plugin(app) {
    app.decorateRequest("deskgate", null);
    app.addHook("onRequest", async (request, reply) => {
      const { caller, status, body } = await identify(verifier, request, options);
      if (!caller) return reply.code(status).header("Cache-Control", "no-store").send(body);
      request.deskgate = caller;
    });
  }
  // For the whole server, and not only for what this plugin registers, which is nothing.
  plugin[Symbol.for("skip-override")] = true;
  return plugin;
}
