// The figures of one run as Markdown.
import { ratioOf } from "../harness/statistics.mjs";
import { judge, median, paired, total } from "./targets.mjs";

const TITLES = {
  entra: "7 KB",
  "many-groups": "60 KB, 150 groups",
  encrypted: "7 KB, encrypted",
  "signed-twice": "9 KB, signed twice",
};
const NAMES = {
  limit: "the limit",
  "limit-aws-lc": "the limit, by AWS-LC",
  deskgate: "**deskgate**",
  "deskgate-aws-lc": "**deskgate**, by AWS-LC",
  "deskgate-without-crypto": "deskgate, cryptography left out",
  "deskgate-pure": "deskgate, cryptography in wasm",
  "deskgate-pure-without-keys": "deskgate, digests in wasm, RSA left out",
  "sign-in": "deskgate, whole sign-in of the Worker",
};
// A peer that is compared with another deskgate than the one of that name, for the sake of its cryptography.
const LIKE = { samael: "deskgate-aws-lc" };
const LIMITS = { workerd: "limit", native: "limit-aws-lc", python: undefined };
const RUNTIMES = {
  workerd: "In workerd, warm",
  native: "Natively",
  python: "In CPython",
};

// Three significant digits.
export function figure(number) {
  if (number === undefined || !Number.isFinite(number)) return "–";
  if (Math.abs(number) >= 1000) return Math.round(number).toLocaleString("en-US");
  return Number(number.toPrecision(3)).toString();
}

const ratioTo = (other, found) => (other ? figure(ratioOf(found, other)) : "");
const row = (cells) => `| ${cells.join(" | ")} |`;
const table = (head, rows) => [row(head), row(head.map(() => "---")), ...rows.map(row)].join("\n");
const range = ([from, to]) => `${figure(from)} .. ${figure(to)}`;

export function targets(result) {
  return table(
    ["what", "target", "found", ""],
    judge(result).map(({ what, unit, most, least, of, found, isMet }) => [
      what,
      `at ${most === undefined ? "least" : "most"} ${most ?? least} ${unit}${of ? ` ${of}` : ""}`,
      figure(found),
      isMet ? "met" : "**not met**",
    ]),
  );
}

function validation(result, runtime) {
  const { measured = [], refusals = [] } = result;
  if (!measured.some(({ work }) => work === "limit")) return "";
  const rows = [];
  for (const [document, title] of Object.entries(TITLES)) {
    const of = (work) => measured.find((each) => each.runtime === runtime && each.work === work && each.document === document);
    const works = [...new Set(measured.filter((each) => each.runtime === runtime && TITLES[each.document]).map(({ work }) => work))];
    const limit = LIMITS[runtime] && of(LIMITS[runtime]);
    for (const work of works.filter(of)) {
      const { median: found, quartiles } = of(work);
      const name = NAMES[work] ?? work;
      rows.push([
        title,
        name,
        figure(found),
        range(quartiles),
        ratioTo(limit, of(work)),
        NAMES[work] ? "" : ratioTo(of(LIKE[work] ?? "deskgate"), of(work)),
      ]);
    }
    for (const refusal of refusals.filter((each) => each.runtime === runtime && each.document === document)) {
      rows.push([title, refusal.work, "refuses", refusal.reason, "", ""]);
    }
  }
  return rows.length === 0 ? "" : `#### ${RUNTIMES[runtime]}\n\n${table(["document", "by", "CPU, µs", "quartiles", "x limit", "x deskgate"], rows)}`;
}

function tokens(result) {
  if (!result.measured?.some(({ work }) => work === "session-verify")) return "";
  const works = ["session-verify", "session-mint", "origin-verify", "origin-mint"];
  const pairs = [
    ["workerd", "workerd", "deskgate", "jose"],
    ["native, AWS-LC", "native", "deskgate-aws-lc", "jsonwebtoken"],
    ["native, RustCrypto", "native", "deskgate", "jsonwebtoken-rust-crypto"],
  ];
  const rows = works.flatMap((work) =>
    pairs.map(([where, runtime, ...both]) => {
      const [ours, theirs] = both.map((who) => median(result, runtime, work, who));
      const [peer] = both[1].split("-");
      return [work.replace("-", " token: "), where, figure(ours), `${peer} ${figure(theirs)}`, figure(paired(result, runtime, [work, both[1]], [work, both[0]]))];
    }),
  );
  return table(["token", "", "deskgate, µs", "peer, µs", "x faster"], rows);
}

