//! The provider in pure Rust, for every place without a host that does it faster.

mod rsa;

use alloc::boxed::Box;
use alloc::vec::Vec;

use aes_gcm::aead::consts::U12;
use aes_gcm::aead::{Aead, AeadCore, KeyInit, Payload};
use aes_gcm::aes::{Aes128, Aes192, Aes256};
use aes_gcm::{Aes128Gcm, Aes256Gcm, AesGcm};
use cbc::cipher::block_padding::NoPadding;
use cbc::cipher::{BlockModeDecrypt, KeyIvInit};
use ed25519_dalek::{Signer as _, Verifier as _};
use hmac::{EagerHash, Hmac, Mac as _};
use p256::ecdsa::signature::hazmat::{PrehashSigner as _, PrehashVerifier as _};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};

use super::key::{PrivateMaterial, PublicMaterial};
use super::{
    Crypto, DecryptionFailed, DigestAlgorithm, DigestValue, EncryptionFailed, Hasher,
    InvalidSignature, PrivateKey, PublicKey, SecretKey, SignatureAlgorithm, SigningFailed,
    has_small_order_commitment, hmac_sha256, verify_pss,
};

type Aes192Gcm = AesGcm<Aes192, U12>;

/// Cryptography by the RustCrypto and dalek crates, in constant time except where noted.
///
/// RSA-PSS signatures are verified but not made: they need randomness, and RSASSA-PKCS1-v1_5 serves
/// every identity provider.
#[derive(Clone, Copy, Debug, Default)]
pub struct RustCrypto {
    rsa_private_operations: bool,
}

impl RustCrypto {
    /// A provider that refuses to use RSA private keys.
    #[must_use]
    pub const fn new() -> Self {
        Self { rsa_private_operations: false }
    }

    /// A provider that also uses RSA private keys, for command lines and tests.
    ///
    /// The `rsa` crate leaks the private key through timing to whoever can measure many operations
    /// (RUSTSEC-2023-0071, "Marvin"), and here it has no randomness for blinding. Never where a
    /// network peer can trigger the operation.
    #[must_use]
    pub const fn with_dangerous_rsa_private_operations() -> Self {
        Self { rsa_private_operations: true }
    }
}

impl Crypto for RustCrypto {
    fn hasher(&self, algorithm: DigestAlgorithm) -> Box<dyn Hasher> {
        match algorithm {
            DigestAlgorithm::Sha1 => Box::new(Running(Sha1::new())),
            DigestAlgorithm::Sha256 => Box::new(Running(Sha256::new())),
            DigestAlgorithm::Sha384 => Box::new(Running(Sha384::new())),
            DigestAlgorithm::Sha512 => Box::new(Running(Sha512::new())),
        }
    }

    fn verify(
        &self,
        algorithm: SignatureAlgorithm,
        key: &PublicKey,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        match (algorithm, key.material()) {
            // As strict as `verify_strict`, which decompresses R to look at its order, a tenth of the time:
            // the key has been looked at, and R is compared as bytes.
            (SignatureAlgorithm::Ed25519, PublicMaterial::Ed25519(key)) => {
                if has_small_order_commitment(signature) {
                    return Err(InvalidSignature);
                }
                let signature = ed25519_dalek::Signature::from_slice(signature)?;
                key.verify(message, &signature)?;
            }
            // `from_slice` takes exactly two coordinates, each from 1 to n - 1.
            (SignatureAlgorithm::Ecdsa(digest), PublicMaterial::P256(key)) => {
                let signature = p256::ecdsa::Signature::from_slice(signature)?;
                key.verify_prehash(self.digest(digest, message).as_bytes(), &signature)?;
            }
            (SignatureAlgorithm::Ecdsa(digest), PublicMaterial::P384(key)) => {
                let signature = p384::ecdsa::Signature::from_slice(signature)?;
                key.verify_prehash(self.digest(digest, message).as_bytes(), &signature)?;
            }
            (SignatureAlgorithm::Ecdsa(digest), PublicMaterial::P521(key)) => {
                let signature = p521::ecdsa::Signature::from_slice(signature)?;
                key.verify_prehash(self.digest(digest, message).as_bytes(), &signature)?;
            }
            (SignatureAlgorithm::RsaPkcs1(digest), PublicMaterial::Rsa(key)) => {
                rsa::verify_pkcs1(key, digest, self.digest(digest, message), signature)?;
            }
            (SignatureAlgorithm::RsaPss(digest), PublicMaterial::Rsa(_)) => {
                return verify_pss(digest, key, message, signature, self);
            }
            _ => return Err(InvalidSignature),
        }
        Ok(())
    }

