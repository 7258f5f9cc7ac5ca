// What callers give. A wrong type is a mistake in the calling program, not a refused token.

export function text(name, value) {
  if (typeof value !== "string") throw new TypeError(`${name} must be a string`);
  return value;
}

export function url(name, value) {
  if (!URL.canParse(text(name, value))) throw new TypeError(`${name} must be a URL`);
  return new URL(value);
}

export function seconds(now = Math.floor(Date.now() / 1000)) {
  if (!Number.isSafeInteger(now) || now < 0) {
    throw new TypeError("now must be whole seconds since 1970");
  }
  return now;
}

/** Calls `initialize` once; a failed download must not spoil every later call. */
export function once(initialize) {
  let loading;
  return (wasm) => {
    loading ??= initialize(wasm).catch((error) => {
      loading = undefined;
      throw error;
    });
    return loading;
  };
}
