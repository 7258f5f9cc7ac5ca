// How time and memory of the core grow with the document, natively and without cryptography.
import { execFileSync } from "node:child_process";

import { DOCUMENTS } from "./place.mjs";
import { median, straightLine } from "./statistics.mjs";

const KILOBYTES = [2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];
const SHAPES = ["deepest", "most-attributes", "most-namespaces", "longest-names", "most-elements"];
// The worst documents are as long as a message may be; the parser takes no more.
const WORST_BYTES = 360 * 1024;

const name = (shape, bytes) => `${shape} ${bytes}`;
const GROWING = KILOBYTES.map((kilobytes) => name("normal", kilobytes * 1024));
const WORST = ["normal", ...SHAPES].map((shape) => name(shape, WORST_BYTES));

export const items = (program) =>
  [...new Set([...GROWING, ...WORST])].map((document) => ({ runtime: "native", work: "generated", document, program }));

export function memory({ memory, folder }) {
  const parameters = [folder, ...DOCUMENTS, ...GROWING, ...WORST];
  return JSON.parse(execFileSync(memory, parameters, { encoding: "utf8", maxBuffer: 1 << 24 }));
}

const geometricMean = (samples) => Math.exp(samples.reduce((sum, sample) => sum + Math.log(sample), 0) / samples.length);

// Measurements of `items` and `memory` to what the table wants.
export function growth(measured, memory) {
  const generated = measured.filter(({ work }) => work === "generated");
  // How slow the machine was in each round, as the mean of all documents tells.
  const rounds = generated[0].rounds.map((_, round) => geometricMean(generated.map((each) => each.rounds[round])));
  const usual = median(rounds);
  const time = (document) => {
    const found = generated.find((each) => each.document === document);
    return median(found.rounds.map((sample, round) => sample / rounds[round])) * usual;
  };
  const line = (value) => straightLine(GROWING.map((each) => [memory[each].document_bytes, value(each)]));
  const perByte = (document) => time(document) / memory[document].document_bytes;
  const [normal] = WORST;
  return {
    points: GROWING.map((each) => ({ ...memory[each], microseconds: time(each) })),
    time: line(time),
    memory: line((each) => memory[each].peak_bytes),
    worst: SHAPES.map((shape) => {
      const document = name(shape, WORST_BYTES);
      return {
        shape,
        bytes: memory[document].document_bytes,
        microseconds: time(document),
        toNormal: perByte(document) / perByte(normal),
        peakToBytes: memory[document].peak_bytes / memory[document].document_bytes,
      };
    }),
    documents: Object.fromEntries(DOCUMENTS.map((each) => [each, memory[each]])),
  };
}
