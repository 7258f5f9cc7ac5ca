//! Names of issuers and subjects, for people to read (RFC 4514).

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::crypto::der::{Element, Reader, tag};
use crate::crypto::object_identifier;

/// Attribute types that have a short name.
const SHORT_NAMES: [(&str, &str); 14] = [
    ("2.5.4.3", "CN"),
    ("2.5.4.4", "SN"),
    ("2.5.4.5", "SERIALNUMBER"),
    ("2.5.4.6", "C"),
    ("2.5.4.7", "L"),
    ("2.5.4.8", "ST"),
    ("2.5.4.9", "STREET"),
    ("2.5.4.10", "O"),
    ("2.5.4.11", "OU"),
    ("2.5.4.12", "TITLE"),
    ("2.5.4.42", "GN"),
    ("0.9.2342.19200300.100.1.1", "UID"),
    ("0.9.2342.19200300.100.1.25", "DC"),
    ("1.2.840.113549.1.9.1", "EMAILADDRESS"),
];

/// Tags of the strings that are ASCII or UTF-8 in practice.
const PRINTABLE_STRING: u8 = 0x13;
const TELETEX_STRING: u8 = 0x14;
const IA5_STRING: u8 = 0x16;

/// Whether this is a SEQUENCE of SETs of attributes.
pub(super) fn is_well_formed(name: &[u8]) -> bool {
    relative_names(name).is_some()
}

/// The name as RFC 4514 writes it: the last part first.
pub(super) fn text(name: &[u8]) -> String {
    let parts = relative_names(name).unwrap_or_default();
    let parts: Vec<String> = parts
        .iter()
        .rev()
        .map(|attributes| {
            let attributes: Vec<String> =
                attributes.iter().map(|(kind, value)| attribute(kind, value)).collect();
            attributes.join("+")
        })
        .collect();
    parts.join(",")
}

type Attribute<'n> = (&'n [u8], Element<'n>);

fn relative_names(name: &[u8]) -> Option<Vec<Vec<Attribute<'_>>>> {
    let mut names = Vec::new();
    let mut sequence = Reader::of(name, tag::SEQUENCE)?;
    while !sequence.is_at_end() {
        let mut set = Reader::new(sequence.read(tag::SET)?);
        let mut attributes = Vec::new();
        while !set.is_at_end() {
            let mut attribute = Reader::new(set.read(tag::SEQUENCE)?);
            attributes.push((attribute.read(tag::OBJECT_IDENTIFIER)?, attribute.next_element()?));
            attribute.is_at_end().then_some(())?;
        }
        names.push(attributes);
    }
    Some(names)
}

fn attribute(kind: &[u8], value: &Element<'_>) -> String {
    let kind = object_identifier(kind).unwrap_or_default();
    let short = SHORT_NAMES.iter().find(|(known, _)| *known == kind);
    let is_text =
        matches!(value.tag, tag::UTF8_STRING | PRINTABLE_STRING | TELETEX_STRING | IA5_STRING);
    match (short, core::str::from_utf8(value.content)) {
        (Some((_, short)), Ok(text)) if is_text => format!("{short}={}", escaped(text)),
        _ => {
            let digits: String = value.whole.iter().map(|byte| format!("{byte:02x}")).collect();
            format!("{kind}=#{digits}")
        }
    }
}

/// RFC 4514, section 2.4.
fn escaped(text: &str) -> String {
    let last = text.char_indices().next_back().map_or(0, |(at, _)| at);
    let mut escaped = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        match c {
            '\0'..='\x1f' | '\x7f' => {
                escaped.push_str(&format!("\\{:02x}", u32::from(c)));
                continue;
            }
            '"' | '+' | ',' | ';' | '<' | '>' | '\\' => escaped.push('\\'),
            '#' if at == 0 => escaped.push('\\'),
            ' ' if at == 0 || at == last => escaped.push('\\'),
            _ => {}
        }
        escaped.push(c);
    }
    escaped
}
