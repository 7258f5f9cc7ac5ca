//! The provider by AWS-LC, whose curves and RSA are written in assembly, for servers that verify much.

mod parsed;

pub(super) use parsed::{ParsedPrivateKey, ParsedPublicKey};

use alloc::boxed::Box;
use alloc::vec::Vec;

use aws_lc_rs::aead::{AES_128_GCM, AES_192_GCM, AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::cipher::{
    AES_128, AES_192, AES_256, DecryptingKey, DecryptionContext, UnboundCipherKey,
};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::iv::FixedLength;
use aws_lc_rs::{digest, hmac};

use super::{
    Crypto, DecryptionFailed, DigestAlgorithm, DigestValue, EncryptionFailed, Hasher,
    InvalidSignature, PrivateKey, PublicKey, RustCrypto, SecretKey, SignatureAlgorithm,
    SigningFailed, has_small_order_commitment,
};

/// Cryptography by AWS-LC, and by [`RustCrypto`] where AWS-LC, or its crate, has not what we need:
///
/// * RSA keys below 2048 bits, RSA-PSS with SHA-1, and ECDSA with another hash than the curve's own;
/// * ECDSA signatures made: AWS-LC's are random, ours are those of RFC 6979 by whatever provider;
/// * RSA without padding, which decrypts with every mix of hash functions.
///
/// Keys are those that the rules of this crate let through, and verdicts are the same. AWS-LC needs a C compiler.
#[derive(Clone, Copy, Debug, Default)]
pub struct AwsLc {
    otherwise: RustCrypto,
}

impl AwsLc {
    /// A provider that refuses to use RSA private keys.
    #[must_use]
    pub const fn new() -> Self {
        Self { otherwise: RustCrypto::new() }
    }

    /// A provider that also uses RSA private keys, by [`RustCrypto`] and with the warning there:
    /// [`RustCrypto::with_dangerous_rsa_private_operations`].
    #[must_use]
    pub const fn with_dangerous_rsa_private_operations() -> Self {
        Self { otherwise: RustCrypto::with_dangerous_rsa_private_operations() }
    }
}

impl Crypto for AwsLc {
    fn hasher(&self, algorithm: DigestAlgorithm) -> Box<dyn Hasher> {
        Box::new(Running(digest::Context::new(digest_of(algorithm))))
    }

    fn verify(
        &self,
        algorithm: SignatureAlgorithm,
        key: &PublicKey,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        // AWS-LC does not look at that.
        if algorithm == SignatureAlgorithm::Ed25519 && has_small_order_commitment(signature) {
            return Err(InvalidSignature);
        }
        match key.parsed_by_aws_lc(algorithm) {
            Some(key) => key.verify_sig(message, signature).map_err(|_| InvalidSignature),
            None => self.otherwise.verify(algorithm, key, message, signature),
        }
    }

    fn sign(
        &self,
        algorithm: SignatureAlgorithm,
        key: &PrivateKey,
        message: &[u8],
    ) -> Result<Vec<u8>, SigningFailed> {
        match key.parsed_by_aws_lc() {
            Some(key) if algorithm == SignatureAlgorithm::Ed25519 => {
                Ok(key.try_sign(message)?.as_ref().to_vec())
            }
            _ => self.otherwise.sign(algorithm, key, message),
        }
    }

    fn mac(&self, algorithm: DigestAlgorithm, key: &SecretKey, message: &[u8]) -> DigestValue {
        let algorithm = match algorithm {
            DigestAlgorithm::Sha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
            DigestAlgorithm::Sha256 => hmac::HMAC_SHA256,
            DigestAlgorithm::Sha384 => hmac::HMAC_SHA384,
            DigestAlgorithm::Sha512 => hmac::HMAC_SHA512,
        };
        let key = hmac::Key::new(algorithm, key.as_bytes());
        DigestValue::new(hmac::sign(&key, message).as_ref())
    }

    fn seal(
        &self,
        key: &SecretKey,
        nonce: &[u8; 12],
        associated_data: &[u8],
        plaintext: &[u8],
    ) -> Result<Vec<u8>, SigningFailed> {
        let mut sealed = plaintext.to_vec();
        let (nonce, data) = (Nonce::assume_unique_for_key(*nonce), Aad::from(associated_data));
        gcm(key)?.seal_in_place_append_tag(nonce, data, &mut sealed)?;
        Ok(sealed)
    }

    fn open(
        &self,
        key: &SecretKey,
        nonce: &[u8; 12],
        associated_data: &[u8],
        sealed: &[u8],
    ) -> Result<Vec<u8>, DecryptionFailed> {
        let mut opened = sealed.to_vec();
        let (nonce, data) = (Nonce::assume_unique_for_key(*nonce), Aad::from(associated_data));
        let length = gcm(key)?.open_in_place(nonce, data, &mut opened)?.len();
        opened.truncate(length);
        Ok(opened)
    }

    fn decrypt_cbc(
        &self,
        key: &SecretKey,
        iv: &[u8; 16],
        ciphertext: &[u8],
    ) -> Result<Vec<u8>, DecryptionFailed> {
        let algorithm = match key.as_bytes().len() {
            16 => &AES_128,
            24 => &AES_192,
            // Takes no other length than 32.
            _ => &AES_256,
        };
        let key = DecryptingKey::cbc(UnboundCipherKey::new(algorithm, key.as_bytes())?)?;
        let mut decrypted = ciphertext.to_vec();
        key.decrypt(&mut decrypted, DecryptionContext::Iv128(FixedLength::from(*iv)))?;
        Ok(decrypted)
    }

    fn encrypt_rsa(&self, key: &PublicKey, block: &[u8]) -> Result<Vec<u8>, EncryptionFailed> {
        self.otherwise.encrypt_rsa(key, block)
    }

    fn decrypt_rsa(
        &self,
        key: &PrivateKey,
        ciphertext: &[u8],
    ) -> Result<SecretKey, DecryptionFailed> {
        self.otherwise.decrypt_rsa(key, ciphertext)
    }

    fn digest(&self, algorithm: DigestAlgorithm, bytes: &[u8]) -> DigestValue {
        DigestValue::new(digest::digest(digest_of(algorithm), bytes).as_ref())
    }
}

const fn digest_of(algorithm: DigestAlgorithm) -> &'static digest::Algorithm {
    match algorithm {
        DigestAlgorithm::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
        DigestAlgorithm::Sha256 => &digest::SHA256,
        DigestAlgorithm::Sha384 => &digest::SHA384,
        DigestAlgorithm::Sha512 => &digest::SHA512,
    }
}

fn gcm(key: &SecretKey) -> Result<LessSafeKey, Unspecified> {
    let algorithm = match key.as_bytes().len() {
        16 => &AES_128_GCM,
        24 => &AES_192_GCM,
        // Takes no other length than 32.
        _ => &AES_256_GCM,
    };
    Ok(LessSafeKey::new(UnboundKey::new(algorithm, key.as_bytes())?))
}

struct Running(digest::Context);

impl Hasher for Running {
    fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(self: Box<Self>) -> DigestValue {
        DigestValue::new(self.0.finish().as_ref())
    }
}

impl From<Unspecified> for SigningFailed {
    fn from(_: Unspecified) -> Self {
        Self
    }
}

impl From<Unspecified> for DecryptionFailed {
    fn from(_: Unspecified) -> Self {
        Self
    }
}

#[cfg(test)]
mod tests;
