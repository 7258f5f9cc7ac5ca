// Groups that a token has no room for.

import { readRequest, secureUrl } from "./arguments.mjs";
import { ask, fetchOfThisRuntime } from "./desk.mjs";
import { Refusal } from "./errors.mjs";

/** More than the desk reads of an identity provider. */
const MAX_BYTES = 512 * 1024;

export class GroupsError extends Refusal {
  static {
    Object.defineProperty(this, "name", { value: "GroupsError" });
  }
}

export async function fetchGroups(verifier, request, { fetch = fetchOfThisRuntime, now } = {}) {
  const { identity } = await verifier.verifyOriginToken(request, { now });
  if (!identity.groupsOmitted) return identity.groups;
  const address = secureUrl("issuer", `${verifier.issuer}/.well-known/deskgate/session`);
  try {
    return read(await ask(address, fetch, MAX_BYTES, `Bearer ${readRequest(request).token}`));
  } catch ({ message }) {
    throw new GroupsError({
      code: "origin.groups_unavailable",
      message: `the groups of the caller could not be fetched: ${message}`,
    });
  }
}

function read(answer) {
  const { groups, groups_omitted: omitted } = JSON.parse(answer) ?? {};
  if (omitted === true) return undefined;
  const isKnown = omitted === false && Array.isArray(groups) && groups.every((group) => typeof group === "string");
  if (!isKnown) throw new SyntaxError("the answer does not say which groups");
  return groups;
}
