//! The character classes of XML 1.0 (fifth edition) and RFC 3986.

/// `Char ::= #x9 | #xA | #xD | [#x20-#xD7FF] | [#xE000-#xFFFD] | [#x10000-#x10FFFF]` (XML 2.2)
pub(super) const fn is_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..)
}

/// `S ::= (#x20 | #x9 | #xD | #xA)+` (XML 2.3)
pub(super) const fn is_white_space(b: u8) -> bool {
    matches!(b, b' ' | b'\t' | b'\r' | b'\n')
}

/// The ASCII part of NameStartChar without the colon, which namespaces reserve (Namespaces 4).
pub(super) const fn is_ascii_name_start(b: u8) -> bool {
    matches!(b, b'a'..=b'z' | b'A'..=b'Z' | b'_')
}

/// The ASCII part of NameChar without the colon. A look-up, because a fifth of a message is names.
#[inline]
pub(super) fn is_ascii_name_byte(b: u8) -> bool {
    const TABLE: [bool; 256] = {
        let mut table = [false; 256];
        let mut rest: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.";
        while let [first, after @ ..] = rest {
            #[expect(
                clippy::as_conversions,
                clippy::indexing_slicing,
                reason = "the compiler runs this"
            )]
            (table[*first as usize] = true);
            rest = after;
        }
        table
    };
    TABLE.get(usize::from(b)).copied().unwrap_or_default()
}

/// NameStartChar (XML 2.3) without the colon.
pub(super) const fn is_name_start(c: char) -> bool {
    matches!(c,
        'A'..='Z' | '_' | 'a'..='z'
        | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}'
        | '\u{370}'..='\u{37D}' | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}'
        | '\u{2070}'..='\u{218F}' | '\u{2C00}'..='\u{2FEF}' | '\u{3001}'..='\u{D7FF}'
        | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}' | '\u{10000}'..='\u{EFFFF}')
}

/// NameChar (XML 2.3) without the colon.
pub(super) const fn is_name_char(c: char) -> bool {
    is_name_start(c)
        || matches!(c, '-' | '.' | '0'..='9' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}

/// `NCName ::= NameStartChar NameChar*`, without colons (Namespaces 4): what the IDs are that we write.
#[must_use]
pub fn is_nc_name(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(is_name_start) && chars.all(is_name_char)
}

/// What is read as an ID: NCName, and also what begins with a digit as no xs:ID does.
///
/// Real identity providers write bare UUIDs (a capture of crewjam/saml, SR-0319 of the corpus). IDs are
/// only ever compared byte for byte, so nothing is lost: there is no query that a character could enter.
#[must_use]
pub fn is_id(text: &str) -> bool {
    !text.is_empty() && (text.bytes().all(is_ascii_name_byte) || text.chars().all(is_name_char))
}

/// `scheme ":"` at the beginning makes a URI out of a URI reference (RFC 3986, 3 and 4.1).
pub(super) fn has_scheme(reference: &str) -> bool {
    // Nearer than a search for a text would be worth.
    let mut scheme = reference.bytes().take_while(|b| *b != b':');
    scheme.next().is_some_and(|b| b.is_ascii_alphabetic())
        && scheme.all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
        && reference.as_bytes().contains(&b':')
}

/// Only characters of RFC 3986, section 2, with complete percent-encodings (2.1) and one fragment at
/// most (3.5). Brackets, which stand around an IPv6 address only (3.2.2), are refused as well: no
/// namespace is named by an address.
pub(super) fn is_uri_text(text: &str) -> bool {
    let is_allowed = |b: u8| {
        b.is_ascii_graphic() && !matches!(b, b'"' | b'<' | b'>' | b'['..=b'^' | b'`' | b'{'..=b'}')
    };
    let is_encoding = |after: &str| {
        after.get(..2).is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))
    };
    // Once over each byte: a document may declare a namespace with each twenty of its own.
    let (mut is_whole, mut encodings, mut fragments) = (true, 0, 0);
    for b in text.bytes() {
        is_whole &= is_allowed(b);
        encodings += usize::from(b == b'%');
        fragments += usize::from(b == b'#');
    }
    is_whole && fragments <= 1 && (encodings == 0 || text.split('%').skip(1).all(is_encoding))
}

/// The byte of the first character of `text` that is no Char.
pub(super) fn first_invalid(text: &str) -> Option<usize> {
    text.char_indices().find(|(_, c)| !is_char(*c)).map(|(at, _)| at)
}
