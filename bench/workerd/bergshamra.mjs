import { Bergshamra, initSync } from "./bergshamra_wasm.js";
import module from "./bergshamra_wasm_bg.wasm";
import given from "./given.js";
import { decryptionKey, serve } from "./serve.mjs";

// At the start of the isolate, as the other peers read their settings.
initSync({ module });
const plain = new Bergshamra(given.certificate);

function bergshamra(document) {
  const key = decryptionKey(document);
  return key ? new Bergshamra(given.certificate, key) : plain;
}

export default serve(
  (work, document) => {
    const [verifier, field] = [bergshamra(document), given.fields[document]];
    return () => {
      const refused = verifier.refusal(field);
      if (refused !== undefined) throw new Error(refused);
    };
  },
  (work, document) => {
    const refused = bergshamra(document).refusal(given.fields[document]);
    return refused === undefined ? {} : { refused };
  },
);
