// The systems of the seeds, set up as the guides say: each group has a Worker, an identity provider and
// helpdesks of its own.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

import { skipped, step } from "../report.mjs";
import { PYTHON } from "./administrator.mjs";
import { entraAndHelpScout } from "./entra_help_scout.mjs";
import { entraAndJitbit } from "./entra_jitbit.mjs";
import { imisAndZendesk } from "./imis_zendesk.mjs";
import { otherProviders } from "./other_providers.mjs";
import { severalConnections } from "./several.mjs";

// What signs for the identity provider, and the service provider in Jitbit.
const NEEDED = { xmlsec1: ["xmlsec1", "--version"], "python3-saml": [PYTHON, "-c", "import onelogin.saml2"] };

export async function seeds({ browser, folder, repository, target }) {
  const works = ([program, ...parameters]) => spawnSync(program, parameters, { stdio: "ignore" }).status === 0;
  const absent = Object.keys(NEEDED).filter((name) => !works(NEEDED[name]));
  if (absent.length > 0) {
    skipped("systems of the seeds", `${absent.join(" and ")} not installed`);
    return;
  }
  const run = (name, body, options) => step(browser, folder, name, body, options);
  for (const group of [entraAndHelpScout, entraAndJitbit, otherProviders, imisAndZendesk, severalConnections]) {
    const state = path.join(folder, "state", group.name);
    fs.mkdirSync(state, { recursive: true });
    await group({ run, repository, target, state });
  }
}
