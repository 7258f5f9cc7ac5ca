use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::structure::Structure;
use super::{Error, input, name};
use crate::crypto::{Crypto, DigestAlgorithm, KeyRules, PublicKey, pem};
use crate::diagnostic::Excerpt;
use crate::time::UnixTime;

/// A certificate with a key that is good enough.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    der: Vec<u8>,
    public_key: PublicKey,
    /// DER, as the issuer.
    subject: Vec<u8>,
    issuer: Vec<u8>,
    serial: Vec<u8>,
    not_before: UnixTime,
    not_after: UnixTime,
}

impl Certificate {
    /// Every certificate in what an administrator pasted or uploaded, at least one.
    ///
    /// Reads PEM with any text around it, bare base64 on one or many lines, base64 of a whole PEM
    /// file, and DER; with any line ends, escaped line ends (`\n`, from JSON) and a byte order mark.
    /// At most [`super::MAX_INPUT_BYTES`] and [`super::MAX_CERTIFICATES`].
    ///
    /// # Errors
    /// [`Error`], one variant for each thing that people paste instead of a certificate. One bad
    /// certificate refuses them all: none is silently left out.
    pub fn parse_all(pasted: &[u8], rules: KeyRules) -> Result<Vec<Self>, Error> {
        let found = input::certificates(pasted)?;
        found.iter().map(|der| Self::from_der(der, rules)).collect()
    }

    /// From DER (RFC 5280, section 4.1), the whole input.
    ///
    /// Serial numbers that are negative or too long are accepted, because real ones exist and only
    /// the key is used. The signature is not checked.
    ///
    /// # Errors
    /// [`Error`], which names what else the bytes are.
    pub fn from_der(der: &[u8], rules: KeyRules) -> Result<Self, Error> {
        let Some(certificate) = Structure::read(der) else {
            return Err(input::not_a_certificate(der));
        };
        Ok(Self {
            public_key: PublicKey::from_spki_der(certificate.public_key, rules)?,
            subject: certificate.subject.to_vec(),
            issuer: certificate.issuer.to_vec(),
            serial: certificate.serial.to_vec(),
            not_before: certificate.not_before,
            not_after: certificate.not_after,
            der: der.to_vec(),
        })
    }

    /// The whole certificate in DER.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The public key.
    #[must_use]
    pub const fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    /// The subject's name as RFC 4514 writes it, bounded and escaped: to show, not to compare.
    #[must_use]
    pub fn subject(&self) -> String {
        Excerpt::new(&name::text(&self.subject)).into()
    }

    /// The issuer's name as RFC 4514 writes it, bounded and escaped: to show, not to compare.
    #[must_use]
    pub fn issuer(&self) -> String {
        Excerpt::new(&name::text(&self.issuer)).into()
    }

    /// Whether subject and issuer are the same name (RFC 5280, section 3.2). Signing certificates of
    /// identity providers nearly always are; another one may be part of a pasted chain.
    #[must_use]
    pub fn is_self_issued(&self) -> bool {
        self.subject == self.issuer
    }

    /// The serial number in upper-case hexadecimal, as `openssl x509 -serial` prints it.
    #[must_use]
    pub fn serial(&self) -> String {
        hex(&self.serial, "")
    }

    /// Start of the validity.
    #[must_use]
    pub const fn not_before(&self) -> UnixTime {
        self.not_before
    }

    /// End of the validity, the last second included.
    #[must_use]
    pub const fn not_after(&self) -> UnixTime {
        self.not_after
    }

    /// SHA-1 of the DER as `AB:CD:...`: what Entra calls the thumbprint. Only for people to compare.
    #[must_use]
    pub fn sha1_fingerprint(&self, crypto: &dyn Crypto) -> String {
        hex(crypto.digest(DigestAlgorithm::Sha1, &self.der).as_bytes(), ":")
    }

    /// SHA-256 of the DER as `AB:CD:...`.
    #[must_use]
    pub fn sha256_fingerprint(&self, crypto: &dyn Crypto) -> String {
        hex(crypto.digest(DigestAlgorithm::Sha256, &self.der).as_bytes(), ":")
    }
}

/// A certificate, given in DER, as a file for people to upload (RFC 7468, sections 2 and 5.1).
#[must_use]
pub fn to_pem(der: &[u8]) -> String {
    pem::encode("CERTIFICATE", der)
}

fn hex(bytes: &[u8], separator: &str) -> String {
    let digits: Vec<String> = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
    digits.join(separator)
}
