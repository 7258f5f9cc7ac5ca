//! How every error of the core tells what is wrong, to a person and to a program.
//!
//! Each module has its own error type without strings inside; all of them implement
//! [`Diagnostic`]. The edge maps [`Kind`] to an HTTP status in one place, the command line prints
//! all four parts, the browser sees none of them.

use alloc::string::String;
use core::fmt;

use crate::remedy::Remedy;

/// What a caller may do about an error; the only thing that outer layers branch on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// The time window of something authentic has passed or has not begun.
    Expired,
    /// A named limit was exceeded; work stopped there.
    LimitExceeded,
    /// The input does not follow its grammar.
    Malformed,
    /// The caller made a mistake; no input can cause this.
    Misuse,
    /// Authentic and well-formed, but a rule says no.
    NotAllowed,
    /// A feature that this product refuses or does not have.
    Unsupported,
    /// No proof that a trusted party said this.
    Untrusted,
}

/// An error with a stable code, what was expected, what was found and what to do about it. Not
/// [`Debug`](fmt::Debug): with it the names of all variants and fields would be in the Worker, 9 KB after gzip.
pub trait Diagnostic: fmt::Display {
    /// Stable identifier such as `saml.audience_mismatch`: module, dot, snake case. Part of the API.
    fn code(&self) -> &'static str;
    /// The class of the error.
    fn kind(&self) -> Kind;
    /// What would have been accepted, in the words of the configuration, where there is such a value.
    fn expected(&self) -> Option<String> {
        None
    }
    /// What the input had instead, as bounded, escaped text.
    fn found(&self) -> Option<String> {
        None
    }
    /// One or two sentences for the administrator: what to change, and where.
    fn help(&self) -> &'static str;
    /// What to change in a console, where that would help: [`Diagnostic::help`] is its text then.
    fn remedy(&self) -> Option<Remedy> {
        None
    }
}

/// Text taken from untrusted input, bounded and escaped so that it cannot forge a line of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt(String);

/// Longest excerpt kept, in characters: enough for an entity ID or a URL, short enough for a log line.
pub const MAX_EXCERPT_CHARS: usize = 200;

impl Excerpt {
    /// Keeps the first [`MAX_EXCERPT_CHARS`] characters; control and bidirectional-format characters
    /// become escapes.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let mut kept = String::new();
        let mut chars = text.chars();
        for c in chars.by_ref().take(MAX_EXCERPT_CHARS) {
            if is_printable(c) {
                kept.push(c);
            } else {
                kept.extend(c.escape_unicode());
            }
        }
        if chars.next().is_some() {
            kept.push('…');
        }
        Self(kept)
    }

    /// The bounded, escaped text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Bidirectional controls could show an administrator another text than the one compared.
fn is_printable(c: char) -> bool {
    !c.is_control()
        && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

impl fmt::Display for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for Excerpt {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<Excerpt> for String {
    fn from(excerpt: Excerpt) -> Self {
        excerpt.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_cannot_break_a_log_line() {
        assert_eq!(Excerpt::new("a\nb\u{202e}c").as_str(), "a\\u{a}b\\u{202e}c");
    }

    #[test]
    fn an_excerpt_is_bounded() {
        let long = "x".repeat(MAX_EXCERPT_CHARS + 1);
        assert_eq!(Excerpt::new(&long).as_str().chars().count(), MAX_EXCERPT_CHARS + 1);
        assert!(Excerpt::new(&long).as_str().ends_with('…'));
    }
}
