import type { Demands, FetchRequest, NodeRequest, Verifier } from "./index.js";

export interface GroupsOptions extends Demands {
  /** What asks the desk; default: `fetch`. In Workers, the one of a service binding. */
  fetch?: (url: string, init?: any) => Promise<any>;
}

/**
 * All groups of whoever sends a request: those of its token, or where they are too many for it
 * (`groupsOmitted`) what the desk answers, for as long as the token lives. `undefined` where the desk does not know
 * them either, because the identity provider left them out.
 *
 * Verifies the token as `verifyOriginToken` does, and throws what that throws.
 * @throws {GroupsError} when the desk does not answer, or the session has ended
 */
export function fetchGroups(
  verifier: Verifier,
  request: FetchRequest | NodeRequest,
  options?: GroupsOptions,
): Promise<string[] | undefined>;

/** The groups could not be fetched: `message` says why. */
export class GroupsError extends Error {
  readonly name: "GroupsError";
  readonly code: "origin.groups_unavailable";
}
