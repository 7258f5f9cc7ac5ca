//! The certificate for our own signing key, which metadata and identity providers ask for.

use alloc::vec;
use alloc::vec::Vec;
use core::time::Duration;

use der::asn1::{Any, AnyRef, BitString, Null, OctetString, SetOfVec, UintRef, Utf8StringRef};
use der::oid::{AssociatedOid, ObjectIdentifier};
use der::{DateTime, Decode as _, Encode as _, Sequence};
use spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::certificate::Version;
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::{BasicConstraints, KeyUsage, KeyUsages};
use x509_cert::name::{RdnSequence, RelativeDistinguishedName};
use x509_cert::serial_number::SerialNumber;
use x509_cert::time::{Time, Validity};

use crate::crypto::{
    Crypto, DigestAlgorithm, EcCurve, KeyKind, PrivateKey, SignatureAlgorithm, SigningFailed,
};
use crate::time::UnixTime;

/// id-at-commonName (RFC 5280, appendix A.1).
const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
/// ub-common-name (RFC 5280, appendix A.1), in characters.
const MAX_COMMON_NAME: usize = 64;

/// Makes a self-signed X.509 v3 certificate, in DER, for a key that signs messages.
///
/// `entropy` becomes the serial number; it has to be random and never used before. Identity providers
/// trust the key because the certificate is given to them, so it names no certification authority and
/// is none.
///
/// # Errors
/// [`SigningFailed`] when the key does not fit `algorithm` or the provider does not use it, when
/// `subject_cn` is empty or longer than 64 characters, and for SHA-1.
pub fn self_signed(
    subject_cn: &str,
    entropy: [u8; 16],
    not_before: UnixTime,
    not_after: UnixTime,
    algorithm: SignatureAlgorithm,
    key: &PrivateKey,
    crypto: &dyn Crypto,
) -> Result<Vec<u8>, SigningFailed> {
    let length = subject_cn.chars().count();
    if length == 0 || length > MAX_COMMON_NAME {
        return Err(SigningFailed);
    }
    let identifier = identifier(algorithm).ok_or(SigningFailed)?;
    let tbs = tbs(subject_cn, entropy, not_before, not_after, identifier, key)?;
    let signature = crypto.sign(algorithm, key, &tbs)?;
    let signature = match key.kind() {
        KeyKind::Ec(curve) => ecdsa_der(curve, &signature)?,
        KeyKind::Ed25519 | KeyKind::Rsa { .. } => signature,
    };
    let certificate = SignedCertificate {
        tbs_certificate: AnyRef::from_der(&tbs)?,
        signature_algorithm: identifier,
        signature: BitString::from_bytes(&signature)?,
    };
    Ok(certificate.to_der()?)
}

/// Certificate of RFC 5280, section 4.1, around the bytes that were signed.
#[derive(Sequence)]
struct SignedCertificate<'a> {
    tbs_certificate: AnyRef<'a>,
    signature_algorithm: AlgorithmIdentifierRef<'a>,
    signature: BitString,
}

/// TBSCertificate of RFC 5280, section 4.1, without the fields that we never write. The type of the
/// x509-cert crate can only be filled by its builder, which brings its own signing traits.
#[derive(Sequence)]
struct TbsCertificate<'a> {
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    version: Version,
    serial_number: SerialNumber,
    signature: AlgorithmIdentifierRef<'a>,
    issuer: RdnSequence,
    validity: Validity,
    subject: RdnSequence,
    subject_public_key_info: SubjectPublicKeyInfoRef<'a>,
    #[asn1(context_specific = "3", tag_mode = "EXPLICIT")]
    extensions: Vec<Extension>,
}

fn tbs(
    subject_cn: &str,
    mut entropy: [u8; 16],
    not_before: UnixTime,
    not_after: UnixTime,
    signature: AlgorithmIdentifierRef<'_>,
    key: &PrivateKey,
) -> Result<Vec<u8>, SigningFailed> {
    // Positive, and 16 bytes long whatever the entropy is (RFC 5280, section 4.1.2.2).
    if let Some(first) = entropy.first_mut() {
        *first = 0x40 | (*first & 0x3f);
    }
    let name = common_name(subject_cn)?;
    let tbs = TbsCertificate {
        version: Version::V3,
        serial_number: SerialNumber::new(&entropy)?,
        signature,
        issuer: name.clone(),
        validity: Validity::new(time(not_before)?, time(not_after)?),
        subject: name,
        subject_public_key_info: SubjectPublicKeyInfoRef::from_der(key.public_key().spki_der())?,
        extensions: vec![
            critical(BasicConstraints { ca: false, path_len_constraint: None })?,
            critical(KeyUsage(KeyUsages::DigitalSignature.into()))?,
        ],
    };
    Ok(tbs.to_der()?)
}

fn common_name(value: &str) -> Result<RdnSequence, der::Error> {
    let value = Any::from(Utf8StringRef::new(value)?);
    let mut attributes = SetOfVec::new();
    attributes.insert(AttributeTypeAndValue { oid: COMMON_NAME, value })?;
    Ok(RdnSequence::from(vec![RelativeDistinguishedName::from(attributes)]))
}

fn time(time: UnixTime) -> Result<Time, der::Error> {
    DateTime::from_unix_duration(Duration::from_secs(time.seconds())).map(Time::from)
}

fn critical<T: AssociatedOid + der::Encode>(extension: T) -> Result<Extension, der::Error> {
    let extn_value = OctetString::new(extension.to_der()?)?;
    Ok(Extension { extn_id: T::OID, critical: true, extn_value })
}

/// The identifier of RFC 3279, RFC 4055, RFC 5758 and RFC 8410.
fn identifier(algorithm: SignatureAlgorithm) -> Option<AlgorithmIdentifierRef<'static>> {
    use DigestAlgorithm::{Sha256, Sha384, Sha512};
    let oid = match algorithm {
        SignatureAlgorithm::Ecdsa(Sha256) => "1.2.840.10045.4.3.2",
        SignatureAlgorithm::Ecdsa(Sha384) => "1.2.840.10045.4.3.3",
        SignatureAlgorithm::Ecdsa(Sha512) => "1.2.840.10045.4.3.4",
        SignatureAlgorithm::Ed25519 => "1.3.101.112",
        SignatureAlgorithm::RsaPkcs1(Sha256) => "1.2.840.113549.1.1.11",
        SignatureAlgorithm::RsaPkcs1(Sha384) => "1.2.840.113549.1.1.12",
        SignatureAlgorithm::RsaPkcs1(Sha512) => "1.2.840.113549.1.1.13",
        SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha1)
        | SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha1)
        | SignatureAlgorithm::RsaPss(_) => return None,
    };
    let parameters =
        matches!(algorithm, SignatureAlgorithm::RsaPkcs1(_)).then(|| AnyRef::from(Null));
    Some(AlgorithmIdentifierRef { oid: ObjectIdentifier::new(oid).ok()?, parameters })
}

/// ECDSA-Sig-Value (RFC 3279, section 2.2.3) of `r || s`.
fn ecdsa_der(curve: EcCurve, signature: &[u8]) -> Result<Vec<u8>, SigningFailed> {
    #[derive(Sequence)]
    struct Signature<'a> {
        r: UintRef<'a>,
        s: UintRef<'a>,
    }
    let (r, s) = signature.split_at_checked(curve.coordinate_bytes()).ok_or(SigningFailed)?;
    Ok(Signature { r: UintRef::new(r)?, s: UintRef::new(s)? }.to_der()?)
}

impl From<der::Error> for SigningFailed {
    fn from(_: der::Error) -> Self {
        Self
    }
}