    fn sign(
        &self,
        algorithm: SignatureAlgorithm,
        key: &PrivateKey,
        message: &[u8],
    ) -> Result<Vec<u8>, SigningFailed> {
        match (algorithm, key.material()) {
            (SignatureAlgorithm::Ed25519, PrivateMaterial::Ed25519(key)) => {
                Ok(key.try_sign(message)?.to_bytes().to_vec())
            }
            // RFC 6979 with the hash of the curve's own size, whatever the message was hashed with.
            (SignatureAlgorithm::Ecdsa(digest), PrivateMaterial::P256(key)) => {
                let signature: p256::ecdsa::Signature =
                    key.sign_prehash(self.digest(digest, message).as_bytes())?;
                Ok(signature.to_bytes().to_vec())
            }
            (SignatureAlgorithm::Ecdsa(digest), PrivateMaterial::P384(key)) => {
                let signature: p384::ecdsa::Signature =
                    key.sign_prehash(self.digest(digest, message).as_bytes())?;
                Ok(signature.to_bytes().to_vec())
            }
            (SignatureAlgorithm::Ecdsa(digest), PrivateMaterial::P521(key)) => {
                let signature: p521::ecdsa::Signature =
                    key.sign_prehash(self.digest(digest, message).as_bytes())?;
                Ok(signature.to_bytes().to_vec())
            }
            (SignatureAlgorithm::RsaPkcs1(digest), PrivateMaterial::Rsa(key))
                if self.rsa_private_operations =>
            {
                let hashed = self.digest(digest, message);
                Ok(key.sign(rsa::pkcs1(digest), hashed.as_bytes())?)
            }
            _ => Err(SigningFailed),
        }
    }

    fn mac(&self, algorithm: DigestAlgorithm, key: &SecretKey, message: &[u8]) -> DigestValue {
        match algorithm {
            DigestAlgorithm::Sha1 => hmac::<Sha1>(key, message),
            DigestAlgorithm::Sha256 => hmac_sha256(key, message),
            DigestAlgorithm::Sha384 => hmac::<Sha384>(key, message),
            DigestAlgorithm::Sha512 => hmac::<Sha512>(key, message),
        }
    }

    fn seal(
        &self,
        key: &SecretKey,
        nonce: &[u8; 12],
        associated_data: &[u8],
        plaintext: &[u8],
    ) -> Result<Vec<u8>, SigningFailed> {
        let payload = Payload { msg: plaintext, aad: associated_data };
        match key.as_bytes().len() {
            16 => seal::<Aes128Gcm>(key, nonce, payload),
            24 => seal::<Aes192Gcm>(key, nonce, payload),
            _ => seal::<Aes256Gcm>(key, nonce, payload),
        }
    }

    fn open(
        &self,
        key: &SecretKey,
        nonce: &[u8; 12],
        associated_data: &[u8],
        sealed: &[u8],
    ) -> Result<Vec<u8>, DecryptionFailed> {
        let payload = Payload { msg: sealed, aad: associated_data };
        match key.as_bytes().len() {
            16 => open::<Aes128Gcm>(key, nonce, payload),
            24 => open::<Aes192Gcm>(key, nonce, payload),
            _ => open::<Aes256Gcm>(key, nonce, payload),
        }
    }

