use alloc::vec::Vec;
use core::fmt;

use super::{InvalidKey, KeyKind, KeyRules, MAX_RSA_BITS, object_identifier};
use crate::crypto::EcCurve;
use crate::crypto::der::{self, Reader, tag};
use crate::diagnostic::Excerpt;

/// rsaEncryption (RFC 3279, section 2.3.1).
pub(super) const RSA_ENCRYPTION: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01";
/// id-ecPublicKey (RFC 5480, section 2.1.1).
pub(super) const EC_PUBLIC_KEY: &[u8] = b"\x2a\x86\x48\xce\x3d\x02\x01";
/// id-Ed25519 (RFC 8410, section 3).
pub(super) const ED25519: &[u8] = b"\x2b\x65\x70";
/// The curves by name (RFC 5480, section 2.1.1.1).
const CURVES: [(EcCurve, &[u8]); 3] = [
    (EcCurve::P256, b"\x2a\x86\x48\xce\x3d\x03\x01\x07"),
    (EcCurve::P384, b"\x2b\x81\x04\x00\x22"),
    (EcCurve::P521, b"\x2b\x81\x04\x00\x23"),
];

/// A public key that passed every check, ready to verify.
///
/// Without the feature `rust-crypto` nobody here can tell whether a point is on its curve: then a
/// provider must, and does, before it verifies with the key.
#[derive(Clone)]
pub struct PublicKey {
    numbers: Numbers,
    spki: Vec<u8>,
    #[cfg(feature = "rust-crypto")]
    material: super::material::PublicMaterial,
    #[cfg(feature = "aws-lc-rs")]
    aws_lc: crate::crypto::aws_lc::ParsedPublicKey,
}

/// What a key is made of.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Numbers {
    /// The point as SEC 1, section 2.3.3 writes it.
    Ec(EcCurve, Vec<u8>),
    Ed25519([u8; 32]),
    /// Big-endian without leading zeros.
    Rsa {
        n: Vec<u8>,
        e: Vec<u8>,
        bits: usize,
    },
}

