// The core in a module of its own: validation from the base64 field to the identity, and tokens.
import { Bench, Provider, initSync } from "./deskgate_bench_wasm.js";
import module from "./deskgate_bench_wasm_bg.wasm";
import given from "./given.js";
import { serve } from "./serve.mjs";

const PROVIDERS = {
  deskgate: "Host",
  "deskgate-pure": "Rust",
  "deskgate-pure-without-keys": "Digests",
  "deskgate-without-crypto": "Memory",
};

let bench;
let tokens;

// In the first request, as the Worker does.
function running() {
  if (bench) return bench;
  initSync({ module });
  bench = new Bench(given.certificate, given.decryptionKey);
  return bench;
}

function begin(work, document) {
  running();
  if (!PROVIDERS[work]) return token(work);
  const [provider, field] = [Provider[PROVIDERS[work]], given.fields[document]];
  if (work.includes("without")) bench.remember(field);
  return () => {
    if (!bench.validate(provider, field)) throw new Error(`${document} is right`);
  };
}

function token(work) {
  tokens ??= bench.tokens(given.deskKey, given.fields.entra);
  const { session, origin } = given.tokens;
  const check = (verified) => {
    if (!verified) throw new Error("the token is right");
  };
  return {
    "session-mint": () => void tokens.mintSession(),
    "session-verify": () => check(tokens.verifySession(session)),
    "origin-mint": () => void tokens.mintOrigin(),
    "origin-verify": () => check(tokens.verifyOrigin(origin)),
  }[work];
}

export default serve(begin, (work, document) =>
  JSON.parse(running().verdict(Provider[PROVIDERS[work]], given.fields[document])),
);
