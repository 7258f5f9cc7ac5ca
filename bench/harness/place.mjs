// Where everything is, and the folder from which all programs and Workers read the same documents.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

export const DOCUMENTS = ["entra", "many-groups", "encrypted", "signed-twice"];
export const PERSON = "B.Simon@contoso.com";
export const EXPECTED_GROUPS = { "many-groups": 150 };

const repository = path.join(import.meta.dirname, "../..");

// `target` is Cargo's target folder, `profile` the one of its folders with our programs; `bench` is ours.
export function place(target, profile) {
  const folder = path.join(target, "bench/run");
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  const packages = path.join(repository, "edge-worker/node_modules/@cloudflare");
  const found = fs.readdirSync(packages).find((name) => name.startsWith("workerd-"));
  return {
    repository,
    target,
    folder,
    workerd: path.join(packages, found, "bin/workerd"),
    native: path.join(target, profile, "deskgate-bench"),
    memory: path.join(target, profile, "deskgate-bench-memory"),
    peers: path.join(target, "bench/peers/release/deskgate-bench-peers"),
    python: path.join(target, "bench/python/bin/python3"),
    wasm: (name) => path.join(target, "bench", name),
    hasPeers() {
      const modules = ["bergshamra/bergshamra_wasm_bg.wasm", "hello/hello_worker_bg.wasm"].map(this.wasm);
      return [this.peers, this.python, ...modules].every((file) => fs.existsSync(file));
    },
  };
}

// The documents, a changed twin of each, and the keys.
export function writeDocuments({ folder }) {
  const keys = path.join(repository, "tests/vectors/keys");
  const copy = (from, to) => fs.copyFileSync(path.join(keys, from), path.join(folder, to));
  copy("rsa-2048.crt", "idp.crt");
  copy("other-rsa-2048.crt", "decryption.crt");
  copy("other-rsa-2048.key", "decryption.key");
  copy("ed25519.key", "desk.key");
  for (const name of DOCUMENTS) {
    const xml = fs.readFileSync(path.join(repository, `bench/documents/${name}.xml`), "utf8");
    fs.writeFileSync(path.join(folder, `${name}.xml`), xml);
    fs.writeFileSync(path.join(folder, `${name}-changed.xml`), changed(xml));
  }
}

// Another name; where that is encrypted, another byte of the ciphertext.
function changed(xml) {
  if (xml.includes(">B.Simon")) return xml.replace(">B.Simon", ">C.Simon");
  const at = xml.lastIndexOf("</xenc:CipherValue>") - 200;
  return xml.slice(0, at) + (xml[at] === "A" ? "B" : "A") + xml.slice(at + 1);
}

// All that Workers need, after deskgate-bench has made limits and tokens, as one module.
export function writeGiven({ folder }) {
  const read = (name) => fs.readFileSync(path.join(folder, name), "utf8");
  const fields = {};
  const limits = {};
  for (const name of DOCUMENTS) {
    for (const each of [name, `${name}-changed`]) fields[each] = Buffer.from(read(`${each}.xml`)).toString("base64");
    limits[name] = JSON.parse(read(`${name}.limit.json`));
  }
  const given = {
    fields,
    limits,
    certificate: read("idp.crt"),
    decryptionKey: read("decryption.key"),
    deskKey: read("desk.key"),
    keys: JSON.parse(read("jwks.json")),
    tokens: { session: read("session.jwt"), origin: read("origin.jwt") },
  };
  fs.writeFileSync(path.join(folder, "given.js"), `export default ${JSON.stringify(given)};\n`);
}

// Everything that Workers are made of, in one folder: workerd embeds files relative to its configuration.
export function writeWorkers(place, { withPeers }) {
  const { folder } = place;
  const copyAll = (from) => {
    for (const name of fs.readdirSync(from)) {
      if (/\.(mjs|js|wasm)$/.test(name)) fs.copyFileSync(path.join(from, name), path.join(folder, name));
    }
  };
  copyAll(path.join(repository, "bench/workerd"));
  copyAll(path.join(repository, "edge-worker/build"));
  copyAll(path.join(repository, "bench/wasm/build"));
  for (const name of ["node-saml", "samlify", "jose", "gate-jose", "startup-peers"]) {
    bundle(folder, name, [`--banner:js=${REQUIRE}`]);
  }
  if (!withPeers) return;
  ["bergshamra", "hello"].forEach((name) => copyAll(place.wasm(name)));
  fs.cpSync(path.join(place.wasm("hello"), "snippets"), path.join(folder, "snippets"), { recursive: true });
  bundle(folder, "startup-hello", []);
}

// Some packages are CommonJS and require modules of Node.js.
const REQUIRE =
  'import{createRequire as requireOfNode}from"node:module";const require=requireOfNode("file:///worker.js");';

function bundle(folder, name, parameters) {
  const esbuild = path.join(repository, "edge-worker/node_modules/esbuild/bin/esbuild");
  execFileSync(
    process.execPath,
    [
      esbuild,
      path.join(folder, `${name}.mjs`),
      "--bundle",
      "--minify",
      "--format=esm",
      "--platform=node",
      "--external:./given.js",
      "--external:*.wasm",
      "--log-level=error",
      ...parameters,
      `--outfile=${path.join(folder, `${name}.bundle.js`)}`,
    ],
    { env: { ...process.env, NODE_PATH: path.join(repository, "tests/node_modules") }, stdio: "inherit" },
  );
}
