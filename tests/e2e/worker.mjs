// The Worker in raw workerd on a free port, with an object of its own, and the command line beside it.
import { execFileSync } from "node:child_process";
import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";

import { freePort, ready, start, stop } from "./processes.mjs";

export async function startWorker({ repository, target, state }) {
  fs.mkdirSync(path.join(state, "objects"), { recursive: true });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const secretFile = path.join(state, "secret");
  const secret = crypto.randomBytes(32).toString("base64url");
  fs.writeFileSync(secretFile, `${secret}\n`, { mode: 0o600 });
  const edge = start(workerd(repository), [
    "serve",
    `--directory-path=state=${path.join(state, "objects")}`,
    `--socket-addr=http=127.0.0.1:${port}`,
    path.join(repository, "tests/workerd/deskgate.capnp"),
  ], { log: path.join(state, "workerd.log"), env: { DESKGATE_SECRET: secret } });
  await ready(edge, `${url}/deskgate/health`);

  // As an administrator runs it, in the folder of desk.toml.
  const deskgate = (...parameters) =>
    execFileSync(program(target, "deskgate"), parameters, {
      cwd: state,
      encoding: "utf8",
      env: { ...process.env, DESKGATE_SECRET: secret },
      stdio: "pipe",
    });
  const apply = (settings) => {
    fs.writeFileSync(path.join(state, "desk.toml"), settings);
    deskgate("check");
    deskgate("apply");
  };
  return { url, state, deskgate, apply, stop: () => stop(edge) };
}

export function program(target, name) {
  const built = path.join(target, "debug", name);
  if (!fs.existsSync(built)) throw new Error(`${built} is not built; run cargo xtask e2e`);
  return built;
}

function workerd(repository) {
  const packages = path.join(repository, "edge-worker/node_modules/@cloudflare");
  const found = fs.readdirSync(packages).find((name) => name.startsWith("workerd-"));
  return path.join(packages, found, "bin/workerd");
}
