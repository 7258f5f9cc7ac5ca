// A Worker in workerd, bundled by wrangler as everybody's Workers are.
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";

const tools = path.join(import.meta.dirname, "../../edge-worker/node_modules");
const DATE = "2026-03-01";

export function findWorkerd() {
  const machine = process.arch === "arm64" ? "arm64" : "64";
  const system = process.platform === "darwin" ? "darwin" : "linux";
  const binary = path.join(tools, `@cloudflare/workerd-${system}-${machine}/bin/workerd`);
  return existsSync(binary) ? binary : undefined;
}

export async function startWorkerd(project, entry) {
  const name = path.basename(entry, path.extname(entry));
  const output = path.join(project.folder, `${name}-bundle`);
  mkdirSync(output);
  const config = project.write(
    `${name}-wrangler.json`,
    JSON.stringify({ name, main: entry, compatibility_date: DATE, send_metrics: false }),
  );
  execFileSync(
    process.execPath,
    [path.join(tools, "wrangler/bin/wrangler.js"), "deploy", "--dry-run", "--outdir", output, "--config", config],
    { cwd: project.folder, stdio: "pipe", env: { ...process.env, WRANGLER_SEND_METRICS: "false", CI: "1" } },
  );
  const modules = readdirSync(output)
    .filter((file) => /\.(js|mjs|wasm)$/.test(file))
    .sort((a, b) => Number(b === `${name}.js`) - Number(a === `${name}.js`))
    .map((file) => `(name = "${file}", ${file.endsWith(".wasm") ? "wasm" : "esModule"} = embed "${file}")`);
  writeFileSync(
    path.join(output, "config.capnp"),
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (modules = [${modules.join(", ")}], compatibilityDate = "${DATE}")),
    (name = "internet", network = (allow = ["local", "private", "public"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
`,
  );
  const workerd = spawn(findWorkerd(), ["serve", "--control-fd=3", path.join(output, "config.capnp")], {
    stdio: ["ignore", "inherit", "inherit", "pipe"],
  });
  const gone = new Promise((resolve) => workerd.once("exit", resolve));
  const port = await new Promise((resolve, reject) => {
    workerd.once("exit", (code) => reject(new Error(`workerd ended with ${code}`)));
    let text = "";
    workerd.stdio[3].on("data", (piece) => {
      text += piece;
      const listening = text.split("\n").find((line) => line.includes('"listen"'));
      if (listening) resolve(JSON.parse(listening).port);
    });
  });
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () => {
      workerd.kill();
      return gone;
    },
  };
}
