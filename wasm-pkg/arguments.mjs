// What callers give. A wrong type is a mistake in the calling program, not a refused token.

const HEADER = "deskgate-assertion";

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

/** Whoever can change the answer decides who gets in. */
export function secureUrl(name, address) {
  const { protocol, hostname } = url(name, address);
  const isLoopback = ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
  if (protocol !== "https:" && !(protocol === "http:" && isLoopback)) {
    throw new TypeError(`${name} must be an https URL`);
  }
  return address;
}

/** Of a Request as fetch has it, or of a message as Node.js, Express and Fastify have it. */
export function readRequest(request) {
  const headers = request?.headers;
  if (typeof headers !== "object" || headers === null) throw new TypeError("request must be a request");
  const isOfFetch = typeof headers.get === "function";
  const token = (isOfFetch ? headers.get(HEADER) : headers[HEADER]) ?? undefined;
  // Express changes url below a mount point, and keeps what was sent.
  const target = isOfFetch ? pathAndQuery(request.url) : request.originalUrl ?? request.url;
  if (token !== undefined) text(HEADER, token);
  return { token, method: text("request.method", request.method), path: text("request.url", target) };
}

// As it stands in the URL: `search` would lose a question mark with nothing behind it.
function pathAndQuery(address) {
  const { href, origin, hash } = new URL(text("request.url", address));
  return href.slice(origin.length, href.length - hash.length);
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