impl PublicKey {
    /// From a DER SubjectPublicKeyInfo (RFC 5280, section 4.1.2.7), the whole input.
    ///
    /// # Errors
    /// [`InvalidKey`], also for bytes after the structure. Keys restricted to RSASSA-PSS or with
    /// explicit curve parameters are not supported.
    pub fn from_spki_der(der: &[u8], rules: KeyRules) -> Result<Self, InvalidKey> {
        let mut spki = Reader::of(der, tag::SEQUENCE).ok_or(InvalidKey::Malformed)?;
        let algorithm = spki.read(tag::SEQUENCE).ok_or(InvalidKey::Malformed)?;
        let (identifier, parameters) = read_algorithm(algorithm).ok_or(InvalidKey::Malformed)?;
        let key = spki.read_bytes_of_bits().filter(|_| spki.is_at_end());
        let key = key.ok_or(InvalidKey::Malformed)?;
        match identifier {
            RSA_ENCRYPTION => {
                // RFC 3279, 2.3.1: the parameters are NULL.
                if parameters != Some(&[tag::NULL, 0]) {
                    return Err(InvalidKey::Malformed);
                }
                let (n, e) = read_rsa(key).ok_or(InvalidKey::Malformed)?;
                Self::from_rsa_components(n, e, rules)
            }
            EC_PUBLIC_KEY => Self::from_sec1_point(named_curve(parameters)?, key),
            ED25519 if parameters.is_some() => Err(InvalidKey::Malformed),
            ED25519 => Self::from_ed25519(key),
            other => Err(InvalidKey::UnsupportedAlgorithm(Excerpt::new(
                &object_identifier(other).ok_or(InvalidKey::Malformed)?,
            ))),
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
        if exponent.is_none_or(|e| e < 3 || e % 2 == 0) {
            return Err(InvalidKey::RsaExponent);
        }
        // A product of two odd primes.
        if n.last().is_none_or(|last| last % 2 == 0) {
            return Err(InvalidKey::Malformed);
        }
        Self::new(Numbers::Rsa { n: n.to_vec(), e: e.to_vec(), bits })
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
        Self::new(Numbers::Ec(curve, point.to_vec()))
    }

    /// From the 32 bytes of an Ed25519 key (RFC 8032, section 5.1.5).
    ///
    /// # Errors
    /// [`InvalidKey`], also for another spelling of a point and for points of small order, with which
    /// one signature verifies for many messages.
    pub fn from_ed25519(bytes: &[u8]) -> Result<Self, InvalidKey> {
        let bytes: &[u8; 32] = bytes.try_into().map_err(|_| InvalidKey::Malformed)?;
        if is_small_order(bytes) || !is_canonical(bytes) {
            return Err(InvalidKey::NotOnCurve);
        }
        Self::new(Numbers::Ed25519(*bytes))
    }

    #[cfg(feature = "rust-crypto")]
    fn new(mut numbers: Numbers) -> Result<Self, InvalidKey> {
        let material = super::material::PublicMaterial::new(&mut numbers)?;
        Ok(Self {
            spki: numbers.spki(),
            numbers,
            material,
            #[cfg(feature = "aws-lc-rs")]
            aws_lc: crate::crypto::aws_lc::ParsedPublicKey::default(),
        })
    }

    #[cfg(not(feature = "rust-crypto"))]
    #[expect(clippy::unnecessary_wraps, reason = "with the feature it can fail")]
    fn new(numbers: Numbers) -> Result<Self, InvalidKey> {
        Ok(Self { spki: numbers.spki(), numbers })
    }

    /// The kind of the key.
    #[must_use]
    pub const fn kind(&self) -> KeyKind {
        match &self.numbers {
            Numbers::Ec(curve, _) => KeyKind::Ec(*curve),
            Numbers::Ed25519(_) => KeyKind::Ed25519,
            Numbers::Rsa { bits, .. } => KeyKind::Rsa { bits: *bits },
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
        match &self.numbers {
            Numbers::Rsa { n, e, .. } => Some((n.clone(), e.clone())),
            _ => None,
        }
    }

    /// Curve and coordinates of an EC key, each [`EcCurve::coordinate_bytes`] long.
    #[must_use]
    pub fn ec_coordinates(&self) -> Option<(EcCurve, Vec<u8>, Vec<u8>)> {
        let Numbers::Ec(curve, point) = &self.numbers else { return None };
        let (x, y) = point.strip_prefix(&[0x04])?.split_at_checked(curve.coordinate_bytes())?;
        Some((*curve, x.to_vec(), y.to_vec()))
    }

    /// The 32 bytes of an Ed25519 key.
    #[must_use]
    pub const fn ed25519_bytes(&self) -> Option<[u8; 32]> {
        match &self.numbers {
            Numbers::Ed25519(bytes) => Some(*bytes),
            _ => None,
        }
    }

    #[cfg(feature = "rust-crypto")]
    pub(in crate::crypto) const fn material(&self) -> &super::material::PublicMaterial {
        &self.material
    }

    /// `None` when AWS-LC does not verify such signatures with this key.
    #[cfg(feature = "aws-lc-rs")]
    pub(in crate::crypto) fn parsed_by_aws_lc(
        &self,
        algorithm: crate::crypto::SignatureAlgorithm,
    ) -> Option<&aws_lc_rs::signature::ParsedPublicKey> {
        self.aws_lc.of(algorithm, self.kind(), &self.spki)
    }
}

impl Numbers {
    /// The canonical SubjectPublicKeyInfo.
    fn spki(&self) -> Vec<u8> {
        let (identifier, parameters, key) = match self {
            Self::Ec(curve, point) => {
                let name = CURVES.iter().find(|(named, _)| named == curve);
                let name = name.map_or(&[][..], |(_, name)| name);
                let name = der::element(tag::OBJECT_IDENTIFIER, &[name]);
                (EC_PUBLIC_KEY, name, point.clone())
            }
            Self::Ed25519(bytes) => (ED25519, Vec::new(), bytes.to_vec()),
            Self::Rsa { n, e, .. } => {
                let numbers = [der::unsigned(n), der::unsigned(e)].concat();
                let key = der::element(tag::SEQUENCE, &[&numbers]);
                (RSA_ENCRYPTION, der::element(tag::NULL, &[]), key)
            }
        };
        let identifier = der::element(tag::OBJECT_IDENTIFIER, &[identifier]);
        let algorithm = der::element(tag::SEQUENCE, &[&identifier, &parameters]);
        der::element(tag::SEQUENCE, &[&algorithm, &der::bits(&key)])
    }
}

/// The object identifier and the parameters, whole, of an AlgorithmIdentifier
/// (RFC 5280, section 4.1.1.2).
pub(super) fn read_algorithm(content: &[u8]) -> Option<(&[u8], Option<&[u8]>)> {
    let mut algorithm = Reader::new(content);
    let identifier = algorithm.read(tag::OBJECT_IDENTIFIER)?;
    if algorithm.is_at_end() {
        return Some((identifier, None));
    }
    let parameters = algorithm.next_element()?;
    algorithm.is_at_end().then_some((identifier, Some(parameters.whole)))
}

/// RSAPublicKey (RFC 8017, appendix A.1.1).
fn read_rsa(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut key = Reader::of(der, tag::SEQUENCE)?;
    let numbers = (key.read_unsigned()?, key.read_unsigned()?);
    key.is_at_end().then_some(numbers)
}

/// Named curves only (attack: CVE-2020-0601, parameters that make a known key fit).
fn named_curve(parameters: Option<&[u8]>) -> Result<EcCurve, InvalidKey> {
    let name =
        parameters.and_then(|parameters| Reader::new(parameters).read(tag::OBJECT_IDENTIFIER));
    name.and_then(curve_of_name).ok_or(InvalidKey::UnsupportedCurve)
}

/// The curve with this object identifier.
pub(super) fn curve_of_name(name: &[u8]) -> Option<EcCurve> {
    CURVES.iter().find(|(_, known)| *known == name).map(|(curve, _)| *curve)
}

/// The y coordinates of the points of small order on edwards25519, little endian: 1, -1, 0 and the
/// two of order 8.
const SMALL_ORDER_Y: [[u8; 32]; 5] = [
    [
        1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0,
    ],
    [
        0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0x7f,
    ],
    [0; 32],
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98,
        0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53,
        0xfc, 0x05,
    ],
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67,
        0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac,
        0x03, 0x7a,
    ],
];

/// Whether the commitment R of an Ed25519 signature (RFC 8032, section 5.1.6) is a point of small order, which
/// strict verification refuses and other verifiers take.
///
/// Its canonical spellings are enough: providers compare R as bytes with the one they compute.
#[must_use]
pub fn has_small_order_commitment(signature: &[u8]) -> bool {
    signature.first_chunk().is_some_and(is_small_order)
}

/// Whether these bytes are the canonical spelling of a point of small order on edwards25519. As a key
/// it lets one signature verify for many messages.
fn is_small_order(point: &[u8; 32]) -> bool {
    let mut y = *point;
    if let Some(last) = y.last_mut() {
        *last &= 0x7f;
    }
    SMALL_ORDER_Y.contains(&y)
}

/// Whether y is below p = 2^255 - 19 (RFC 8032, section 5.1.3). The point with x = 0 whose sign says
/// otherwise is of small order.
fn is_canonical(point: &[u8; 32]) -> bool {
    let [first, middle @ .., last] = point;
    last & 0x7f != 0x7f || middle.iter().any(|byte| *byte != 0xff) || *first < 0xed
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
