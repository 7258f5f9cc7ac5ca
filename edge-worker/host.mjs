// What the Rust rules ask of the platform: node:crypto, randomness, the log and the storage of the
// Durable Object. Every function is synchronous and decides nothing.
import {
  constants,
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  privateDecrypt,
  sign,
  verify,
} from "node:crypto";

export const newHash = (algorithm) => createHash(algorithm);
export const updateHash = (hash, bytes) => void hash.update(bytes);
export const finishHash = (hash) => hash.digest();

export const publicKey = (spki) => createPublicKey({ key: spki, format: "der", type: "spki" });
export const privateKey = (pkcs8) => createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" });

export const verifySignature = (algorithm, message, key, signature) =>
  verify(algorithm ?? null, message, key, signature);
export const makeSignature = (algorithm, message, key) => sign(algorithm ?? null, message, key);

// workerd takes options such as dsaEncoding only beside an encoded key, not beside a KeyObject.
export const verifyEcdsa = (algorithm, message, spki, signature) =>
  verify(
    algorithm,
    message,
    { key: spki, format: "der", type: "spki", dsaEncoding: "ieee-p1363" },
    signature,
  );

export const decryptRsa = (pkcs8, ciphertext) =>
  privateDecrypt(
    { key: pkcs8, format: "der", type: "pkcs8", padding: constants.RSA_NO_PADDING },
    ciphertext,
  );

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
