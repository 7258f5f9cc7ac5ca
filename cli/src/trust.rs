//! Keys that the caller trusts, read from files.

use std::path::PathBuf;

use deskgate_core::crypto::{KeyRules, PrivateKey, PublicKey};
use deskgate_core::x509::Certificate;
use zeroize::Zeroizing;

use crate::failure::{Failure, OrRefused as _};
use crate::input;

/// The keys of all certificates in these files.
pub(crate) fn certificate_keys(
    files: &[PathBuf],
    rules: KeyRules,
) -> Result<Vec<PublicKey>, Failure> {
    let mut keys = Vec::new();
    for file in files {
        let bytes = input::read_file(file)?;
        let certificates =
            Certificate::parse_all(&bytes, rules).or_refused_at(&file.display().to_string())?;
        for certificate in certificates {
            if !keys.contains(certificate.public_key()) {
                keys.push(certificate.public_key().clone());
            }
        }
    }
    Ok(keys)
}

/// Private keys in PEM.
pub(crate) fn private_keys(files: &[PathBuf], rules: KeyRules) -> Result<Vec<PrivateKey>, Failure> {
    files
        .iter()
        .map(|file| {
            let bytes = Zeroizing::new(input::read_file(file)?);
            let text = Zeroizing::new(String::from_utf8_lossy(&bytes).into_owned());
            PrivateKey::from_pem(&text, rules).or_refused_at(&file.display().to_string())
        })
        .collect()
}