    fn decrypt_cbc(
        &self,
        key: &SecretKey,
        iv: &[u8; 16],
        ciphertext: &[u8],
    ) -> Result<Vec<u8>, DecryptionFailed> {
        match key.as_bytes().len() {
            16 => decrypt_cbc::<cbc::Decryptor<Aes128>>(key, iv, ciphertext),
            24 => decrypt_cbc::<cbc::Decryptor<Aes192>>(key, iv, ciphertext),
            _ => decrypt_cbc::<cbc::Decryptor<Aes256>>(key, iv, ciphertext),
        }
    }

    fn encrypt_rsa(&self, key: &PublicKey, block: &[u8]) -> Result<Vec<u8>, EncryptionFailed> {
        match key.material() {
            PublicMaterial::Rsa(key) => rsa::encrypt(key, block),
            _ => Err(EncryptionFailed),
        }
    }

    fn decrypt_rsa(
        &self,
        key: &PrivateKey,
        ciphertext: &[u8],
    ) -> Result<SecretKey, DecryptionFailed> {
        match key.material() {
            PrivateMaterial::Rsa(key) if self.rsa_private_operations => {
                rsa::decrypt(key, ciphertext)
            }
            _ => Err(DecryptionFailed),
        }
    }
}

fn seal<C: KeyInit + Aead + AeadCore<NonceSize = U12>>(
    key: &SecretKey,
    nonce: &[u8; 12],
    payload: Payload<'_, '_>,
) -> Result<Vec<u8>, SigningFailed> {
    let cipher = C::new_from_slice(key.as_bytes()).map_err(|_| SigningFailed)?;
    cipher.encrypt(&(*nonce).into(), payload).map_err(|_| SigningFailed)
}

fn open<C: KeyInit + Aead + AeadCore<NonceSize = U12>>(
    key: &SecretKey,
    nonce: &[u8; 12],
    payload: Payload<'_, '_>,
) -> Result<Vec<u8>, DecryptionFailed> {
    let cipher = C::new_from_slice(key.as_bytes()).map_err(|_| DecryptionFailed)?;
    cipher.decrypt(&(*nonce).into(), payload).map_err(|_| DecryptionFailed)
}

fn decrypt_cbc<C: KeyIvInit + BlockModeDecrypt>(
    key: &SecretKey,
    iv: &[u8; 16],
    ciphertext: &[u8],
) -> Result<Vec<u8>, DecryptionFailed> {
    let cipher = C::new_from_slices(key.as_bytes(), iv).map_err(|_| DecryptionFailed)?;
    cipher.decrypt_padded_vec::<NoPadding>(ciphertext).map_err(|_| DecryptionFailed)
}

#[expect(clippy::expect_used, reason = "HMAC takes keys of every length; other MACs do not")]
fn hmac<D: EagerHash>(key: &SecretKey, message: &[u8]) -> DigestValue {
    let mac = Hmac::<D>::new_from_slice(key.as_bytes()).expect("any length");
    DigestValue::new(&mac.chain_update(message).finalize().into_bytes())
}

/// A hash function of the crates behind our trait.
struct Running<D>(D);

impl<D: Digest> Hasher for Running<D> {
    fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(self: Box<Self>) -> DigestValue {
        DigestValue::new(&self.0.finalize())
    }
}

impl From<p256::ecdsa::Error> for InvalidSignature {
    fn from(_: p256::ecdsa::Error) -> Self {
        Self
    }
}

impl From<::rsa::Error> for InvalidSignature {
    fn from(_: ::rsa::Error) -> Self {
        Self
    }
}

impl From<p256::ecdsa::Error> for SigningFailed {
    fn from(_: p256::ecdsa::Error) -> Self {
        Self
    }
}

impl From<::rsa::Error> for SigningFailed {
    fn from(_: ::rsa::Error) -> Self {
        Self
    }
}
