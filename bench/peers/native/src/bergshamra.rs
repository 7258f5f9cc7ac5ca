//! bergshamra with RustCrypto: base64, decryption and all signatures. It knows no SAML: no rule of it is
//! checked, and no identity is read.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bergshamra::keys::loader;
use bergshamra::{DsigContext, EncContext, KeysManager};
use serde_json::json;

use crate::{Result, Work, post_value, read};

pub(crate) fn begin(folder: &Path, document: &str) -> Result<Work> {
    let mut keys = KeysManager::new();
    keys.add_key(loader::load_x509_cert_pem(read(folder, "idp.crt")?.as_bytes())?);
    let signatures = DsigContext::new(keys)
        .with_trusted_keys_only(true)
        .with_skip_time_checks(true)
        .with_strict_verification(true);
    let mut keys = KeysManager::new();
    keys.add_key(loader::load_rsa_private_pem(read(folder, "decryption.key")?.as_bytes())?);
    let decryption = EncContext::new(keys);
    let field = post_value(folder, document)?;
    let is_encrypted = document.starts_with("encrypted");
    Ok(Box::new(move || {
        let mut xml = String::from_utf8(STANDARD.decode(&field)?)?;
        if is_encrypted {
            xml = bergshamra::decrypt(&decryption, &xml)?;
        }
        let results = bergshamra::verify_all(&signatures, &xml)?;
        match results.iter().find(|result| !result.is_valid()) {
            None if !results.is_empty() => Ok(json!({})),
            wrong => Err(format!("{wrong:?}").into()),
        }
    }))
}
