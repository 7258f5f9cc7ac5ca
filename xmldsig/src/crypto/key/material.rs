//! Keys in the form in which the crates of [`RustCrypto`](crate::crypto::RustCrypto) use them, so that
//! using a key does not parse it again; and private keys from the files that people have.

use alloc::string::String;
use alloc::vec::Vec;

use ed25519_dalek::{SigningKey as Ed25519PrivateKey, VerifyingKey as Ed25519Key};
use pkcs8::der::Decode as _;
use pkcs8::{EncodePrivateKey as _, PrivateKeyInfoRef};
use rsa::pkcs1::RsaPrivateKeyRef;
use rsa::traits::PublicKeyParts as _;
use rsa::{BoxedUint, RsaPrivateKey, RsaPublicKey};
use zeroize::Zeroizing;

use super::public::{EC_PUBLIC_KEY, ED25519, Numbers, RSA_ENCRYPTION, curve_of_name};
use super::{InvalidKey, KeyRules, MAX_RSA_BITS, PrivateKey, PublicKey, object_identifier};
use crate::crypto::{EcCurve, pem};
use crate::diagnostic::Excerpt;

/// A public key.
#[derive(Clone)]
pub(in crate::crypto) enum PublicMaterial {
    Ed25519(Ed25519Key),
    P256(p256::ecdsa::VerifyingKey),
    P384(p384::ecdsa::VerifyingKey),
    P521(p521::ecdsa::VerifyingKey),
    Rsa(RsaPublicKey),
}

/// A private key.
#[derive(Clone)]
pub(in crate::crypto) enum PrivateMaterial {
    Ed25519(Ed25519PrivateKey),
    P256(p256::ecdsa::SigningKey),
    P384(p384::ecdsa::SigningKey),
    P521(p521::ecdsa::SigningKey),
    Rsa(RsaPrivateKey),
}

impl PublicMaterial {
    /// Also writes a compressed point out.
    pub(super) fn new(numbers: &mut Numbers) -> Result<Self, InvalidKey> {
        match numbers {
            Numbers::Ec(curve, point) => {
                let (key, whole) = Self::on_curve(*curve, point)?;
                *point = whole;
                Ok(key)
            }
            Numbers::Ed25519(bytes) => {
                let key = Ed25519Key::from_bytes(bytes).map_err(|_| InvalidKey::NotOnCurve)?;
                if key.is_weak() || key.to_edwards().compress().as_bytes() != bytes {
                    return Err(InvalidKey::NotOnCurve);
                }
                Ok(Self::Ed25519(key))
            }
            Numbers::Rsa { n, e, .. } => {
                let (n, e) =
                    (BoxedUint::from_be_slice_vartime(n), BoxedUint::from_be_slice_vartime(e));
                RsaPublicKey::new_with_size_limits(n, e, 0..=MAX_RSA_BITS)
                    .map(Self::Rsa)
                    .map_err(|_| InvalidKey::Malformed)
            }
        }
    }

    fn on_curve(curve: EcCurve, point: &[u8]) -> Result<(Self, Vec<u8>), InvalidKey> {
        let key = match curve {
            EcCurve::P256 => p256::ecdsa::VerifyingKey::from_sec1_bytes(point)
                .map(|key| (Self::P256(key), key.to_sec1_point(false).as_bytes().to_vec())),
            EcCurve::P384 => p384::ecdsa::VerifyingKey::from_sec1_bytes(point)
                .map(|key| (Self::P384(key), key.to_sec1_point(false).as_bytes().to_vec())),
            EcCurve::P521 => p521::ecdsa::VerifyingKey::from_sec1_bytes(point)
                .map(|key| (Self::P521(key), key.to_sec1_point(false).as_bytes().to_vec())),
        };
        key.map_err(|_| InvalidKey::NotOnCurve)
    }
}

impl PrivateKey {
    /// From DER PKCS#8 (RFC 5208, RFC 5958).
    ///
    /// # Errors
    /// [`InvalidKey`]; `rules` apply to our own keys too.
    pub fn from_pkcs8_der(der: &[u8], rules: KeyRules) -> Result<Self, InvalidKey> {
        let info = PrivateKeyInfoRef::try_from(der).map_err(|_| InvalidKey::Malformed)?;
        let material = match info.algorithm.oid.as_bytes() {
            RSA_ENCRYPTION => RsaPrivateKey::try_from(info).map(PrivateMaterial::Rsa),
            EC_PUBLIC_KEY => {
                let name = info.algorithm.parameters_oid().ok();
                let curve = name.and_then(|name| curve_of_name(name.as_bytes()));
                match curve.ok_or(InvalidKey::UnsupportedCurve)? {
                    EcCurve::P256 => p256::SecretKey::try_from(info).map(PrivateMaterial::from),
                    EcCurve::P384 => p384::SecretKey::try_from(info).map(PrivateMaterial::from),
                    EcCurve::P521 => p521::SecretKey::try_from(info).map(PrivateMaterial::from),
                }
            }
            ED25519 => Ed25519PrivateKey::try_from(info).map(PrivateMaterial::Ed25519),
            other => {
                let name = object_identifier(other).ok_or(InvalidKey::Malformed)?;
                return Err(InvalidKey::UnsupportedAlgorithm(Excerpt::new(&name)));
            }
        };
        Self::from_material(material.map_err(|_| InvalidKey::Malformed)?, rules)
    }

