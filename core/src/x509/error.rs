use alloc::format;
use alloc::string::String;
use core::fmt;

use super::{MAX_CERTIFICATES, MAX_INPUT_BYTES};
use crate::crypto::InvalidKey;
use crate::diagnostic::{Diagnostic, Excerpt, Kind};
use crate::remedy::Remedy;

/// What was pasted instead of a usable certificate.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// A certificate signing request (PKCS#10).
    CertificateRequest,
    /// A BEGIN or END line is incomplete, missing, or its dashes became other characters.
    DamagedPemLine,
    /// Nothing.
    Empty,
    /// The fingerprint of a certificate. A fingerprint cannot verify a signature.
    Fingerprint,
    /// A web page, such as a sign-in page that came instead of the file.
    Html,
    /// The certificate is fine, its key is not.
    Key(InvalidKey),
    /// Almost a certificate (RFC 5280, section 4.1).
    Malformed,
    /// Bytes or a text that are none of the things known here.
    NotACertificate,
    /// A character that base64 does not have (RFC 4648, section 4).
    NotBase64 {
        /// Line, the first is 1.
        line: usize,
        /// Column in characters, the first is 1.
        column: usize,
    },
    /// A password-protected key store (.pfx, .p12).
    Pkcs12,
    /// A certificate bundle (.p7b, .p7c).
    Pkcs7,
    /// A private key, alone or beside the certificate.
    PrivateKeyPasted,
    /// A public key without a certificate around it.
    PublicKeyOnly,
    /// More than [`MAX_INPUT_BYTES`].
    TooLarge {
        /// Bytes given.
        bytes: usize,
    },
    /// More than [`MAX_CERTIFICATES`].
    TooMany,
    /// Bytes after the end of the certificate.
    TrailingBytes {
        /// How many.
        count: usize,
    },
    /// The end is missing.
    Truncated,
    /// A PEM block of another kind; its label.
    UnexpectedBlock(Excerpt),
    /// An XML document, such as the metadata of the identity provider.
    Xml,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CertificateRequest => f.write_str("a certificate request, not a certificate"),
            Self::DamagedPemLine => {
                f.write_str("a BEGIN or END line of the certificate is damaged")
            }
            Self::Empty => f.write_str("no certificate given"),
            Self::Fingerprint => f.write_str("a fingerprint, not a certificate"),
            Self::Html => f.write_str("a web page, not a certificate"),
            Self::Key(error) => write!(f, "unusable key in the certificate: {error}"),
            Self::Malformed => f.write_str("the certificate is damaged"),
            Self::NotACertificate => f.write_str("not a certificate"),
            Self::NotBase64 { line, column } => {
                write!(f, "not base64 at line {line}, column {column}")
            }
            Self::Pkcs12 => f.write_str("a PKCS#12 key store (.pfx), not a certificate"),
            Self::Pkcs7 => f.write_str("a PKCS#7 bundle (.p7b), not a certificate"),
            Self::PrivateKeyPasted => f.write_str("a private key was pasted"),
            Self::PublicKeyOnly => f.write_str("a public key without its certificate"),
            Self::TooLarge { bytes } => write!(f, "{bytes} bytes are too many for certificates"),
            Self::TooMany => f.write_str("too many certificates"),
            Self::TrailingBytes { count } => write!(f, "{count} bytes after the certificate"),
            Self::Truncated => f.write_str("the end of the certificate is missing"),
            Self::UnexpectedBlock(label) => write!(f, "a PEM block {label}, not a certificate"),
            Self::Xml => f.write_str("an XML document, not a certificate"),
        }
    }
}

impl core::error::Error for Error {}

impl From<InvalidKey> for Error {
    fn from(error: InvalidKey) -> Self {
        Self::Key(error)
    }
}

