/** What a verifier is made for. All of it is configuration: nothing comes from a token. */
export interface VerifierOptions {
  /** The desk's JWK Set (RFC 7517), from `<desk>/deskgate/jwks.json`: its text, or the parsed object. */
  jwks: string | { keys: readonly object[] };
  /** The desk's URL, such as `https://help.contoso.com`, without a final slash. */
  issuer: string;
  /** The origin's URL as the desk's settings have it. Needed for origin tokens only. */
  audience?: string;
  /**
   * The WebAssembly, where it cannot be loaded from beside this package: in Workers and behind some
   * bundlers. Import `@deskgate/verify/deskgate.wasm` there. The first verifier decides.
   */
  wasm?: WebAssembly.Module | BufferSource | Response | URL | string;
}

/** What the identity provider said about a person. For showing and matching; `subject` says who it is. */
export interface Identity {
  nameId?: string;
  /** ASCII, exactly one `@`. */
  email?: string;
  /** Why there is none: the attribute came empty, a guest's user principal name or something else stood in its place, or none came. */
  noEmail?: "empty" | "guest" | "malformed" | "not_sent";
  /** The identity provider's identifier of the person that outlives names and addresses. */
  id?: string;
  name?: string;
  givenName?: string;
  familyName?: string;
  phone?: string;
  organization?: string;
  groups: string[];
  /** There are groups, but too many to carry: a rule about groups has to fail closed. */
  groupsOmitted: boolean;
}

/** Somebody who signed in. Times are in seconds since 1970. */
export interface Session {
  /** Names this person, and nobody else, for as long as their identity provider does. */
  subject: string;
  /** Names this sign-in. */
  sessionId: string;
  /** The connection of the desk through which the person came. */
  connection: string;
  identity: Identity;
  /** When the identity provider authenticated the person. */
  authenticatedAt: number;
  issuedAt: number;
  /** From this second on it does not count. */
  expiresAt: number;
}

/** Who sends a request. Its times are those of the token, which lives a minute at most. */
export interface OriginToken extends Session {
  /** `jti`: remember it until `expiresAt` where a request must not count twice. */
  tokenId: string;
}

export interface SessionDemands {
  /** The time of the check, in whole seconds since 1970. Default: the clock. */
  now?: number;
}

/** The request that came with the token, as the origin received it. */
export interface RequestDemands extends SessionDemands {
  /** The method, in its case. */
  method: string;
  /** Path and query exactly as the request line has them: `request.url` in Node.js. */
  path: string;
}

export interface Verifier {
  /** @throws {VerificationError} */
  verifySession(token: string, demands?: SessionDemands): Session;
  /**
   * Verifies the header `Deskgate-Assertion`.
   * @throws {VerificationError}
   * @throws {TypeError} when the verifier has no audience
   */
  verifyOriginToken(token: string, demands: RequestDemands): OriginToken;
}

/**
 * Loads the WebAssembly on the first call.
 * @throws {VerificationError} when the key set is refused
 * @throws {TypeError} when an option has the wrong type
 */
export function createVerifier(options: VerifierOptions): Promise<Verifier>;

/** A token or key set was refused. */
export class VerificationError extends Error {
  readonly name: "VerificationError";
  /** Stable, such as `jose.expired` or `session.path_mismatch`. */
  readonly code: string;
  /** What would have been accepted. */
  readonly expected?: string;
  /** What the token has instead: bounded, escaped text. */
  readonly found?: string;
  /** What to do about it, for an administrator. */
  readonly help: string;
}
