// The shim between the platform and the rules, which are Rust in deskgate_edge_bg.wasm. It moves
// bytes and headers, streams bodies and waits; it decides nothing.
import { DurableObject } from "cloudflare:workers";
import * as edge from "./deskgate_edge.js";
import module from "./deskgate_edge_bg.wasm";

// The object answers within milliseconds or something is wrong with it.
const OBJECT_TIMEOUT_MS = 5000;

let instance = "none";

function running(env) {
  if (instance === "running") return;
  if (instance === "none") edge.initSync({ module });
  else edge.__wbg_reset_state();
  edge.start(env.DESKGATE_SECRET ?? "", env.DESKGATE_SECRET_FALLBACK ?? "");
  instance = "running";
}

// Every call of the rules. After a trap, an exhausted stack or an exception of the platform inside of
// them the instance may be inconsistent: the next call has a new one.
function call(env, work) {
  running(env);
  try {
    return work();
  } catch (error) {
    instance = "trapped";
    throw error;
  }
}

export default {
  async fetch(request, env, ctx) {
    try {
      return await answer(request, env, ctx);
    } catch (error) {
      console.error(`deskgate failed: ${error?.stack ?? error}`);
      return failed();
    }
  },
};

async function answer(request, env, ctx) {
  const head = headOf(request);
  let step = call(env, () => edge.handle(Date.now(), bytesOf(head.text)));
  for (;;) {
    if (step.startsWith(FORWARD)) {
      const passed = step.split("\n");
      if (passed[REFRESH]) ctx.waitUntil(refresh(env, head.host, passed[REFRESH]));
      const asked = askOf(request, env, passed);
      const askedAt = Date.now();
      let response;
      try {
        response = await fetch(passed[ADDRESS], asked);
      } catch (error) {
        console.error(`origin: ${error}`);
        step = call(env, () => edge.originUnreachable(Date.now(), bytesOf(head.text)));
        continue;
      }
      if (passed[LATER]) ctx.waitUntil(ask(env, head.host, passed[LATER]));
      return relay(env, response, askedAt, head, passed);
    }
    const next = JSON.parse(step);
    if (next.refresh) ctx.waitUntil(refresh(env, head.host, next.refresh));
    if (next.respond) return respond(env, ctx, head.host, next);
    const pending = call(env, () => edge.takePending());
    if (next.ask) {
      const reply = await ask(env, head.host, next.ask);
      step = call(env, () => pending.replied(reply));
    } else {
      const body = await read(request, next.read);
      step = call(env, () => pending.bodyRead(body, Date.now()));
    }
  }
}

// The whole head as one text, because each text that crosses to the rules costs a copy and two calls.
function headOf(request) {
  const { protocol, host, pathname, search } = new URL(request.url);
  let text = `${request.method}\n${protocol}\n${host}\n${pathname}\n${search}\n${addressOf(request)}\n`;
  // Iterating takes four times as long.
  request.headers.forEach((value, name) => {
    text += `${name}:${value}\n`;
  });
  return { text, host, origin: `${protocol}//${host}` };
}

// On Cloudflare the platform writes CF-Connecting-IP; workerd by itself does not, but has clientIp.
function addressOf(request) {
  const address = request.cf?.clientIp?.replace(/:\d+$/, "");
  return address ?? request.headers.get("cf-connecting-ip") ?? "";
}

const encoder = new TextEncoder();
const bytes = new Uint8Array(32 * 1024);

// Until the next call. wasm-bindgen would copy a text letter by letter.
function bytesOf(text) {
  if (3 * text.length > bytes.length) return encoder.encode(text);
  return bytes.subarray(0, encoder.encodeInto(text, bytes).written);
}

function respond(env, ctx, host, { respond: { status, headers }, later = [] }) {
  // With 204 there is none.
  const body = call(env, () => edge.takeBody());
  // Operations for the object that nobody waits for.
  for (const operation of later) ctx.waitUntil(ask(env, host, operation));
  return new Response(body, { status, headers });
}

