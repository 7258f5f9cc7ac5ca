// Prints a run, and writes it: as JSON, into docs/performance.md and as its picture.
import fs from "node:fs";
import path from "node:path";

import { picture } from "./picture.mjs";
import { markdown } from "./tables.mjs";
import { judge } from "./targets.mjs";

const BEGIN = "<!-- What follows is written by cargo xtask bench. -->";
const END = "<!-- Until here. -->";

export function print(result) {
  console.log(markdown(result));
  const judged = judge(result);
  console.log(`\n${judged.filter(({ isMet }) => isMet).length} of ${judged.length} targets are met`);
}

export function write(repository, result) {
  const at = (name) => path.join(repository, name);
  const json = JSON.stringify({ ...result, targets: judge(result) }, rounded, 1);
  fs.mkdirSync(at("bench/results"), { recursive: true });
  fs.writeFileSync(at(`bench/results/${result.date.slice(0, 10)}.json`), `${json}\n`);
  fs.writeFileSync(at("docs/performance.svg"), picture(result));
  const page = fs.readFileSync(at("docs/performance.md"), "utf8");
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (after === undefined) throw new Error("docs/performance.md has lost its marks");
  fs.writeFileSync(at("docs/performance.md"), `${before}${BEGIN}\n\n${markdown(result)}\n\n${END}${after}`);
}

// Five digits say more than any clock knows.
const rounded = (name, value) => (typeof value === "number" ? Number(value.toPrecision(5)) : value);
