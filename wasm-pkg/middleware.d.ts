import type { KeySetError, VerificationError } from "./index.js";

export interface MiddlewareOptions {
  /** Is told of each request that is refused, for a log. The client sees the code only. */
  onRefused?: (error: VerificationError | KeySetError) => void;
}
