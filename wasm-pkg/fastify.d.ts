import type { OriginToken, Verifier } from "./index.js";
import type { MiddlewareOptions } from "./middleware.js";

/** Who is calling, as `request.deskgate`. */
export type Caller = OriginToken;

/** A plugin. Sets `request.deskgate`, or answers with `{ code }`: 401 without a token, 403 with a bad one, 503 without keys. */
export function deskgate(verifier: Verifier, options?: MiddlewareOptions): (app: any) => Promise<void>;
