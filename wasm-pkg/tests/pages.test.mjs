// The servers of docs/origins, as the pages have them, behind a desk: only its address and the port are
// changed. Each refuses a forged, replayed, stale and misrouted request with its code.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import net from "node:net";
import test from "node:test";

import * as desk from "./desk.mjs";
import { snippet } from "./page_server.mjs";
import { install } from "./project.mjs";
import { runtimes } from "./runtimes.mjs";
import { findWorkerd, startWorkerd } from "./workerd.mjs";

const project = install();
["express", "fastify", "hono"].forEach(project.add);

/** Of another program; it may be taken until it is used, which has not been seen to happen. */
async function freePort() {
  const server = net.createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function startNode(name, page, issuer) {
  const port = await freePort();
  const file = project.write(`${name}.mjs`, snippet(page, { issuer, port }));
  return start(name, process.execPath, [file], port);
}

/** Starts a program that listens at the port; waits until it answers. */
async function start(name, program, options, port, env = process.env) {
  const server = spawn(program, options, { cwd: project.folder, env, stdio: ["ignore", "ignore", "pipe"] });
  let complaints = "";
  server.stderr.on("data", (piece) => (complaints += piece));
  const gone = new Promise((resolve) => server.once("exit", resolve));
  const url = `http://127.0.0.1:${port}`;
  for (let attempt = 0; ; attempt += 1) {
    const answered = await fetch(url).then(() => true, () => false);
    if (answered) break;
    assert.ok(server.exitCode === null && attempt < 300, `${name} does not listen: ${complaints}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { url, stop: () => (server.kill(), gone) };
}

async function greetsAndRefuses({ url }, { url: issuer, key }) {
  const ask = async (token, { method = "GET", target = "/hello?a=1" } = {}) => {
    const headers = token === undefined ? {} : { "Deskgate-Assertion": token };
    const response = await fetch(url + target, { method, headers });
    const text = await response.text();
    return { status: response.status, cache: response.headers.get("cache-control"), body: JSON.parse(text) };
  };
  const refused = (code, status = 403) => ({ status, cache: "no-store", body: { code } });
  const claims = desk.originClaims(issuer, "GET", "/hello?a=1");
  const token = desk.originToken(key, claims);

  const greeted = await ask(token);
  assert.equal(greeted.status, 200);
  assert.deepEqual(greeted.body, { hello: "b.simon@contoso.com" });

  assert.deepEqual(await ask(undefined), refused("origin.assertion_missing", 401));
  const forged = desk.originToken({ ...desk.makeKey("k1") }, claims);
  assert.deepEqual(await ask(forged), refused("jose.signature_invalid"));
  const stale = desk.originToken(key, desk.originClaims(issuer, "GET", "/hello?a=1", desk.seconds() - 60));
  assert.deepEqual(await ask(stale), refused("jose.expired"));
  assert.deepEqual(await ask(token, { target: "/hello?a=2" }), refused("session.path_mismatch"));
  assert.deepEqual(await ask(token, { method: "DELETE" }), refused("session.method_mismatch"));
  const misrouted = desk.originToken(key, { ...claims, aud: "https://other.internal" });
  assert.deepEqual(await ask(misrouted), refused("jose.audience_mismatch"));
  const session = desk.sessionToken(key, desk.sessionClaims(issuer));
  assert.deepEqual(await ask(session), refused("jose.type_mismatch"));
  // Of a page that nobody wrote no more is said.
  assert.deepEqual(await ask(undefined, { target: "/absent" }), refused("origin.assertion_missing", 401));
}

for (const page of ["express", "fastify"]) {
  test(`docs/origins/${page}.md`, async () => {
    const ours = await desk.serveDesk();
    const server = await startNode(page, page, ours.url);
    try {
      await greetsAndRefuses(server, ours);
    } finally {
      await server.stop();
      ours.close();
    }
  });
}

test("docs/origins/hono.md, in workerd", async (t) => {
  if (!findWorkerd()) return t.skip("SKIPPED docs/origins/hono.md: workerd is not installed");
  const ours = await desk.serveDesk();
  project.write("hono.mjs", snippet("hono", { issuer: ours.url }));
  const worker = await startWorkerd(project, "hono.mjs");
  try {
    await greetsAndRefuses(worker, ours);
  } finally {
    await worker.stop();
    ours.close();
  }
});

for (const { name, program, serve, env } of runtimes(project)) {
  test(`docs/origins/hono.md, in ${name}`, async (t) => {
    if (!program) return t.skip(`SKIPPED docs/origins/hono.md in ${name}: it is not installed`);
    const ours = await desk.serveDesk();
    const port = await freePort();
    const file = project.write(`hono_in_${name}.mjs`, snippet("hono", { issuer: ours.url }));
    const server = await start(name, program, [...serve(port), file], port, env);
    try {
      await greetsAndRefuses(server, ours);
    } finally {
      await server.stop();
      ours.close();
    }
  });
}

test("without keys nobody gets in, and it is said that this is no fault of the token", async () => {
  const ours = await desk.serveDesk();
  ours.close();
  const server = await startNode("keyless", "express", ours.url);
  try {
    const token = desk.originToken(ours.key, desk.originClaims(ours.url, "GET", "/hello"));
    const response = await fetch(`${server.url}/hello`, { headers: { "Deskgate-Assertion": token } });
    assert.equal(response.status, 503);
    assert.deepEqual(await response.json(), { code: "origin.keys_unavailable" });
  } finally {
    await server.stop();
  }
});
