//! From what is written to what is meant: line ends, references, attribute-value normalization.
//!
//! Text without anything to replace is borrowed from the input.

use alloc::borrow::Cow;
use alloc::string::String;

use super::characters::is_char;
use super::error::ErrorKind;

/// A fault at a byte of the value, not of the document.
pub(super) type ValueFault = (ErrorKind, usize);

/// Comments, processing instructions and CDATA sections: every CRLF or CR is one LF (XML 2.11).
pub(super) fn with_line_ends(raw: &str) -> Cow<'_, str> {
    if memchr::memchr(b'\r', raw.as_bytes()).is_none() {
        return Cow::Borrowed(raw);
    }
    let mut value = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((before, after)) = rest.split_once('\r') {
        value.push_str(before);
        value.push('\n');
        rest = after.strip_prefix('\n').unwrap_or(after);
    }
    value.push_str(rest);
    Cow::Owned(value)
}

/// Character data: line ends (XML 2.11) and references (XML 4.1) replaced.
///
/// A CR written as `&#13;` stays: Keycloak sends them in base64 and C14N must write them back.
pub(super) fn character_data(raw: &str) -> Result<Cow<'_, str>, ValueFault> {
    match memchr::memchr2(b'&', b'\r', raw.as_bytes()) {
        None => Ok(Cow::Borrowed(raw)),
        Some(first) => replaced(raw, first, |b| matches!(b, b'&' | b'\r'), '\n').map(Cow::Owned),
    }
}

/// An attribute value of type CDATA, which all are without a DTD (XML 3.3.3): as character data, and
/// each white space character that is written literally is a space.
pub(super) fn attribute_value(raw: &str) -> Result<Cow<'_, str>, ValueFault> {
    let is_replaced = |b: u8| matches!(b, b'&' | b'\t' | b'\n' | b'\r');
    match raw.bytes().position(is_replaced) {
        None => Ok(Cow::Borrowed(raw)),
        Some(first) => replaced(raw, first, is_replaced, ' ').map(Cow::Owned),
    }
}

fn replaced(
    raw: &str,
    first: usize,
    is_replaced: impl Fn(u8) -> bool,
    white_space: char,
) -> Result<String, ValueFault> {
    let mut value = String::with_capacity(raw.len());
    let mut rest = raw;
    let mut next = Some(first);
    while let Some((before, special)) = next.and_then(|at| rest.split_at_checked(at)) {
        value.push_str(before);
        rest = if special.starts_with('&') {
            let (c, after) =
                reference(special).map_err(|kind| (kind, raw.len() - special.len()))?;
            value.push(c);
            after
        } else {
            value.push(white_space);
            // All three are one byte long; CRLF is one line end (XML 2.11).
            special.strip_prefix("\r\n").or_else(|| special.get(1..)).unwrap_or_default()
        };
        next = rest.bytes().position(&is_replaced);
    }
    value.push_str(rest);
    Ok(value)
}

/// `Reference ::= EntityRef | CharRef` (XML 4.1): the character and what follows.
fn reference(text: &str) -> Result<(char, &str), ErrorKind> {
    let Some((name, after)) = text.get(1..).and_then(|text| text.split_once(';')) else {
        return Err(ErrorKind::UnknownEntity);
    };
    let c = match name {
        // The five of XML 4.6, which exist without a declaration.
        "amp" => '&',
        "apos" => '\'',
        "gt" => '>',
        "lt" => '<',
        "quot" => '"',
        _ => match name.strip_prefix('#') {
            Some(number) => character(number).ok_or(ErrorKind::InvalidCharacterReference)?,
            None => return Err(ErrorKind::UnknownEntity),
        },
    };
    Ok((c, after))
}

/// `CharRef ::= '&#' [0-9]+ ';' | '&#x' [0-9a-fA-F]+ ';'`, and only of a Char (XML 4.1).
fn character(number: &str) -> Option<char> {
    let (digits, radix) = match number.strip_prefix('x') {
        Some(digits) => (digits, 16),
        None => (number, 10),
    };
    // `from_str_radix` would take a sign.
    if !digits.chars().all(|c| c.is_digit(radix)) {
        return None;
    }
    let code = u32::from_str_radix(digits, radix).ok()?;
    char::from_u32(code).filter(|c| is_char(*c))
}
