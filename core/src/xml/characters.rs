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
    !text.is_empty() && text.chars().all(is_name_char)
}

/// `scheme ":"` at the beginning makes a URI out of a URI reference (RFC 3986, 3 and 4.1).
pub(super) fn has_scheme(reference: &str) -> bool {
    let Some((scheme, _)) = reference.split_once(':') else { return false };
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
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
    text.bytes().all(is_allowed)
        && (!text.contains('%') || text.split('%').skip(1).all(is_encoding))
        && text.bytes().filter(|b| *b == b'#').count() <= 1
}

/// Whether something that most messages do not have stands anywhere in a text.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Rare {
    /// `&` or a carriage return: character data where something has to be replaced.
    pub(super) replaced: bool,
    /// `]`, with which `]]>` begins.
    pub(super) bracket: bool,
    /// A control, or the lead byte of U+FFFE and U+FFFF.
    suspect: bool,
}

impl Rare {
    /// One look at every byte, once for the whole document. Few have anything rare, and those are looked
    /// at again.
    pub(super) fn of(text: &str) -> Self {
        let is_replaced = |b| (b == b'&') | (b == b'\r');
        let is_bracket = |b| b == b']';
        let is_suspect = |b| (b < 0x20) & (b != b'\t') & (b != b'\n') & (b != b'\r') | (b == 0xEF);
        if !any(text, |b| is_replaced(b) | is_bracket(b) | is_suspect(b)) {
            return Self::default();
        }
        Self {
            replaced: any(text, is_replaced),
            bracket: any(text, is_bracket),
            suspect: any(text, is_suspect),
        }
    }

    /// The byte of the first character of `text`, whose rare bytes these are, that is no Char. Looked for
    /// once, so that no later step needs to think of it.
    pub(super) fn first_invalid(self, text: &str) -> Option<usize> {
        if !self.suspect {
            return None;
        }
        text.char_indices().find(|(_, c)| !is_char(*c)).map(|(at, _)| at)
    }
}

/// Without an early exit, so that it compiles to vector instructions.
fn any(text: &str, is_wanted: impl Fn(u8) -> bool) -> bool {
    text.bytes().fold(false, |found, b| found | is_wanted(b))
}
