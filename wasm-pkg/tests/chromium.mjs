// A page in Chromium that runs a script and posts what comes of it to /results.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

import { serve } from "./desk.mjs";

const TYPES = { ".js": "text/javascript", ".mjs": "text/javascript", ".json": "application/json", ".wasm": "application/wasm" };

// What a careful page says; WebAssembly needs the second source.
const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'";

export function findChromium() {
  const executable = process.env.CHROMIUM ?? "/usr/bin/chromium";
  return existsSync(executable) ? executable : undefined;
}

export async function inChromium({ profile, script, folder, files }) {
  let report;
  const results = new Promise((resolve) => (report = resolve));
  const server = await serve(async (request, response) => {
    const send = (type, body) =>
      response.writeHead(200, { "Content-Type": type, "Content-Security-Policy": POLICY }).end(body);
    if (request.url === "/") return send("text/html", '<!doctype html><script type="module" src="/page.mjs"></script>');
    if (request.url === "/page.mjs") return send(TYPES[".mjs"], script);
    if (request.url === "/results") {
      let body = "";
      for await (const piece of request) body += piece;
      report(JSON.parse(body));
      return send("text/plain", "");
    }
    const file = path.join(folder, path.normalize(request.url.replace(/^\/package\//, "/")));
    const known = files[request.url] ?? (existsSync(file) ? readFileSync(file) : undefined);
    if (known === undefined) return response.writeHead(404).end();
    send(TYPES[path.extname(request.url)] ?? "text/plain", known);
  });
  const chromium = spawn(
    findChromium(),
    ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
      "--disable-background-networking", "--disable-component-update", `--user-data-dir=${profile}`, server.url],
    { stdio: "ignore" },
  );
  const gone = new Promise((resolve) => chromium.once("exit", resolve));
  const deadline = new Promise((_, reject) => {
    setTimeout(() => reject(new Error("the page reported nothing within a minute")), 60_000).unref();
  });
  try {
    return await Promise.race([results, deadline]);
  } finally {
    chromium.kill();
    await gone;
    server.close();
  }
}
