// What is asked of the desk over the network, and how.

/** For the whole answer, in milliseconds. */
const TIMEOUT = 5_000;

/**
 * The text of the answer to a GET, of status 200 and of at most so many bytes. What it throws says why there
 * is none, in words that follow a colon.
 */
export async function ask(url, fetch, maxBytes, authorization) {
  const headers = { accept: "application/json" };
  if (authorization) headers.authorization = authorization;
  try {
    const response = await fetch(url, { headers, redirect: "manual", signal: AbortSignal.timeout(TIMEOUT) });
    checkStatus(response);
    return await boundedText(response.body, maxBytes);
  } catch (error) {
    if (error instanceof NoAnswer) throw error;
    throw new NoAnswer(error?.name === "TimeoutError" ? `no answer in ${TIMEOUT / 1000} s` : "the desk is unreachable");
  }
}

export class NoAnswer extends Error {}

// Browsers hide where a redirect leads, and even its status.
function checkStatus({ type, status }) {
  if (type === "opaqueredirect") throw new NoAnswer("a redirect");
  if (status !== 200) throw new NoAnswer(`status ${status}`);
}

async function boundedText(body, maxBytes) {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const reader = body.getReader();
  let text = "";
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    length += value.byteLength;
    if (length > maxBytes) {
      // Nobody waits for this, and its failure is no news.
      reader.cancel().catch(() => {});
      throw new NoAnswer(`more than ${maxBytes} bytes`);
    }
    text += decoder.decode(value, { stream: true });
  }
}

/** Looked up at each call, and called without an object before it: runtimes and test tools want both. */
export function fetchOfThisRuntime(...request) {
  return globalThis.fetch(...request);
}
