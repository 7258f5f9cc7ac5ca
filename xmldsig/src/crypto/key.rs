//! Typed keys. A key is checked once, when the administrator gives it; a message cannot bring one.

#[cfg(feature = "rust-crypto")]
mod material;
mod private;
mod public;
mod secret;

#[cfg(feature = "rust-crypto")]
pub(super) use material::{PrivateMaterial, PublicMaterial};
pub use private::PrivateKey;
pub use public::{PublicKey, has_small_order_commitment};
pub use secret::SecretKey;

use alloc::format;
use alloc::string::{String, ToString as _};
use core::fmt;

use super::EcCurve;
use crate::diagnostic::{Diagnostic, Excerpt, Kind};

/// What a key is, without the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "every provider has to know all of them")]
pub enum KeyKind {
    /// An elliptic-curve key for ECDSA.
    Ec(EcCurve),
    /// An Ed25519 key.
    Ed25519,
    /// An RSA key with a modulus of this many bits.
    Rsa {
        /// Bits of the modulus.
        bits: usize,
    },
}

/// Which keys are good enough.
///
/// The default is RSA from 2048 to [`MAX_RSA_BITS`] bits; curves are fixed by [`EcCurve`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyRules {
    min_rsa_bits: usize,
}

/// Largest RSA modulus: verification time grows with its square.
pub const MAX_RSA_BITS: usize = 8192;

impl KeyRules {
    /// Rules that accept RSA keys below 2048 bits. For the test data of others; a 1024-bit key can be
    /// factored by an organisation, and a 512-bit key by anybody in hours.
    #[must_use]
    pub const fn dangerous_min_rsa_bits(bits: usize) -> Self {
        Self { min_rsa_bits: bits }
    }

    /// The smallest RSA modulus accepted, in bits.
    #[must_use]
    pub const fn min_rsa_bits(self) -> usize {
        self.min_rsa_bits
    }
}

impl Default for KeyRules {
    fn default() -> Self {
        Self { min_rsa_bits: 2048 }
    }
}

/// Why a key was refused.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InvalidKey {
    /// A private key protected by a pass phrase.
    Encrypted,
    /// Not the ASN.1, PEM or coordinate lengths that such a key has.
    Malformed,
    /// A PEM file without a private key in it.
    NoPrivateKey,
    /// Coordinates that are not a point of the curve, or a point of small order.
    NotOnCurve,
    /// The RSA public exponent is even, below 3 or not below 2^32.
    RsaExponent,
    /// The RSA modulus has more than [`MAX_RSA_BITS`] bits.
    RsaTooLarge {
        /// Bits of the modulus.
        bits: usize,
    },
    /// The RSA modulus is too small.
    RsaTooSmall {
        /// Bits of the modulus.
        bits: usize,
        /// Bits that the rules ask for.
        minimum: usize,
    },
    /// Neither RSA, nor EC, nor Ed25519; the object identifier of the algorithm.
    UnsupportedAlgorithm(Excerpt),
    /// An EC key on another curve than P-256, P-384 and P-521, or with explicit parameters.
    UnsupportedCurve,
}

impl fmt::Display for InvalidKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Encrypted => f.write_str("the private key is protected by a pass phrase"),
            Self::Malformed => f.write_str("not a well-formed key"),
            Self::NoPrivateKey => f.write_str("no private key in the PEM text"),
            Self::NotOnCurve => f.write_str("not a valid point of the curve"),
            Self::RsaExponent => f.write_str("unusable RSA public exponent"),
            Self::RsaTooLarge { bits } => write!(f, "RSA key of {bits} bits is too large"),
            Self::RsaTooSmall { bits, .. } => write!(f, "RSA key of {bits} bits is too small"),
            Self::UnsupportedAlgorithm(oid) => write!(f, "unsupported key algorithm {oid}"),
            Self::UnsupportedCurve => f.write_str("unsupported elliptic curve"),
        }
    }
}

impl core::error::Error for InvalidKey {}

