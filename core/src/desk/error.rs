//! What is wrong with the settings of a desk: every problem with the field it is in.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::fmt;

use super::url::InvalidUrl;
use crate::diagnostic::{Diagnostic, Excerpt, Kind};
use crate::{helpdesk, policy, x509};

/// Settings that are refused, with all problems that were found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    first: Problem,
    others: Vec<Problem>,
}

impl Error {
    /// Settings that gave no desk; reading tells at least one problem then.
    pub(super) fn new(problems: Vec<Problem>) -> Self {
        let incomplete = || Problem {
            field: String::new(),
            fault: Fault::Missing { help: "Write the settings as the documentation shows them." },
        };
        let mut problems = problems.into_iter();
        Self { first: problems.next().unwrap_or_else(incomplete), others: problems.collect() }
    }

    /// All problems, in the order in which the fields are read; at least one.
    pub fn problems(&self) -> impl Iterator<Item = &Problem> {
        core::iter::once(&self.first).chain(&self.others)
    }
}

/// One field of the settings and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub(super) field: String,
    pub(super) fault: Fault,
}

impl Problem {
    /// The path of the field, such as `connections[0].certificates[1]`; empty for the whole.
    #[must_use]
    pub fn field(&self) -> &str {
        &self.field
    }

    /// What is wrong with it.
    #[must_use]
    pub const fn fault(&self) -> &Fault {
        &self.fault
    }
}

/// What can be wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// A certificate that cannot be read or is too weak.
    Certificate(x509::Error),
    /// A field that does not go with the others.
    Contradiction {
        /// What to change.
        help: &'static str,
    },
    /// A value that must be unique, and stands in another place too.
    Duplicate {
        /// The value.
        found: Excerpt,
        /// The field where it stands too.
        other: String,
    },
    /// Values that the helpdesk would not take.
    Helpdesk(helpdesk::Error),
    /// A required field that is not there.
    Missing {
        /// What belongs there.
        help: &'static str,
    },
    /// A text that does not have the form of this field.
    Text {
        /// The form.
        expected: &'static str,
        /// The text.
        found: Excerpt,
        /// What to write instead.
        help: &'static str,
    },
    /// More entries than a list may have, or none where one is needed.
    Count {
        /// Fewest.
        min: usize,
        /// Most.
        max: usize,
        /// How many there are.
        found: usize,
    },
    /// A number outside the limits of this field.
    OutOfRange {
        /// Smallest.
        min: u64,
        /// Largest.
        max: u64,
        /// The number as text.
        found: Excerpt,
    },
    /// A public path that the gate would not compare safely.
    PublicPath(policy::Error),
    /// A text that cannot be the secret of this field. It is not repeated.
    Secret {
        /// The form.
        expected: &'static str,
        /// What to write instead.
        help: &'static str,
    },
    /// A field that these settings do not have.
    Unknown {
        /// The fields of this table.
        known: &'static [&'static str],
    },
    /// An address that is refused.
    Url {
        /// Why.
        reason: InvalidUrl,
        /// The text.
        found: Excerpt,
    },
    /// A value of another type.
    WrongType {
        /// The type of this field.
        expected: &'static str,
        /// The type that was found.
        found: &'static str,
    },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Certificate(error) => error.fmt(f),
            Self::Contradiction { .. } => f.write_str("the field does not go with the others"),
            Self::Count { found: 0, .. } => f.write_str("the list is empty"),
            Self::Count { .. } => f.write_str("the list has too many entries"),
            Self::Duplicate { other, .. } => write!(f, "the value stands in {other} too"),
            Self::Helpdesk(error) => error.fmt(f),
            Self::Missing { .. } => f.write_str("the field is missing"),
            Self::OutOfRange { .. } => f.write_str("the number is outside its limits"),
            Self::PublicPath(error) => error.fmt(f),
            Self::Secret { .. } => f.write_str("the secret does not fit this field"),
            Self::Text { .. } => f.write_str("the text does not fit this field"),
            Self::Unknown { .. } => f.write_str("there is no such field"),
            Self::Url { reason, .. } => reason.fmt(f),
            Self::WrongType { expected, found } => {
                write!(f, "the value is {found}, not {expected}")
            }
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.field.is_empty() {
            return write!(f, "settings: {}", self.fault);
        }
        write!(f, "{}: {}", self.field, self.fault)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.others.len() {
            0 => self.first.fmt(f),
            more => write!(f, "{} (and {more} more)", self.first),
        }
    }
}