    /// From a PEM text with one private key: PKCS#8, PKCS#1 (`RSA PRIVATE KEY`) or SEC 1
    /// (`EC PRIVATE KEY`). Other blocks, such as the certificate, may stand around it.
    ///
    /// # Errors
    /// [`InvalidKey`]; two private keys are [`InvalidKey::Malformed`].
    pub fn from_pem(text: &str, rules: KeyRules) -> Result<Self, InvalidKey> {
        let mut found = None;
        for block in pem::blocks(text) {
            let block = block.map_err(|_| InvalidKey::Malformed)?;
            if block.label.ends_with("PRIVATE KEY") && found.replace(block).is_some() {
                return Err(InvalidKey::Malformed);
            }
        }
        let block = found.ok_or(InvalidKey::NoPrivateKey)?;
        if block.label == "ENCRYPTED PRIVATE KEY" || block.body.contains("ENCRYPTED") {
            return Err(InvalidKey::Encrypted);
        }
        let dense: Zeroizing<String> =
            Zeroizing::new(block.body.split_ascii_whitespace().collect());
        let der = Zeroizing::new(crate::base64::decode(&dense).map_err(|_| InvalidKey::Malformed)?);
        match block.label {
            "PRIVATE KEY" => Self::from_pkcs8_der(&der, rules),
            "RSA PRIVATE KEY" => {
                let key = RsaPrivateKeyRef::from_der(&der)
                    .ok()
                    .and_then(|key| RsaPrivateKey::try_from(key).ok())
                    .ok_or(InvalidKey::Malformed)?;
                Self::from_material(PrivateMaterial::Rsa(key), rules)
            }
            "EC PRIVATE KEY" => Self::from_material(PrivateMaterial::from_sec1_der(&der)?, rules),
            other => Err(InvalidKey::UnsupportedAlgorithm(Excerpt::new(other))),
        }
    }

    /// The Ed25519 key of this seed (RFC 8032, section 5.1.5).
    ///
    /// # Errors
    /// [`InvalidKey::NotOnCurve`] for no seed that anybody can find.
    pub fn ed25519_from_seed(seed: &[u8; 32]) -> Result<Self, InvalidKey> {
        let key = Ed25519PrivateKey::from_bytes(seed);
        Self::from_material(PrivateMaterial::Ed25519(key), KeyRules::default())
    }

    fn from_material(material: PrivateMaterial, rules: KeyRules) -> Result<Self, InvalidKey> {
        let public = material.public(rules)?;
        Ok(Self {
            pkcs8: material.pkcs8()?,
            public,
            material,
            #[cfg(feature = "aws-lc-rs")]
            aws_lc: crate::crypto::aws_lc::ParsedPrivateKey::default(),
        })
    }
}

impl PrivateMaterial {
    fn public(&self, rules: KeyRules) -> Result<PublicKey, InvalidKey> {
        match self {
            Self::Ed25519(key) => PublicKey::from_ed25519(key.verifying_key().as_bytes()),
            Self::P256(key) => PublicKey::from_sec1_point(
                EcCurve::P256,
                key.verifying_key().to_sec1_point(false).as_bytes(),
            ),
            Self::P384(key) => PublicKey::from_sec1_point(
                EcCurve::P384,
                key.verifying_key().to_sec1_point(false).as_bytes(),
            ),
            Self::P521(key) => PublicKey::from_sec1_point(
                EcCurve::P521,
                key.verifying_key().to_sec1_point(false).as_bytes(),
            ),
            Self::Rsa(key) => PublicKey::from_rsa_components(&key.n_bytes(), &key.e_bytes(), rules),
        }
    }

    fn pkcs8(&self) -> Result<Zeroizing<Vec<u8>>, InvalidKey> {
        let document = match self {
            Self::Ed25519(key) => return Ok(PrivateKey::ed25519_pkcs8(key.as_bytes())),
            Self::P256(key) => p256::SecretKey::from(key).to_pkcs8_der(),
            Self::P384(key) => p384::SecretKey::from(key).to_pkcs8_der(),
            Self::P521(key) => p521::SecretKey::from(key).to_pkcs8_der(),
            Self::Rsa(key) => key.to_pkcs8_der(),
        };
        document.map(|document| document.to_bytes()).map_err(|_| InvalidKey::Malformed)
    }

    /// SEC 1, appendix C.4. The structure names its curve, each type takes only its own.
    fn from_sec1_der(der: &[u8]) -> Result<Self, InvalidKey> {
        p256::SecretKey::from_sec1_der(der)
            .map(Self::from)
            .or_else(|_| p384::SecretKey::from_sec1_der(der).map(Self::from))
            .or_else(|_| p521::SecretKey::from_sec1_der(der).map(Self::from))
            .map_err(|_| InvalidKey::UnsupportedCurve)
    }
}

impl From<p256::SecretKey> for PrivateMaterial {
    fn from(key: p256::SecretKey) -> Self {
        Self::P256(key.into())
    }
}

impl From<p384::SecretKey> for PrivateMaterial {
    fn from(key: p384::SecretKey) -> Self {
        Self::P384(key.into())
    }
}

impl From<p521::SecretKey> for PrivateMaterial {
    fn from(key: p521::SecretKey) -> Self {
        Self::P521(key.into())
    }
}
