//! What an administrator pastes.

use deskgate_core::crypto::{KeyRules, PublicKey};
use deskgate_core::x509::{Certificate, MAX_CERTIFICATES, MAX_INPUT_BYTES};

use crate::trusted::CRYPTO;

/// Whatever is taken for a certificate has a key that is strong enough and reads the same again.
pub(super) fn parse(input: &[u8]) {
    let Ok(certificates) = Certificate::parse_all(input, KeyRules::default()) else { return };
    assert!(input.len() <= MAX_INPUT_BYTES);
    assert!((1..=MAX_CERTIFICATES).contains(&certificates.len()));
    certificates.iter().for_each(check_certificate);
}

pub(super) fn check_certificate(certificate: &Certificate) {
    check_key(certificate.public_key());
    let again = Certificate::from_der(certificate.der(), KeyRules::default());
    assert_eq!(again.expect("it was read before").public_key(), certificate.public_key());
    assert_eq!(certificate.sha256_fingerprint(&CRYPTO).len(), 32 * 3 - 1);
    // Names are shown to people: nothing in them may move a cursor or pretend to be markup of ours.
    for name in [certificate.subject(), certificate.issuer(), certificate.serial()] {
        assert!(!name.chars().any(char::is_control), "{name:?}");
    }
}

pub(super) fn check_key(key: &PublicKey) {
    if let Some((modulus, exponent)) = key.rsa_components() {
        let bits = modulus.len() * 8 - modulus[0].leading_zeros() as usize;
        assert!(bits >= KeyRules::default().min_rsa_bits(), "{bits} bits");
        assert!(exponent.last().is_some_and(|byte| byte % 2 == 1), "an even exponent");
        assert!(exponent != [1], "an exponent of 1");
    }
    let again = PublicKey::from_spki_der(key.spki_der(), KeyRules::default());
    assert_eq!(again.as_ref(), Ok(key));
}
