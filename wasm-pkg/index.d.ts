/** What a verifier is made for. All of it is configuration: nothing comes from a token. */
export interface VerifierOptions {
  /** The desk's URL, such as `https://help.contoso.com`, without a final slash. */
  issuer: string;
  /** The origin's URL as the desk's settings have it. Needed for origin tokens only. */
  audience?: string;
  /**
   * The address of the desk's JWK Set (RFC 7517), `https` or loopback. Default:
   * `<issuer>/.well-known/deskgate/jwks.json`. The set is fetched when it is needed and used for 10
   * minutes; an unknown key ID fetches it again, at most every 30 seconds. An answer must come within
   * 5 seconds, have at most 64 KiB, and not be a redirect.
   */
  jwksUrl?: string;
  /** The JWK Set itself, its text or the parsed object; then nothing is fetched. */
  jwks?: string | { keys: readonly object[] };
  /** What fetches the keys; default: `fetch`. In Workers, the one of a service binding. */
  fetch?: (url: string, init?: any) => Promise<any>;
  /**
   * The WebAssembly, behind bundlers that leave it behind: whatever the export
   * `@deskgate/verify/deskgate.wasm` becomes there. The first verifier decides.
   */
  wasm?: object | string;
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
  /** There are groups, but too many to carry: a rule about groups has to fail closed, or use `fetchGroups` of `@deskgate/verify/groups`. */
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
  /** How, in its words (AuthnContextClassRef), if it said. */
  authnContext?: string;
  issuedAt: number;
  /** From this second on it does not count. */
  expiresAt: number;
  /** From this second on it does not count unless it is renewed before; absent without an idle limit. */
  idleExpiresAt?: number;
}

/** Who sends a request. Its times are those of the token, which lives a minute at most. */
export interface OriginToken extends Session {
  /** `jti`: remember it until `expiresAt` where a request must not count twice. */
  tokenId: string;
  /**
   * The name of the service token, when no person but a script sends the request. Then there is no e-mail
   * address, and `subject` is one that no person has.
   */
  serviceToken?: string;
}

export interface Demands {
  /** The time of the check, in whole seconds since 1970. Default: the clock. */
  now?: number;
}

/** A request as `fetch` has it: in Workers, Deno, Bun, Hono. */
export interface FetchRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: { get(name: string): string | null };
}

/** A request as Node.js, Express and Fastify have it. */
export interface NodeRequest {
  readonly method?: string;
  /** Path and query exactly as the request line has them. */
  readonly url?: string;
  /** The same, where a framework changes `url`. */
  readonly originalUrl?: string;
  readonly headers: { readonly [name: string]: string | string[] | undefined };
}

export interface Verifier {
  /** The desk's URL. */
  readonly issuer: string;
  /**
   * Verifies a session token.
   * @throws {VerificationError} when it is refused
   * @throws {KeySetError} when there are no keys to verify it with
   */
  verifySession(token: string, demands?: Demands): Promise<Session>;
  /**
   * Verifies the header `Deskgate-Assertion` of a request, and that it was made for this method, path
   * and query.
   * @throws {VerificationError} when it is refused, `origin.assertion_missing` when there is none
   * @throws {KeySetError} when there are no keys to verify it with
   * @throws {TypeError} when the verifier has no audience
   */
  verifyOriginToken(request: FetchRequest | NodeRequest, demands?: Demands): Promise<OriginToken>;
}

/**
 * Loads the WebAssembly on the first call. Keys are fetched by the first verification.
 * @throws {KeySetError} when `jwks` is refused
 * @throws {TypeError} when an option has the wrong type
 */
export function createVerifier(options: VerifierOptions): Promise<Verifier>;

/**
 * What a token says about itself. **Nothing of it is verified**: whoever made it may have written
 * anything. For showing to people who look for a mistake.
 * @throws {VerificationError} when it is not a token at all
 */
export function decodeUnverified(
  token: string,
  options?: { wasm?: object | string },
): Promise<{ header: Record<string, unknown>; claims: Record<string, unknown> }>;

/** A token was refused. */
export class VerificationError extends Error {
  readonly name: "VerificationError";
  /** Stable, such as `jose.expired` or `session.path_mismatch`: docs/ERRORS.md of deskgate says what to do. */
  readonly code: string;
  /** What would have been accepted. */
  readonly expected?: string;
  /** What the token has instead: bounded, escaped text. */
  readonly found?: string;
}

/**
 * There are no keys to verify with: the desk did not send them (`origin.keys_unavailable`), and `message` says why,
 * or those of the option `jwks` are refused (`jose.…`).
 */
export class KeySetError extends Error {
  readonly name: "KeySetError";
  readonly code: string;
  readonly expected?: string;
  readonly found?: string;
}
