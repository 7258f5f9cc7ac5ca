//! bergshamra in WebAssembly: base64, decryption and all signatures, as its native counterpart does.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bergshamra::keys::loader;
use bergshamra::{DsigContext, EncContext, KeysManager};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
pub struct Bergshamra {
    signatures: DsigContext,
    decryption: EncContext,
}

#[wasm_bindgen]
impl Bergshamra {
    #[wasm_bindgen(constructor)]
    pub fn new(certificate: &str, decryption_key: Option<String>) -> Self {
        let mut keys = KeysManager::new();
        keys.add_key(loader::load_x509_cert_pem(certificate.as_bytes()).expect("a certificate"));
        let signatures = DsigContext::new(keys)
            .with_trusted_keys_only(true)
            .with_skip_time_checks(true)
            .with_strict_verification(true);
        let mut keys = KeysManager::new();
        if let Some(pem) = decryption_key {
            keys.add_key(loader::load_rsa_private_pem(pem.as_bytes()).expect("a private key"));
        }
        Self { signatures, decryption: EncContext::new(keys) }
    }

    /// Why the document is refused, or nothing.
    pub fn refusal(&self, field: &str) -> Option<String> {
        self.verify(field).err()
    }

    fn verify(&self, field: &str) -> Result<(), String> {
        let bytes = STANDARD.decode(field).map_err(|error| error.to_string())?;
        let mut xml = String::from_utf8(bytes).map_err(|error| error.to_string())?;
        if xml.contains("EncryptedAssertion") {
            xml = bergshamra::decrypt(&self.decryption, &xml).map_err(|error| error.to_string())?;
        }
        let results =
            bergshamra::verify_all(&self.signatures, &xml).map_err(|error| error.to_string())?;
        match results.iter().find(|result| !result.is_valid()) {
            None if !results.is_empty() => Ok(()),
            wrong => Err(format!("{wrong:?}")),
        }
    }
}
