// Groups that are too many for a token: when the desk is asked, and what it may answer.
import assert from "node:assert/strict";
import test from "node:test";

import { fetchGroups } from "../groups.mjs";
import { createVerifier } from "../node.mjs";
import { audience, makeKey, originClaims, originToken, serve } from "./desk.mjs";

const key = makeKey("k1");

/** A server behind a desk that answers so, and what the desk was asked. */
async function withDesk(t, answer) {
  const desk = { asked: [], answer };
  const server = await serve((request, response) => {
    desk.asked.push(`${request.method} ${request.url} ${request.headers.authorization}`);
    desk.answer(response);
  });
  t.after(server.close);
  const verifier = await createVerifier({ issuer: server.url, audience, jwks: { keys: [key.jwk] } });
  const ask = (identity) => {
    const token = originToken(key, { ...originClaims(server.url, "GET", "/"), identity });
    return { token, groups: fetchGroups(verifier, { method: "GET", url: "/", headers: { "deskgate-assertion": token } }) };
  };
  return { desk, ask };
}

const omitted = { groups_omitted: true };

test("groups that came along are not asked for", async (t) => {
  const { desk, ask } = await withDesk(t, (response) => response.writeHead(500).end());
  assert.deepEqual(await ask({ groups: ["a"] }).groups, ["a"]);
  assert.deepEqual(await ask({}).groups, []);
  assert.deepEqual(desk.asked, []);
});

test("groups that were left out are asked for with the token of the request", async (t) => {
  const { desk, ask } = await withDesk(t, (response) => response.end(JSON.stringify({ groups: ["a", "b"], groups_omitted: false })));
  const { token, groups } = ask(omitted);
  assert.deepEqual(await groups, ["a", "b"]);
  assert.deepEqual(desk.asked, [`GET /.well-known/deskgate/session Bearer ${token}`]);
});

test("groups that the desk does not know are not the same as none", async (t) => {
  const { ask } = await withDesk(t, (response) => response.end('{"groups":[],"groups_omitted":true}'));
  assert.equal(await ask(omitted).groups, undefined);
});

test("an answer that does not say which groups is refused", async (t) => {
  const { desk, ask } = await withDesk(t);
  const check = async (reason, answer) => {
    desk.answer = answer;
    const message = new RegExp(`^the groups of the caller could not be fetched: .*${reason}`);
    await assert.rejects(ask(omitted).groups, { name: "GroupsError", code: "origin.groups_unavailable", message });
  };
  await check("status 401", (response) => response.writeHead(401).end('{"groups":["a"],"groups_omitted":false}'));
  await check("status 302", (response) => response.writeHead(302, { Location: "/elsewhere" }).end());
  await check("more than 524288 bytes", (response) => response.end(" ".repeat(524_289)));
  await check("unreachable", (response) => response.destroy());
  for (const body of ["null", "[]", '{"groups":["a"]}', '{"groups":"a","groups_omitted":false}', '{"groups":[1],"groups_omitted":false}']) {
    await check("which groups", (response) => response.end(body));
  }
  await check("JSON", (response) => response.end("<html>"));
});

test("a token that is refused asks nobody", async (t) => {
  const { desk, ask } = await withDesk(t, (response) => response.end("{}"));
  const { token } = ask({});
  const verifier = await createVerifier({ issuer: "https://help.contoso.com", audience, jwks: { keys: [key.jwk] } });
  const request = { method: "GET", url: "/", headers: { "deskgate-assertion": token } };
  await assert.rejects(fetchGroups(verifier, request), { name: "VerificationError", code: "jose.issuer_mismatch" });
  assert.deepEqual(desk.asked, []);
});
