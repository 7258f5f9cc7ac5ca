//! The certificate for our own signing key, which metadata and identity providers ask for.

use alloc::string::ToString as _;
use alloc::vec::Vec;

use crate::crypto::der::{bits, element, tag, unsigned};
use crate::crypto::{
    Crypto, DigestAlgorithm, EcCurve, KeyKind, PrivateKey, SignatureAlgorithm, SigningFailed,
};
use crate::time::UnixTime;

/// id-at-commonName (RFC 5280, appendix A.1).
const COMMON_NAME: &[u8] = b"\x55\x04\x03";
/// ub-common-name (RFC 5280, appendix A.1), in characters.
const MAX_COMMON_NAME: usize = 64;
/// id-ce-keyUsage and id-ce-basicConstraints (RFC 5280, appendix A.2), both critical.
const EXTENSIONS: [(&[u8], &[u8]); 2] = [
    // An empty SEQUENCE: not a certification authority.
    (b"\x55\x1d\x13", &[tag::SEQUENCE, 0]),
    // digitalSignature, the first of eight bits.
    (b"\x55\x1d\x0f", &[tag::BIT_STRING, 2, 7, 0x80]),
];

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
    let tbs = tbs(subject_cn, entropy, not_before, not_after, &identifier, key);
    let signature = crypto.sign(algorithm, key, &tbs)?;
    let signature = match key.kind() {
        KeyKind::Ec(curve) => ecdsa_der(curve, &signature)?,
        KeyKind::Ed25519 | KeyKind::Rsa { .. } => signature,
    };
    Ok(element(tag::SEQUENCE, &[&tbs, &identifier, &bits(&signature)]))
}

/// TBSCertificate of RFC 5280, section 4.1, without the fields that we never write.
fn tbs(
    subject_cn: &str,
    mut entropy: [u8; 16],
    not_before: UnixTime,
    not_after: UnixTime,
    signature: &[u8],
    key: &PrivateKey,
) -> Vec<u8> {
    // Positive, and 16 bytes long whatever the entropy is (RFC 5280, section 4.1.2.2).
    if let Some(first) = entropy.first_mut() {
        *first = 0x40 | (*first & 0x3f);
    }
    let version_3 = element(tag::CONTEXT_0, &[&unsigned(&[2])]);
    let name = common_name(subject_cn);
    let validity = element(tag::SEQUENCE, &[&time(not_before), &time(not_after)]);
    let extensions = EXTENSIONS.map(|(identifier, value)| {
        let identifier = element(tag::OBJECT_IDENTIFIER, &[identifier]);
        let critical = element(tag::BOOLEAN, &[&[0xff]]);
        element(tag::SEQUENCE, &[&identifier, &critical, &element(tag::OCTET_STRING, &[value])])
    });
    let extensions = element(tag::SEQUENCE, &[&extensions.concat()]);
    element(
        tag::SEQUENCE,
        &[
            &version_3,
            &unsigned(&entropy),
            signature,
            &name,
            &validity,
            &name,
            key.public_key().spki_der(),
            &element(tag::CONTEXT_0 + 3, &[&extensions]),
        ],
    )
}

fn common_name(value: &str) -> Vec<u8> {
    let kind = element(tag::OBJECT_IDENTIFIER, &[COMMON_NAME]);
    let value = element(tag::UTF8_STRING, &[value.as_bytes()]);
    let attribute = element(tag::SEQUENCE, &[&kind, &value]);
    element(tag::SEQUENCE, &[&element(tag::SET, &[&attribute])])
}

/// UTCTime until 2049, GeneralizedTime from then on (RFC 5280, section 4.1.2.5).
fn time(time: UnixTime) -> Vec<u8> {
    let mut text: Vec<u8> = time.to_string().bytes().filter(u8::is_ascii_alphanumeric).collect();
    text.retain(|byte| *byte != b'T');
    match text.strip_prefix(b"20") {
        Some(short) if short.first().is_some_and(|decade| *decade < b'5') => {
            element(tag::UTC_TIME, &[short])
        }
        _ if text.starts_with(b"19") => {
            element(tag::UTC_TIME, &[text.get(2..).unwrap_or_default()])
        }
        _ => element(tag::GENERALIZED_TIME, &[&text]),
    }
}

/// The identifier of RFC 3279, RFC 4055, RFC 5758 and RFC 8410.
fn identifier(algorithm: SignatureAlgorithm) -> Option<Vec<u8>> {
    use DigestAlgorithm::{Sha1, Sha256, Sha384, Sha512};
    let identifier: &[u8] = match algorithm {
        SignatureAlgorithm::Ecdsa(Sha256) => b"\x2a\x86\x48\xce\x3d\x04\x03\x02",
        SignatureAlgorithm::Ecdsa(Sha384) => b"\x2a\x86\x48\xce\x3d\x04\x03\x03",
        SignatureAlgorithm::Ecdsa(Sha512) => b"\x2a\x86\x48\xce\x3d\x04\x03\x04",
        SignatureAlgorithm::Ed25519 => b"\x2b\x65\x70",
        SignatureAlgorithm::RsaPkcs1(Sha256) => b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b",
        SignatureAlgorithm::RsaPkcs1(Sha384) => b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c",
        SignatureAlgorithm::RsaPkcs1(Sha512) => b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0d",
        SignatureAlgorithm::Ecdsa(Sha1)
        | SignatureAlgorithm::RsaPkcs1(Sha1)
        | SignatureAlgorithm::RsaPss(_) => return None,
    };
    let identifier = element(tag::OBJECT_IDENTIFIER, &[identifier]);
    let parameters: &[u8] = match algorithm {
        SignatureAlgorithm::RsaPkcs1(_) => &[tag::NULL, 0],
        _ => &[],
    };
    Some(element(tag::SEQUENCE, &[&identifier, parameters]))
}

/// ECDSA-Sig-Value (RFC 3279, section 2.2.3) of `r || s`.
fn ecdsa_der(curve: EcCurve, signature: &[u8]) -> Result<Vec<u8>, SigningFailed> {
    let (r, s) = signature.split_at_checked(curve.coordinate_bytes()).ok_or(SigningFailed)?;
    Ok(element(tag::SEQUENCE, &[&unsigned(r), &unsigned(s)]))
}
