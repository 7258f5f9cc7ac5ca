// node decryption-time.mjs KEY.pem HEX...: the median microseconds that the host's RSA operation takes
// for each ciphertext, in turns.
import { createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { decryptRsa } from "../../edge-worker/host.mjs";

const [pem, ...ciphertexts] = process.argv.slice(2);
const pkcs8 = createPrivateKey(readFileSync(pem)).export({ format: "der", type: "pkcs8" });
const inputs = ciphertexts.map((hex) => Buffer.from(hex, "hex"));
const times = inputs.map(() => []);

for (let run = 0; run < 301; run += 1) {
  inputs.forEach((ciphertext, at) => {
    const start = process.hrtime.bigint();
    try {
      decryptRsa(pkcs8, ciphertext);
    } catch {
      // Not below the modulus.
    }
    times[at].push(Number(process.hrtime.bigint() - start) / 1000);
  });
}
for (const list of times) {
  list.sort((a, b) => a - b);
  console.log(list[list.length >> 1]);
}
