// The core in a module of its own: validation from the base64 field to the identity, and tokens.
import { Bench, Provider, initSync } from "./deskgate_bench_wasm.js";
import module from "./deskgate_bench_wasm_bg.wasm";
import given from "./given.js";
import { decryptionKey, serve } from "./serve.mjs";

const PROVIDERS = {
  deskgate: "Host",
  "deskgate-pure": "Rust",
  "deskgate-pure-without-keys": "Digests",
  "deskgate-without-crypto": "Memory",
};

// At the start of the isolate, as the peers read their settings.
initSync({ module });
const plain = new Bench(given.certificate);

let tokens;

function bench(document) {
  const key = decryptionKey(document);
  return key ? new Bench(given.certificate, key) : plain;
}

function begin(work, document) {
  if (!PROVIDERS[work]) return token(work);
  const [provider, field] = [Provider[PROVIDERS[work]], octets(document)];
  let ours = bench(document);
  if (work.includes("without")) {
    // Each remembers one document.
    ours = new Bench(given.certificate, decryptionKey(document));
    ours.remember(field);
  }
  return () => {
    if (!ours.validate(provider, field)) throw new Error(`${document} is right`);
  };
}

// As the Worker has it: the body of a form is bytes, and stays that.
function octets(document) {
  return new TextEncoder().encode(given.fields[document]);
}

function token(work) {
  tokens ??= plain.tokens(given.deskKey, octets("entra"));
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
  JSON.parse(bench(document).verdict(Provider[PROVIDERS[work]], octets(document))),
);
