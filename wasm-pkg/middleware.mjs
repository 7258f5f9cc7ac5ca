// What the middleware of every framework does: who is calling, or the answer to whoever is nobody.

import { KeySetError, VerificationError } from "./errors.mjs";

/**
 * `{ caller }`, or `{ status, body }`. The code says which rule a request broke; what was expected and
 * found stays here, for `onRefused`.
 */
export async function identify(verifier, request, { onRefused = () => {} } = {}) {
  try {
    return { caller: await verifier.verifyOriginToken(request) };
  } catch (error) {
    // Anything else is a mistake in the program, which its framework reports.
    if (!(error instanceof VerificationError) && !(error instanceof KeySetError)) throw error;
    onRefused(error);
    return { status: statusOf(error), body: { code: error.code } };
  }
}

/** 401 without a token, 403 with one that is refused, 503 while that cannot be known. */
function statusOf(error) {
  if (error instanceof KeySetError) return 503;
  return error.code === "origin.assertion_missing" ? 401 : 403;
}
