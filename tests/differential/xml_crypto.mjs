// Signatures of xml-crypto, for the algorithms that xmlsec1 does not know. Called by tests/src/differential.
//
// A line of standard input is {"sign": DOCUMENT, "key": PEM} with an empty Signature in the document, or
// {"verify": DOCUMENT, "key": PEM}. The answer is a line with a JSON string: the signed document, "verifies",
// or "refused: REASON".
//
// xml-crypto has the XML: references, transforms, canonicalization, the order of the checks. The
// algorithms that it lacks come from node:crypto, by the interface that it has for that.
import { constants, createHash, sign, verify } from "node:crypto";
import { createInterface } from "node:readline";
import { SignedXml } from "xml-crypto";

const SIGNATURE = /<ds:Signature\b[^]*?<\/ds:Signature>/;
const MORE = "http://www.w3.org/2007/05/xmldsig-more#";

const signatureAlgorithm = (uri, hash, options) =>
  class {
    getSignature = (octets, key) => sign(hash, Buffer.from(octets), { key, ...options }).toString("base64");
    verifySignature = (octets, key, value) =>
      verify(hash, Buffer.from(octets), { key, ...options }, Buffer.from(value, "base64"));
    getAlgorithmName = () => uri;
  };

const digestAlgorithm = (uri, hash) =>
  class {
    getHash = (octets) => createHash(hash).update(octets, "utf8").digest("base64");
    getAlgorithmName = () => uri;
  };

// RFC 9231, 2.3.9 and 2.3.10: MGF1 of the same hash, and a salt as long as it.
const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
const ED25519 = "http://www.w3.org/2021/04/xmldsig-more#eddsa-ed25519";
const SHA384 = "http://www.w3.org/2001/04/xmldsig-more#sha384";

function signedXml(options) {
  const signed = new SignedXml(options);
  // The one with SHA-256 is xml-crypto's own.
  for (const hash of ["sha1", "sha384", "sha512"]) {
    const uri = `${MORE}${hash}-rsa-MGF1`;
    signed.SignatureAlgorithms[uri] = signatureAlgorithm(uri, hash, pss);
  }
  signed.SignatureAlgorithms[ED25519] = signatureAlgorithm(ED25519, null, {});
  signed.HashAlgorithms[SHA384] = digestAlgorithm(SHA384, "sha384");
  return signed;
}

function signDocument(document, privateKey) {
  const [template] = SIGNATURE.exec(document);
  const algorithms = (name) =>
    [...template.matchAll(new RegExp(`<ds:${name} Algorithm="([^"]*)"`, "g"))].map((match) => match[1]);
  const signed = signedXml({
    privateKey,
    signatureAlgorithm: algorithms("SignatureMethod")[0],
    canonicalizationAlgorithm: algorithms("CanonicalizationMethod")[0],
  });
  const apex = "//*[local-name()='Signed']";
  // Without a PrefixList: xml-crypto would write it into the enveloped-signature transform as well.
  signed.addReference({
    xpath: apex,
    transforms: algorithms("Transform"),
    digestAlgorithm: algorithms("DigestMethod")[0],
  });
  signed.computeSignature(document.replace(template, ""), {
    prefix: "ds",
    location: { reference: apex, action: "prepend" },
  });
  return signed.getSignedXml();
}

function verifyDocument(document, publicCert) {
  const signed = signedXml({ publicCert });
  signed.loadSignature(SIGNATURE.exec(document)[0]);
  return signed.checkSignature(document) ? "verifies" : "refused: the signature";
}

function answer({ sign, verify, key }) {
  try {
    return sign === undefined ? verifyDocument(verify, key) : signDocument(sign, key);
  } catch (error) {
    return `refused: ${error.message}`;
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(answer(JSON.parse(line)))}\n`);
}
