use alloc::format;
use alloc::string::String;
use core::fmt;

use super::{MAX_ENCRYPTED_KEYS, MAX_RSA_OPERATIONS};
use crate::diagnostic::{Diagnostic, Excerpt, Kind};
use crate::remedy::Remedy;
use crate::xml::{self, Element, Position};

/// Why an encrypted element was not decrypted.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// `rsa-1_5` or `tripledes-cbc` (attacks: Bleichenbacher 1998, Jager and Somorovsky 2011).
    BrokenAlgorithm(Excerpt),
    /// AES-CBC, which the rules do not allow.
    CbcNotAllowed,
    /// It did not decrypt. One error for the wrong key, the wrong padding and changed ciphertext.
    DecryptionFailed,
    /// The recipient has no RSA key that content keys can be encrypted to.
    EncryptionFailed,
    /// The connection has no RSA private key to decrypt with.
    NoDecryptionKey,
    /// No `EncryptedKey` for the content (SAML Core, section 2.2.4).
    NoEncryptedKey,
    /// A missing, misplaced or unreadable part (XML Encryption 1.1, section 3).
    Structure {
        /// What should have been there.
        expected: &'static str,
        /// Where.
        position: Position,
    },
    /// More than [`MAX_ENCRYPTED_KEYS`] keys.
    TooManyEncryptedKeys {
        /// How many, as far as counted.
        count: usize,
    },
    /// More than [`MAX_RSA_OPERATIONS`] combinations of their keys and ours.
    TooManyRsaOperations {
        /// How many.
        count: usize,
    },
    /// An algorithm that is not in our tables.
    UnsupportedAlgorithm(Excerpt),
    /// The `Type` is not `#Element`.
    UnsupportedType(Excerpt),
    /// Elements or instructions inside a value.
    Xml(xml::Error),
}

impl Error {
    pub(super) fn structure(expected: &'static str, at: Element<'_>) -> Self {
        Self::Structure { expected, position: at.position() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BrokenAlgorithm(uri) => write!(f, "broken encryption algorithm {uri}"),
            Self::CbcNotAllowed => f.write_str("AES-CBC is not allowed for this connection"),
            Self::DecryptionFailed => f.write_str("decryption failed"),
            Self::EncryptionFailed => f.write_str("nothing can be encrypted to this key"),
            Self::NoDecryptionKey => f.write_str("no decryption key for an encrypted message"),
            Self::NoEncryptedKey => f.write_str("encrypted data without an encrypted key"),
            Self::Structure { expected, position } => {
                write!(
                    f,
                    "unexpected structure of encrypted data at {position}: expected {expected}"
                )
            }
            Self::TooManyEncryptedKeys { count } => write!(f, "{count} encrypted keys"),
            Self::TooManyRsaOperations { count } => {
                write!(f, "{count} combinations of encrypted keys and decryption keys")
            }
            Self::UnsupportedAlgorithm(uri) => write!(f, "unsupported encryption algorithm {uri}"),
            Self::UnsupportedType(uri) => write!(f, "unsupported type of encrypted data {uri}"),
            Self::Xml(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for Error {}

impl From<xml::Error> for Error {
    fn from(error: xml::Error) -> Self {
        Self::Xml(error)
    }
}

impl Diagnostic for Error {
    fn code(&self) -> &'static str {
        match self {
            Self::BrokenAlgorithm(_) => "xenc.broken_algorithm",
            Self::CbcNotAllowed => "xenc.cbc_not_allowed",
            Self::DecryptionFailed => "xenc.decryption_failed",
            Self::EncryptionFailed => "xenc.encryption_failed",
            Self::NoDecryptionKey => "xenc.no_decryption_key",
            Self::NoEncryptedKey => "xenc.no_encrypted_key",
            Self::Structure { .. } => "xenc.structure",
            Self::TooManyEncryptedKeys { .. } => "xenc.too_many_encrypted_keys",
            Self::TooManyRsaOperations { .. } => "xenc.too_many_rsa_operations",
            Self::UnsupportedAlgorithm(_) => "xenc.unsupported_algorithm",
            Self::UnsupportedType(_) => "xenc.unsupported_type",
            Self::Xml(error) => error.code(),
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::BrokenAlgorithm(_) | Self::CbcNotAllowed | Self::NoDecryptionKey => {
                Kind::NotAllowed
            }
            Self::DecryptionFailed => Kind::Untrusted,
            Self::EncryptionFailed => Kind::Misuse,
            Self::NoEncryptedKey | Self::Structure { .. } => Kind::Malformed,
            Self::TooManyEncryptedKeys { .. } | Self::TooManyRsaOperations { .. } => {
                Kind::LimitExceeded
            }
            Self::UnsupportedAlgorithm(_) | Self::UnsupportedType(_) => Kind::Unsupported,
            Self::Xml(error) => error.kind(),
        }
    }

    fn expected(&self) -> Option<String> {
        match self {
            Self::BrokenAlgorithm(_) | Self::CbcNotAllowed | Self::UnsupportedAlgorithm(_) => {
                Some("AES-GCM with RSA-OAEP".into())
            }
            Self::Structure { expected, .. } => Some((*expected).into()),
            Self::TooManyEncryptedKeys { .. } => Some(format!("at most {MAX_ENCRYPTED_KEYS}")),
            Self::TooManyRsaOperations { .. } => Some(format!("at most {MAX_RSA_OPERATIONS}")),
            Self::UnsupportedType(_) => Some("http://www.w3.org/2001/04/xmlenc#Element".into()),
            Self::Xml(error) => error.expected(),
            Self::EncryptionFailed => Some("an RSA key of 2048 bits or more".into()),
            Self::DecryptionFailed | Self::NoDecryptionKey | Self::NoEncryptedKey => None,
        }
    }

    fn found(&self) -> Option<String> {
        match self {
            Self::BrokenAlgorithm(uri)
            | Self::UnsupportedAlgorithm(uri)
            | Self::UnsupportedType(uri) => Some(uri.as_str().into()),
            Self::CbcNotAllowed => Some("AES-CBC".into()),
            Self::Xml(error) => error.found(),
            _ => None,
        }
    }

    fn help(&self) -> &'static str {
        match self {
            Self::BrokenAlgorithm(_) | Self::CbcNotAllowed | Self::UnsupportedAlgorithm(_) => {
                Remedy::EncryptionAlgorithm.help()
            }
            Self::EncryptionFailed => {
                "Give the app an encryption certificate with an RSA key, or leave its assertions unencrypted."
            }
            Self::DecryptionFailed | Self::NoDecryptionKey => Remedy::EncryptionCertificate.help(),
            Self::NoEncryptedKey
            | Self::Structure { .. }
            | Self::TooManyEncryptedKeys { .. }
            | Self::TooManyRsaOperations { .. }
            | Self::UnsupportedType(_) => {
                "The identity provider encrypts in an unusual way. Switch the encryption of assertions off there; the connection is encrypted anyway."
            }
            Self::Xml(error) => error.help(),
        }
    }

    fn remedy(&self) -> Option<Remedy> {
        match self {
            Self::BrokenAlgorithm(_) | Self::CbcNotAllowed | Self::UnsupportedAlgorithm(_) => {
                Some(Remedy::EncryptionAlgorithm)
            }
            Self::DecryptionFailed | Self::NoDecryptionKey => Some(Remedy::EncryptionCertificate),
            _ => None,
        }
    }
}
