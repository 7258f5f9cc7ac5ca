import { Bergshamra, initSync } from "./bergshamra_wasm.js";
import module from "./bergshamra_wasm_bg.wasm";
import given from "./given.js";
import { decryptionKey, serve } from "./serve.mjs";

let isRunning = false;

function bergshamra(document) {
  if (!isRunning) initSync({ module });
  isRunning = true;
  return new Bergshamra(given.certificate, decryptionKey(document));
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
