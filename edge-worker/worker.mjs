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
  const url = new URL(request.url);
  const head = headOf(request, url);
  let next = JSON.parse(call(env, () => edge.handle(Date.now(), ...head)));
  if (next.refresh) ctx.waitUntil(refresh(env, url.host, next.refresh));
  for (;;) {
    if (next.respond) return respond(env, ctx, url.host, next);
    if (next.forward) {
      const response = await forward(request, env, head, next.forward);
      if (response) {
        later(env, ctx, url.host, next.later);
        return response;
      }
      next = JSON.parse(call(env, () => edge.originUnreachable(Date.now(), ...head)));
      continue;
    }
    const pending = call(env, () => edge.takePending());
    if (next.ask) {
      const reply = await ask(env, url.host, next.ask);
      next = JSON.parse(call(env, () => pending.replied(reply)));
    } else {
      const body = await read(request, next.read);
      next = JSON.parse(call(env, () => pending.bodyRead(body, Date.now())));
    }
  }
}

function headOf(request, url) {
  let headers = "";
  for (const [name, value] of request.headers) headers += `${name}:${value}\n`;
  const { protocol, host, pathname, search } = url;
  return [request.method, protocol, host, pathname, search, headers, addressOf(request)];
}

// On Cloudflare the platform writes CF-Connecting-IP; workerd by itself does not, but has clientIp.
function addressOf(request) {
  const address = request.cf?.clientIp?.replace(/:\d+$/, "");
  return address ?? request.headers.get("cf-connecting-ip") ?? "";
}

// Operations for the object that nobody waits for.
function later(env, ctx, host, operations = []) {
  for (const operation of operations) ctx.waitUntil(ask(env, host, operation));
}

function respond(env, ctx, host, { respond: { status, headers, body }, later: operations }) {
  later(env, ctx, host, operations);
  // With 204 there must be none.
  return new Response(body || null, { status, headers });
}

// The origin's response, or nothing when there is none.
async function forward(request, env, head, { url, remove, set, personal, replays }) {
  const headers = new Headers(request.headers);
  for (const name of remove) headers.delete(name);
  for (const [name, value] of set) headers.set(name, value);
  const { method } = request;
  const body = replays ? call(env, () => edge.takeBody()) : request.body;
  // What somebody signed in is shown never comes out of a cache on the way.
  const cache = personal ? "no-store" : undefined;
  let response;
  try {
    response = await fetch(url, { method, headers, body, cache, redirect: "manual" });
  } catch (error) {
    console.error(`origin: ${error}`);
    return undefined;
  }
  return relay(env, response, personal, url, `${head[1]}//${head[2]}`);
}

function relay(env, response, personal, sentTo, deskUrl) {
  const cacheControl = response.headers.get("cache-control") ?? undefined;
  const location = response.headers.get("location") ?? undefined;
  const setCookies = response.headers.getSetCookie().join("\n");
  const changes = JSON.parse(
    call(env, () => edge.relay(cacheControl, location, setCookies, personal, sentTo, deskUrl)),
  );
  const { webSocket } = response;
  const relayed = webSocket
    ? new Response(null, { status: response.status, headers: response.headers, webSocket })
    : new Response(response.body, response);
  for (const name of changes.remove) relayed.headers.delete(name);
  for (const [name, value] of changes.set) relayed.headers.set(name, value);
  if (changes.vary) relayed.headers.append("vary", changes.vary);
  if (changes.setCookies) {
    relayed.headers.delete("set-cookie");
    for (const cookie of changes.setCookies) relayed.headers.append("set-cookie", cookie);
  }
  return relayed;
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