impl Diagnostic for Error {
    fn code(&self) -> &'static str {
        match self {
            Self::CertificateRequest => "x509.certificate_request",
            Self::DamagedPemLine => "x509.damaged_pem_line",
            Self::Empty => "x509.empty",
            Self::Fingerprint => "x509.fingerprint",
            Self::Html => "x509.html",
            Self::Key(error) => error.code(),
            Self::Malformed => "x509.malformed",
            Self::NotACertificate => "x509.not_a_certificate",
            Self::NotBase64 { .. } => "x509.not_base64",
            Self::Pkcs12 => "x509.pkcs12",
            Self::Pkcs7 => "x509.pkcs7",
            Self::PrivateKeyPasted => "x509.private_key_pasted",
            Self::PublicKeyOnly => "x509.public_key_only",
            Self::TooLarge { .. } => "x509.too_large",
            Self::TooMany => "x509.too_many",
            Self::TrailingBytes { .. } => "x509.trailing_bytes",
            Self::Truncated => "x509.truncated",
            Self::UnexpectedBlock(_) => "x509.unexpected_block",
            Self::Xml => "x509.xml",
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::Key(error) => error.kind(),
            Self::TooLarge { .. } | Self::TooMany => Kind::LimitExceeded,
            Self::PrivateKeyPasted => Kind::NotAllowed,
            Self::CertificateRequest
            | Self::Fingerprint
            | Self::Html
            | Self::Pkcs12
            | Self::Pkcs7
            | Self::PublicKeyOnly
            | Self::UnexpectedBlock(_)
            | Self::Xml => Kind::Unsupported,
            Self::DamagedPemLine
            | Self::Empty
            | Self::Malformed
            | Self::NotACertificate
            | Self::NotBase64 { .. }
            | Self::TrailingBytes { .. }
            | Self::Truncated => Kind::Malformed,
        }
    }

    fn expected(&self) -> Option<String> {
        match self {
            Self::Key(error) => error.expected(),
            Self::TooLarge { .. } => Some(format!("at most {MAX_INPUT_BYTES} bytes")),
            Self::TooMany => Some(format!("at most {MAX_CERTIFICATES} certificates")),
            _ => Some("an X.509 certificate in PEM, base64 or DER".into()),
        }
    }

    fn found(&self) -> Option<String> {
        match self {
            Self::Key(error) => error.found(),
            Self::TooLarge { bytes } => Some(format!("{bytes} bytes")),
            Self::UnexpectedBlock(label) => Some(label.as_str().into()),
            _ => None,
        }
    }

    fn remedy(&self) -> Option<Remedy> {
        match self {
            Self::Empty | Self::NotACertificate | Self::UnexpectedBlock(_) => {
                Some(Remedy::SigningCertificate)
            }
            _ => None,
        }
    }

    fn help(&self) -> &'static str {
        match self {
            Self::CertificateRequest => {
                "A request (.csr) asks for a certificate. Give the signing certificate that the identity provider shows for this application."
            }
            Self::DamagedPemLine => {
                "Copy the file again, from the line -----BEGIN CERTIFICATE----- to the line -----END CERTIFICATE-----, five plain hyphens on each side. Or paste only the base64 text between these lines."
            }
            Self::Empty | Self::NotACertificate | Self::UnexpectedBlock(_) => {
                Remedy::SigningCertificate.help()
            }
            Self::Fingerprint => {
                "A fingerprint (thumbprint) only names a certificate. Download the certificate itself; afterwards compare the fingerprint that is shown here."
            }
            Self::Html => {
                "The download needs a signed-in browser and gave a web page. Sign in at the identity provider, download the certificate file and give that."
            }
            Self::Key(error) => error.help(),
            Self::Malformed | Self::TrailingBytes { .. } => {
                "Download the certificate again and give the file unchanged. To convert it: openssl x509 -in certificate.crt -out certificate.pem -outform PEM"
            }
            Self::NotBase64 { .. } => {
                "Paste the certificate text unchanged, without quotes, dots or line marks of an e-mail program."
            }
            Self::Pkcs12 => {
                "Take the certificate out of the key store: openssl pkcs12 -in store.pfx -clcerts -nokeys -out certificate.pem"
            }
            Self::Pkcs7 => {
                "Take the certificate out of the bundle: openssl pkcs7 -print_certs -in bundle.p7b -out certificate.pem (add -inform DER for a binary file)"
            }
            Self::PrivateKeyPasted => {
                "A private key must never leave the identity provider. Give only the block that begins with -----BEGIN CERTIFICATE-----. If this key signs for people, replace it now."
            }
            Self::PublicKeyOnly => {
                "Give the certificate that holds this key; every identity provider offers it for download."
            }
            Self::TooLarge { .. } | Self::TooMany => {
                "Give only the signing certificates of this one identity provider, usually one or two."
            }
            Self::Truncated => {
                "The text stops too early. Copy the whole certificate, to the end of the line -----END CERTIFICATE-----."
            }
            Self::Xml => {
                "If this is the metadata of the identity provider, give it as metadata. Otherwise paste only the text inside the X509Certificate element."
            }
        }
    }
}
