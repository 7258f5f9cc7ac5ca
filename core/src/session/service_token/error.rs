//! Why a service token is refused.

use alloc::string::{String, ToString as _};
use core::fmt;

use super::MAX_RULES;
use crate::diagnostic::{Diagnostic, Excerpt, Kind};
use crate::time::UnixTime;

/// Why a service token, or its rules, are refused.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// Not one ID and one secret of the right form.
    CredentialsMalformed,
    /// The secret is right, and too old.
    Expired {
        /// When it ended.
        expires_at: UnixTime,
    },
    /// What is to be a method is none.
    MethodMalformed {
        /// The method of the rules.
        found: Excerpt,
    },
    /// The token is not for this method.
    MethodNotAllowed {
        /// The methods of the token.
        expected: Excerpt,
        /// The method of the request.
        found: Excerpt,
    },
    /// The name has other characters than lower-case letters, digits and inner hyphens, or too many.
    NameMalformed {
        /// The name.
        found: Excerpt,
    },
    /// A token that opens nothing.
    NoPaths,
    /// The path wants a recent sign-in of a person.
    NotFresh,
    /// The rule is not a path that a request could be compared with byte for byte.
    PathMalformed {
        /// The rule.
        found: Excerpt,
    },
    /// The token is not for this path, or servers could read the path differently.
    PathNotAllowed {
        /// The paths of the token.
        expected: Excerpt,
    },
    /// What is written down of a token cannot be read.
    RecordMalformed,
    /// No token has this ID and this secret. No detail on purpose: it would help only who guesses.
    Refused,
    /// There are more paths or methods than [`MAX_RULES`].
    TooManyRules {
        /// Number of them.
        found: usize,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CredentialsMalformed => {
                f.write_str("the request does not carry one ID and one secret of a service token")
            }
            Self::Expired { expires_at } => {
                write!(f, "the service token has expired at {expires_at}")
            }
            Self::MethodMalformed { found } => write!(f, "\"{found}\" is no method"),
            Self::MethodNotAllowed { found, .. } => {
                write!(f, "the service token is not for the method {found}")
            }
            Self::NameMalformed { found } => {
                write!(f, "a service token cannot be named \"{found}\"")
            }
            Self::NoPaths => f.write_str("a service token without paths opens nothing"),
            Self::NotFresh => f.write_str("this path wants a recent sign-in, and nobody signed in"),
            Self::PathMalformed { found } => {
                write!(f, "\"{found}\" is not a plain absolute path")
            }
            Self::PathNotAllowed { .. } => f.write_str("the service token is not for this path"),
            Self::RecordMalformed => {
                f.write_str("what is written down of a service token cannot be read")
            }
            Self::Refused => f.write_str("there is no such service token"),
            Self::TooManyRules { found } => {
                write!(f, "a service token has {found} paths or methods, more than {MAX_RULES}")
            }
        }
    }
}

impl core::error::Error for Error {}

impl Diagnostic for Error {
    fn code(&self) -> &'static str {
        match self {
            Self::CredentialsMalformed => "service_token.credentials_malformed",
            Self::Expired { .. } => "service_token.expired",
            Self::MethodMalformed { .. } => "service_token.method_malformed",
            Self::MethodNotAllowed { .. } => "service_token.method_not_allowed",
            Self::NameMalformed { .. } => "service_token.name_malformed",
            Self::NoPaths => "service_token.no_paths",
            Self::NotFresh => "service_token.not_fresh",
            Self::PathMalformed { .. } => "service_token.path_malformed",
            Self::PathNotAllowed { .. } => "service_token.path_not_allowed",
            Self::RecordMalformed => "service_token.record_malformed",
            Self::Refused => "service_token.refused",
            Self::TooManyRules { .. } => "service_token.too_many_rules",
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::CredentialsMalformed | Self::Refused => Kind::Untrusted,
            Self::Expired { .. } => Kind::Expired,
            Self::MethodNotAllowed { .. } | Self::NotFresh | Self::PathNotAllowed { .. } => {
                Kind::NotAllowed
            }
            Self::MethodMalformed { .. }
            | Self::NameMalformed { .. }
            | Self::NoPaths
            | Self::PathMalformed { .. }
            | Self::RecordMalformed => Kind::Malformed,
            Self::TooManyRules { .. } => Kind::LimitExceeded,
        }
    }

    fn expected(&self) -> Option<String> {
        match self {
            Self::MethodMalformed { .. } => Some("such as GET or POST".to_string()),
            Self::MethodNotAllowed { expected, .. } | Self::PathNotAllowed { expected } => {
                Some(expected.to_string())
            }
            Self::NameMalformed { .. } => {
                Some("1 to 64 lower-case letters, digits and inner hyphens".to_string())
            }
            Self::PathMalformed { .. } => {
                Some("an exact path such as /hooks/zendesk, or a folder such as /api/".to_string())
            }
            Self::TooManyRules { .. } => Some(MAX_RULES.to_string()),
            _ => None,
        }
    }

    fn found(&self) -> Option<String> {
        match self {
            Self::MethodMalformed { found }
            | Self::MethodNotAllowed { found, .. }
            | Self::NameMalformed { found }
            | Self::PathMalformed { found } => Some(found.to_string()),
            Self::TooManyRules { found } => Some(found.to_string()),
            _ => None,
        }
    }

    fn help(&self) -> &'static str {
        match self {
            Self::CredentialsMalformed => {
                "Send Deskgate-Client-Id and Deskgate-Client-Secret, each once, or both as user and \
                 password of HTTP Basic, exactly as deskgate service-tokens new printed them."
            }
            Self::Expired { .. } => {
                "Make a new secret with deskgate service-tokens rotate, and give it to the script."
            }
            Self::MethodMalformed { .. } => "Write methods in capitals, separated by commas.",
            Self::MethodNotAllowed { .. } | Self::PathNotAllowed { .. } => {
                "Make a token for this path and method with deskgate service-tokens new. Paths with //, \
                 .., ; or escaped slashes and dots are never for a service token."
            }
            Self::NameMalformed { .. } => "Name it after the script: nightly-export.",
            Self::NoPaths => "Name the paths that the script needs with --paths.",
            Self::NotFresh => {
                "A person has to do this in a browser; or take the path out of the fresh paths of the \
                 settings."
            }
            Self::PathMalformed { .. } => {
                "Write the path as the script sends it: starting with one /, without host, query, \
                 %-escapes, dot segments or wildcards. A final / includes everything below."
            }
            Self::RecordMalformed => "Use the command line of the same release as the Worker.",
            Self::Refused => {
                "Compare ID and secret with what deskgate service-tokens new or rotate printed. A token \
                 that was removed, and the secret from before a rotation after its grace, do not come \
                 back."
            }
            Self::TooManyRules { .. } => "Name folders (/api/) instead of single paths.",
        }
    }
}
