// The package as a whole: what is in it, how it resolves, what its types say, how much a page loads.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import test from "node:test";
import { gzipSync } from "node:zlib";

import { findChromium, inChromium } from "./chromium.mjs";
import { install } from "./project.mjs";

const project = install();
const tools = path.join(import.meta.dirname, "../node_modules");
const run = (program, ...command) => {
  try {
    return execFileSync(process.execPath, [path.join(tools, program), ...command], { cwd: project.folder, encoding: "utf8" });
  } catch ({ stdout, stderr }) {
    return assert.fail(`${stdout}${stderr}`);
  }
};

/** A module and all that it imports. */
function closure(file, found = new Set()) {
  if (found.has(file)) return found;
  found.add(file);
  for (const [, name] of readFileSync(file, "utf8").matchAll(/^(?:import|export) [^;]*?"(\.[^"]+)";$/gms)) {
    closure(path.join(path.dirname(file), name), found);
  }
  return found;
}

const compressed = (file) => gzipSync(readFileSync(file), { level: 9 }).length;

test("the package has its modules, the license and no tests", () => {
  const license = readFileSync(path.join(project.package, "LICENSE"), "utf8");
  assert.equal(license, readFileSync(path.join(import.meta.dirname, "../../LICENSE"), "utf8"));
  assert.ok(project.files.includes("pkg/deskgate_wasm_bg.wasm"));
  assert.ok(project.files.includes("explain/pkg/deskgate_explain_wasm_bg.wasm"));
  assert.deepEqual(project.files.filter((file) => /test|\.rs$|\.toml$|\.stamp|node_modules/.test(file)), []);
});

test("publint has nothing to say", () => {
  assert.match(run("publint/src/cli.js", "run", project.tarball, "--strict"), /All good!/);
});

test("are-the-types-wrong has nothing to say", () => {
  // It fails on any problem; packages of WebAssembly have no types to be wrong.
  run("@arethetypeswrong/cli/dist/index.js", project.tarball, "--profile", "esm-only", "--no-color",
    "--exclude-entrypoints", "deskgate.wasm", "deskgate-explain.wasm");
});

test("TypeScript understands the types, with those of Hono", () => {
  project.add("hono");
  project.write(
    "types.ts",
    `import { createVerifier, decodeUnverified, KeySetError, VerificationError, type Session } from "@deskgate/verify";
     import { explain } from "@deskgate/verify/explain";
     import { deskgate as forExpress } from "@deskgate/verify/express";
     import { fetchGroups } from "@deskgate/verify/groups";
     import { deskgate as forFastify } from "@deskgate/verify/fastify";
     import { deskgate, type DeskgateEnv } from "@deskgate/verify/hono";
     import { Hono } from "hono";
     const verifier = await createVerifier({ issuer: "https://help.contoso.com", audience: "https://tickets.internal", fetch });
     const session: Session = await verifier.verifySession("");
     const email: string | undefined = session.identity.email;
     await verifier.verifyOriginToken(new Request("https://tickets.internal/"), { now: 1 });
     const groups: string[] | undefined = await fetchGroups(verifier, new Request("https://tickets.internal/"));
     const app = new Hono<DeskgateEnv>();
     app.use(deskgate(verifier, { onRefused: (error) => error.code }));
     app.get("/", (c) => c.text(c.get("deskgate").tokenId + email));
     forExpress(verifier); forFastify(verifier);
     (await explain("", { redact: true })).checks[0]?.problem?.code;
     (await decodeUnverified("")).claims["sub"];
     const error: VerificationError | KeySetError = new Error() as VerificationError;
     // @ts-expect-error: a token is text.
     await verifier.verifySession(1);
     // @ts-expect-error: a verifier is for one desk.
     await createVerifier({});
     export { error, groups };`,
  );
  run("typescript/bin/tsc", "--noEmit", "--strict", "--target", "es2022", "--module", "nodenext", "--lib", "es2022,dom", "types.ts");
});

test("what a token check loads stays below 60 KiB", () => {
  const modules = closure(path.join(project.package, "index.mjs"));
  const wasm = path.join(project.package, "pkg/deskgate_wasm_bg.wasm");
  const bytes = [...modules, wasm].reduce((sum, file) => sum + compressed(file), 0);
  assert.ok(bytes < 60 * 1024, `${bytes} bytes`);
  assert.ok([...modules].every((file) => !file.includes("explain")));
});

const entra = readFileSync(path.join(import.meta.dirname, "../../tests/vectors/response.xml"), "utf8");

test("a response is explained in Node.js", async () => {
  const { explain } = await import(pathToFileURL(path.join(project.package, "explain-node.mjs")));
  const explanation = await explain(entra);
  assert.equal(explanation.verdict, "rejected");
  const { problem } = explanation.checks.find(({ check }) => check === explanation.refusedBy);
  assert.ok(problem.code && problem.message && problem.help);
  assert.equal((await explain(new Uint8Array([0xff]))).verdict, "rejected");
  await assert.rejects(explain(1), TypeError);
  const connection = { certificates: "no", idpEntityId: "a", audience: "b", acsUrl: "c" };
  await assert.rejects(explain(entra, { connection }), { name: "VerificationError", code: /^x509\./ });
});

test("a response is explained in Chromium", async (t) => {
  if (!findChromium()) return t.skip("SKIPPED explain in Chromium: chromium is not installed");
  const script = `
    import { explain } from "/package/explain.mjs";
    const { verdict, refusedBy } = await explain("bm8=");
    await fetch("/results", { method: "POST", body: JSON.stringify({ verdict, refusedBy }) });`;
  const profile = path.join(project.folder, "chromium");
  const found = await inChromium({ profile, script, folder: project.package, files: {} });
  assert.equal(found.verdict, "rejected");
});
