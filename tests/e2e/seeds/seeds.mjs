// The systems of the seeds, set up as the guides say: each group has a Worker, an identity provider and
// helpdesks of its own.
import fs from "node:fs";
import path from "node:path";

import { step } from "../report.mjs";
import { entraAndHelpScout } from "./entra_help_scout.mjs";
import { entraAndJitbit } from "./entra_jitbit.mjs";
import { imisAndZendesk } from "./imis_zendesk.mjs";
import { otherProviders } from "./other_providers.mjs";
import { severalConnections } from "./several.mjs";

export async function seeds({ browser, folder, repository, target }) {
  const run = (name, body, options) => step(browser, folder, name, body, options);
  for (const group of [entraAndHelpScout, entraAndJitbit, otherProviders, imisAndZendesk, severalConnections]) {
    const state = path.join(folder, "state", group.name);
    fs.mkdirSync(state, { recursive: true });
    await group({ run, repository, target, state });
  }
}
