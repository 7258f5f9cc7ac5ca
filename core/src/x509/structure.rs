use alloc::format;

use super::name;
use crate::crypto::der::{Reader, tag};
use crate::time::UnixTime;

/// What is of use in a Certificate (RFC 5280, section 4.1).
pub(super) struct Structure<'d> {
    /// Whole, as the subject.
    pub(super) issuer: &'d [u8],
    pub(super) subject: &'d [u8],
    /// Without the zero that keeps it positive.
    pub(super) serial: &'d [u8],
    pub(super) not_before: UnixTime,
    pub(super) not_after: UnixTime,
    /// SubjectPublicKeyInfo, whole.
    pub(super) public_key: &'d [u8],
}

/// issuerUniqueID and subjectUniqueID, implicit; extensions, explicit.
const UNIQUE_IDS: [u8; 2] = [0x81, 0x82];
const EXTENSIONS: u8 = 0xa3;

impl<'d> Structure<'d> {
    /// `None` when it is not a certificate from the first to the last byte.
    pub(super) fn read(der: &'d [u8]) -> Option<Self> {
        let mut certificate = Reader::of(der, tag::SEQUENCE)?;
        let mut tbs = Reader::new(certificate.read(tag::SEQUENCE)?);
        algorithm(&mut certificate)?;
        certificate.read(tag::BIT_STRING).filter(|_| certificate.is_at_end())?;
        if let Some(version) = tbs.read_optional(tag::CONTEXT_0)? {
            matches!(version, [tag::INTEGER, 1, 0..=2]).then_some(())?;
        }
        let serial = match tbs.read(tag::INTEGER)? {
            [] => return None,
            [0, rest @ ..] if !rest.is_empty() => rest,
            serial => serial,
        };
        algorithm(&mut tbs)?;
        let issuer = sequence(&mut tbs).filter(|name| name::is_well_formed(name))?;
        let mut validity = Reader::new(tbs.read(tag::SEQUENCE)?);
        let (not_before, not_after) = (time(&mut validity)?, time(&mut validity)?);
        let subject = sequence(&mut tbs).filter(|name| name::is_well_formed(name))?;
        let public_key = sequence(&mut tbs)?;
        for unique_id in UNIQUE_IDS {
            tbs.read_optional(unique_id)?;
        }
        if let Some(extensions) = tbs.read_optional(EXTENSIONS)? {
            let mut extensions = Reader::of(extensions, tag::SEQUENCE)?;
            while !extensions.is_at_end() {
                extension(extensions.read(tag::SEQUENCE)?)?;
            }
        }
        (tbs.is_at_end() && validity.is_at_end()).then_some(Self {
            issuer,
            subject,
            serial,
            not_before,
            not_after,
            public_key,
        })
    }
}

/// AlgorithmIdentifier: an identifier and at most one parameter.
fn algorithm(reader: &mut Reader<'_>) -> Option<()> {
    let mut algorithm = Reader::new(reader.read(tag::SEQUENCE)?);
    algorithm.read(tag::OBJECT_IDENTIFIER)?;
    if !algorithm.is_at_end() {
        algorithm.next_element()?;
    }
    algorithm.is_at_end().then_some(())
}

/// An identifier, perhaps that it is critical, a value.
fn extension(content: &[u8]) -> Option<()> {
    let mut extension = Reader::new(content);
    extension.read(tag::OBJECT_IDENTIFIER)?;
    extension.read_optional(tag::BOOLEAN)?;
    extension.read(tag::OCTET_STRING)?;
    extension.is_at_end().then_some(())
}

/// A SEQUENCE, whole.
fn sequence<'d>(reader: &mut Reader<'d>) -> Option<&'d [u8]> {
    let element = reader.next_element().filter(|element| element.tag == tag::SEQUENCE)?;
    Some(element.whole)
}

/// Time (RFC 5280, section 4.1.2.5): UTCTime with two digits of the year, up to 2049, or
/// GeneralizedTime with four; in UTC, to the second.
fn time(reader: &mut Reader<'_>) -> Option<UnixTime> {
    let element = reader.next_element()?;
    let text = core::str::from_utf8(element.content).ok()?;
    let (century, text) = match element.tag {
        tag::UTC_TIME => (if text.get(..2)? < "50" { "20" } else { "19" }, text),
        tag::GENERALIZED_TIME => text.split_at_checked(2)?,
        _ => return None,
    };
    let digits = text.strip_suffix('Z').filter(|digits| digits.len() == 12)?;
    let two = |at: usize| digits.get(at..at + 2);
    let (year, month, day) = (two(0)?, two(2)?, two(4)?);
    let (hour, minute, second) = (two(6)?, two(8)?, two(10)?);
    UnixTime::parse(&format!("{century}{year}-{month}-{day}T{hour}:{minute}:{second}Z")).ok()
}
