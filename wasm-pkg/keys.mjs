// The keys of a desk: given once, or fetched from it and kept fresh.

import { ask } from "./desk.mjs";
import { accepted, asked, KeySetError } from "./errors.mjs";
import { Keys } from "./pkg/deskgate_wasm.js";

/** A set is used this long, in milliseconds: a key that the desk withdrew counts no longer. */
const MAX_AGE = 600_000;
/** After one attempt, unknown key IDs cause no other this long: whoever invents them must not make us ask. */
const COOL_DOWN = 30_000;
/** As much as the core reads. */
const MAX_BYTES = 64 * 1024;

function read(text) {
  const keys = asked(KeySetError, () => new Keys(text));
  accepted(KeySetError, () => keys.refusal());
  return keys;
}

/** Keys from configuration. */
export function givenKeys(text) {
  const keys = read(text);
  return { current: async () => keys, reloaded: async () => undefined };
}

/**
 * Keys from the desk. Where a request must not wait for what another one asked for, in Workers,
 * `sharesFetches` is false.
 */
export function fetchedKeys(url, fetch, sharesFetches) {
  let keys;
  let loadedAt;
  let triedAt;
  let loading;
  let turns = 0;
  let newest = 0;

  async function load() {
    const turn = (turns += 1);
    triedAt = Date.now();
    const startedAt = triedAt;
    const loaded = await fetchKeySet(url, fetch);
    // An answer that was overtaken by that to a later request is out of date.
    if (turn > newest) {
      newest = turn;
      keys = loaded;
      loadedAt = startedAt;
    }
    return keys;
  }

  function loadOnce() {
    if (!sharesFetches) return load();
    loading ??= load().finally(() => (loading = undefined));
    return loading;
  }

  return {
    /** The keys, not older than allowed. */
    current: async () => (isWithin(MAX_AGE, loadedAt) ? keys : loadOnce()),
    /** Newer keys than these, or undefined while it is too early to ask, or when the desk does not answer. */
    async reloaded(known) {
      if (keys !== known) return keys;
      if (loading) return loading.catch(() => undefined);
      return isWithin(COOL_DOWN, triedAt) ? undefined : loadOnce().catch(() => undefined);
    },
  };
}

// A clock that was set back makes nothing last longer.
function isWithin(duration, since) {
  const age = Date.now() - since;
  return age >= 0 && age < duration;
}

async function fetchKeySet(url, fetch) {
  try {
    return read(await ask(url, fetch, MAX_BYTES));
  } catch ({ message }) {
    throw new KeySetError({
      code: "origin.keys_unavailable",
      message: `the keys of the desk could not be fetched: ${message}`,
    });
  }
}
