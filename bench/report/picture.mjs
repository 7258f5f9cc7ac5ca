// The picture of docs/performance.md: who takes how long, on a logarithmic scale. Colours are chosen to be read
// on white and on black.
import { figure } from "./tables.mjs";
import { median } from "./targets.mjs";

const WIDTH = 880;
const LABEL = 230;
const RIGHT = 200;
const BAR = 18;
const STEP = 26;
const COLOURS = { limit: "#8b949e", ours: "#2da44e", peer: "#bf6a40" };

function panels(result) {
  const workerd = (document) => [
    ["the limit", median(result, "workerd", "limit", document), "limit"],
    ["deskgate", median(result, "workerd", "deskgate", document), "ours"],
    ["deskgate, pure wasm", median(result, "workerd", "deskgate-pure", document), "ours"],
    ["bergshamra (signature only)", median(result, "workerd", "bergshamra", document), "peer"],
    ["node-saml", median(result, "workerd", "node-saml", document), "peer"],
    ["samlify", median(result, "workerd", "samlify", document), "peer"],
  ];
  const rustCrypto = median(result, "native", "deskgate");
  const cold = (work) => result.cold?.find((each) => each.work === work)?.first.median;
  return [
    { title: "A response of 7 KB in workerd, warm", bars: workerd("entra") },
    { title: "A response of 60 KB with 150 groups in workerd, warm", bars: workerd("many-groups") },
    {
      title: "The first response in a fresh isolate",
      bars: [
        ["deskgate", cold("deskgate"), "ours"],
        ["deskgate, whole sign-in", cold("sign-in"), "ours"],
        ["samlify", cold("samlify"), "peer"],
        ["bergshamra (signature only)", cold("bergshamra"), "peer"],
        ["node-saml", cold("node-saml"), "peer"],
      ],
    },
    {
      title: "A response of 7 KB natively",
      bars: [
        ["the limit (AWS-LC)", median(result, "native", "limit-aws-lc"), "limit"],
        ["deskgate (AWS-LC)", median(result, "native", "deskgate-aws-lc"), "ours"],
        ["deskgate (RustCrypto)", rustCrypto, "ours"],
        // By RustCrypto too.
        ["bergshamra (signature only)", median(result, "native", "bergshamra"), "peer", rustCrypto],
        ["python-xmlsec (signature only)", median(result, "python", "python-xmlsec"), "peer"],
        ["samael", median(result, "native", "samael"), "peer"],
        ["python3-saml", median(result, "python", "python3-saml"), "peer"],
      ],
    },
  ].map(({ title, bars }) => ({ title, bars: bars.filter(([, value]) => value > 0) }));
}

const duration = (microseconds) => (microseconds < 1000 ? `${figure(microseconds)} µs` : `${figure(microseconds / 1000)} ms`);

export function picture(result) {
  const shown = panels(result).filter(({ bars }) => bars.length > 0);
  const values = shown.flatMap(({ bars }) => bars.map(([, value]) => value));
  const [from, to] = [Math.log10(Math.min(...values)) - 0.35, Math.log10(Math.max(...values))];
  const length = (value) => ((Math.log10(value) - from) / (to - from)) * (WIDTH - LABEL - RIGHT);
  const parts = [];
  let y = 34;
  for (const { title, bars } of shown) {
    parts.push(`<text class="title" x="0" y="${y}">${title}</text>`);
    y += 12;
    const ours = bars.find(([, , kind]) => kind === "ours")?.[1];
    for (const [name, value, kind, like = ours] of bars) {
      const ratio = kind === "peer" && like ? `, ${figure(value / like)} x deskgate` : "";
      const end = LABEL + length(value);
      parts.push(
        `<text class="label" x="${LABEL - 8}" y="${y + 14}">${name}</text>`,
        `<rect x="${LABEL}" y="${y}" width="${length(value).toFixed(1)}" height="${BAR}" rx="2" fill="${COLOURS[kind]}"/>`,
        `<text class="value" x="${(end + 6).toFixed(1)}" y="${y + 14}">${duration(value)}${ratio}</text>`,
      );
      y += STEP;
    }
    y += 30;
  }
  const day = result.date.slice(0, 10);
  parts.push(
    `<text class="note" x="0" y="${y - 8}">CPU time, logarithmic scale, medians of one run on ${day}. The limit is one ` +
      `digest of the signed bytes and one RSA-2048 verification.</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" width="${WIDTH}" height="${y}" role="img"
 aria-label="CPU time of deskgate and its peers">
<style>
text { font: 13px system-ui, sans-serif; fill: #24292f; }
.title { font-weight: 600; font-size: 15px; }
.label { text-anchor: end; }
.note { font-size: 12px; fill: #6e7781; }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3; } .note { fill: #8b949e; } }
</style>
${parts.join("\n")}
</svg>
`;
}
