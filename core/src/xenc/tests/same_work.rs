//! E-12: whatever is wrong with a ciphertext, the same work is done before the one error comes. A provider
//! writes down every operation with the lengths that went in.

use alloc::boxed::Box;
use core::cell::RefCell;

use super::*;
use crate::crypto::{
    Crypto, DecryptionFailed, DigestValue, EncryptionFailed, Hasher, InvalidSignature, PublicKey,
    SignatureAlgorithm, SigningFailed,
};

const CRYPTO: RustCrypto = RustCrypto::with_dangerous_rsa_private_operations();

#[derive(Debug, Default)]
struct Recorder(RefCell<Vec<String>>);

impl Recorder {
    fn note(&self, operation: &str, lengths: &[usize]) {
        self.0.borrow_mut().push(format!("{operation} {lengths:?}"));
    }
}

impl Crypto for Recorder {
    fn hasher(&self, algorithm: DigestAlgorithm) -> Box<dyn Hasher> {
        self.note("hasher", &[algorithm.output_bytes()]);
        CRYPTO.hasher(algorithm)
    }

    fn verify(
        &self,
        _: SignatureAlgorithm,
        _: &PublicKey,
        _: &[u8],
        _: &[u8],
    ) -> Result<(), InvalidSignature> {
        unreachable!("decryption verifies nothing")
    }

    fn sign(
        &self,
        _: SignatureAlgorithm,
        _: &PrivateKey,
        _: &[u8],
    ) -> Result<Vec<u8>, SigningFailed> {
        unreachable!("decryption signs nothing")
    }

    fn mac(&self, algorithm: DigestAlgorithm, key: &SecretKey, message: &[u8]) -> DigestValue {
        self.note("mac", &[key.as_bytes().len(), message.len()]);
        CRYPTO.mac(algorithm, key, message)
    }

    fn seal(
        &self,
        _: &SecretKey,
        _: &[u8; 12],
        _: &[u8],
        _: &[u8],
    ) -> Result<Vec<u8>, SigningFailed> {
        unreachable!("decryption seals nothing")
    }

    fn open(
        &self,
        key: &SecretKey,
        nonce: &[u8; 12],
        associated_data: &[u8],
        sealed: &[u8],
    ) -> Result<Vec<u8>, DecryptionFailed> {
        self.note("open", &[key.as_bytes().len(), sealed.len()]);
        CRYPTO.open(key, nonce, associated_data, sealed)
    }

    fn decrypt_cbc(
        &self,
        key: &SecretKey,
        iv: &[u8; 16],
        ciphertext: &[u8],
    ) -> Result<Vec<u8>, DecryptionFailed> {
        self.note("decrypt_cbc", &[key.as_bytes().len(), ciphertext.len()]);
        CRYPTO.decrypt_cbc(key, iv, ciphertext)
    }

    fn encrypt_rsa(&self, _: &PublicKey, _: &[u8]) -> Result<Vec<u8>, EncryptionFailed> {
        unreachable!("decryption encrypts nothing")
    }

    fn decrypt_rsa(
        &self,
        key: &PrivateKey,
        ciphertext: &[u8],
    ) -> Result<SecretKey, DecryptionFailed> {
        self.note("decrypt_rsa", &[ciphertext.len()]);
        CRYPTO.decrypt_rsa(key, ciphertext)
    }
}

/// What came of it, and every operation on the way.
fn record(parts: &Parts) -> (Result<Vec<u8>, Error>, Vec<String>) {
    let xml = parts.inside();
    let document = Document::parse(xml.as_bytes(), &XmlLimits::MESSAGE).unwrap();
    let recorder = Recorder::default();
    let result = decrypt(document.root(), &[our_key()], &ALLOW_CBC, &recorder);
    (result, recorder.0.into_inner())
}

#[track_caller]
fn check(good: &Parts, bad: &[(&str, Parts)]) {
    let (result, work) = record(good);
    assert_eq!(result.as_deref(), Ok(PLAINTEXT));
    assert!(work.iter().any(|line| line.starts_with("decrypt_rsa")), "{work:?}");
    for (name, parts) in bad {
        let (result, found) = record(parts);
        assert_eq!(result, Err(Error::DecryptionFailed), "{name}");
        assert_eq!(found, work, "{name}");
    }
}

/// Every way in which the key does not open.
fn bad_keys(good: &Parts) -> Vec<(&'static str, Parts)> {
    let wrapped = |wrapped: String| Parts { wrapped, ..good.clone() };
    let encode = crate::base64::encode;
    Vec::from([
        ("padding", wrapped(changed(&good.wrapped, 128))),
        ("not below the modulus", wrapped(encode(&[0xff; 256]))),
        ("zero", wrapped(encode(&[0; 256]))),
        ("a key of another length", wrapped(row("short-key").wrapped)),
    ])
}

#[test]
fn every_failure_of_gcm_does_the_work_of_success() {
    let good = row("aes256-gcm");
    let octets = |at: usize| Parts { octets: changed(&good.octets, at), ..good.clone() };
    let last = crate::base64::decode(&good.octets).unwrap().len() - 1;
    let mut bad = bad_keys(&good);
    bad.extend([("nonce", octets(0)), ("ciphertext", octets(12)), ("tag", octets(last))]);
    check(&good, &bad);
}

#[test]
fn every_failure_of_cbc_does_the_work_of_success() {
    let good = row("aes256-cbc");
    let (result, work) = record(&good);
    assert_eq!(result.as_deref(), Ok(PLAINTEXT));
    for (name, bad) in bad_keys(&good) {
        // A wrong key may give a padding that fits, and garbage.
        assert_eq!(record(&bad).1, work, "{name}");
    }
    let (padding, work) = record(&row("padding-0"));
    assert_eq!(padding, Err(Error::DecryptionFailed));
    assert_eq!(record(&row("padding-16")).1, work);
    assert_eq!(record(&row("padding-17")).1, work);
}