// What a step to the origin says, line by line: JSON would take longer to read than all else takes here.
const FORWARD = "forward\n";
const [ADDRESS, IS, REFRESH, LATER, REMOVE, SET] = [1, 2, 3, 4, 5, 6];
const [PERSONAL, RENEWS, REPLAYS, WATCHED] = ["p", "n", "b", "w"];

// With `Content-Length: 0` they have an empty body, with which `fetch` throws. The rules refuse a longer one.
const BODILESS = ["GET", "HEAD"];

// What the origin is asked.
function askOf({ method, headers: received, body: sent }, env, passed) {
  const is = passed[IS];
  const headers = new Headers(received);
  remove(headers, passed[REMOVE]);
  for (let at = SET; at < passed.length; at += 2) headers.set(passed[at], passed[at + 1]);
  const body = is.includes(REPLAYS) ? call(env, () => edge.takeBody()) : BODILESS.includes(method) ? undefined : sent;
  // What somebody signed in is shown never comes out of a cache on the way.
  const cache = is.includes(PERSONAL) ? "no-store" : undefined;
  return { method, headers, body, cache, redirect: "manual", encodeResponseBody: "manual" };
}

function remove(headers, names) {
  if (names) for (const name of names.split(" ")) headers.delete(name);
}

// Passes on what the origin answered, with what has to change in it.
function relay(env, response, askedAt, head, passed) {
  const is = passed[IS];
  const renewed = is.includes(RENEWS)
    ? call(env, () => edge.renewal(askedAt, Date.now(), bytesOf(head.text)))
    : undefined;
  const found = response.headers;
  const header = (name) => found.get(name) ?? "";
  let text = `${header("cache-control")}\n${header("content-length")}\n${header("content-type")}\n`;
  text += `${header("location")}\n${passed[ADDRESS]}\n${head.origin}\n`;
  for (const cookie of found.getSetCookie()) text += `${cookie}\n`;
  const personal = is.includes(PERSONAL);
  const changes = call(env, () => edge.relay(bytesOf(text), personal, is.includes(WATCHED), renewed));
  if (!changes) return response;
  const [seconds, removed, set, ...changed] = changes.split("\n");
  const relayed = answerOf(response, seconds && ((onEnded) => watch(env, head, seconds, onEnded)));
  const { headers } = relayed;
  remove(headers, removed);
  for (let at = 0; at < changed.length; at += 2) {
    if (at < 2 * set) headers.set(changed[at], changed[at + 1]);
    else headers.append(changed[at], changed[at + 1]);
  }
  return relayed;
}

// The same answer, and where there is a watch, one that ends when it says so.
function answerOf(response, watching) {
  const { body, headers, status, webSocket } = response;
  if (webSocket) {
    return new Response(null, { status, headers, webSocket: watching ? between(webSocket, watching) : webSocket });
  }
  return new Response(watching && body ? through(body, watching) : body, response);
}

// Looks every so often whether what a request opened may go on. Returns what ends the watch.
function watch(env, head, seconds, onEnded) {
  let timer;
  const look = async () => {
    const why = await ended(env, head);
    if (timer === undefined) return;
    if (why) onEnded(why);
    else wait();
  };
  const wait = () => {
    timer = setTimeout(look, 1000 * seconds);
  };
  wait();
  return () => {
    clearTimeout(timer);
    timer = undefined;
  };
}

// Why it has to end; nothing when it may go on.
async function ended(env, head) {
  try {
    let look = JSON.parse(call(env, () => edge.stillPasses(false, Date.now(), bytesOf(head.text))));
    if (look.refresh) {
      await refresh(env, head.host, look.refresh);
      look = JSON.parse(call(env, () => edge.stillPasses(true, Date.now(), bytesOf(head.text))));
    }
    return look.ended;
  } catch (error) {
    console.error(`deskgate failed: ${error?.stack ?? error}`);
    return "something went wrong";
  }
}

