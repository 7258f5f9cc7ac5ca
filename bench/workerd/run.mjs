// CPU time of the Worker in raw workerd: `node bench/workerd/run.mjs`, on Linux, after `cargo xtask build`.
//
// CPU time, not wall time: what the main thread of workerd has run, from /proc/PID/task/PID/schedstat,
// before and after one request that does the work many times, less the same with no work. Rounds are
// interleaved; the tables have the median and the quartiles. Read ratios, never times of two machines.
import { execFileSync, spawn, spawnSync } from "node:child_process";
import crypto from "node:crypto";
import fs from "node:fs";
import http from "node:http";
import os from "node:os";
import path from "node:path";

const NOW = 1_795_262_400;
const EDGE = "http://127.0.0.1:47887";
const RULES = "http://127.0.0.1:47888";
const PASSTHROUGH = "http://127.0.0.1:47889";
const ROUNDS = 15;
const SECRET = crypto.randomBytes(32);

const repository = path.join(import.meta.dirname, "../..");
const state = fs.mkdtempSync(path.join(os.tmpdir(), "deskgate-bench-"));
// One agent without keep-alive: a connection of the previous workerd must not be tried again.
const agent = new http.Agent({ keepAlive: false });

const sorted = (samples) => [...samples].sort((a, b) => a - b);
const quantile = (samples, share) => sorted(samples)[Math.round((samples.length - 1) * share)];
const median = (samples) => quantile(samples, 0.5);
const figures = (samples) =>
  `${median(samples).toFixed(1)} | ${quantile(samples, 0.25).toFixed(1)} .. ${quantile(samples, 0.75).toFixed(1)}`;

let workerd;
const origin = spawn(process.execPath, [path.join(import.meta.dirname, "origin.mjs")], {
  stdio: ["ignore", "pipe", "inherit"],
});
try {
  const originUrl = await new Promise((resolve) => origin.stdout.once("data", (line) => resolve(String(line).trim())));
  workerd = await startWorkerd(originUrl);
  await apply(originUrl);
  const cookie = await signIn();
  await validation(cookie);
  await firstValidations(originUrl);
  await overhead(cookie);
} finally {
  workerd?.kill();
  origin.kill();
  fs.rmSync(state, { recursive: true, force: true });
}

async function validation(cookie) {
  const cases = [
    { operation: "limit", size: "small", times: 200 },
    { operation: "signIn", size: "small", times: 100 },
    { operation: "limit", size: "large", times: 100 },
    { operation: "signIn", size: "large", times: 20 },
    { operation: "session", times: 200, cookie },
    { operation: "public", times: 500 },
  ];
  // Until V8 has optimized everything.
  for (const each of cases) for (let round = 0; round < 10; round += 1) await run(each);
  const samples = cases.map(() => []);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [index, each] of cases.entries()) {
      const empty = await run({ operation: "empty", times: 1 });
      samples[index].push((await run(each) - empty) / each.times);
    }
  }
  const [limitSmall, , limitLarge] = samples.map(median);
  const limits = [limitSmall, limitSmall, limitLarge, limitLarge, undefined, undefined];
  console.log("\n| work | CPU, us | quartiles | x limit |\n|---|---|---|---|");
  for (const [index, { operation, size }] of cases.entries()) {
    const ratio = limits[index] ? (median(samples[index]) / limits[index]).toFixed(2) : "";
    console.log(`| ${operation} ${size ?? ""} | ${figures(samples[index])} | ${ratio} |`);
  }
}

// A fresh process each time: what the first people of a morning pay.
async function firstValidations(originUrl) {
  const [first, second] = [[], []];
  for (let round = 0; round < 7; round += 1) {
    const gone = new Promise((resolve) => workerd.once("exit", resolve));
    workerd.kill();
    await gone;
    workerd = await startWorkerd(originUrl);
    // Any request of the desk loads its settings into the new isolate.
    await send("GET", `${EDGE}/assets/app.css`);
    const empty = await run({ operation: "empty", times: 1 });
    first.push((await run({ operation: "signIn", size: "small", times: 1 })) - empty);
    second.push((await run({ operation: "signIn", size: "small", times: 1 })) - empty);
  }
  console.log(`\n| in a fresh isolate | CPU, us | quartiles |\n|---|---|---|`);
  console.log(`| first sign-in | ${figures(first)} |\n| second | ${figures(second)} |`);
}

