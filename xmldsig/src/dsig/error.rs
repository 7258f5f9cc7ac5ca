//! Why a signature was refused.

use alloc::format;
use alloc::string::{String, ToString as _};
use core::fmt;

use crate::c14n;
use crate::crypto::SignatureAlgorithm;
use crate::diagnostic::{Diagnostic, Excerpt, Kind};
use crate::remedy::Remedy;
use crate::xml;

/// Why an element does not count as signed, or could not be signed.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// A base64 value of the signature is not canonical base64 (XML Schema Part 2, 3.2.16).
    Base64 {
        /// Name of the element that holds the value.
        element: &'static str,
    },
    /// The canonical form could not be made (XML-DSig 4.3.3.2).
    C14n(c14n::Error),
    /// A `#WithComments` algorithm is named and the signed element holds a comment: readers differ
    /// on whether the digest covers it.
    CommentSigned,
    /// The Signature does not follow its schema (XML-DSig 4.0).
    Content(xml::ContentError),
    /// The element was changed after it was signed (XML-DSig 3.2.1).
    DigestMismatch,
    /// Two elements carry the same ID, so that a Reference could mean either (SAML Core 1.3.4).
    DuplicateId(Excerpt),
    /// The `ID` of the signed element has characters that no name has (SAML Core 1.3.4).
    InvalidId(Excerpt),
    /// The signed element has no `ID` (SAML Core 5.4.2).
    MissingId {
        /// Local name of the element.
        element: Excerpt,
    },
    /// None of the configured keys is of the kind that the SignatureMethod needs.
    NoFittingKey {
        /// What the signature was made with.
        algorithm: SignatureAlgorithm,
    },
    /// No key is configured, so nothing could be trusted.
    NoKeys,
    /// The element has no Signature.
    NotSigned {
        /// Local name of the element.
        element: Excerpt,
    },
    /// The query has no such parameter, or has it twice (SAML Bindings 3.4.4.1).
    Parameter {
        /// Name of the parameter.
        name: &'static str,
    },
    /// The Reference does not mean the element that the Signature stands in (SAML Core 5.4.2).
    ReferenceMismatch {
        /// `#` and the ID of the enclosing element.
        expected: Excerpt,
        /// The URI of the Reference, if it has one.
        found: Option<Excerpt>,
    },
    /// The element has two Signatures (SAML Core 5.4: at most one).
    SeveralSignatures,
    /// SHA-1 in SignatureMethod or DigestMethod, and the connection does not allow it.
    Sha1 {
        /// Which of the two.
        element: &'static str,
    },
    /// No configured key made this signature.
    SignatureMismatch {
        /// SHA-256 fingerprint of the certificate that the message carries, if it carries one. Not
        /// trusted; tells the administrator which certificate was used.
        embedded_certificate: Option<Excerpt>,
    },
    /// The key cannot make such a signature here.
    SigningFailed,
    /// More keys are configured than are ever tried.
    TooManyKeys,
    /// The element to sign is not in the document exactly once.
    TargetMissing,
    /// A canonicalization that is not in the profile (SAML Core 5.4.3).
    UnsupportedCanonicalization(Excerpt),
    /// A DigestMethod that is not in the table.
    UnsupportedDigest(Excerpt),
    /// A SignatureMethod that is not in the table.
    UnsupportedSignature(Excerpt),
    /// Transforms other than enveloped-signature and then C14N (SAML Core 5.4.4).
    UnsupportedTransforms(Excerpt),
    /// The document is not what the XML layer accepts.
    Xml(xml::Error),
}

impl From<c14n::Error> for Error {
    fn from(error: c14n::Error) -> Self {
        Self::C14n(error)
    }
}

impl From<xml::ContentError> for Error {
    fn from(error: xml::ContentError) -> Self {
        Self::Content(error)
    }
}