// The platform pumps the bytes; no script runs for them.
function through(body, watching) {
  const { readable, writable } = new IdentityTransformStream();
  const abort = new AbortController();
  const stop = watching((why) => abort.abort(new Error(why)));
  body.pipeTo(writable, { signal: abort.signal }).then(stop, stop);
  return readable;
}

const POLICY_VIOLATION = 1008;
const GOING_AWAY = 1001;

// Stands between the two ends of a WebSocket, because nothing else can close one that is open.
function between(origin, watching) {
  const [outside, inside] = Object.values(new WebSocketPair());
  const ends = [inside, origin];
  for (const end of ends) {
    end.accept({ allowHalfOpen: true });
    end.binaryType = "arraybuffer";
  }
  const stop = watching((why) => {
    for (const end of ends) close(end, POLICY_VIOLATION, why);
  });
  // One that has closed may still be sent to: the watch goes on until nobody can be.
  const open = new Set(ends);
  const isDone = (end) => {
    open.delete(end);
    if (open.size === 0) stop();
  };
  passOn(inside, origin, isDone);
  passOn(origin, inside, isDone);
  return outside;
}

function passOn(from, to, isDone) {
  from.addEventListener("message", ({ data }) => {
    try {
      to.send(data);
    } catch {
      // It was closed in this direction.
    }
  });
  from.addEventListener("close", ({ code, reason }) => {
    isDone(from);
    close(to, code, reason);
  });
  from.addEventListener("error", () => {
    isDone(from);
    close(to, GOING_AWAY, "");
  });
}

// As the other end closed it; in other words where those cannot be sent, because no close frame came (1006)
// or the end is lost already.
function close(end, code, reason) {
  const withoutCode = code === 1005;
  for (const words of [withoutCode ? [] : [code, reason], [GOING_AWAY]]) {
    try {
      return end.close(...words);
    } catch {
      // The next ones.
    }
  }
}

// The body, or nothing when it is longer than `limit` bytes.
async function read(request, limit) {
  if (!request.body) return new Uint8Array();
  const chunks = [];
  let length = 0;
  for await (const chunk of request.body) {
    length += chunk.byteLength;
    if (length > limit) return undefined;
    chunks.push(chunk);
  }
  const body = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.byteLength;
  }
  return body;
}

// The object's reply, or nothing when there is none.
async function ask(env, host, operation) {
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, OBJECT_TIMEOUT_MS);
  });
  try {
    const desk = env.DESK.get(env.DESK.idFromName(host));
    return await Promise.race([desk.call(host, operation), late]);
  } catch (error) {
    console.error(`object: ${error}`);
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

async function refresh(env, host, operation) {
  const reply = await ask(env, host, operation);
  call(env, () => edge.refreshed(host, reply, Date.now()));
}

// The one page that does not come from the rules, because they are what failed.
function failed() {
  const body = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Something went wrong</title>
<h1>Something went wrong</h1>
<p>The request was stopped, and nothing was changed. Please try again in a minute.</p>
`;
  const headers = {
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Content-Type": "text/html; charset=utf-8",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
  };
  return new Response(body, { status: 500, headers });
}

// All that must be strongly consistent, for one desk. Each call is one transaction.
export class Desk extends DurableObject {
  call(host, operation) {
    const { storage } = this.ctx;
    return storage.transactionSync(() => {
      const reply = call(this.env, () => edge.deskObject(storage, host, operation, Date.now()));
      // Only an exception rolls back.
      if (reply === undefined) throw new Error("the operation failed");
      return reply;
    });
  }

  // The platform tries again later when this throws.
  alarm() {
    const { storage } = this.ctx;
    storage.transactionSync(() => {
      const done = call(this.env, () => edge.deskAlarm(storage, Date.now()));
      if (!done) throw new Error("the alarm failed");
    });
  }
}
