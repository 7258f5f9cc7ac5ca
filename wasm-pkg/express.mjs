// `app.use(deskgate(verifier))`: `request.deskgate` says who is calling, and nobody else gets further.
import { identify } from "./middleware.mjs";

export function deskgate(verifier, options) {
  return async (request, response, next) => {
    try {
      const { caller, status, body } = await identify(verifier, request, options);
      if (!caller) return void response.status(status).set("Cache-Control", "no-store").json(body);
      request.deskgate = caller;
    } catch (error) {
      // Express 4 does not look at rejected promises.
      return next(error);
    }
    next();
  };
}
