// From the start of `workerd serve` to the first response, in milliseconds of the wall clock, and the sizes of
// what is loaded until then. deskgate is a desk with settings: it asks its object and opens settings and keys first.
import fs from "node:fs";
import path from "node:path";
import zlib from "node:zlib";

import { apply, environment } from "./desk.mjs";
import { summary } from "./statistics.mjs";
import { HELLO, SHIPPED, STARTUP_PEERS } from "./workers.mjs";
import { Workerd } from "./workerd.mjs";

export async function startup(place, { starts }, { withPeers }, originUrl, say) {
  const state = await desk(place, originUrl);
  const candidates = [
    ...(withPeers ? [{ name: "hello", workers: HELLO }] : []),
    { name: "deskgate", workers: SHIPPED, state },
    { name: "node-saml and jose", workers: STARTUP_PEERS },
  ];
  const samples = candidates.map(() => []);
  for (let start = 0; start < starts; start += 1) {
    say(`start ${start + 1}/${starts}`);
    for (const [index, { workers, state }] of candidates.entries()) {
      const workerd = new Workerd(place, workers, { environment: environment(originUrl), state });
      samples[index].push(await workerd.start());
      await workerd.stop();
    }
  }
  return candidates.map(({ name }, index) => ({ name, ...summary(samples[index]) }));
}

// The storage of a desk with settings.
async function desk(place, originUrl) {
  const state = fs.mkdtempSync(path.join(place.folder, "state-"));
  const workerd = new Workerd(place, SHIPPED, { environment: environment(originUrl), state });
  await workerd.start();
  await apply(place, originUrl, Math.floor(Date.now() / 1000));
  await workerd.stop();
  return state;
}

export function sizes({ folder, repository }) {
  const gzip = (file) => zlib.gzipSync(fs.readFileSync(file), { level: 9 }).length;
  const list = (from, names) => names.map((name) => ({ name, gzip: gzip(path.join(from, name)) }));
  const npm = path.join(repository, "wasm-pkg");
  const wasm = "pkg/deskgate_wasm_bg.wasm";
  return {
    worker: list(folder, Object.keys(SHIPPED.edge.modules)),
    browser: fs.existsSync(path.join(npm, wasm)) ? list(npm, [...modules(npm, "index.mjs"), wasm]) : [],
    "node-saml and jose": list(folder, ["startup-peers.bundle.js"]),
    jose: list(folder, ["jose.bundle.js"]),
  };
}

// A module of ours and all that it imports.
function modules(folder, entry, found = new Set()) {
  if (found.has(entry)) return found;
  found.add(entry);
  const text = fs.readFileSync(path.join(folder, entry), "utf8");
  for (const [, name] of text.matchAll(/ from ?"(\.[^"]+)"/g)) {
    modules(folder, path.join(path.dirname(entry), name), found);
  }
  return found;
}