impl core::error::Error for Problem {}
impl core::error::Error for Error {}

impl Diagnostic for Problem {
    fn code(&self) -> &'static str {
        match &self.fault {
            Fault::Certificate(error) => error.code(),
            Fault::Contradiction { .. } => "desk.contradiction",
            Fault::Count { .. } => "desk.count",
            Fault::Duplicate { .. } => "desk.duplicate",
            Fault::Missing { .. } => "desk.missing_field",
            Fault::OutOfRange { .. } => "desk.out_of_range",
            Fault::Helpdesk(error) => error.code(),
            Fault::PublicPath(error) => error.code(),
            Fault::Secret { .. } => "desk.invalid_secret",
            Fault::Text { .. } => "desk.invalid_text",
            Fault::Unknown { .. } => "desk.unknown_field",
            Fault::Url { .. } => "desk.invalid_url",
            Fault::WrongType { .. } => "desk.wrong_type",
        }
    }

    fn kind(&self) -> Kind {
        match &self.fault {
            Fault::Certificate(error) => error.kind(),
            Fault::Helpdesk(error) => error.kind(),
            Fault::PublicPath(error) => error.kind(),
            Fault::Count { .. } | Fault::OutOfRange { .. } => Kind::LimitExceeded,
            Fault::Contradiction { .. } | Fault::Duplicate { .. } => Kind::NotAllowed,
            _ => Kind::Malformed,
        }
    }

    fn expected(&self) -> Option<String> {
        match &self.fault {
            Fault::Certificate(error) => error.expected(),
            Fault::Count { min, max, .. } => Some(alloc::format!("{min} to {max} entries")),
            Fault::Duplicate { .. } => Some("a value of its own".to_string()),
            Fault::Contradiction { .. } | Fault::Missing { .. } => None,
            Fault::OutOfRange { min, max, .. } => {
                Some(alloc::format!("a whole number from {min} to {max}"))
            }
            Fault::Helpdesk(error) => error.expected(),
            Fault::PublicPath(error) => error.expected(),
            Fault::Secret { expected, .. }
            | Fault::Text { expected, .. }
            | Fault::WrongType { expected, .. } => Some((*expected).to_string()),
            Fault::Unknown { known } => Some(alloc::format!("one of {}", known.join(", "))),
            Fault::Url { .. } => Some("an address such as https://help.contoso.com".to_string()),
        }
    }

    fn found(&self) -> Option<String> {
        match &self.fault {
            Fault::Certificate(error) => error.found(),
            Fault::Count { found, .. } => Some(found.to_string()),
            Fault::Contradiction { .. }
            | Fault::Missing { .. }
            | Fault::Secret { .. }
            | Fault::Unknown { .. } => None,
            Fault::Helpdesk(error) => error.found(),
            Fault::PublicPath(error) => error.found(),
            Fault::Duplicate { found, .. }
            | Fault::OutOfRange { found, .. }
            | Fault::Text { found, .. }
            | Fault::Url { found, .. } => Some(found.to_string()),
            Fault::WrongType { found, .. } => Some((*found).to_string()),
        }
    }

    fn help(&self) -> &'static str {
        match &self.fault {
            Fault::Certificate(error) => error.help(),
            Fault::Count { found: 0, .. } => "Write at least one entry.",
            Fault::Count { .. } => "Remove the entries that are no longer used.",
            Fault::Duplicate { .. } => "Give each its own value.",
            Fault::Contradiction { help }
            | Fault::Missing { help }
            | Fault::Secret { help, .. }
            | Fault::Text { help, .. } => help,
            Fault::OutOfRange { .. } => "Choose a number within the limits, without quotes.",
            Fault::Helpdesk(error) => error.help(),
            Fault::PublicPath(error) => error.help(),
            Fault::Unknown { .. } => "Correct the spelling of the field, or remove it.",
            Fault::Url { reason, .. } => reason.help(),
            Fault::WrongType { .. } => {
                "Texts stand in quotes, numbers and true or false without, lists in [ ]."
            }
        }
    }
}

impl Diagnostic for Error {
    fn code(&self) -> &'static str {
        self.first.code()
    }

    fn kind(&self) -> Kind {
        self.first.kind()
    }

    fn expected(&self) -> Option<String> {
        self.first.expected()
    }

    fn found(&self) -> Option<String> {
        self.first.found()
    }

    fn help(&self) -> &'static str {
        self.first.help()
    }
}
