// `app.use(deskgate(verifier))`: `c.get("deskgate")` says who is calling, and nobody else gets further.
import { identify } from "./middleware.mjs";

export function deskgate(verifier, options) {
  return async (c, next) => {
    const { caller, status, body } = await identify(verifier, c.req.raw, options);
    if (!caller) return Response.json(body, { status, headers: { "Cache-Control": "no-store" } });
    c.set("deskgate", caller);
    await next();
  };
}
