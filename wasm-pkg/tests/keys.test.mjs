// Fetching the keys of a desk: how often, how long, and what is refused. Date is a test's; the network is
// loopback.
import assert from "node:assert/strict";
import test from "node:test";

import { createVerifier } from "../node.mjs";
import { fetchedKeys } from "../keys.mjs";
import { makeKey, serve, sessionClaims, sessionToken } from "./desk.mjs";

const SECOND = 1000;
const first = makeKey("k1");
const second = makeKey("k2");
const send = (response, keys) => response.end(JSON.stringify({ keys: keys.map(({ jwk }) => jwk) }));

/** A verifier for a desk that answers so, a session of the present moment for it, and a count of requests. */
async function withDesk(t, answer) {
  t.mock.timers.enable({ apis: ["Date"], now: 1_795_262_400_000 }); // 2026-11-21T12:00:00Z
  const desk = { requests: 0, answer };
  const server = await serve((request, response) => {
    desk.requests += 1;
    desk.answer(response, request);
  });
  t.after(server.close);
  const verifier = await createVerifier({ issuer: server.url });
  return {
    desk,
    url: server.url,
    pass: (milliseconds) => t.mock.timers.tick(milliseconds),
    verify: (key) => verifier.verifySession(sessionToken(key, sessionClaims(server.url))),
  };
}

const unavailable = (reason) => ({
  name: "KeySetError",
  code: "origin.keys_unavailable",
  message: `the keys of the desk could not be fetched: ${reason}`,
});
const refused = (promise, code) => assert.rejects(promise, { code });

test("keys are fetched when they are needed, once, and used for ten minutes", async (t) => {
  const { desk, pass, verify } = await withDesk(t, (response) => send(response, [first]));
  assert.equal(desk.requests, 0);
  await Promise.all([verify(first), verify(first), verify(first)]);
  assert.equal(desk.requests, 1);
  pass(600 * SECOND - 1);
  await verify(first);
  assert.equal(desk.requests, 1);
  pass(1);
  await verify(first);
  assert.equal(desk.requests, 2);
});

test("a key that the desk withdrew counts ten minutes longer at most", async (t) => {
  const { desk, pass, verify } = await withDesk(t, (response) => send(response, [first]));
  await verify(first);
  desk.answer = (response) => send(response, [second]);
  pass(600 * SECOND);
  await refused(verify(first), "jose.key_id_unknown");
});

test("an unknown key ID fetches again, at most every 30 seconds", async (t) => {
  const { desk, pass, verify } = await withDesk(t, (response) => send(response, [first]));
  await verify(first);
  desk.answer = (response) => send(response, [first, second]);
  await refused(verify(second), "jose.key_id_unknown");
  assert.equal(desk.requests, 1);
  pass(30 * SECOND);
  await Promise.all([verify(second), verify(second)]);
  assert.equal(desk.requests, 2);
  for (let index = 0; index < 100; index += 1) {
    await refused(verify(makeKey(`k${index + 3}`)), "jose.key_id_unknown");
  }
  assert.equal(desk.requests, 2);
});

test("while the desk does not answer, its keys are used until they are too old", async (t) => {
  const { desk, pass, verify } = await withDesk(t, (response) => send(response, [first]));
  await verify(first);
  desk.answer = (response) => response.writeHead(503).end();
  pass(30 * SECOND);
  await refused(verify(second), "jose.key_id_unknown");
  pass(10 * SECOND);
  await refused(verify(second), "jose.key_id_unknown");
  assert.equal(desk.requests, 2, "a failed attempt counts as one");
  await verify(first);
  pass(600 * SECOND);
  await assert.rejects(verify(first), unavailable("status 503"));
  desk.answer = (response) => send(response, [first]);
  await verify(first);
});

test("an answer that is no key set is refused", async (t) => {
  const { desk, url, verify } = await withDesk(t, (response) => response.end("<html>"));
  const check = async (reason, answer) => {
    desk.answer = answer;
    await assert.rejects(verify(first), unavailable(reason));
  };
  await check("the key set is not one JSON object", (response) => response.end("<html>"));
  await check("status 404", (response) => response.writeHead(404).end());
  await check("status 302", (response, request) => {
    // Followed, it would lead to good keys.
    if (request.url === "/elsewhere") return send(response, [first]);
    response.writeHead(302, { Location: `${url}/elsewhere` }).end();
  });
  await check("the desk is unreachable", (response) => response.destroy());
  await check("the desk is unreachable", (response) => {
    response.writeHead(200, { "Content-Length": "100" }).write("{");
    setTimeout(() => response.destroy(), 20);
  });
  await check("the key set contains a private key", (response) => response.end(JSON.stringify({ keys: [{ ...first.jwk, d: "AA" }] })));
});

test("no more than 64 KiB are read", async (t) => {
  const { desk, verify } = await withDesk(t, (response) => response.end(" ".repeat(64 * 1024 + 1)));
  await assert.rejects(verify(first), unavailable("more than 65536 bytes"));
  const set = JSON.stringify({ keys: [first.jwk] });
  desk.answer = (response) => response.end(set.padEnd(64 * 1024));
  await verify(first);
  desk.answer = (response) => {
    // Without an end.
    const more = () => response.destroyed || (response.write(" ".repeat(1000)), setImmediate(more));
    more();
  };
  t.mock.timers.tick(600 * SECOND);
  await assert.rejects(verify(first), unavailable("more than 65536 bytes"));
});

test("a desk that sends nothing is not waited for", async (t) => {
  const { verify } = await withDesk(t, () => {});
  const started = performance.now();
  await assert.rejects(verify(first), unavailable("no answer in 5 s"));
  assert.ok(performance.now() - started < 20 * SECOND);
});

test("an answer that was overtaken replaces no newer one", async () => {
  const answers = [];
  const fetch = () => new Promise((resolve) => answers.push(resolve));
  const body = (keys) => new Response(JSON.stringify({ keys: keys.map(({ jwk }) => jwk) }));
  // As in Workers, where no request waits for another.
  const keys = fetchedKeys("https://help.contoso.com/keys", fetch, false);
  const older = keys.current();
  const newer = keys.current();
  assert.equal(answers.length, 2);
  answers[1](body([second]));
  const found = await newer;
  answers[0](body([first]));
  assert.equal(await older, found);
  assert.equal(await keys.current(), found);
});
