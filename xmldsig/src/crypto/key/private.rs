use alloc::vec::Vec;
use core::fmt;

use zeroize::Zeroizing;

use super::{InvalidKey, KeyKind, PublicKey, SecretKey};

/// The DER before the 32-byte seed of an Ed25519 key (RFC 8410, section 7). Version 1, because
/// BoringSSL does not read version 2.
const ED25519_PKCS8_PREFIX: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

/// A private key with its public key: never printed, overwritten when dropped.
#[derive(Clone)]
pub struct PrivateKey {
    pub(super) pkcs8: Zeroizing<Vec<u8>>,
    pub(super) public: PublicKey,
    #[cfg(feature = "rust-crypto")]
    pub(super) material: super::material::PrivateMaterial,
    #[cfg(feature = "aws-lc-rs")]
    pub(super) aws_lc: crate::crypto::aws_lc::ParsedPrivateKey,
}

impl PrivateKey {
    /// From DER PKCS#8 and the public key that was stored beside it.
    ///
    /// With the feature `rust-crypto` the two are compared. Without it nobody here can: then they have to
    /// come from one source, and the private key is for a provider that parses it itself.
    ///
    /// # Errors
    /// [`InvalidKey`].
    #[cfg(feature = "rust-crypto")]
    pub fn from_parts(pkcs8: &[u8], public: PublicKey) -> Result<Self, InvalidKey> {
        let key = Self::from_pkcs8_der(pkcs8, super::KeyRules::dangerous_min_rsa_bits(0))?;
        if key.public == public { Ok(key) } else { Err(InvalidKey::Malformed) }
    }

    /// From DER PKCS#8 and the public key that was stored beside it, which have to come from one source.
    ///
    /// # Errors
    /// Only with the feature `rust-crypto`, which looks into the private key.
    #[cfg(not(feature = "rust-crypto"))]
    pub fn from_parts(pkcs8: &[u8], public: PublicKey) -> Result<Self, InvalidKey> {
        Ok(Self { pkcs8: Zeroizing::new(pkcs8.to_vec()), public })
    }

    /// DER PKCS#8 of the Ed25519 key with this seed (RFC 8032, section 5.1.5).
    #[must_use]
    pub fn ed25519_pkcs8(seed: &[u8; 32]) -> Zeroizing<Vec<u8>> {
        let mut der = Zeroizing::new(Vec::with_capacity(48));
        der.extend_from_slice(&ED25519_PKCS8_PREFIX);
        der.extend_from_slice(seed);
        der
    }

    /// DER PKCS#8 version 1, for a key store or a provider that parses it itself.
    #[must_use]
    pub fn pkcs8_der(&self) -> &[u8] {
        &self.pkcs8
    }

    /// The kind of the key.
    #[must_use]
    pub const fn kind(&self) -> KeyKind {
        self.public.kind()
    }

    /// The public key.
    #[must_use]
    pub const fn public_key(&self) -> &PublicKey {
        &self.public
    }

    /// A secret that belongs to this key alone, to choose content keys that nobody can predict
    /// (draft-irtf-cfrg-rsa-guidance, section 7.2).
    #[must_use]
    pub fn implicit_rejection_secret(&self) -> SecretKey {
        SecretKey::new(&self.pkcs8).derive("deskgate implicit rejection")
    }

    #[cfg(feature = "rust-crypto")]
    pub(in crate::crypto) const fn material(&self) -> &super::material::PrivateMaterial {
        &self.material
    }

    /// `None` when AWS-LC does not sign with such a key.
    #[cfg(feature = "aws-lc-rs")]
    pub(in crate::crypto) fn parsed_by_aws_lc(
        &self,
    ) -> Option<&aws_lc_rs::signature::Ed25519KeyPair> {
        self.aws_lc.of(self.kind(), &self.pkcs8)
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrivateKey").field("public", &self.public).finish_non_exhaustive()
    }
}
