// The first validation in a fresh isolate: what the first people of a morning pay. A process of its own for
// each run, with one Worker in it.
import fs from "node:fs";
import path from "node:path";

import { apply, environment, load } from "./desk.mjs";
import { summary } from "./statistics.mjs";
import { BERGSHAMRA, DESKGATE, EDGE_AND_RULES, NODE_SAML, SAMLIFY } from "./workers.mjs";
import { Workerd } from "./workerd.mjs";

const DOCUMENT = "entra";

export async function cold(place, { coldRuns }, { withPeers }, originUrl, say) {
  const state = fs.mkdtempSync(path.join(place.folder, "state-"));
  const candidates = [
    { work: "deskgate", workers: DESKGATE },
    { work: "sign-in", workers: EDGE_AND_RULES, options: { state, environment: environment(originUrl) } },
    { work: "node-saml", workers: NODE_SAML },
    { work: "samlify", workers: SAMLIFY },
    ...(withPeers ? [{ work: "bergshamra", workers: BERGSHAMRA }] : []),
  ];
  const samples = candidates.map(() => ({ first: [], second: [] }));
  let isApplied = false;
  for (let run = 0; run < coldRuns; run += 1) {
    say(`fresh isolates ${run + 1}/${coldRuns}`);
    for (const [index, { work, workers, options }] of candidates.entries()) {
      const workerd = new Workerd(place, workers, options);
      await workerd.start();
      try {
        if (work === "sign-in") {
          await (isApplied ? load() : apply(place, originUrl));
          isApplied = true;
        }
        const program = workerd.participant(work);
        // HTTP and JSON have their first time too, which is not what is measured.
        for (let time = 0; time < 3; time += 1) await program.empty();
        samples[index].first.push(await program.run(work, DOCUMENT, 1));
        samples[index].second.push(await program.run(work, DOCUMENT, 1));
      } finally {
        await workerd.stop();
      }
    }
  }
  return candidates.map(({ work }, index) => ({
    work,
    first: summary(samples[index].first),
    second: summary(samples[index].second),
  }));
}
