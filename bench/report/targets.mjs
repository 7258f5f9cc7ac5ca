// What was promised, and whether this run keeps it. A target says where its value comes from and how it is
// compared; one whose value was not measured is not met. Natively like is compared with like: bergshamra with RustCrypto,
// samael (OpenSSL) and jsonwebtoken (AWS-LC) with AWS-LC.

import { ratioOf } from "../harness/statistics.mjs";

const ENTRA = "entra";
const MANY = "many-groups";

const find = ({ measured = [] }, runtime, work, document) =>
  measured.find((each) => each.runtime === runtime && each.work === work && each.document === document);

// The median of a measurement, or nothing.
export const median = (result, runtime, work, document = ENTRA) => find(result, runtime, work, document)?.median;

const cold = (result, work) => result.cold?.find((each) => each.work === work)?.first.median;
const gate = (result, name) => result.gate?.find((each) => each.name === name);
const startup = (result, name) => result.startup?.find((each) => each.name === name)?.median;
export const total = (files = []) => files.reduce((sum, { gzip }) => sum + gzip, 0) / 1024;
const ratio = (one, other) => (one === undefined || other === undefined ? undefined : one / other);

// Of two measurements of the same rounds.
export function paired(result, runtime, [one, oneDocument = ENTRA], [other, otherDocument = oneDocument]) {
  const [ours, theirs] = [find(result, runtime, one, oneDocument), find(result, runtime, other, otherDocument)];
  return ours && theirs && ratioOf(ours, theirs);
}

const workerd = (result, one, other, document) => paired(result, "workerd", [one, document], [other]);
const native = (result, one, other, document) => paired(result, "native", [one, document], [other]);
const token = (runtime, peer, ours) => (work) => ({
  what: `${work.replace("-", " token: ")}, ${runtime}`,
  unit: "x",
  most: 1,
  of: peer,
  value: (result) => paired(result, runtime, [work, ours], [work, peer]),
});

const TOKENS = ["session-verify", "session-mint", "origin-verify", "origin-mint"];

const TARGETS = [
  { what: "validation of 7 KB in workerd", unit: "x", most: 2, of: "the limit", value: (r) => workerd(r, "deskgate", "limit") },
  { what: "validation of 7 KB in workerd", unit: "x faster", least: 100, of: "node-saml", value: (r) => workerd(r, "node-saml", "deskgate") },
  { what: "validation of 60 KB in workerd", unit: "x", most: 2, of: "the limit", value: (r) => workerd(r, "deskgate", "limit", MANY) },
  { what: "validation of 60 KB in workerd", unit: "x faster", least: 100, of: "node-saml", value: (r) => workerd(r, "node-saml", "deskgate", MANY) },
  { what: "first validation in a fresh isolate", unit: "ms", most: 5, value: (r) => ratio(cold(r, "deskgate"), 1000) },
  { what: "first validation in a fresh isolate", unit: "x faster", least: 8, of: "node-saml", value: (r) => ratio(cold(r, "node-saml"), cold(r, "deskgate")) },
  { what: "first whole sign-in in a fresh isolate", unit: "ms", most: 5, value: (r) => ratio(cold(r, "sign-in"), 1000) },
  { what: "7 KB in pure wasm", unit: "x faster", least: 1, of: "bergshamra in wasm", value: (r) => workerd(r, "bergshamra", "deskgate-pure") },
  { what: "7 KB in pure wasm, all but RSA", unit: "µs", most: 60, value: (r) => median(r, "workerd", "deskgate-pure-without-keys") },
  { what: "7 KB natively, all but cryptography", unit: "µs", most: 20, value: (r) => median(r, "native", "deskgate-without-crypto") },
  { what: "7 KB natively", unit: "x faster", least: 1.5, of: "bergshamra", value: (r) => native(r, "bergshamra", "deskgate") },
  { what: "7 KB natively", unit: "x faster", least: 10, of: "samael", value: (r) => native(r, "samael", "deskgate-aws-lc") },
  { what: "time from 2 KB to 1 MB", unit: "%", most: 10, of: "off a straight line", value: (r) => ratio(r.growth?.time.most, 0.01) },
  { what: "peak of the heap from 2 KB to 1 MB", unit: "%", most: 10, of: "off a straight line", value: (r) => ratio(r.growth?.memory.most, 0.01) },
  { what: "the worst document at the limits", unit: "x", most: 5, of: "time per byte of a normal one", value: (r) => worst(r)?.toNormal },
  { what: "peak of the heap, 7 KB", unit: "x", most: 2, of: "the document", value: (r) => peak(r, ENTRA) },
  { what: "peak of the heap, 60 KB", unit: "x", most: 2, of: "the document", value: (r) => peak(r, MANY) },
  { what: "gate: requests a second", unit: "x", least: 1.5, of: "jose", value: (r) => gate(r, "deskgate")?.toJose },
  { what: "gate: requests a second", unit: "x", least: 0.8, of: "pass-through", value: (r) => gate(r, "deskgate")?.toPassthrough },
  { what: "gate: 99th percentile", unit: "x", most: 1, of: "jose", value: (r) => gate(r, "deskgate")?.p99ToJose },
  ...TOKENS.map(token("workerd", "jose", "deskgate")),
  ...TOKENS.map(token("native", "jsonwebtoken", "deskgate-aws-lc")),
  { what: "the Worker, gzip", unit: "KB", most: 200, value: (r) => total(r.sizes?.worker) },
  { what: "first response after start", unit: "x", most: 1.15, of: "hello in Rust", value: (r) => ratio(startup(r, "deskgate"), startup(r, "hello")) },
  { what: "entry point for browsers, gzip", unit: "KB", most: 60, value: (r) => total(r.sizes?.browser) || undefined },
];

export const worst = ({ growth }) => growth?.worst.toSorted((a, b) => b.toNormal - a.toNormal)[0];

function peak({ growth }, document) {
  const memory = growth?.documents[document];
  return memory && memory.peak_bytes / memory.document_bytes;
}

// A run of some parts has the targets of those; a whole run has all.
export const judge = (result) =>
  TARGETS.map((target) => ({ ...target, found: target.value(result) }))
    .filter(({ found }) => result.isWhole || found !== undefined)
    .map(({ what, unit, most, least, of, found }) => {
      const isMet = found !== undefined && (most === undefined ? found >= least : found <= most);
      return { what, unit, most, least, of, found, isMet };
    });
