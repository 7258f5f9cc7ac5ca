// The same tokens and verdicts as the native tests: tests/vectors/tokens.json, made by Rust.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";

import { createVerifier, VerificationError } from "../index.mjs";

const vectors = JSON.parse(
  await readFile(new URL("../../tests/vectors/tokens.json", import.meta.url), "utf8"),
);
const verifier = await createVerifier(vectors);

for (const { name, kind, token, method, path, now, expected } of vectors.cases) {
  test(`${name}: ${expected}`, () => {
    const verify = () =>
      kind === "session"
        ? verifier.verifySession(token, { now })
        : verifier.verifyOriginToken(token, { method, path, now });
    if (expected !== "ok") {
      assert.throws(verify, (error) => error instanceof VerificationError && error.code === expected);
      return;
    }
    const { subject, connection, identity } = verify();
    assert.equal(subject, vectors.identity.subject);
    assert.equal(connection, "contoso");
    assert.equal(identity.email, vectors.identity.email);
    assert.equal(identity.name, vectors.identity.name);
    assert.deepEqual(identity.groups, vectors.identity.groups);
    assert.equal(identity.groupsOmitted, false);
  });
}
