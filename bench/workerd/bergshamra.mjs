import { Bergshamra, initSync } from "./bergshamra_wasm.js";
import module from "./bergshamra_wasm_bg.wasm";
import given from "./given.js";
import { serve } from "./serve.mjs";

let bergshamra;

function running() {
  if (bergshamra) return bergshamra;
  initSync({ module });
  bergshamra = new Bergshamra(given.certificate, given.decryptionKey);
  return bergshamra;
}

export default serve(
  (work, document) => {
    const [verifier, field] = [running(), given.fields[document]];
    return () => {
      const refused = verifier.refusal(field);
      if (refused !== undefined) throw new Error(refused);
    };
  },
  (work, document) => {
    const refused = running().refusal(given.fields[document]);
    return refused === undefined ? {} : { refused };
  },
);