// CPU of workerd per request, under load.
async function overhead(cookie) {
  if (spawnSync("wrk", ["-v"]).error) return console.log("\nSKIPPED overhead: wrk is not installed");
  const variants = [
    { name: "passthrough", url: `${PASSTHROUGH}/tickets/1` },
    { name: "gate, public path", url: `${EDGE}/assets/app.css` },
    { name: "gate, session", url: `${EDGE}/tickets/1`, headers: ["-H", `Cookie: ${cookie}`] },
  ];
  const samples = variants.map(() => ({ cpu: [], rate: [] }));
  for (let round = 0; round < 9; round += 1) {
    for (const [index, { url, headers = [] }] of variants.entries()) {
      const before = cpu();
      const report = execFileSync("wrk", ["-t1", "-c16", "-d2s", ...headers, url], { encoding: "utf8" });
      if (report.includes("Non-2xx")) throw new Error(report);
      const requests = Number(report.match(/(\d+) requests in/)[1]);
      samples[index].cpu.push((cpu() - before) / requests);
      samples[index].rate.push(Number(report.match(/Requests\/sec:\s+([\d.]+)/)[1]));
    }
  }
  const base = samples[0];
  console.log("\n| request | CPU, us | quartiles | more than passthrough | rate / passthrough |\n|---|---|---|---|---|");
  for (const [index, { name }] of variants.entries()) {
    const { cpu: used, rate } = samples[index];
    const more = (median(used) - median(base.cpu)).toFixed(1);
    const ratio = (median(rate) / median(base.rate)).toFixed(2);
    console.log(`| ${name} | ${figures(used)} | ${index ? more : ""} | ${ratio} |`);
  }
}

// Microseconds of CPU that one request to the rules took.
async function run(work) {
  const before = cpu();
  const reply = await send("POST", RULES, { body: JSON.stringify(work) });
  if (reply.body !== "done") throw new Error(reply.body);
  return cpu() - before;
}

function cpu() {
  return Number(fs.readFileSync(`/proc/${workerd.pid}/task/${workerd.pid}/schedstat`, "utf8").split(" ")[0]) / 1000;
}

async function startWorkerd(originUrl) {
  const packages = path.join(repository, "edge-worker/node_modules/@cloudflare");
  const found = fs.readdirSync(packages).find((name) => name.startsWith("workerd-"));
  const child = spawn(
    path.join(packages, found, "bin/workerd"),
    ["serve", `--directory-path=state=${state}`, path.join(import.meta.dirname, "bench.capnp")],
    {
      stdio: ["ignore", "ignore", "inherit"],
      env: { DESKGATE_SECRET: SECRET.toString("base64url"), ORIGIN: originUrl },
    },
  );
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const up = await send("GET", `${EDGE}/deskgate/health`).catch(() => undefined);
    if (child.exitCode !== null) break;
    if (up) return child;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error("workerd does not start; is edge-worker/build there?");
}

// What `deskgate apply` does, at the time at which the Worker believes it is.
async function apply(originUrl) {
  const body = JSON.stringify({
    name: "Bench",
    url: EDGE,
    origin: originUrl,
    public_paths: ["/assets/"],
    connections: [
      {
        name: "contoso",
        display_name: "Contoso",
        idp_entity_id: "https://sts.windows.net/3f1a2b4c-5d6e-4f70-8a91-b2c3d4e5f607/",
        sso_url: "https://login.example.com/saml2",
        certificates: [fs.readFileSync(path.join(repository, "tests/vectors/keys/rsa-2048.crt"), "utf8")],
        allow_idp_initiated: true,
      },
    ],
  });
  const route = "/deskgate/admin/settings";
  const digest = (text) => crypto.createHash("sha256").update(text).digest("base64url");
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = {
    iss: "deskgate-cli",
    aud: EDGE,
    jti: crypto.randomUUID(),
    iat: NOW,
    exp: NOW + 60,
    htm: "PUT",
    path_sha256: digest(route),
    body_sha256: digest(body),
  };
  const signed = `${part({ alg: "HS256", typ: "deskgate-admin+jwt" })}.${part(claims)}`;
  const key = Buffer.from(crypto.hkdfSync("sha256", SECRET, "", "deskgate admin", 32));
  const token = `${signed}.${crypto.createHmac("sha256", key).update(signed).digest("base64url")}`;
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
  const reply = await send("PUT", EDGE + route, { body, headers });
  if (reply.status !== 200) throw new Error(`settings: ${reply.status} ${reply.body}`);
}

async function signIn() {
  const xml = fs.readFileSync(path.join(repository, "tests/vectors/responses/loopback.xml"), "utf8").trim();
  const body = new URLSearchParams({ SAMLResponse: Buffer.from(xml).toString("base64") }).toString();
  const headers = {
    "Content-Type": "application/x-www-form-urlencoded",
    Origin: EDGE,
    "Sec-Fetch-Site": "same-origin",
  };
  const reply = await send("POST", `${EDGE}/deskgate/acs/complete`, { body, headers });
  const cookie = reply.headers["set-cookie"]?.find((line) => line.startsWith("__Host-deskgate="));
  if (!cookie) throw new Error(`sign-in: ${reply.status} ${reply.body}`);
  return cookie.split(";")[0];
}

function send(method, url, { body, headers = {} } = {}) {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method, headers, agent }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (piece) => (text += piece));
      response.on("end", () => resolve({ status: response.statusCode, headers: response.headers, body: text }));
    });
    request.on("error", reject);
    request.end(body);
  });
}