impl Diagnostic for InvalidKey {
    fn code(&self) -> &'static str {
        match self {
            Self::Encrypted => "key.encrypted",
            Self::Malformed => "key.malformed",
            Self::NoPrivateKey => "key.no_private_key",
            Self::NotOnCurve => "key.not_on_curve",
            Self::RsaExponent => "key.rsa_exponent",
            Self::RsaTooLarge { .. } => "key.rsa_too_large",
            Self::RsaTooSmall { .. } => "key.rsa_too_small",
            Self::UnsupportedAlgorithm(_) => "key.unsupported_algorithm",
            Self::UnsupportedCurve => "key.unsupported_curve",
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::Malformed | Self::NoPrivateKey | Self::NotOnCurve => Kind::Malformed,
            Self::RsaTooLarge { .. } => Kind::LimitExceeded,
            Self::RsaExponent | Self::RsaTooSmall { .. } => Kind::NotAllowed,
            Self::Encrypted | Self::UnsupportedAlgorithm(_) | Self::UnsupportedCurve => {
                Kind::Unsupported
            }
        }
    }

    fn expected(&self) -> Option<String> {
        match self {
            Self::RsaExponent => Some("an odd number from 3 to 4294967295".into()),
            Self::RsaTooLarge { .. } => Some(format!("at most {MAX_RSA_BITS} bits")),
            Self::RsaTooSmall { minimum, .. } => Some(format!("at least {minimum} bits")),
            Self::UnsupportedAlgorithm(_) => Some("RSA, EC or Ed25519".into()),
            Self::UnsupportedCurve => Some("P-256, P-384 or P-521 by name".into()),
            Self::Encrypted | Self::Malformed | Self::NoPrivateKey | Self::NotOnCurve => None,
        }
    }

    fn found(&self) -> Option<String> {
        match self {
            Self::RsaTooLarge { bits } | Self::RsaTooSmall { bits, .. } => {
                Some(format!("{bits} bits"))
            }
            Self::UnsupportedAlgorithm(oid) => Some(oid.as_str().into()),
            _ => None,
        }
    }

    fn help(&self) -> &'static str {
        match self {
            Self::Encrypted => {
                "Remove the pass phrase: openssl pkey -in protected.pem -out key.pem, and keep key.pem in a secret store."
            }
            Self::Malformed => "Export the key again and paste it whole, without changing it.",
            Self::NoPrivateKey => {
                "Give a PEM text with a block that begins with -----BEGIN PRIVATE KEY-----."
            }
            Self::NotOnCurve | Self::RsaExponent => {
                "This key is broken or made to attack; create a new one."
            }
            Self::RsaTooLarge { .. } => "Create a key of 2048 to 4096 bits.",
            Self::RsaTooSmall { .. } => {
                "Create a new signing certificate with a key of at least 2048 bits at the identity provider."
            }
            Self::UnsupportedAlgorithm(_) | Self::UnsupportedCurve => {
                "Create a new signing certificate with an RSA key of 2048 bits; every identity provider offers that."
            }
        }
    }
}

/// An object identifier as people write it (X.660), from the content of its DER. Arcs above 32 bits, which
/// hardly anything has, are not an identifier here.
#[must_use]
pub fn object_identifier(content: &[u8]) -> Option<String> {
    let mut arcs: alloc::vec::Vec<u32> = alloc::vec::Vec::new();
    let mut arc = 0_u32;
    let mut is_inside = false;
    for byte in content {
        // Zeros in front would be another spelling.
        if !is_inside && *byte == 0x80 {
            return None;
        }
        arc = arc.checked_mul(128)? | u32::from(byte & 0x7f);
        is_inside = byte & 0x80 != 0;
        if !is_inside {
            arcs.push(arc);
            arc = 0;
        }
    }
    let (first, rest) = arcs.split_first().filter(|_| !is_inside)?;
    let root = (first / 40).min(2);
    let mut text = format!("{root}.{}", first - root * 40);
    for arc in rest {
        text.push('.');
        text.push_str(&arc.to_string());
    }
    Some(text)
}

#[cfg(test)]
mod tests;
