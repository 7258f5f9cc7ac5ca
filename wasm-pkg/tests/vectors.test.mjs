// The same tokens and verdicts in Node.js, Deno, Bun, workerd and Chromium as in native code, which made the file
// tests/vectors/tokens.json. What runs is the package as npm installs it.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import test from "node:test";

import { findChromium, inChromium } from "./chromium.mjs";
import { judge } from "./judge.mjs";
import { install } from "./project.mjs";
import { runtimes } from "./runtimes.mjs";
import { findWorkerd, startWorkerd } from "./workerd.mjs";

const vectors = JSON.parse(
  readFileSync(path.join(import.meta.dirname, "../../tests/vectors/tokens.json"), "utf8"),
);
const project = install();

// Every verdict of native code, and nothing else.
function agrees(verdicts) {
  assert.equal(Object.keys(verdicts).length, vectors.cases.length);
  for (const { name, expected, refusal } of vectors.cases) {
    if (expected !== "ok") {
      assert.deepEqual(verdicts[name], { kindOfError: "VerificationError", ...refusal }, name);
      continue;
    }
    const { subject, connection, identity } = verdicts[name];
    const { email, name: fullName, groups } = identity;
    assert.deepEqual({ subject, email, name: fullName, groups }, vectors.identity, name);
    assert.equal(connection, "contoso", name);
    assert.equal(identity.groupsOmitted, false, name);
  }
}

test("Node.js gives the verdicts of native code", async () => {
  const file = path.join(project.package, "node.mjs");
  const { createVerifier } = await import(pathToFileURL(file));
  agrees(await judge(createVerifier, vectors));
});

const JUDGED_FROM_DISK = `
  import { readFileSync } from "node:fs";
  import { createVerifier } from "@deskgate/verify";
  import { judge } from "./judge.mjs";
  const vectors = JSON.parse(readFileSync("vectors.json", "utf8"));
  console.log(JSON.stringify(await judge(createVerifier, vectors)));`;

for (const { name, program, run, env } of runtimes(project)) {
  test(`${name} gives the verdicts of native code`, (t) => {
    if (!program) return t.skip(`SKIPPED package in ${name}: it is not installed`);
    project.write("judge.mjs", readFileSync(path.join(import.meta.dirname, "judge.mjs")));
    project.write("vectors.json", JSON.stringify(vectors));
    const script = project.write("judged_from_disk.mjs", JUDGED_FROM_DISK);
    const said = execFileSync(program, [...run, script], { cwd: project.folder, encoding: "utf8", env });
    agrees(JSON.parse(said));
  });
}

test("workerd gives the verdicts of native code", async (t) => {
  if (!findWorkerd()) return t.skip("SKIPPED package in workerd: workerd is not installed");
  project.write("judge.mjs", readFileSync(path.join(import.meta.dirname, "judge.mjs")));
  project.write(
    "worker.mjs",
    `import { createVerifier } from "@deskgate/verify";
     import { judge } from "./judge.mjs";
     export default {
       fetch: async (request) => Response.json(await judge(createVerifier, await request.json())),
     };`,
  );
  const worker = await startWorkerd(project, "worker.mjs");
  try {
    const response = await fetch(worker.url, { method: "POST", body: JSON.stringify(vectors) });
    agrees(await response.json());
  } finally {
    await worker.stop();
  }
});

test("Chromium gives the verdicts of native code, without a bundler", async (t) => {
  if (!findChromium()) return t.skip("SKIPPED package in Chromium: chromium is not installed");
  const script = `
    import { createVerifier } from "/package/index.mjs";
    import { judge } from "/judge.mjs";
    const vectors = await (await fetch("/vectors.json")).json();
    const verdicts = await judge(createVerifier, vectors);
    await fetch("/results", { method: "POST", body: JSON.stringify(verdicts) });`;
  agrees(
    await inChromium({
      profile: path.join(project.folder, "chromium"),
      script,
      folder: project.package,
      files: {
        "/judge.mjs": readFileSync(path.join(import.meta.dirname, "judge.mjs")),
        "/vectors.json": JSON.stringify(vectors),
      },
    }),
  );
});
