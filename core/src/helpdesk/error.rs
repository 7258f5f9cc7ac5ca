//! Why nobody is handed to a helpdesk.

use alloc::string::{String, ToString as _};
use core::fmt;

use crate::diagnostic::{Diagnostic, Excerpt, Kind};
use crate::jose;

/// Why nobody is handed to a helpdesk.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// An address in the request is not one of the helpdesk: the token would go there.
    AddressRefused {
        /// The parameter or field.
        name: &'static str,
        /// What would have been accepted.
        expected: Excerpt,
        /// The address.
        found: Excerpt,
    },
    /// The request is for another client of ours.
    ClientMismatch {
        /// The client of the app.
        expected: Excerpt,
        /// `client_id` of the request.
        found: Excerpt,
    },
    /// The person has no e-mail address, by which helpdesks find people.
    EmailMissing,
    /// The token layer refuses.
    Jose(jose::Error),
    /// Zendesk wants the name in every token.
    NameRule,
    /// A parameter of the request is not what the helpdesk sends.
    ParameterMalformed {
        /// Its name.
        name: &'static str,
        /// Its value.
        found: Excerpt,
    },
    /// A parameter of the request is not there.
    ParameterMissing {
        /// Its name.
        name: &'static str,
    },
    /// A parameter stands in the request twice.
    ParameterRepeated {
        /// Its name.
        name: &'static str,
    },
    /// A parameter is too long.
    ParameterTooLong {
        /// Its name.
        name: &'static str,
        /// Most bytes.
        limit: usize,
        /// Bytes found.
        found: usize,
    },
    /// The whole query is too long.
    QueryTooLong {
        /// Most bytes.
        limit: usize,
        /// Bytes found.
        found: usize,
    },
    /// The secret that is shared with the helpdesk can be guessed.
    WeakSecret {
        /// Least bytes.
        minimum: usize,
        /// Bytes found.
        found: usize,
    },
}

impl From<jose::Error> for Error {
    fn from(error: jose::Error) -> Self {
        Self::Jose(error)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AddressRefused { name, found, .. } => {
                write!(f, "{name} is \"{found}\", which is no address of the helpdesk")
            }
            Self::ClientMismatch { expected, found } => {
                write!(f, "the request is for the client \"{found}\", not for \"{expected}\"")
            }
            Self::EmailMissing => f.write_str("the person has no e-mail address"),
            Self::Jose(error) => error.fmt(f),
            Self::NameRule => f.write_str("the name has to be sent always"),
            Self::ParameterMalformed { name, found } => {
                write!(f, "{name} is \"{found}\", which the helpdesk does not send")
            }
            Self::ParameterMissing { name } => write!(f, "{name} is missing"),
            Self::ParameterRepeated { name } => write!(f, "{name} stands there twice"),
            Self::ParameterTooLong { name, limit, found } => {
                write!(f, "{name} has {found} bytes, more than {limit}")
            }
            Self::QueryTooLong { limit, found } => {
                write!(f, "the query has {found} bytes, more than {limit}")
            }
            Self::WeakSecret { minimum, found } => {
                write!(f, "the shared secret has {found} bytes, fewer than {minimum}")
            }
        }
    }
}

impl core::error::Error for Error {}

impl Diagnostic for Error {
    fn code(&self) -> &'static str {
        match self {
            Self::AddressRefused { .. } => "helpdesk.address_refused",
            Self::ClientMismatch { .. } => "helpdesk.client_mismatch",
            Self::EmailMissing => "helpdesk.email_missing",
            Self::Jose(error) => error.code(),
            Self::NameRule => "helpdesk.name_rule",
            Self::ParameterMalformed { .. } => "helpdesk.parameter_malformed",
            Self::ParameterMissing { .. } => "helpdesk.parameter_missing",
            Self::ParameterRepeated { .. } => "helpdesk.parameter_repeated",
            Self::ParameterTooLong { .. } => "helpdesk.parameter_too_long",
            Self::QueryTooLong { .. } => "helpdesk.query_too_long",
            Self::WeakSecret { .. } => "helpdesk.weak_secret",
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::Jose(error) => error.kind(),
            Self::ParameterMalformed { .. }
            | Self::ParameterMissing { .. }
            | Self::ParameterRepeated { .. } => Kind::Malformed,
            Self::ParameterTooLong { .. } | Self::QueryTooLong { .. } => Kind::LimitExceeded,
            Self::NameRule | Self::WeakSecret { .. } => Kind::Misuse,
            Self::AddressRefused { .. } | Self::ClientMismatch { .. } | Self::EmailMissing => {
                Kind::NotAllowed
            }
        }
    }

    fn expected(&self) -> Option<String> {
        match self {
            Self::AddressRefused { expected, .. } | Self::ClientMismatch { expected, .. } => {
                Some(expected.to_string())
            }
            Self::Jose(error) => error.expected(),
            Self::NameRule => Some("always".to_string()),
            Self::ParameterTooLong { limit, .. } | Self::QueryTooLong { limit, .. } => {
                Some(alloc::format!("at most {limit} bytes"))
            }
            Self::WeakSecret { minimum, .. } => Some(alloc::format!("at least {minimum} bytes")),
            _ => None,
        }
    }

    fn found(&self) -> Option<String> {
        match self {
            Self::AddressRefused { found, .. }
            | Self::ClientMismatch { found, .. }
            | Self::ParameterMalformed { found, .. } => Some(found.to_string()),
            Self::Jose(error) => error.found(),
            Self::ParameterTooLong { found, .. }
            | Self::QueryTooLong { found, .. }
            | Self::WeakSecret { found, .. } => Some(alloc::format!("{found} bytes")),
            _ => None,
        }
    }

    fn help(&self) -> &'static str {
        match self {
            Self::AddressRefused { .. } => {
                "If the address belongs to the helpdesk, add it to the settings of the app: a further \
                 brand of Zendesk to brands, a redirect URL of Freshworks to redirect_uris. If not, \
                 somebody made a link that should take people elsewhere."
            }
            Self::ClientMismatch { .. } => {
                "Copy client_id from the console of the helpdesk into the settings of the app."
            }
            Self::EmailMissing => {
                "Let the identity provider send the e-mail address of the person. Guests of Entra ID \
                 (#EXT#) and people without a mailbox have none."
            }
            Self::Jose(error) => error.help(),
            Self::NameRule => {
                "Zendesk refuses tokens without a name. Set name in the sync rules of the app to always."
            }
            Self::ParameterMalformed { .. }
            | Self::ParameterMissing { .. }
            | Self::ParameterRepeated { .. } => {
                "Begin at the helpdesk, not at a link that was kept or written by hand. If it comes from \
                 there, look at what changes addresses on the way."
            }
            Self::ParameterTooLong { .. } | Self::QueryTooLong { .. } => {
                "Begin at the start page of the helpdesk."
            }
            Self::WeakSecret { .. } => {
                "Let the console of the helpdesk make a new secret and copy all of it; some consoles show \
                 only its first characters later."
            }
        }
    }
}