impl From<xml::Error> for Error {
    fn from(error: xml::Error) -> Self {
        Self::Xml(error)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Base64 { element } => write!(f, "{element} is not base64"),
            Self::C14n(error) => error.fmt(f),
            Self::CommentSigned => f.write_str("the signed element holds a comment"),
            Self::Content(error) => error.fmt(f),
            Self::DigestMismatch => f.write_str("the element was changed after it was signed"),
            Self::DuplicateId(id) => write!(f, "two elements have the ID {id}"),
            Self::InvalidId(id) => write!(f, "{id} is not a valid ID"),
            Self::MissingId { element } => write!(f, "the signed {element} has no ID"),
            Self::NoFittingKey { algorithm } => {
                write!(f, "no configured key fits {}", algorithm.xml_uri())
            }
            Self::NoKeys => f.write_str("no key is configured"),
            Self::NotSigned { element } => write!(f, "the {element} is not signed"),
            Self::Parameter { name } => write!(f, "the query does not have {name} exactly once"),
            Self::ReferenceMismatch { expected, found: Some(found) } => {
                write!(f, "the signature is for {found}, not for the element around it, {expected}")
            }
            Self::ReferenceMismatch { expected, found: None } => {
                write!(f, "the signature does not say that it is for {expected}")
            }
            Self::SeveralSignatures => f.write_str("the element has several signatures"),
            Self::Sha1 { element } => write!(f, "{element} uses SHA-1"),
            Self::SignatureMismatch { .. } => f.write_str("no configured key made this signature"),
            Self::SigningFailed => crate::crypto::SigningFailed.fmt(f),
            Self::TooManyKeys => f.write_str("too many keys are configured"),
            Self::TargetMissing => f.write_str("the element to sign is not there exactly once"),
            Self::UnsupportedCanonicalization(uri) => {
                write!(f, "the canonicalization {uri} is not supported")
            }
            Self::UnsupportedDigest(uri) => write!(f, "the digest method {uri} is not supported"),
            Self::UnsupportedSignature(uri) => {
                write!(f, "the signature method {uri} is not supported")
            }
            Self::UnsupportedTransforms(uri) => {
                write!(f, "the transform {uri} is not supported in this place")
            }
            Self::Xml(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for Error {}

impl Diagnostic for Error {
    fn code(&self) -> &'static str {
        match self {
            Self::Base64 { .. } => "dsig.base64",
            Self::C14n(error) => error.code(),
            Self::CommentSigned => "dsig.comment_signed",
            Self::Content(error) => error.code(),
            Self::DigestMismatch => "dsig.digest_mismatch",
            Self::DuplicateId(_) => "dsig.duplicate_id",
            Self::InvalidId(_) => "dsig.invalid_id",
            Self::MissingId { .. } => "dsig.missing_id",
            Self::NoFittingKey { .. } => "dsig.no_fitting_key",
            Self::NoKeys => "dsig.no_keys",
            Self::NotSigned { .. } => "dsig.not_signed",
            Self::Parameter { .. } => "dsig.parameter",
            Self::ReferenceMismatch { .. } => "dsig.reference_mismatch",
            Self::SeveralSignatures => "dsig.several_signatures",
            Self::Sha1 { .. } => "dsig.sha1",
            Self::SignatureMismatch { .. } => "dsig.signature_mismatch",
            Self::SigningFailed => "dsig.signing_failed",
            Self::TooManyKeys => "dsig.too_many_keys",
            Self::TargetMissing => "dsig.target_missing",
            Self::UnsupportedCanonicalization(_) => "dsig.unsupported_canonicalization",
            Self::UnsupportedDigest(_) => "dsig.unsupported_digest",
            Self::UnsupportedSignature(_) => "dsig.unsupported_signature",
            Self::UnsupportedTransforms(_) => "dsig.unsupported_transforms",
            Self::Xml(error) => error.code(),
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::C14n(error) => error.kind(),
            Self::Content(error) => error.kind(),
            Self::Xml(error) => error.kind(),
            Self::NoKeys | Self::SigningFailed | Self::TooManyKeys | Self::TargetMissing => {
                Kind::Misuse
            }
            Self::Base64 { .. }
            | Self::DuplicateId(_)
            | Self::InvalidId(_)
            | Self::Parameter { .. } => Kind::Malformed,
            Self::Sha1 { .. } => Kind::NotAllowed,
            Self::UnsupportedCanonicalization(_)
            | Self::UnsupportedDigest(_)
            | Self::UnsupportedSignature(_)
            | Self::UnsupportedTransforms(_) => Kind::Unsupported,
            Self::CommentSigned
            | Self::DigestMismatch
            | Self::MissingId { .. }
            | Self::NoFittingKey { .. }
            | Self::NotSigned { .. }
            | Self::ReferenceMismatch { .. }
            | Self::SeveralSignatures
            | Self::SignatureMismatch { .. } => Kind::Untrusted,
        }
    }

    fn expected(&self) -> Option<String> {
        match self {
            Self::C14n(error) => error.expected(),
            Self::Content(error) => error.expected(),
            Self::Xml(error) => error.expected(),
            Self::ReferenceMismatch { expected, .. } => Some(expected.to_string()),
            Self::Sha1 { .. } => Some("SHA-256 or stronger".into()),
            Self::SignatureMismatch { .. } => Some("a configured certificate".into()),
            _ => None,
        }
    }

    fn found(&self) -> Option<String> {
        match self {
            Self::C14n(error) => error.found(),
            Self::Content(error) => error.found(),
            Self::Xml(error) => error.found(),
            Self::DuplicateId(text)
            | Self::InvalidId(text)
            | Self::UnsupportedCanonicalization(text)
            | Self::UnsupportedDigest(text)
            | Self::UnsupportedSignature(text)
            | Self::UnsupportedTransforms(text) => Some(text.to_string()),
            Self::NoFittingKey { algorithm } => Some(algorithm.xml_uri().to_string()),
            Self::ReferenceMismatch { found, .. } => found.as_ref().map(Excerpt::to_string),
            Self::Sha1 { element } => Some(format!("SHA-1 in {element}")),
            Self::SignatureMismatch { embedded_certificate } => embedded_certificate
                .as_ref()
                .map(|print| format!("a certificate with the SHA-256 fingerprint {print}")),
            _ => None,
        }
    }

    fn help(&self) -> &'static str {
        match self {
            Self::C14n(error) => error.help(),
            Self::Content(error) => error.help(),
            Self::Xml(error) => error.help(),
            Self::Base64 { .. } | Self::CommentSigned | Self::DigestMismatch => {
                "The signed text was altered on its way, or not made by a known identity provider. \
                 Check that no proxy rewrites form posts. If it happens once, it may be an attack."
            }
            Self::NoFittingKey { .. } | Self::SignatureMismatch { .. } => {
                Remedy::SigningCertificate.help()
            }
            Self::NoKeys | Self::TooManyKeys => {
                "Put the identity provider's current certificates, one to eight, into the connection."
            }
            Self::NotSigned { .. } => Remedy::Signing.help(),
            Self::Sha1 { .. } | Self::UnsupportedDigest(_) | Self::UnsupportedSignature(_) => {
                Remedy::SigningAlgorithm.help()
            }
            Self::UnsupportedCanonicalization(_) | Self::UnsupportedTransforms(_) => {
                "Only enveloped signatures with exclusive or inclusive canonicalization are read, as \
                 SAML asks. Known identity providers send nothing else."
            }
            Self::Parameter { .. } => "Pass the query string on exactly as it was received.",
            Self::SigningFailed | Self::TargetMissing => {
                "This is a mistake of the program that calls deskgate, not of a setting."
            }
            Self::DuplicateId(_)
            | Self::InvalidId(_)
            | Self::MissingId { .. }
            | Self::ReferenceMismatch { .. }
            | Self::SeveralSignatures => {
                "The message looks like a signature wrapping attack: known identity providers never \
                 send this. Look at the sender before you look at the settings."
            }
        }
    }

    fn remedy(&self) -> Option<Remedy> {
        match self {
            Self::NoFittingKey { .. } | Self::SignatureMismatch { .. } => {
                Some(Remedy::SigningCertificate)
            }
            Self::NotSigned { .. } => Some(Remedy::Signing),
            Self::Sha1 { .. } | Self::UnsupportedDigest(_) | Self::UnsupportedSignature(_) => {
                Some(Remedy::SigningAlgorithm)
            }
            _ => None,
        }
    }
}
