// What the Rust rules ask of the platform: node:crypto, randomness, the log and the storage of the
// Durable Object. Every function is synchronous and decides nothing.
import { Buffer } from "node:buffer";
import {
  constants,
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  privateDecrypt,
  publicEncrypt,
  sign,
  verify,
} from "node:crypto";

// As crypto.rs numbers them.
const DIGESTS = [null, "sha1", "sha256", "sha384", "sha512"];

export const digest = (algorithm, bytes, to) =>
  to.set(createHash(DIGESTS[algorithm]).update(bytes).digest());
export const newHash = (algorithm) => createHash(DIGESTS[algorithm]);
export const updateHash = (hash, bytes) => void hash.update(bytes);
export const finishHash = (hash, to) => to.set(hash.digest());

export const publicKey = (spki) => createPublicKey({ key: spki, format: "der", type: "spki" });
export const privateKey = (pkcs8) => createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" });

export const verifySignature = (algorithm, message, key, signature) =>
  isTrue(() => verify(DIGESTS[algorithm], message, key, signature));
export const makeSignature = (algorithm, message, key) => sign(DIGESTS[algorithm], message, key);

// workerd takes options such as dsaEncoding only beside an encoded key, not beside a KeyObject.
export const verifyEcdsa = (algorithm, message, spki, signature) =>
  isTrue(() =>
    verify(
      DIGESTS[algorithm],
      message,
      { key: spki, format: "der", type: "spki", dsaEncoding: "ieee-p1363" },
      signature,
    ),
  );

// What node:crypto cannot read is no signature.
function isTrue(verified) {
  try {
    return verified() === true;
  } catch {
    return false;
  }
}

export const hmac = (algorithm, key, message) =>
  createHmac(DIGESTS[algorithm], key).update(message).digest();

export const encryptRsa = (spki, block) =>
  publicEncrypt(
    { key: spki, format: "der", type: "spki", padding: constants.RSA_NO_PADDING },
    block,
  );

export const decryptRsa = (pkcs8, ciphertext) =>
  privateDecrypt(
    { key: pkcs8, format: "der", type: "pkcs8", padding: constants.RSA_NO_PADDING },
    ciphertext,
  );

export const seal = (bits, key, nonce, data, plaintext) => {
  const cipher = createCipheriv(`aes-${bits}-gcm`, key, nonce);
  cipher.setAAD(data);
  return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
};

export const open = (bits, key, nonce, data, ciphertext, tag) => {
  const decipher = createDecipheriv(`aes-${bits}-gcm`, key, nonce);
  decipher.setAAD(data);
  decipher.setAuthTag(tag);
  return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
};

export const decryptCbc = (bits, key, iv, ciphertext) => {
  const decipher = createDecipheriv(`aes-${bits}-cbc`, key, iv);
  decipher.setAutoPadding(false);
  return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
};

export const publicKeyOf = (pkcs8) =>
  createPublicKey(privateKey(pkcs8)).export({ format: "der", type: "spki" });

export const generateRsaKey = () =>
  generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicExponent: 65537,
    publicKeyEncoding: { format: "der", type: "spki" },
    privateKeyEncoding: { format: "der", type: "pkcs8" },
  }).privateKey;

export const randomBytes = (length) => crypto.getRandomValues(new Uint8Array(length));

export const log = (line) => console.log(line);
export const logError = (line) => console.error(line);

export const executeSql = (storage, statement, parameters) =>
  JSON.stringify(storage.sql.exec(statement, ...JSON.parse(parameters)).toArray());

export const setAlarm = (storage, at) => void storage.setAlarm(at);
