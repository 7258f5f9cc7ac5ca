// Rounds in which everybody has their turn, so that what else the machine does hits all of them alike.
import { summary } from "./statistics.mjs";

// How much to measure. A batch is so many microseconds of one operation, repeated.
export const WHOLE = {
  ...{ rounds: 21, batch: 15_000, warmUp: 400_000, starts: 11, coldRuns: 9 },
  ...{ loads: 9, loadSeconds: 2, waits: 3, waitSeconds: 10 },
};
export const QUICK = { rounds: 2, batch: 1000, warmUp: 0, starts: 1, coldRuns: 1, loads: 0, waits: 0 };

// `items`: { runtime, work, document, program }. Gives each its microseconds for one operation.
export async function interleaved(items, { rounds, batch, warmUp }, say) {
  const turns = [];
  for (const [index, item] of items.entries()) {
    say(`warm up ${index + 1}/${items.length}: ${item.work} ${item.document ?? ""} (${item.runtime})`);
    turns.push({ item, times: await warm(item, batch, warmUp), samples: [] });
  }
  for (let round = 0; round < rounds; round += 1) {
    say(`round ${round + 1}/${rounds}`);
    for (const { item, times, samples } of turns) {
      samples.push((await item.program.run(item.work, item.document, times)) / times);
    }
  }
  return turns.map(({ item: { runtime, work, document }, samples }) => ({
    ...{ runtime, work, document, ...summary(samples) },
    rounds: samples.map((sample) => Number(sample.toPrecision(5))),
  }));
}

// Until compilers have done their work; how many operations make a batch then.
async function warm({ program, work, document }, batch, warmUp) {
  let [times, spent, last] = [1, 0, 0];
  do {
    last = Math.max(await program.run(work, document, times), 0);
    spent += Math.max(last, 50);
    const each = Math.max(last / times, 0.01);
    times = Math.min(Math.max(Math.round(batch / each), 1), times * 8, 100_000);
  } while (spent < warmUp || (last < batch / 2 && spent < 4 * batch));
  return times;
}
