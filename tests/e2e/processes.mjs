// Servers that a run starts and stops again, by process, never by name.
import { spawn } from "node:child_process";
import fs from "node:fs";
import http from "node:http";
import net from "node:net";

const running = [];

// Starts a program in a process group of its own; its output goes to a file.
export function start(program, parameters, { env = {}, log, cwd } = {}) {
  const output = fs.openSync(log, "w");
  // Bundles of authorities are re-read at every start, which loopback does not need.
  const { SSL_CERT_FILE, SSL_CERT_DIR, NODE_EXTRA_CA_CERTS, ...inherited } = process.env;
  const child = spawn(program, parameters, {
    cwd,
    env: { ...inherited, ...env },
    detached: true,
    stdio: ["ignore", output, output],
  });
  fs.closeSync(output);
  const entry = { child, program, log, ended: undefined };
  child.on("error", (error) => (entry.ended = String(error)));
  child.on("exit", (code, signal) => (entry.ended = `ended with ${code ?? signal}`));
  running.push(entry);
  return entry;
}

export function stop(entry) {
  if (entry.ended !== undefined) return Promise.resolve();
  const gone = new Promise((resolve) => entry.child.once("exit", resolve));
  process.kill(-entry.child.pid, "SIGTERM");
  return gone;
}

export const stopAll = () => Promise.all(running.map(stop));

// Waits until the address answers with anything, or the program has ended, or 20 seconds have passed.
export async function ready(entry, url) {
  const deadline = Date.now() + 20_000;
  while (entry.ended === undefined && Date.now() < deadline) {
    if (await answers(url)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const why = entry.ended ?? "is silent";
  throw new Error(`${entry.program} ${why}: ${fs.readFileSync(entry.log, "utf8").slice(-2000)}`);
}

function answers(url) {
  return new Promise((resolve) => {
    const request = http.get(url, (response) => {
      response.resume();
      resolve(true);
    });
    request.on("error", () => resolve(false));
  });
}

export function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
