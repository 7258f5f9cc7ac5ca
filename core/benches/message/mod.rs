//! The responses that are measured.

pub(crate) mod made;
#[expect(dead_code, unreachable_pub, reason = "bench/native has it too")]
pub(crate) mod remembered;

use std::fs;
use std::hint::black_box;
use std::time::Duration;

use deskgate_core::base64;
use deskgate_core::crypto::{Crypto, KeyRules, PrivateKey, PublicKey, RustCrypto, SecretKey};
use deskgate_core::dsig::SignatureRules;
use deskgate_core::saml::{
    ExpectedResponse, FurtherDemands, RequiredSignature, Solicitation, VerifiedAssertion,
    decode_post_value, verify_response,
};
use deskgate_core::time::UnixTime;
use deskgate_core::x509::Certificate;
use deskgate_core::xenc::EncryptionRules;

/// 2026-11-21T12:00:00Z, when the stored responses were made.
pub(crate) const NOW: UnixTime = UnixTime::from_seconds(1_795_262_400);

const VECTORS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/vectors");

/// A response as a browser posts it, and what is expected of it.
pub(crate) struct Message {
    pub(crate) xml: String,
    pub(crate) post_value: String,
    pub(crate) keys: [PublicKey; 1],
    decryption_keys: Vec<PrivateKey>,
}

impl Message {
    /// A stored response.
    pub(crate) fn read(name: &str) -> Self {
        let xml = fs::read_to_string(format!("{VECTORS}/responses/{name}.xml")).expect("a vector");
        let certificate = fs::read(format!("{VECTORS}/keys/rsa-2048.crt")).expect("a certificate");
        let certificates = Certificate::parse_all(&certificate, KeyRules::default());
        let keys = [certificates.expect("a certificate").remove(0).public_key().clone()];
        Self { post_value: base64::encode(xml.as_bytes()), xml, keys, decryption_keys: Vec::new() }
    }

    /// The same with its assertion encrypted.
    pub(crate) fn encrypted(self) -> Self {
        let begins = self.xml.find("<Assertion").expect("an assertion");
        let end_tag = "</Assertion>";
        let ends = self.xml.find(end_tag).expect("an assertion") + end_tag.len();
        let (before, after) = (&self.xml[..begins], &self.xml[ends..]);
        let xml = format!("{before}{}{after}", encrypt(&self.xml[begins..ends]));
        let key = include_str!("../../../xmldsig/src/crypto/testdata/rsa.key");
        let key = PrivateKey::from_pem(key, KeyRules::default()).expect("a key");
        let post_value = base64::encode(xml.as_bytes());
        Self { xml, post_value, keys: self.keys, decryption_keys: vec![key] }
    }

    /// From the form value to the identity.
    pub(crate) fn validate(&self, crypto: &dyn Crypto) {
        let xml = decode_post_value(&self.post_value).expect("base64");
        black_box(self.verify(&xml, crypto));
    }

    /// From the bytes to the identity.
    pub(crate) fn verify<'i>(&self, xml: &'i [u8], crypto: &dyn Crypto) -> VerifiedAssertion<'i> {
        let expected = ExpectedResponse {
            idp_entity_id: "https://sts.windows.net/3f1a2b4c-5d6e-4f70-8a91-b2c3d4e5f607/",
            keys: &self.keys,
            audience: "https://help.contoso.com/deskgate/metadata",
            acs_url: "https://help.contoso.com/deskgate/acs",
            solicitation: Solicitation::InResponseTo("_a1b2c3d4e5f60718293a4b5c6d7e8f90"),
            clock_skew: Duration::from_secs(180),
            signature_rules: SignatureRules::default(),
            required_signature: RequiredSignature::Either,
            decryption_keys: &self.decryption_keys,
            encryption_rules: EncryptionRules::default(),
            further: FurtherDemands::default(),
        };
        verify_response(xml, &expected, NOW, crypto).expect("a right response")
    }
}

/// What the document claims as the digest of its assertion.
pub(crate) fn claimed_digest(xml: &str) -> Vec<u8> {
    let (_, after) = xml.split_once("<DigestValue>").expect("a digest");
    let (digest, _) = after.split_once('<').expect("a digest");
    base64::decode(digest).expect("base64")
}

/// By AES-256-GCM; the content key is always the same, as its encryption to our key is a stored one.
fn encrypt(assertion: &str) -> String {
    let (key, nonce) = (SecretKey::new(&[0x42; 32]), [7; 12]);
    let sealed = RustCrypto::new().seal(&key, &nonce, &[], assertion.as_bytes()).expect("sealed");
    let octets = base64::encode(&[nonce.as_slice(), &sealed].concat());
    format!(
        "<EncryptedAssertion xmlns=\"urn:oasis:names:tc:SAML:2.0:assertion\"><xenc:EncryptedData \
         xmlns:xenc=\"http://www.w3.org/2001/04/xmlenc#\" \
         Type=\"http://www.w3.org/2001/04/xmlenc#Element\"><xenc:EncryptionMethod \
         Algorithm=\"http://www.w3.org/2009/xmlenc11#aes256-gcm\"/>\
         <ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><xenc:EncryptedKey>\
         <xenc:EncryptionMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p\"/>\
         <xenc:CipherData><xenc:CipherValue>{}</xenc:CipherValue></xenc:CipherData>\
         </xenc:EncryptedKey></ds:KeyInfo><xenc:CipherData><xenc:CipherValue>{octets}\
         </xenc:CipherValue></xenc:CipherData></xenc:EncryptedData></EncryptedAssertion>",
        include_str!("../../src/saml/testdata/content-key.b64"),
    )
}
