// The journeys of people: Chromium in front of the real Worker, the demo helpdesk behind it,
// identity providers beside it, and helpdesks that nobody here wrote. `cargo xtask e2e` builds everything and
// calls this. Screenshots go to target/e2e.
import fs from "node:fs";
import path from "node:path";
import process from "node:process";

import { chromium } from "playwright-core";

import { startDesk } from "./desk.mjs";
import { handOff } from "./hand_off.mjs";
import { journeys } from "./journeys.mjs";
import { kept } from "./kept.mjs";
import { stopAll } from "./processes.mjs";
import { finish, skipped } from "./report.mjs";
import { seeds } from "./seeds/seeds.mjs";
import { missing } from "./simplesamlphp.mjs";

const repository = path.join(import.meta.dirname, "../..");
const target = path.resolve(repository, process.env.CARGO_TARGET_DIR ?? "target");
const folder = path.join(target, "e2e");
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
fs.rmSync(folder, { recursive: true, force: true });
fs.mkdirSync(folder, { recursive: true });

const absent = missing() ?? (fs.existsSync(executablePath) ? undefined : `${executablePath} is not there`);
if (absent) {
  skipped("e2e", absent);
  finish();
  process.exit(0);
}

let browser;
try {
  const desk = await startDesk({ repository, target, state: path.join(folder, "state") });
  browser = await chromium.launch({
    executablePath,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  await handOff({ browser, folder, desk });
  await kept({ browser, folder, desk });
  await journeys({ browser, folder, desk, repository });
  await seeds({ browser, folder, repository, target });
} catch (error) {
  console.log(`not ok set-up ${String(error.message).replaceAll("\n", " ")}`);
  process.exitCode = 1;
} finally {
  await browser?.close();
  await stopAll();
}
if (!finish()) process.exitCode = 1;
