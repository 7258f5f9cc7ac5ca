//! What nobody can avoid: the digests of a document and the verification of its signatures. The bytes are
//! written to files, from which every runtime measures its limit.

use std::path::Path;
use std::{fs, io};

use deskgate_core::base64;
use deskgate_core::c14n::{Canonicalization, Comments, Method, canonicalize};
use deskgate_core::crypto::{Crypto, DigestAlgorithm, SignatureAlgorithm};
use deskgate_core::limits::XmlLimits;
use deskgate_core::xenc::{self, EncryptionRules};
use deskgate_core::xml::{Document, Element};
use serde_json::{Value, json};

use crate::connection::Connection;

/// What one signature covers.
#[derive(Debug)]
pub struct Signed {
    octets: Vec<u8>,
    signed_info: Vec<u8>,
    signature: Vec<u8>,
}

/// Of each signature of the document, outermost first; of an encrypted assertion, those in its text.
///
/// # Panics
/// When the document is not one of ours.
#[must_use]
pub fn signatures(xml: &str, connection: &Connection, crypto: &dyn Crypto) -> Vec<Signed> {
    let document = Document::parse(xml.as_bytes(), &XmlLimits::MESSAGE).expect("a document");
    let mut found: Vec<Signed> = Signed::of(document.root()).into_iter().collect();
    if let Some(assertion) = child(document.root(), "Assertion") {
        found.extend(Signed::of(assertion));
    }
    if let Some(encrypted) = child(document.root(), "EncryptedAssertion") {
        let (keys, rules) = (connection.decryption_keys(), EncryptionRules::default());
        let text = xenc::decrypt(encrypted, keys, &rules, crypto).expect("a plaintext");
        let document = Document::parse(&text, &XmlLimits::MESSAGE).expect("a document");
        found.extend(Signed::of(document.root()));
    }
    found
}

impl Signed {
    fn of(element: Element<'_>) -> Option<Self> {
        let signature = child(element, "Signature")?;
        let value = child(signature, "SignatureValue")?.text().ok()?;
        Some(Self {
            octets: octets(element, Some(signature)),
            signed_info: octets(child(signature, "SignedInfo")?, None),
            signature: base64::decode(&value).ok()?,
        })
    }

    /// The digests and the verification.
    ///
    /// # Panics
    /// When the signature is wrong.
    pub fn verify(&self, connection: &Connection, crypto: &dyn Crypto) {
        std::hint::black_box(crypto.digest(DigestAlgorithm::Sha256, &self.octets));
        let algorithm = SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256);
        let verified =
            crypto.verify(algorithm, &connection.keys()[0], &self.signed_info, &self.signature);
        verified.expect("the signature is right");
    }

    fn to_json(&self) -> Value {
        json!({
            "octets": base64::encode(&self.octets),
            "signed_info": base64::encode(&self.signed_info),
            "signature": base64::encode(&self.signature),
        })
    }
}

/// Writes the limit of a document, for the peers.
///
/// # Errors
/// Of writing files.
pub fn write(to: &Path, signatures: &[Signed]) -> io::Result<()> {
    let signatures: Vec<Value> = signatures.iter().map(Signed::to_json).collect();
    fs::write(to, Value::from(signatures).to_string())
}

fn child<'doc>(parent: Element<'doc>, local_name: &str) -> Option<Element<'doc>> {
    parent.child_elements().find(|element| element.local_name() == local_name)
}

fn octets(apex: Element<'_>, without: Option<Element<'_>>) -> Vec<u8> {
    let how = Canonicalization {
        method: Method::Exclusive10,
        comments: Comments::Omit,
        prefix_list: Vec::new(),
    };
    let mut octets = Vec::new();
    canonicalize(apex, &how, without, &mut octets).expect("canonical octets");
    octets
}
