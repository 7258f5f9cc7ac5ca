// What no implementation can avoid, by the fastest means of this platform: the digests and verifications of
// all signatures; for the encrypted document also its decryption.
import { constants, createDecipheriv, createHash, createPublicKey, privateDecrypt, verify } from "node:crypto";

import given from "./given.js";
import { serve } from "./serve.mjs";

const key = createPublicKey(given.certificate);
// workerd takes no KeyObject for this.
const privateKey = given.decryptionKey;
const bytes = (text) => Buffer.from(text, "base64");

function begin(work, document) {
  const signed = given.limits[document].map(({ octets, signed_info, signature }) => ({
    octets: bytes(octets),
    signedInfo: bytes(signed_info),
    signature: bytes(signature),
  }));
  const sealed = document === "encrypted" ? sealedParts(bytes(given.fields.encrypted).toString()) : undefined;
  return () => {
    if (sealed) open(sealed);
    for (const { octets, signedInfo, signature } of signed) {
      createHash("sha256").update(octets).digest();
      if (!verify("sha256", signedInfo, key, signature)) throw new Error("the signature is right");
    }
  };
}

function sealedParts(xml) {
  const [wrapped, text] = [...xml.matchAll(/<xenc:CipherValue>([^<]*)</g)].map(([, value]) => bytes(value));
  return { wrapped, text };
}

function open({ wrapped, text }) {
  const secret = privateDecrypt({ key: privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha1" }, wrapped);
  const cipher = createDecipheriv("aes-256-gcm", secret, text.subarray(0, 12));
  cipher.setAuthTag(text.subarray(-16));
  cipher.update(text.subarray(12, -16));
  cipher.final();
}

export default serve(begin, () => ({}));