function cold({ cold: runs }) {
  if (!runs) return "";
  return table(
    ["in a fresh isolate", "first, µs", "quartiles", "second, µs"],
    runs.map(({ work, first, second }) => [
      work === "deskgate" ? "**deskgate**" : (NAMES[work] ?? work),
      figure(first.median),
      range(first.quartiles),
      figure(second.median),
    ]),
  );
}

function gate({ gate: variants }) {
  if (!variants) return "";
  return table(
    ["gate", "requests/s", "x pass-through", "x jose", "CPU of workerd, µs", "p99, ms"],
    variants.map(({ name, rate, toPassthrough, toJose, cpu, p99 }) => [
      name,
      figure(rate.median),
      figure(toPassthrough),
      figure(toJose),
      `${figure(cpu.median)} (${range(cpu.quartiles)})`,
      figure(p99.median),
    ]),
  );
}

function growth({ growth: found }) {
  if (!found) return "";
  const points = found.points.map(({ document_bytes, microseconds, peak_bytes, allocations }, index) => [
    figure(document_bytes / 1024),
    figure(microseconds),
    `${figure(found.time.deviations[index] * 100)} %`,
    figure(peak_bytes / document_bytes),
    `${figure(found.memory.deviations[index] * 100)} %`,
    figure(allocations),
  ]);
  const worst = found.worst.map(({ shape, bytes, microseconds, toNormal, peakToBytes }) => [
    shape.replace("-", " "),
    figure(bytes / 1024),
    figure(microseconds),
    figure(toNormal),
    figure(peakToBytes),
  ]);
  const documents = Object.entries(found.documents).map(([name, each]) => [
    TITLES[name],
    figure(each.allocations),
    figure(each.allocated_bytes / each.document_bytes),
    figure(each.peak_bytes / each.document_bytes),
  ]);
  return [
    table(["KB", "µs", "off the line", "peak of the heap / bytes", "off the line", "allocations"], points),
    table(["worst documents", "KB", "µs", "time per byte / normal", "peak of the heap / bytes"], worst),
    table(["allocations of a validation", "number", "bytes / document", "peak / document"], documents),
  ].join("\n\n");
}

function sizes({ sizes: found = {}, startup = [] }) {
  const rows = Object.entries(found).map(([name, files]) => [
    name,
    files.map((file) => `${file.name.split("/").at(-1)} ${figure(file.gzip / 1024)}`).join(", "),
    figure(total(files)),
  ]);
  if (startup.length === 0) return table(["gzip, KB", "of", "in all"], rows);
  const hello = startup.find(({ name }) => name === "hello")?.median;
  const starts = startup.map(({ name, median: found, quartiles }) => [name, figure(found), range(quartiles), figure(found / hello)]);
  return [
    table(["gzip, KB", "of", "in all"], rows),
    table(["first response after start", "ms", "quartiles", "x hello in Rust"], starts),
  ].join("\n\n");
}

function machine({ date, machine: { cpu, cores, memoryGigabytes, kernel, system, load, versions }, seconds }) {
  const list = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return (
    `${date.slice(0, 16).replace("T", " ")} UTC, ${seconds} s. ${cores} x ${cpu}, ${memoryGigabytes} GB, ${system}, ${kernel}, ` +
    `load ${load.join(" ")} at the beginning.\n\n${list.join(", ")}.`
  );
}

// Of a run of some parts only, the others are left out.
export function markdown(result) {
  const sections = {
    "### Targets": targets(result),
    "### Validation": Object.keys(RUNTIMES).map((runtime) => validation(result, runtime)).filter(Boolean).join("\n\n"),
    "### First of an isolate": cold(result),
    "### Tokens": tokens(result),
    "### Gate": gate(result),
    "### Growth and memory": growth(result),
    "### Size and start": sizes(result),
  };
  const shown = Object.entries(sections).filter(([, text]) => text !== "");
  return [machine(result), ...shown.flat()].join("\n\n");
}
