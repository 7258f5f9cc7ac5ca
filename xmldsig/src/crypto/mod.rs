//! The only place that names cryptographic algorithms: a table of them, typed keys and the
//! [`Crypto`] trait behind which the work is done.
//!
//! The trait is synchronous. At the edge the host's `node:crypto` does the work (RSA-2048 in about
//! 20 µs); everywhere else `RustCrypto`, behind the feature `rust-crypto`, without which the library has
//! no public-key cryptography of its own; and `AwsLc`, behind the feature `aws-lc-rs`, where a C compiler and
//! a minute to build it are there and speed counts. All providers give the same verdicts.

mod algorithm;
#[cfg(feature = "aws-lc-rs")]
mod aws_lc;
pub mod der;
mod key;
mod oaep;
pub mod pem;
mod pss;
#[cfg(feature = "rust-crypto")]
mod rustcrypto;
mod sha256;

pub use algorithm::{
    ContentCipher, DigestAlgorithm, EcCurve, JwsAlgorithm, KeyTransport, SignatureAlgorithm,
};
#[cfg(feature = "aws-lc-rs")]
pub use aws_lc::AwsLc;
pub use key::{
    InvalidKey, KeyKind, KeyRules, MAX_RSA_BITS, PrivateKey, PublicKey, SecretKey,
    has_small_order_commitment, object_identifier,
};
pub use oaep::RsaOaep;
pub use pss::verify_pss;
#[cfg(feature = "rust-crypto")]
pub use rustcrypto::RustCrypto;
pub use sha256::{hmac_sha256, sha256};

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use subtle::ConstantTimeEq as _;

/// The work that verification needs done, by whatever does it best on this platform.
pub trait Crypto: fmt::Debug {
    /// Starts a digest that is fed piece by piece.
    fn hasher(&self, algorithm: DigestAlgorithm) -> Box<dyn Hasher>;

