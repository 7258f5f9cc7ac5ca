//! What can be wrong with the rules that an operator writes.

use alloc::string::{String, ToString as _};
use core::fmt;

use crate::diagnostic::{Diagnostic, Excerpt, Kind};
use crate::policy::paths::{MAX_PUBLIC_PATH_BYTES, MAX_PUBLIC_PATHS};

/// Why a list of public paths is refused.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// The rule `/` would make every path public.
    EverythingPublic,
    /// The rule is not a path that a request could be compared with byte for byte.
    PublicPathMalformed {
        /// The rule as configured.
        found: Excerpt,
    },
    /// The rule is longer than [`MAX_PUBLIC_PATH_BYTES`].
    PublicPathTooLong {
        /// Bytes of the rule.
        found: usize,
    },
    /// There are more rules than [`MAX_PUBLIC_PATHS`].
    TooManyPublicPaths {
        /// Number of rules.
        found: usize,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EverythingPublic => f.write_str("the public path \"/\" would cover every path"),
            Self::PublicPathMalformed { found } => {
                write!(f, "\"{found}\" is not a plain absolute path")
            }
            Self::PublicPathTooLong { found } => {
                write!(f, "a public path has {found} bytes, more than {MAX_PUBLIC_PATH_BYTES}")
            }
            Self::TooManyPublicPaths { found } => {
                write!(f, "there are {found} public paths, more than {MAX_PUBLIC_PATHS}")
            }
        }
    }
}

impl core::error::Error for Error {}

impl Diagnostic for Error {
    fn code(&self) -> &'static str {
        match self {
            Self::EverythingPublic => "policy.everything_public",
            Self::PublicPathMalformed { .. } => "policy.public_path_malformed",
            Self::PublicPathTooLong { .. } => "policy.public_path_too_long",
            Self::TooManyPublicPaths { .. } => "policy.too_many_public_paths",
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::EverythingPublic => Kind::NotAllowed,
            Self::PublicPathMalformed { .. } => Kind::Malformed,
            Self::PublicPathTooLong { .. } | Self::TooManyPublicPaths { .. } => Kind::LimitExceeded,
        }
    }

    fn expected(&self) -> Option<String> {
        Some(match self {
            Self::EverythingPublic | Self::PublicPathMalformed { .. } => {
                "an exact path such as /robots.txt, or a folder such as /assets/".to_string()
            }
            Self::PublicPathTooLong { .. } => MAX_PUBLIC_PATH_BYTES.to_string(),
            Self::TooManyPublicPaths { .. } => MAX_PUBLIC_PATHS.to_string(),
        })
    }

    fn found(&self) -> Option<String> {
        Some(match self {
            Self::EverythingPublic => "/".to_string(),
            Self::PublicPathMalformed { found } => found.as_str().to_string(),
            Self::PublicPathTooLong { found } | Self::TooManyPublicPaths { found } => {
                found.to_string()
            }
        })
    }

    fn help(&self) -> &'static str {
        match self {
            Self::EverythingPublic => {
                "List the public folders one by one. A desk whose every path is public needs no gate."
            }
            Self::PublicPathMalformed { .. } => {
                "Write the path as browsers send it: starting with one /, without host, query, \
                 fragment, %-escapes, dot segments or wildcards. A final / includes everything below."
            }
            Self::PublicPathTooLong { .. } | Self::TooManyPublicPaths { .. } => {
                "Name folders (/assets/) instead of single files."
            }
        }
    }
}
