//! Why there is no canonical form.

use core::fmt;

use crate::diagnostic::{Diagnostic, Kind};

/// Why there is no canonical form.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// The element to leave out is not inside the apex element.
    NotADescendant,
    /// Longer than [`MAX_CANONICAL_BYTES`](crate::limits::MAX_CANONICAL_BYTES).
    OutputTooLong,
    /// More prefixes than [`MAX_PREFIX_LIST`](crate::limits::MAX_PREFIX_LIST).
    PrefixListTooLong,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotADescendant => "element to leave out is not inside the canonicalized element",
            Self::OutputTooLong => "canonical form is too long",
            Self::PrefixListTooLong => "PrefixList is too long",
        })
    }
}

impl core::error::Error for Error {}

impl Diagnostic for Error {
    fn code(&self) -> &'static str {
        match self {
            Self::NotADescendant => "c14n.not_a_descendant",
            Self::OutputTooLong => "c14n.output_too_long",
            Self::PrefixListTooLong => "c14n.prefix_list_too_long",
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::NotADescendant => Kind::Misuse,
            Self::OutputTooLong | Self::PrefixListTooLong => Kind::LimitExceeded,
        }
    }

    fn help(&self) -> &'static str {
        match self {
            Self::NotADescendant => "Leave out only an element inside the one to canonicalize.",
            Self::OutputTooLong => {
                "Only a document made to be expensive has such a canonical form. Find out who sent it."
            }
            Self::PrefixListTooLong => {
                "No real signature names so many prefixes. Find out who sent the document."
            }
        }
    }
}
