//! Files of `tests/vectors`, and where things are in the repository.

use std::path::PathBuf;

use deskgate_core::crypto::{KeyRules, PrivateKey, PublicKey};
use deskgate_core::x509::Certificate;

/// A path relative to the top of the repository.
#[must_use]
pub fn repository(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

/// The text of a file below `tests/vectors`.
///
/// # Panics
/// When it cannot be read.
#[must_use]
#[track_caller]
pub fn text(path: &str) -> String {
    let path = repository("tests/vectors").join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The certificate `keys/NAME.crt` as PEM.
#[must_use]
#[track_caller]
pub fn certificate_pem(name: &str) -> String {
    text(&format!("keys/{name}.crt"))
}

/// The public key of the certificate `keys/NAME.crt`.
///
/// # Panics
/// When the vector is broken.
#[must_use]
#[track_caller]
pub fn public_key(name: &str) -> PublicKey {
    certificate(name).public_key().clone()
}

/// The certificate `keys/NAME.crt`.
///
/// # Panics
/// When the vector is broken.
#[must_use]
#[track_caller]
pub fn certificate(name: &str) -> Certificate {
    let pem = certificate_pem(name);
    let rules = KeyRules::dangerous_min_rsa_bits(1024);
    let mut certificates = Certificate::parse_all(pem.as_bytes(), rules).expect("a certificate");
    certificates.remove(0)
}

/// The private key `keys/NAME.key`.
///
/// # Panics
/// When the vector is broken.
#[must_use]
#[track_caller]
pub fn private_key(name: &str) -> PrivateKey {
    let pem = text(&format!("keys/{name}.key"));
    PrivateKey::from_pem(&pem, KeyRules::dangerous_min_rsa_bits(1024)).expect("a private key")
}
