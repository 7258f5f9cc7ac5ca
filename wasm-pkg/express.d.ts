import type { NodeRequest, OriginToken, Verifier } from "./index.js";
import type { MiddlewareOptions } from "./middleware.js";

declare global {
  namespace Express {
    interface Request {
      /** Who is calling. */
      deskgate?: OriginToken;
    }
  }
}

/** Sets `request.deskgate`, or answers with `{ code }`: 401 without a token, 403 with a bad one, 503 without keys. */
export function deskgate(
  verifier: Verifier,
  options?: MiddlewareOptions,
): (request: NodeRequest, response: any, next: (error?: unknown) => void) => Promise<void>;