    /// Checks `signature` over `message`.
    ///
    /// ECDSA signatures are the fixed-width `r || s` of XML-DSig and JOSE, never DER. RSA-PSS means
    /// MGF1 with the same hash and a salt as long as the hash. Ed25519 is the strict verification.
    ///
    /// # Errors
    /// [`InvalidSignature`] whenever the proof is not there, also when `algorithm` does not fit `key`.
    fn verify(
        &self,
        algorithm: SignatureAlgorithm,
        key: &PublicKey,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature>;

    /// Signs `message`; the signature is in the form that [`Crypto::verify`] takes.
    ///
    /// # Errors
    /// [`SigningFailed`] when the key does not fit, or this provider does not use such keys.
    fn sign(
        &self,
        algorithm: SignatureAlgorithm,
        key: &PrivateKey,
        message: &[u8],
    ) -> Result<Vec<u8>, SigningFailed>;

    /// HMAC (RFC 2104).
    fn mac(&self, algorithm: DigestAlgorithm, key: &SecretKey, message: &[u8]) -> DigestValue;

    /// AES-GCM with a 12-byte nonce that must never repeat under one key: ciphertext, then the
    /// 16-byte tag. A key of 16, 24 or 32 bytes means AES-128, AES-192 or AES-256.
    ///
    /// # Errors
    /// [`SigningFailed`] when `key` has another length.
    fn seal(
        &self,
        key: &SecretKey,
        nonce: &[u8; 12],
        associated_data: &[u8],
        plaintext: &[u8],
    ) -> Result<Vec<u8>, SigningFailed>;

    /// Opens what [`Crypto::seal`] made.
    ///
    /// # Errors
    /// [`DecryptionFailed`], one error for every cause.
    fn open(
        &self,
        key: &SecretKey,
        nonce: &[u8; 12],
        associated_data: &[u8],
        sealed: &[u8],
    ) -> Result<Vec<u8>, DecryptionFailed>;

    /// AES-CBC decryption without any padding scheme: the plaintext is as long as the ciphertext.
    /// The key length means what it means to [`Crypto::seal`].
    ///
    /// # Errors
    /// [`DecryptionFailed`] when `ciphertext` is not whole blocks, or the key has another length.
    fn decrypt_cbc(
        &self,
        key: &SecretKey,
        iv: &[u8; 16],
        ciphertext: &[u8],
    ) -> Result<Vec<u8>, DecryptionFailed>;

    /// The RSA public-key operation RSAEP (RFC 8017, section 5.1.1), which is RSAVP1 too, on a block
    /// exactly as long as the modulus. Hosts call this "no padding".
    ///
    /// # Errors
    /// [`EncryptionFailed`] when the key is not RSA, or `block` is not exactly as long as the modulus or
    /// not below it.
    fn encrypt_rsa(&self, key: &PublicKey, block: &[u8]) -> Result<Vec<u8>, EncryptionFailed>;

    /// The RSA private-key operation RSADP (RFC 8017, section 5.1.2): the encoded block, padding and
    /// leading zeros included, exactly as long as the modulus.
    ///
    /// OAEP is decoded above this, in constant time and with every mix of hash functions, because
    /// hosts offer only some mixes (`node:crypto` has one hash for both uses). Hosts call this
    /// "no padding".
    ///
    /// # Errors
    /// [`DecryptionFailed`] when the key is not RSA, `ciphertext` is not exactly as long as the
    /// modulus or not below it, or this provider does not use such keys.
    fn decrypt_rsa(
        &self,
        key: &PrivateKey,
        ciphertext: &[u8],
    ) -> Result<SecretKey, DecryptionFailed>;

    /// The digest of `bytes` in one call.
    fn digest(&self, algorithm: DigestAlgorithm, bytes: &[u8]) -> DigestValue {
        let mut hasher = self.hasher(algorithm);
        hasher.update(bytes);
        hasher.finish()
    }
}

/// A digest in progress.
pub trait Hasher {
    /// Takes the next bytes.
    fn update(&mut self, bytes: &[u8]);
    /// The digest of all bytes taken.
    fn finish(self: Box<Self>) -> DigestValue;
}

/// A digest or MAC of at most 64 bytes. Equality takes the same time wherever the first difference is.
#[derive(Clone, Copy)]
pub struct DigestValue {
    bytes: [u8; 64],
    length: usize,
}

impl DigestValue {
    /// From the bytes that a hash function gave; bytes after the 64th would be dropped, no digest has them.
    #[must_use]
    pub fn new(digest: &[u8]) -> Self {
        let mut bytes = [0; 64];
        let mut length = 0;
        for (to, from) in bytes.iter_mut().zip(digest) {
            *to = *from;
            length += 1;
        }
        Self { bytes, length }
    }

    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or(&self.bytes)
    }

    /// Constant-time comparison with bytes from a message. A value of no bytes, which no hash function
    /// gives, matches nothing.
    #[must_use]
    pub fn matches(&self, other: &[u8]) -> bool {
        self.length != 0 && bool::from(self.as_bytes().ct_eq(other))
    }
}

impl fmt::Debug for DigestValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("DigestValue").field(&crate::base64::encode(self.as_bytes())).finish()
    }
}

/// The proof is not there. No detail on purpose: how a forgery failed helps only the forger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidSignature;

impl fmt::Display for InvalidSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("signature does not verify")
    }
}

impl core::error::Error for InvalidSignature {}

/// The one error of every decryption, whatever went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecryptionFailed;

impl fmt::Display for DecryptionFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("decryption failed")
    }
}

impl core::error::Error for DecryptionFailed {}

/// Nothing can be encrypted to this key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EncryptionFailed;

impl fmt::Display for EncryptionFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("nothing can be encrypted to this key")
    }
}

impl core::error::Error for EncryptionFailed {}

/// The key cannot make such a signature, or this provider does not use such keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SigningFailed;

impl fmt::Display for SigningFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this key cannot make such a signature here")
    }
}

impl core::error::Error for SigningFailed {}

#[cfg(test)]
mod tests;
