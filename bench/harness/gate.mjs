// Every request of somebody signed in: through the Worker as it ships, through a Worker that verifies the same
// session with jose, through one that only passes on, and through the floor, which has the platform do the same and has
// no rules. All of them are sent the same request, with the cookie. wrk finds out how many of them a gate can answer, and
// what each costs; how long somebody waits is measured below that, at one rate for all: see offered.mjs. Everything is
// on the same machine.
import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { apply, environment, signIn } from "./desk.mjs";
import { p99 } from "./offered.mjs";
import { median, summary } from "./statistics.mjs";
import { EDGE_AND_RULES, GATES } from "./workers.mjs";
import { Workerd, send } from "./workerd.mjs";

const run = promisify(execFile);
const PATH = "/tickets/1";

export async function gate(place, { loads, loadSeconds, waits, waitSeconds }, originUrl, check, say) {
  const workerd = new Workerd(place, { ...EDGE_AND_RULES, ...GATES }, { environment: environment(originUrl) });
  const variants = [
    { name: "passthrough", url: workerd.url("passthrough") + PATH },
    { name: "jose", url: workerd.url("gate-jose") + PATH },
    { name: "floor", url: workerd.url("floor") + PATH },
    { name: "deskgate", url: workerd.url("edge") + PATH },
    { name: "deskgate, public path", url: `${workerd.url("edge")}/assets/app.css` },
  ];
  const samples = variants.map(() => ({ cpu: [], rate: [], p99: [] }));
  // A new process, and the cookie of somebody who has signed in there.
  const start = async () => {
    await workerd.start();
    await apply(place, originUrl);
    return signIn(place);
  };
  try {
    const cookie = await start();
    for (const variant of variants) await verdicts(variant, cookie, check);
    for (let round = 0; round < loads; round += 1) {
      say(`load ${round + 1}/${loads}`);
      for (const [index, { url }] of variants.entries()) {
        const { cpu, rate } = await load(workerd, url, cookie, loadSeconds);
        samples[index].cpu.push(cpu);
        samples[index].rate.push(rate);
      }
    }
    await workerd.stop();
    // The more an isolate has answered, the more garbage V8 lets it gather, in steps, and the longer are the pauses
    // in which it is collected. So everybody begins in a new process, and answers as many requests as the others.
    for (let round = 0; round < waits; round += 1) {
      for (const [index, { name, url }] of variants.entries()) {
        say(`waits ${round + 1}/${waits}: ${name}`);
        const cookie = await start();
        samples[index].p99.push(await p99(url, { Cookie: cookie }, waitSeconds));
        await workerd.stop();
      }
    }
    if (loads === 0) return [];
    return variants.map(({ name }, index) => {
      const { cpu, rate, p99 } = samples[index];
      return {
        name,
        cpu: summary(cpu),
        rate: summary(rate),
        p99: summary(p99),
        // Of each round its own ratio: what slows the machine down slows both.
        toPassthrough: median(rate.map((each, round) => each / samples[0].rate[round])),
        toJose: median(rate.map((each, round) => each / samples[1].rate[round])),
        p99ToJose: median(p99.map((each, round) => each / samples[1].p99[round])),
      };
    });
  } finally {
    await workerd.stop();
  }
}

async function verdicts({ name, url }, cookie, check) {
  const reply = await send("GET", url, { headers: { Cookie: cookie } });
  check(`gate: ${name} passes a request on`, reply.status === 200 && reply.body.startsWith("xxx"), `${reply.status}`);
  if (!["jose", "deskgate"].includes(name)) return;
  const refused = await send("GET", url, { headers: { Cookie: `${cookie.slice(0, -9)}AAAAAAAAA` } });
  check(`gate: ${name} stops a changed session`, refused.status !== 200, `${refused.status}`);
}

async function load(workerd, url, cookie, seconds) {
  const before = workerd.cpu();
  const { stdout } = await run("wrk", ["-t1", "-c16", `-d${seconds}s`, "-H", `Cookie: ${cookie}`, url]);
  if (stdout.includes("Non-2xx")) throw new Error(stdout);
  const number = (pattern) => Number(stdout.match(pattern)[1]);
  return {
    cpu: (workerd.cpu() - before) / number(/(\d+) requests in/),
    rate: number(/Requests\/sec:\s+([\d.]+)/),
  };
}
