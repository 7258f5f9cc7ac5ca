//! The crypto provider of the Worker as a module of its own: tests put vectors to it inside workerd, and texts
//! to the base64 and the XML that its vector instructions read.
//!
//! It is the Worker's source file, not a copy. Nothing of this crate ships: the Worker has no such
//! entry, and this module is loaded by `tests/workerd/host_crypto.capnp` alone.

#[path = "../../src/canonical.rs"]
#[expect(unreachable_pub, reason = "for the tests it is part of a library")]
mod canonical;
#[path = "../../../edge-worker/src/host/crypto.rs"]
mod crypto;

use deskgate_core::base64;
use deskgate_core::crypto::{
    Crypto as _, DigestAlgorithm, KeyRules, PrivateKey, PublicKey, SecretKey, SignatureAlgorithm,
};
use serde_json::Value;
use wasm_bindgen::prelude::*;

use canonical::canonical_or_refusal;
use crypto::HostCrypto;

/// Keys were judged by the caller, who has the rules of its vectors.
const RULES: KeyRules = KeyRules::dangerous_min_rsa_bits(512);

/// One call of the provider: JSON with the name of the method, and its arguments as base64 and as URIs
/// of algorithms. The answer is the result as base64, or `refused`.
#[wasm_bindgen]
#[must_use]
pub fn call(request: &str) -> String {
    let request = serde_json::from_str(request).unwrap_or_default();
    Call(&request).answer().map_or_else(|| "refused".to_owned(), |bytes| base64::encode(&bytes))
}

struct Call<'a>(&'a Value);

impl Call<'_> {
    fn answer(&self) -> Option<Vec<u8>> {
        match self.text("method")? {
            "digest" => self.digest(),
            "verify" => {
                let key = PublicKey::from_spki_der(&self.bytes("key")?, RULES).ok()?;
                let (message, signature) = (self.bytes("message")?, self.bytes("signature")?);
                let verified = HostCrypto.verify(self.signature()?, &key, &message, &signature);
                verified.is_ok().then(Vec::new)
            }
            "sign" => HostCrypto
                .sign(self.signature()?, &self.private_key()?, &self.bytes("message")?)
                .ok(),
            "mac" => {
                let mac = HostCrypto.mac(self.hash()?, &self.secret()?, &self.bytes("message")?);
                Some(mac.as_bytes().to_vec())
            }
            "seal" => {
                let (nonce, data) = (self.array()?, self.bytes("data")?);
                HostCrypto.seal(&self.secret()?, &nonce, &data, &self.bytes("message")?).ok()
            }
            "open" => {
                let (nonce, data) = (self.array()?, self.bytes("data")?);
                HostCrypto.open(&self.secret()?, &nonce, &data, &self.bytes("message")?).ok()
            }
            "decrypt_cbc" => HostCrypto
                .decrypt_cbc(&self.secret()?, &self.array()?, &self.bytes("message")?)
                .ok(),
            "encrypt_rsa" => {
                let key = PublicKey::from_spki_der(&self.bytes("key")?, RULES).ok()?;
                HostCrypto.encrypt_rsa(&key, &self.bytes("message")?).ok()
            }
            "base64" => self.base64(),
            "canonical" => self.canonical(),
            "decrypt_rsa" => {
                let block = HostCrypto.decrypt_rsa(&self.private_key()?, &self.bytes("message")?);
                Some(block.ok()?.as_bytes().to_vec())
            }
            _ => None,
        }
    }

    /// In the pieces in which the caller had it.
    fn digest(&self) -> Option<Vec<u8>> {
        let mut hasher = HostCrypto.hasher(self.hash()?);
        for piece in self.0["pieces"].as_array()? {
            hasher.update(&base64::decode(piece.as_str()?).ok()?);
        }
        Some(hasher.finish().as_bytes().to_vec())
    }

    /// Of each text: 1 and what it stands for by both alphabets, or 0.
    fn base64(&self) -> Option<Vec<u8>> {
        let texts = self.0["texts"].as_array()?.iter().filter_map(Value::as_str);
        let decoded = texts.flat_map(|text| [base64::decode(text), base64::decode_url(text)]);
        let told = decoded.flat_map(|decoded| match decoded {
            Ok(octets) => [vec![1], octets].concat(),
            Err(_) => vec![0],
        });
        Some(told.collect())
    }

    /// Of each document: its canonical form, or the code of why it is refused and the byte; a zero behind each.
    fn canonical(&self) -> Option<Vec<u8>> {
        let texts = self.0["texts"].as_array()?.iter().filter_map(Value::as_str);
        Some(texts.flat_map(canonical_or_refusal).collect())
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.0[name].as_str()
    }

    fn bytes(&self, name: &str) -> Option<Vec<u8>> {
        base64::decode(self.text(name)?).ok()
    }

    fn hash(&self) -> Option<DigestAlgorithm> {
        DigestAlgorithm::from_xml_uri(self.text("algorithm")?)
    }

    fn signature(&self) -> Option<SignatureAlgorithm> {
        SignatureAlgorithm::from_xml_uri(self.text("algorithm")?)
    }

    fn private_key(&self) -> Option<PrivateKey> {
        let public = PublicKey::from_spki_der(&self.bytes("public")?, RULES).ok()?;
        PrivateKey::from_parts(&self.bytes("key")?, public).ok()
    }

    fn secret(&self) -> Option<SecretKey> {
        Some(SecretKey::new(&self.bytes("key")?))
    }

    fn array<const N: usize>(&self) -> Option<[u8; N]> {
        self.bytes("nonce")?.try_into().ok()
    }
}
