// The keys of a desk: given once, or fetched from it and kept fresh.

import { accepted, asked, KeySetError } from "./errors.mjs";
import { Keys } from "./pkg/deskgate_wasm.js";

/** A set is used this long, in milliseconds: a key that the desk withdrew counts no longer. */
const MAX_AGE = 600_000;
/** After one attempt, unknown key IDs cause no other this long: whoever invents them must not make us ask. */
const COOL_DOWN = 30_000;
/** For the whole answer. */
const TIMEOUT = 5_000;
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
    const loaded = read(await fetchKeySet(url, fetch));
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
    const response = await fetch(url, {
      headers: { accept: "application/jwk-set+json, application/json" },
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT),
    });
    checkStatus(response);
    return await boundedText(response.body);
  } catch (error) {
    if (error instanceof KeySetError) throw error;
    throw error?.name === "TimeoutError"
      ? failure("timed_out", "the desk did not send its keys in time", `${TIMEOUT / 1000} s`)
      : failure("unreachable", "the keys of the desk could not be fetched");
  }
}

// Browsers hide where a redirect leads, and even its status.
function checkStatus({ type, status }) {
  if (type === "opaqueredirect" || (status >= 300 && status < 400)) {
    throw failure("redirected", "the address of the desk's keys leads elsewhere");
  }
  if (status !== 200) throw failure("status", "the desk does not send its keys", "200", String(status));
}

async function boundedText(body) {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const reader = body.getReader();
  let text = "";
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    length += value.byteLength;
    if (length > MAX_BYTES) {
      // Nobody waits for this, and its failure is no news.
      reader.cancel().catch(() => {});
      throw failure("too_long", "the keys of the desk are too long", `at most ${MAX_BYTES} bytes`);
    }
    text += decoder.decode(value, { stream: true });
  }
}

function failure(code, message, expected, found) {
  return new KeySetError({ code: `key_set.${code}`, message, expected, found });
}
