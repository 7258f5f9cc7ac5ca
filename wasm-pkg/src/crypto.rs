//! The part of cryptography that verifying tokens of a desk needs: Ed25519 and SHA-256.
//!
//! The core's own provider has RSA and three more curves; a page that checks a session would load all
//! of them.

use deskgate_core::crypto::{
    Crypto, DecryptionFailed, DigestAlgorithm, DigestValue, EncryptionFailed, Hasher,
    InvalidSignature, PrivateKey, PublicKey, SecretKey, SignatureAlgorithm, SigningFailed,
    has_small_order_commitment,
};
use ed25519_dalek::{Signature, Verifier as _, VerifyingKey};
use sha2::{Digest as _, Sha256};

/// Verifies Ed25519 signatures and computes SHA-256; refuses everything else.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TokenCrypto;

impl Crypto for TokenCrypto {
    fn hasher(&self, algorithm: DigestAlgorithm) -> Box<dyn Hasher> {
        match algorithm {
            DigestAlgorithm::Sha256 => Box::new(Sha256Hash(Sha256::new())),
            _ => Box::new(NoHash),
        }
    }

    fn verify(
        &self,
        algorithm: SignatureAlgorithm,
        key: &PublicKey,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        let (SignatureAlgorithm::Ed25519, Some(key)) = (algorithm, key.ed25519_bytes()) else {
            return Err(InvalidSignature);
        };
        // As strict as `verify_strict`, which decompresses R to look at its order.
        if has_small_order_commitment(signature) {
            return Err(InvalidSignature);
        }
        let key = VerifyingKey::from_bytes(&key).map_err(|_| InvalidSignature)?;
        let signature = Signature::from_slice(signature).map_err(|_| InvalidSignature)?;
        key.verify(message, &signature).map_err(|_| InvalidSignature)
    }

    fn sign(
        &self,
        _: SignatureAlgorithm,
        _: &PrivateKey,
        _: &[u8],
    ) -> Result<Vec<u8>, SigningFailed> {
        Err(SigningFailed)
    }

    fn mac(&self, _: DigestAlgorithm, _: &SecretKey, _: &[u8]) -> DigestValue {
        DigestValue::new(&[])
    }

    fn seal(
        &self,
        _: &SecretKey,
        _: &[u8; 12],
        _: &[u8],
        _: &[u8],
    ) -> Result<Vec<u8>, SigningFailed> {
        Err(SigningFailed)
    }

    fn open(
        &self,
        _: &SecretKey,
        _: &[u8; 12],
        _: &[u8],
        _: &[u8],
    ) -> Result<Vec<u8>, DecryptionFailed> {
        Err(DecryptionFailed)
    }

    fn decrypt_cbc(
        &self,
        _: &SecretKey,
        _: &[u8; 16],
        _: &[u8],
    ) -> Result<Vec<u8>, DecryptionFailed> {
        Err(DecryptionFailed)
    }

    fn encrypt_rsa(&self, _: &PublicKey, _: &[u8]) -> Result<Vec<u8>, EncryptionFailed> {
        Err(EncryptionFailed)
    }

    fn decrypt_rsa(&self, _: &PrivateKey, _: &[u8]) -> Result<SecretKey, DecryptionFailed> {
        Err(DecryptionFailed)
    }
}

struct Sha256Hash(Sha256);

impl Hasher for Sha256Hash {
    fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(self: Box<Self>) -> DigestValue {
        DigestValue::new(&self.0.finalize())
    }
}

/// The digest of an algorithm that is not here: no bytes, which match nothing.
struct NoHash;

impl Hasher for NoHash {
    fn update(&mut self, _: &[u8]) {}

    fn finish(self: Box<Self>) -> DigestValue {
        DigestValue::new(&[])
    }
}
