import type { VerificationError } from "./index.js";

/** The settings of a connection, as the desk has them. */
export interface Connection {
  /** What the identity provider signs with: PEM, or base64 alone. */
  certificates: string;
  idpEntityId: string;
  /** The desk's entity ID. */
  audience: string;
  /** The address that the response was posted to. */
  acsUrl: string;
  /** The ID of the request that it has to answer; without one it has to be unsolicited. */
  inResponseTo?: string;
}

export interface ExplainOptions {
  /** Without it only those checks are made that need no settings. */
  connection?: Connection;
  /** Hide names, e-mail addresses, attribute values and the words of the identity provider. */
  redact?: boolean;
  /** In whole seconds since 1970. Default: the clock. */
  now?: number;
  /** As in VerifierOptions, with `@deskgate/verify/deskgate-explain.wasm`. */
  wasm?: object | string;
}

export interface Problem {
  /** Stable, such as `saml.audience_mismatch`. */
  code: string;
  message: string;
  help: string;
  /** The boxes to look at. */
  places: { console: string; path: string }[];
}

export interface Check {
  check: string;
  title: string;
  outcome: "absent" | "failed" | "needs_settings" | "not_reached" | "passed";
  expected?: string;
  found?: string;
  problem?: Problem;
}

/** A response, check by check. */
export interface Explanation {
  /** It signs nobody in: for that a verifier is needed, and a memory of what was used. */
  verdict: "accepted" | "rejected" | "undecided";
  identityProvider?: string;
  helpdesk?: string;
  /** The check that is the reason: the one that says most about what to change. */
  refusedBy?: string;
  checks: Check[];
  /** Unverified, whatever the verdict is. */
  claims: {
    values: { name: string; value: string }[];
    attributes: { name: string; values: string[] }[];
  };
}

/**
 * Explains a SAML response: its XML, or the base64 value of the form field. Whatever is wrong with it is
 * the answer.
 * @throws {VerificationError} when the certificates are refused
 * @throws {TypeError} when an option has the wrong type
 */
export function explain(response: string | Uint8Array, options?: ExplainOptions): Promise<Explanation>;

export { VerificationError };
