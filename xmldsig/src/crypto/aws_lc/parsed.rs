//! Keys in the form in which AWS-LC uses them, made at their first use.

use alloc::boxed::Box;
use alloc::sync::Arc;
use std::sync::OnceLock;

use aws_lc_rs::signature::{
    self, ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ECDSA_P521_SHA512_FIXED, ED25519,
    Ed25519KeyPair, RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256,
    RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512, VerificationAlgorithm,
};

use crate::crypto::DigestAlgorithm::{Sha1, Sha256, Sha384, Sha512};
use crate::crypto::{EcCurve, KeyKind, SignatureAlgorithm};

/// A public key for each algorithm of [`SignatureAlgorithm::ALL`]: AWS-LC ties a key to one. Copies of a key share
/// them.
#[derive(Clone, Default)]
pub(in crate::crypto) struct ParsedPublicKey(
    Arc<[OnceLock<Option<Box<signature::ParsedPublicKey>>>; SignatureAlgorithm::ALL.len()]>,
);

impl ParsedPublicKey {
    /// `None` when AWS-LC does not verify such signatures, or does not take this key.
    pub(in crate::crypto) fn of(
        &self,
        algorithm: SignatureAlgorithm,
        kind: KeyKind,
        spki: &[u8],
    ) -> Option<&signature::ParsedPublicKey> {
        let at = SignatureAlgorithm::ALL.iter().position(|row| *row == algorithm)?;
        let parse = || {
            let algorithm = verification(algorithm, kind)?;
            signature::ParsedPublicKey::new(algorithm, spki).ok().map(Box::new)
        };
        self.0.get(at)?.get_or_init(parse).as_deref()
    }
}

/// A private key. Copies of a key share it.
#[derive(Clone, Default)]
pub(in crate::crypto) struct ParsedPrivateKey(Arc<OnceLock<Option<Ed25519KeyPair>>>);

impl ParsedPrivateKey {
    /// `None` when it is not an Ed25519 key.
    pub(in crate::crypto) fn of(&self, kind: KeyKind, pkcs8: &[u8]) -> Option<&Ed25519KeyPair> {
        let parse = || match kind {
            KeyKind::Ed25519 => Ed25519KeyPair::from_pkcs8(pkcs8).ok(),
            KeyKind::Ec(_) | KeyKind::Rsa { .. } => None,
        };
        self.0.get_or_init(parse).as_ref()
    }
}

fn verification(
    algorithm: SignatureAlgorithm,
    kind: KeyKind,
) -> Option<&'static dyn VerificationAlgorithm> {
    Some(match (algorithm, kind) {
        (SignatureAlgorithm::Ed25519, KeyKind::Ed25519) => &ED25519,
        (SignatureAlgorithm::Ecdsa(Sha256), KeyKind::Ec(EcCurve::P256)) => &ECDSA_P256_SHA256_FIXED,
        (SignatureAlgorithm::Ecdsa(Sha384), KeyKind::Ec(EcCurve::P384)) => &ECDSA_P384_SHA384_FIXED,
        (SignatureAlgorithm::Ecdsa(Sha512), KeyKind::Ec(EcCurve::P521)) => &ECDSA_P521_SHA512_FIXED,
        (SignatureAlgorithm::RsaPkcs1(digest), KeyKind::Rsa { bits: 2048.. }) => match digest {
            Sha1 => &RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY,
            Sha256 => &RSA_PKCS1_2048_8192_SHA256,
            Sha384 => &RSA_PKCS1_2048_8192_SHA384,
            Sha512 => &RSA_PKCS1_2048_8192_SHA512,
        },
        (SignatureAlgorithm::RsaPss(digest), KeyKind::Rsa { bits: 2048.. }) => match digest {
            Sha1 => return None,
            Sha256 => &RSA_PSS_2048_8192_SHA256,
            Sha384 => &RSA_PSS_2048_8192_SHA384,
            Sha512 => &RSA_PSS_2048_8192_SHA512,
        },
        _ => return None,
    })
}
