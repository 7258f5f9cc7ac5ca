import type { FetchRequest, OriginToken, Verifier } from "./index.js";
import type { MiddlewareOptions } from "./middleware.js";

/** For `new Hono<DeskgateEnv>()`. */
export interface DeskgateEnv {
  Variables: { deskgate: OriginToken };
}

/** Sets `c.get("deskgate")`, or answers with `{ code }`: 401 without a token, 403 with a bad one, 503 without keys. */
export function deskgate(
  verifier: Verifier,
  options?: MiddlewareOptions,
): (c: { req: { raw: FetchRequest }; set: any }, next: () => Promise<void>) => Promise<any>;
