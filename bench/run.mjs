// Measures deskgate and its peers: `cargo xtask bench`, which builds everything first. On Linux.
//
// CPU time, not wall time, in rounds in which everybody has their turn; medians and quartiles. Read ratios,
// never times of two machines.
import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";

import { cold } from "./harness/cold.mjs";
import { apply, environment } from "./harness/desk.mjs";
import { gate } from "./harness/gate.mjs";
import * as growing from "./harness/growth.mjs";
import { machine } from "./harness/machine.mjs";
import { QUICK, WHOLE, interleaved } from "./harness/measure.mjs";
import { place as findPlace, writeDocuments, writeGiven, writeWorkers } from "./harness/place.mjs";
import { Program } from "./harness/program.mjs";
import { sizes, startup } from "./harness/startup.mjs";
import { PARTICIPANTS, TOKEN_WORKS, items, verdicts } from "./harness/validation.mjs";
import { BERGSHAMRA, DESKGATE, EDGE_AND_RULES, JOSE, LIMIT, NODE_SAML, SAMLIFY } from "./harness/workers.mjs";
import { Workerd } from "./harness/workerd.mjs";
import { print, write } from "./report/report.mjs";

const { values: options } = parseArgs({
  options: {
    target: { type: "string" },
    release: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
    only: { type: "string", multiple: true, default: [] },
  },
});
const amount = options.quick ? QUICK : WHOLE;
const wants = (part) => options.only.length === 0 || options.only.includes(part);

const place = findPlace(path.resolve(options.target), options.release ? "release" : options.quick ? "debug" : "release");
// A run of some parts builds no peers, and takes those that are there.
const withPeers = !options.quick && (options.only.length === 0 || place.hasPeers());
const begun = performance.now();
let failures = 0;

function say(text) {
  if (!options.quick) process.stderr.write(`    ${Math.round((performance.now() - begun) / 1000)} s: ${text}\n`);
}

function check(name, isRight, detail) {
  if (!isRight) failures += 1;
  if (options.quick || !isRight) console.log(isRight ? `ok ${name}` : `not ok ${name}: ${detail}`);
}

const programs = [];
function program(name, command, ...parameters) {
  const started = new Program(name, command, parameters);
  programs.push(started);
  return started;
}

const result = { date: new Date().toISOString(), isWhole: options.only.length === 0, machine: machine(place) };
const origin = spawn(process.execPath, [path.join(import.meta.dirname, "workerd/origin.mjs")], {
  stdio: ["ignore", "pipe", "inherit"],
});
try {
  const originUrl = await new Promise((resolve) => origin.stdout.once("data", (line) => resolve(String(line).trim())));
  writeDocuments(place);
  const native = program("native", place.native, place.folder);
  // Its first answer comes after it has written what the others read.
  await native.verdict("deskgate", "entra");
  writeGiven(place);
  writeWorkers(place, { withPeers });
  if (wants("validation") || wants("growth")) await validation(native, originUrl);
  if (wants("cold")) result.cold = await cold(place, amount, { withPeers }, originUrl, say);
  if (wants("gate")) result.gate = await gate(place, amount, originUrl, check, say);
  if (wants("startup")) result.startup = await startup(place, amount, { withPeers }, originUrl, say);
  result.sizes = sizes(place);
} catch (error) {
  check("the benchmark runs", false, error.stack);
} finally {
  await Promise.all(programs.map((each) => each.stop()));
  origin.kill();
}
result.seconds = Math.round((performance.now() - begun) / 1000);
if (options.quick) {
  check("the benchmark runs to its end", failures === 0, `${failures} failures`);
} else if (failures === 0) {
  print(result);
  if (options.only.length === 0) write(place.repository, result);
  else fs.writeFileSync(path.join(place.folder, "result.json"), JSON.stringify(result, undefined, 1));
}
process.exitCode = failures === 0 ? 0 : 1;

async function validation(native, originUrl) {
  const workers = { ...EDGE_AND_RULES, ...LIMIT, ...DESKGATE, ...NODE_SAML, ...SAMLIFY, ...JOSE };
  const workerd = new Workerd(place, withPeers ? { ...workers, ...BERGSHAMRA } : workers, {
    environment: environment(originUrl),
  });
  await workerd.start();
  try {
    await apply(place, originUrl);
    const runtimes = {
      workerd: (work) => workerd.participant(work.startsWith("deskgate") ? "deskgate" : work),
      native: (work) => (/^(limit|deskgate)/.test(work) ? native : nativePeers),
      python: () => python,
    };
    const nativePeers = withPeers && program("native peers", place.peers, place.folder);
    // jsonwebtoken has one provider for a whole process.
    const rustCryptoPeers = withPeers && program("native peers", place.peers, place.folder, "rust-crypto");
    const script = path.join(place.repository, "bench/peers/python_peers.py");
    const python = withPeers && program("python", place.python, script, place.folder);
    const participants = PARTICIPANTS.filter(({ slow }) => withPeers || !slow).map((each) => ({
      ...each,
      program: runtimes[each.runtime](each.work),
    }));
    say("verdicts");
    result.refusals = await verdicts(participants, check);
    const tokens = (work) => [
      { runtime: "workerd", work, document: "deskgate", program: workerd.participant("deskgate") },
      { runtime: "workerd", work, document: "jose", program: workerd.participant("jose") },
      { runtime: "native", work, document: "deskgate-aws-lc", program: native },
      { runtime: "native", work, document: "deskgate", program: native },
      ...(withPeers
        ? [
            { runtime: "native", work, document: "jsonwebtoken", program: nativePeers },
            { runtime: "native", work, document: "jsonwebtoken-rust-crypto", program: rustCryptoPeers },
          ]
        : []),
    ];
    const measured = await interleaved(
      [
        ...(wants("validation") ? [...items(participants, result.refusals), ...TOKEN_WORKS.flatMap(tokens)] : []),
        ...(wants("growth") ? growing.items(native) : []),
      ],
      amount,
      say,
    );
    result.measured = measured.filter(({ work }) => work !== "generated");
    if (wants("growth")) result.growth = growing.growth(measured, growing.memory(place));
    check("everything is measured", measured.length > 0, "nothing");
  } finally {
    await workerd.stop();
  }
}
