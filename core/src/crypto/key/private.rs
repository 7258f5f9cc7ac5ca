use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::fmt;

use der::Decode as _;
use ed25519_dalek::SigningKey as Ed25519Key;
use pkcs8::{EncodePrivateKey as _, PrivateKeyInfoRef};
use rsa::RsaPrivateKey;
use rsa::pkcs1::RsaPrivateKeyRef;
use rsa::traits::{PrivateKeyParts as _, PublicKeyParts as _};
use zeroize::Zeroizing;

use super::public::{EC_PUBLIC_KEY, ED25519, RSA_ENCRYPTION, named_curve};
use super::{InvalidKey, KeyKind, KeyRules, PublicKey, SecretKey};
use crate::crypto::{EcCurve, pem};
use crate::diagnostic::Excerpt;

/// The DER before the 32-byte seed of an Ed25519 key (RFC 8410, section 7). Version 1, because
/// BoringSSL does not read version 2.
const ED25519_PKCS8_PREFIX: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

/// A private key with its public key: never printed, overwritten when dropped.
#[derive(Clone)]
pub struct PrivateKey {
    material: PrivateMaterial,
    public: PublicKey,
}

#[derive(Clone)]
pub(in crate::crypto) enum PrivateMaterial {
    Ed25519(Ed25519Key),
    P256(p256::ecdsa::SigningKey),
    P384(p384::ecdsa::SigningKey),
    P521(p521::ecdsa::SigningKey),
    Rsa(RsaPrivateKey),
}

impl PrivateKey {
    /// From DER PKCS#8 (RFC 5208, RFC 5958).
    ///
    /// # Errors
    /// [`InvalidKey`]; `rules` apply to our own keys too.
    pub fn from_pkcs8_der(der: &[u8], rules: KeyRules) -> Result<Self, InvalidKey> {
        let info = PrivateKeyInfoRef::try_from(der).map_err(|_| InvalidKey::Malformed)?;
        let material = match info.algorithm.oid {
            RSA_ENCRYPTION => RsaPrivateKey::try_from(info).map(PrivateMaterial::Rsa),
            EC_PUBLIC_KEY => match named_curve(&info.algorithm)? {
                EcCurve::P256 => p256::SecretKey::try_from(info).map(PrivateMaterial::from),
                EcCurve::P384 => p384::SecretKey::try_from(info).map(PrivateMaterial::from),
                EcCurve::P521 => p521::SecretKey::try_from(info).map(PrivateMaterial::from),
            },
            ED25519 => Ed25519Key::try_from(info).map(PrivateMaterial::Ed25519),
            other => {
                return Err(InvalidKey::UnsupportedAlgorithm(Excerpt::new(&other.to_string())));
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
        let key = Ed25519Key::from_bytes(seed);
        Self::from_material(PrivateMaterial::Ed25519(key), KeyRules::default())
    }

    fn from_material(material: PrivateMaterial, rules: KeyRules) -> Result<Self, InvalidKey> {
        let public = match &material {
            PrivateMaterial::Ed25519(key) => {
                PublicKey::from_ed25519(key.verifying_key().as_bytes())
            }
            PrivateMaterial::P256(key) => PublicKey::from_sec1_point(
                EcCurve::P256,
                key.verifying_key().to_sec1_point(false).as_bytes(),
            ),
            PrivateMaterial::P384(key) => PublicKey::from_sec1_point(
                EcCurve::P384,
                key.verifying_key().to_sec1_point(false).as_bytes(),
            ),
            PrivateMaterial::P521(key) => PublicKey::from_sec1_point(
                EcCurve::P521,
                key.verifying_key().to_sec1_point(false).as_bytes(),
            ),
            PrivateMaterial::Rsa(key) => {
                PublicKey::from_rsa_components(&key.n_bytes(), &key.e_bytes(), rules)
            }
        }?;
        Ok(Self { material, public })
    }

    /// DER PKCS#8 version 1, for a key store or a provider that parses it itself.
    ///
    /// # Errors
    /// [`InvalidKey::Malformed`] for an RSA key whose factors do not fit together.
    pub fn to_pkcs8_der(&self) -> Result<Zeroizing<Vec<u8>>, InvalidKey> {
        let document = match &self.material {
            PrivateMaterial::Ed25519(key) => {
                let mut der = Zeroizing::new(ED25519_PKCS8_PREFIX.to_vec());
                der.extend_from_slice(key.as_bytes());
                return Ok(der);
            }
            PrivateMaterial::P256(key) => p256::SecretKey::from(key).to_pkcs8_der(),
            PrivateMaterial::P384(key) => p384::SecretKey::from(key).to_pkcs8_der(),
            PrivateMaterial::P521(key) => p521::SecretKey::from(key).to_pkcs8_der(),
            PrivateMaterial::Rsa(key) => key.to_pkcs8_der(),
        };
        document.map(|document| document.to_bytes()).map_err(|_| InvalidKey::Malformed)
    }

    /// The kind of the key.
    #[must_use]
    pub fn kind(&self) -> KeyKind {
        self.public.kind()
    }

    /// The public key.
    #[must_use]
    pub const fn public_key(&self) -> &PublicKey {
        &self.public
    }

    /// A secret that belongs to this key alone, to choose content keys that nobody can predict
    /// (draft-irtf-cfrg-rsa-guidance, section 7.2).
    pub(crate) fn implicit_rejection_secret(&self) -> SecretKey {
        let secret = match &self.material {
            PrivateMaterial::Ed25519(key) => Zeroizing::new(key.to_bytes().to_vec()),
            PrivateMaterial::P256(key) => Zeroizing::new(key.to_bytes().to_vec()),
            PrivateMaterial::P384(key) => Zeroizing::new(key.to_bytes().to_vec()),
            PrivateMaterial::P521(key) => Zeroizing::new(key.to_bytes().to_vec()),
            PrivateMaterial::Rsa(key) => Zeroizing::new(key.d().to_be_bytes().into_vec()),
        };
        SecretKey::new(&secret).derive("deskgate implicit rejection")
    }

    pub(in crate::crypto) const fn material(&self) -> &PrivateMaterial {
        &self.material
    }
}

impl PrivateMaterial {
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

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrivateKey").field("public", &self.public).finish_non_exhaustive()
    }
}
