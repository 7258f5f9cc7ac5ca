use alloc::string::ToString as _;
use alloc::vec::Vec;
use core::fmt;

use der::Decode as _;
use der::oid::ObjectIdentifier;
use ed25519_dalek::VerifyingKey as Ed25519Key;
use pkcs8::EncodePublicKey as _;
use rsa::hazmat::rsa_encrypt;
use rsa::pkcs1::RsaPublicKeyRef;
use rsa::traits::PublicKeyParts as _;
use rsa::{BoxedUint, RsaPublicKey};
use spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};

use super::{InvalidKey, KeyKind, KeyRules, MAX_RSA_BITS};
use crate::crypto::{EcCurve, EncryptionFailed};
use crate::diagnostic::Excerpt;

/// rsaEncryption (RFC 3279, section 2.3.1).
pub(super) const RSA_ENCRYPTION: ObjectIdentifier = rsa::pkcs1::ALGORITHM_OID;
/// id-ecPublicKey (RFC 5480, section 2.1.1).
pub(super) const EC_PUBLIC_KEY: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
/// id-Ed25519 (RFC 8410, section 3).
pub(super) const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
const SECP256R1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const SECP384R1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const SECP521R1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.35");

/// The DER before the 32 bytes of an Ed25519 key (RFC 8410, section 10.1).
const ED25519_SPKI_PREFIX: [u8; 12] =
    [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// A public key that passed every check, ready to verify.
#[derive(Clone)]
pub struct PublicKey {
    material: PublicMaterial,
    spki: Vec<u8>,
}

/// The parsed form, so that verifying does not parse again.
#[derive(Clone)]
pub(in crate::crypto) enum PublicMaterial {
    Ed25519(Ed25519Key),
    P256(p256::ecdsa::VerifyingKey),
    P384(p384::ecdsa::VerifyingKey),
    P521(p521::ecdsa::VerifyingKey),
    Rsa(RsaPublicKey),
}

impl PublicKey {
    /// From a DER SubjectPublicKeyInfo (RFC 5280, section 4.1.2.7), the whole input.
    ///
    /// # Errors
    /// [`InvalidKey`], also for bytes after the structure. Keys restricted to RSASSA-PSS or with
    /// explicit curve parameters are not supported.
    pub fn from_spki_der(der: &[u8], rules: KeyRules) -> Result<Self, InvalidKey> {
        let spki = SubjectPublicKeyInfoRef::from_der(der).map_err(|_| InvalidKey::Malformed)?;
        Self::from_spki(&spki, rules)
    }

    /// From an SPKI that a certificate parser already cut out.
    pub(crate) fn from_spki(
        spki: &SubjectPublicKeyInfoRef<'_>,
        rules: KeyRules,
    ) -> Result<Self, InvalidKey> {
        let key = spki.subject_public_key.as_bytes().ok_or(InvalidKey::Malformed)?;
        match spki.algorithm.oid {
            RSA_ENCRYPTION => {
                // RFC 3279, 2.3.1: the parameters are NULL.
                if !spki.algorithm.parameters.is_some_and(|parameters| parameters.is_null()) {
                    return Err(InvalidKey::Malformed);
                }
                let rsa = RsaPublicKeyRef::from_der(key).map_err(|_| InvalidKey::Malformed)?;
                Self::from_rsa_components(
                    rsa.modulus.as_bytes(),
                    rsa.public_exponent.as_bytes(),
                    rules,
                )
            }
            EC_PUBLIC_KEY => Self::from_sec1_point(named_curve(&spki.algorithm)?, key),
            ED25519 if spki.algorithm.parameters.is_some() => Err(InvalidKey::Malformed),
            ED25519 => Self::from_ed25519(key),
            other => Err(InvalidKey::UnsupportedAlgorithm(Excerpt::new(&other.to_string()))),
        }
    }

    /// From an RSA modulus and exponent, big-endian without leading zeros (RFC 7518, section 6.3.1).
    ///
    /// # Errors
    /// [`InvalidKey`].
    pub fn from_rsa_components(n: &[u8], e: &[u8], rules: KeyRules) -> Result<Self, InvalidKey> {
        let (Some(&first), Some(1..)) = (n.first(), e.first().copied()) else {
            return Err(InvalidKey::Malformed);
        };
        if first == 0 {
            return Err(InvalidKey::Malformed);
        }
        let leading_zeros = usize::try_from(first.leading_zeros()).unwrap_or_default();
        let bits = n.len().saturating_mul(8).saturating_sub(leading_zeros);
        if bits > MAX_RSA_BITS {
            return Err(InvalidKey::RsaTooLarge { bits });
        }
        if bits < rules.min_rsa_bits {
            return Err(InvalidKey::RsaTooSmall { bits, minimum: rules.min_rsa_bits });
        }
        // A large exponent costs the time of a private-key operation, 1 makes every signature valid.
        let exponent = e.iter().try_fold(0_u32, |value, &byte| {
            value.checked_mul(256).map(|value| value | u32::from(byte))
        });
        let exponent = exponent.filter(|e| *e >= 3 && e % 2 == 1).ok_or(InvalidKey::RsaExponent)?;
        let n = BoxedUint::from_be_slice_vartime(n);
        let key = RsaPublicKey::new_with_size_limits(
            n,
            BoxedUint::from(exponent),
            rules.min_rsa_bits..=MAX_RSA_BITS,
        )
        .map_err(|_| InvalidKey::Malformed)?;
        let spki = key.to_public_key_der().map_err(|_| InvalidKey::Malformed)?.into_vec();
        Ok(Self { material: PublicMaterial::Rsa(key), spki })
    }

    /// From the coordinates of a point, each exactly [`EcCurve::coordinate_bytes`] long
    /// (RFC 7518, section 6.2.1).
    ///
    /// # Errors
    /// [`InvalidKey`].
    pub fn from_ec_point(curve: EcCurve, x: &[u8], y: &[u8]) -> Result<Self, InvalidKey> {
        let length = curve.coordinate_bytes();
        if x.len() != length || y.len() != length {
            return Err(InvalidKey::Malformed);
        }
        let mut point = Vec::with_capacity(1 + 2 * length);
        point.push(0x04);
        point.extend_from_slice(x);
        point.extend_from_slice(y);
        Self::from_sec1_point(curve, &point)
    }

    /// From a compressed or uncompressed point (SEC 1, section 2.3.4); other forms, and the point at
    /// infinity, are refused.
    pub(super) fn from_sec1_point(curve: EcCurve, point: &[u8]) -> Result<Self, InvalidKey> {
        let length = curve.coordinate_bytes();
        let right_length = match point.first() {
            Some(0x02 | 0x03) => 1 + length,
            Some(0x04) => 1 + 2 * length,
            _ => return Err(InvalidKey::Malformed),
        };
        if point.len() != right_length {
            return Err(InvalidKey::Malformed);
        }
        let (material, spki) = match curve {
            EcCurve::P256 => {
                let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(point)
                    .map_err(|_| InvalidKey::NotOnCurve)?;
                (PublicMaterial::P256(key), key.to_public_key_der())
            }
            EcCurve::P384 => {
                let key = p384::ecdsa::VerifyingKey::from_sec1_bytes(point)
                    .map_err(|_| InvalidKey::NotOnCurve)?;
                (PublicMaterial::P384(key), key.to_public_key_der())
            }
            EcCurve::P521 => {
                let key = p521::ecdsa::VerifyingKey::from_sec1_bytes(point)
                    .map_err(|_| InvalidKey::NotOnCurve)?;
                (PublicMaterial::P521(key), key.to_public_key_der())
            }
        };
        Ok(Self { material, spki: spki.map_err(|_| InvalidKey::Malformed)?.into_vec() })
    }

    /// From the 32 bytes of an Ed25519 key (RFC 8032, section 5.1.5).
    ///
    /// # Errors
    /// [`InvalidKey`], also for another spelling of a point and for points of small order, with which
    /// one signature verifies for many messages.
    pub fn from_ed25519(bytes: &[u8]) -> Result<Self, InvalidKey> {
        let bytes: &[u8; 32] = bytes.try_into().map_err(|_| InvalidKey::Malformed)?;
        let key = Ed25519Key::from_bytes(bytes).map_err(|_| InvalidKey::NotOnCurve)?;
        if key.is_weak() || key.to_edwards().compress().as_bytes() != bytes {
            return Err(InvalidKey::NotOnCurve);
        }
        let mut spki = ED25519_SPKI_PREFIX.to_vec();
        spki.extend_from_slice(bytes);
        Ok(Self { material: PublicMaterial::Ed25519(key), spki })
    }

    /// The operation RSAEP (RFC 8017, section 5.1.1) on an encoded block as long as the modulus.
    ///
    /// Not behind [`Crypto`](crate::crypto::Crypto): it is rare and has no private key to protect, so
    /// no host does it better. Its time depends on the exponent only, which is public.
    pub(in crate::crypto) fn encrypt_rsa(&self, block: &[u8]) -> Result<Vec<u8>, EncryptionFailed> {
        let PublicMaterial::Rsa(key) = &self.material else { return Err(EncryptionFailed) };
        if block.len() != key.size() {
            return Err(EncryptionFailed);
        }
        let message = BoxedUint::from_be_slice(block, key.n_bits_precision())
            .map_err(|_| EncryptionFailed)?;
        if message >= *key.n().as_ref() {
            return Err(EncryptionFailed);
        }
        let ciphertext = rsa_encrypt(key, &message).map_err(|_| EncryptionFailed)?.to_be_bytes();
        // The representation has whole limbs, the modulus whole bytes; what is cut off is zero.
        let start = ciphertext.len().checked_sub(key.size()).ok_or(EncryptionFailed)?;
        Ok(ciphertext.get(start..).ok_or(EncryptionFailed)?.to_vec())
    }

    /// The kind of the key.
    #[must_use]
    pub fn kind(&self) -> KeyKind {
        match &self.material {
            PublicMaterial::Ed25519(_) => KeyKind::Ed25519,
            PublicMaterial::P256(_) => KeyKind::Ec(EcCurve::P256),
            PublicMaterial::P384(_) => KeyKind::Ec(EcCurve::P384),
            PublicMaterial::P521(_) => KeyKind::Ec(EcCurve::P521),
            PublicMaterial::Rsa(key) => {
                KeyKind::Rsa { bits: usize::try_from(key.n().bits_vartime()).unwrap_or(usize::MAX) }
            }
        }
    }

    /// The canonical DER SubjectPublicKeyInfo, for providers that parse it themselves.
    #[must_use]
    pub fn spki_der(&self) -> &[u8] {
        &self.spki
    }

    /// Modulus and exponent, big-endian without leading zeros, of an RSA key.
    #[must_use]
    pub fn rsa_components(&self) -> Option<(Vec<u8>, Vec<u8>)> {
        match &self.material {
            PublicMaterial::Rsa(key) => Some((key.n_bytes().into_vec(), key.e_bytes().into_vec())),
            _ => None,
        }
    }

    /// Curve and coordinates of an EC key, each [`EcCurve::coordinate_bytes`] long.
    #[must_use]
    pub fn ec_coordinates(&self) -> Option<(EcCurve, Vec<u8>, Vec<u8>)> {
        let (curve, point) = match &self.material {
            PublicMaterial::P256(key) => {
                (EcCurve::P256, key.to_sec1_point(false).as_bytes().to_vec())
            }
            PublicMaterial::P384(key) => {
                (EcCurve::P384, key.to_sec1_point(false).as_bytes().to_vec())
            }
            PublicMaterial::P521(key) => {
                (EcCurve::P521, key.to_sec1_point(false).as_bytes().to_vec())
            }
            PublicMaterial::Ed25519(_) | PublicMaterial::Rsa(_) => return None,
        };
        let (x, y) = point.get(1..)?.split_at_checked(curve.coordinate_bytes())?;
        Some((curve, x.to_vec(), y.to_vec()))
    }

    /// The 32 bytes of an Ed25519 key.
    #[must_use]
    pub fn ed25519_bytes(&self) -> Option<[u8; 32]> {
        match &self.material {
            PublicMaterial::Ed25519(key) => Some(key.to_bytes()),
            _ => None,
        }
    }

    pub(in crate::crypto) const fn material(&self) -> &PublicMaterial {
        &self.material
    }
}

/// Named curves only (attack: CVE-2020-0601, parameters that make a known key fit).
pub(super) fn named_curve(algorithm: &AlgorithmIdentifierRef<'_>) -> Result<EcCurve, InvalidKey> {
    match algorithm.parameters_oid() {
        Ok(SECP256R1) => Ok(EcCurve::P256),
        Ok(SECP384R1) => Ok(EcCurve::P384),
        Ok(SECP521R1) => Ok(EcCurve::P521),
        _ => Err(InvalidKey::UnsupportedCurve),
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.spki == other.spki
    }
}

impl Eq for PublicKey {}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PublicKey")
            .field("kind", &self.kind())
            .field("spki", &crate::base64::encode(&self.spki))
            .finish()
    }
}
