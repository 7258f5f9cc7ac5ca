//! Why a session, a token, a cookie or a return target is refused.

use alloc::string::{String, ToString as _};
use core::fmt;

use crate::diagnostic::{Diagnostic, Excerpt, Kind};
use crate::jose;
use crate::session::cookie::MAX_COOKIE_HEADER_BYTES;
use crate::time::UnixTime;

/// Why a session, a token, a cookie or a return target is refused.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// The token was made for another body.
    BodyMismatch,
    /// The cookie header is longer than [`MAX_COOKIE_HEADER_BYTES`] or names too many cookies.
    CookieHeaderTooLarge,
    /// A cookie of ours occurs twice: one of them was planted (cookie tossing).
    CookieRepeated,
    /// The e-mail address is not of the domains that the connection may speak for, or there is none.
    EmailDomainNotAllowed {
        /// The domains of the connection.
        expected: Excerpt,
        /// The domain of the address.
        found: Option<Excerpt>,
    },
    /// The identity does not fit into a cookie, even without groups.
    IdentityTooLarge,
    /// The token layer refuses.
    Jose(jose::Error),
    /// No logout with this request began here, or it took too long.
    LogoutUnknown,
    /// The token was made for another method.
    MethodMismatch {
        /// The method of the request.
        expected: Excerpt,
        /// `htm` of the token.
        found: Excerpt,
    },
    /// The identity provider names the person by nothing that stays the same.
    NoStableSubject,
    /// A break-glass link for somebody who is no owner of the desk.
    NotAnOwner {
        /// The address in the link.
        found: Excerpt,
    },
    /// The token was made for another path or query.
    PathMismatch,
    /// The return target is not a path of this desk.
    ReturnTargetRefused {
        /// The text given.
        found: Excerpt,
    },
    /// The request to revoke says not, or not as text, who is meant.
    RevocationMalformed {
        /// The member that is missing or wrong.
        member: &'static str,
    },
    /// Sealed data was changed, or sealed under another secret, for another purpose or another desk.
    SealBroken,
    /// The identity provider's own session is over (SAML Core 2.7.2, SessionNotOnOrAfter).
    SessionEnded {
        /// The time of the check.
        now: UnixTime,
        /// SessionNotOnOrAfter.
        not_on_or_after: UnixTime,
    },
    /// Nothing came from this browser for longer than the desk allows.
    SessionIdle {
        /// The time of the check.
        now: UnixTime,
        /// Until when the session counted without activity.
        idle_expires_at: UnixTime,
    },
    /// The request to revoke names the person in a format that is none of ours.
    SubjectFormatUnknown {
        /// `format` of the subject identifier.
        found: Excerpt,
    },
    /// A part of the name that the identity provider gave contains U+0000.
    SubjectMalformed,
    /// No login with this request is pending in this browser, or it took too long.
    TransactionUnknown,
}

impl From<jose::Error> for Error {
    fn from(error: jose::Error) -> Self {
        Self::Jose(error)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BodyMismatch => f.write_str("the token was made for another body"),
            Self::CookieHeaderTooLarge => {
                write!(f, "the cookie header is longer than {MAX_COOKIE_HEADER_BYTES} bytes")
            }
            Self::CookieRepeated => f.write_str("the cookie occurs twice"),
            Self::EmailDomainNotAllowed { expected, found: Some(found) } => {
                write!(f, "the e-mail address is of {found}, the connection is for {expected}")
            }
            Self::EmailDomainNotAllowed { expected, found: None } => {
                write!(f, "there is no e-mail address, the connection is for {expected}")
            }
            Self::IdentityTooLarge => f.write_str("the identity does not fit into a cookie"),
            Self::Jose(error) => error.fmt(f),
            Self::LogoutUnknown => f.write_str("this logout did not begin here"),
            Self::MethodMismatch { expected, found } => {
                write!(f, "the token was made for {found}, the request is {expected}")
            }
            Self::NoStableSubject => {
                f.write_str("neither a lasting NameID nor an e-mail address names the person")
            }
            Self::NotAnOwner { found } => write!(f, "{found} is no owner of this desk"),
            Self::PathMismatch => f.write_str("the token was made for another path"),
            Self::ReturnTargetRefused { found } => {
                write!(f, "\"{found}\" is not a path of this desk")
            }
            Self::RevocationMalformed { member } => {
                write!(f, "the request to revoke has no usable \"{member}\"")
            }
            Self::SealBroken => f.write_str("sealed data does not open"),
            Self::SessionEnded { now, not_on_or_after } => {
                write!(f, "the identity provider's session ended at {not_on_or_after}, it is {now}")
            }
            Self::SessionIdle { now, idle_expires_at } => {
                write!(f, "the session ended unused at {idle_expires_at}, it is {now}")
            }
            Self::SubjectFormatUnknown { found } => {
                write!(f, "\"{found}\" is no format in which a person can be named here")
            }
            Self::SubjectMalformed => f.write_str("the NameID contains a NUL character"),
            Self::TransactionUnknown => f.write_str("this browser did not start this login"),
        }
    }
}

impl core::error::Error for Error {}

impl Diagnostic for Error {
    fn code(&self) -> &'static str {
        match self {
            Self::BodyMismatch => "session.body_mismatch",
            Self::CookieHeaderTooLarge => "session.cookie_header_too_large",
            Self::CookieRepeated => "session.cookie_repeated",
            Self::EmailDomainNotAllowed { .. } => "session.email_domain_not_allowed",
            Self::IdentityTooLarge => "session.identity_too_large",
            Self::Jose(error) => error.code(),
            Self::LogoutUnknown => "session.logout_unknown",
            Self::MethodMismatch { .. } => "session.method_mismatch",
            Self::NoStableSubject => "session.no_stable_subject",
            Self::NotAnOwner { .. } => "session.not_an_owner",
            Self::PathMismatch => "session.path_mismatch",
            Self::ReturnTargetRefused { .. } => "session.return_target_refused",
            Self::RevocationMalformed { .. } => "session.revocation_malformed",
            Self::SealBroken => "session.seal_broken",
            Self::SessionEnded { .. } => "session.session_ended",
            Self::SessionIdle { .. } => "session.idle",
            Self::SubjectFormatUnknown { .. } => "session.subject_format_unknown",
            Self::SubjectMalformed => "session.subject_malformed",
            Self::TransactionUnknown => "session.transaction_unknown",
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::Jose(error) => error.kind(),
            Self::SessionEnded { .. } | Self::SessionIdle { .. } => Kind::Expired,
            Self::CookieHeaderTooLarge | Self::IdentityTooLarge => Kind::LimitExceeded,
            Self::CookieRepeated | Self::RevocationMalformed { .. } | Self::SubjectMalformed => {
                Kind::Malformed
            }
            Self::BodyMismatch
            | Self::EmailDomainNotAllowed { .. }
            | Self::MethodMismatch { .. }
            | Self::NoStableSubject
            | Self::NotAnOwner { .. }
            | Self::PathMismatch
            | Self::ReturnTargetRefused { .. }
            | Self::SubjectFormatUnknown { .. } => Kind::NotAllowed,
            Self::LogoutUnknown | Self::SealBroken | Self::TransactionUnknown => Kind::Untrusted,
        }
    }

    fn expected(&self) -> Option<String> {
        match self {
            Self::Jose(error) => error.expected(),
            Self::EmailDomainNotAllowed { expected, .. }
            | Self::MethodMismatch { expected, .. } => Some(expected.to_string()),
            Self::NotAnOwner { .. } => Some("one of the owners of the desk".to_string()),
            Self::ReturnTargetRefused { .. } => Some("a path such as /tickets/17".to_string()),
            Self::SessionEnded { now, .. } | Self::SessionIdle { now, .. } => {
                Some(alloc::format!("later than {now}"))
            }
            Self::SubjectFormatUnknown { .. } => Some("email or iss_sub".to_string()),
            _ => None,
        }
    }

    fn found(&self) -> Option<String> {
        match self {
            Self::EmailDomainNotAllowed { found, .. } => found.as_ref().map(Excerpt::to_string),
            Self::Jose(error) => error.found(),
            Self::MethodMismatch { found, .. }
            | Self::NotAnOwner { found }
            | Self::ReturnTargetRefused { found }
            | Self::SubjectFormatUnknown { found } => Some(found.to_string()),
            Self::SessionEnded { not_on_or_after, .. } => Some(not_on_or_after.to_string()),
            Self::SessionIdle { idle_expires_at, .. } => Some(idle_expires_at.to_string()),
            _ => None,
        }
    }

    fn help(&self) -> &'static str {
        match self {
            Self::BodyMismatch | Self::MethodMismatch { .. } | Self::PathMismatch => {
                "Each request needs the token that was made for it. Compare the method, and path and \
                 query, exactly as the request line has them."
            }
            Self::CookieHeaderTooLarge => "Delete the cookies of this site in the browser.",
            Self::CookieRepeated => {
                "Delete the cookies of this site in the browser. If it comes back, another application \
                 under the same domain sets a cookie with our name."
            }
            Self::EmailDomainNotAllowed { .. } => {
                "If the domain belongs to this organization, add it to email_domains of the connection. \
                 If not, its identity provider names people of somebody else."
            }
            Self::IdentityTooLarge => {
                "Let the identity provider send shorter values, or name other attributes for the \
                 connection."
            }
            Self::Jose(error) => error.help(),
            Self::LogoutUnknown => {
                "An answer about a sign-out that did not begin here, or more than 10 minutes ago. The \
                 session had ended before; nothing has to be done."
            }
            Self::NoStableSubject => {
                "Let the identity provider send a persistent NameID or the user's e-mail address. A \
                 transient NameID is another one at each sign-in."
            }
            Self::NotAnOwner { .. } => {
                "Add the address to owners in desk.toml and apply it, or make the link for an owner."
            }
            Self::ReturnTargetRefused { .. } => {
                "Links into the desk are paths: they start with one / and name no host."
            }
            Self::RevocationMalformed { .. } | Self::SubjectFormatUnknown { .. } => {
                "Let the identity provider name people by e-mail address: in Okta, Logout > Subject format > \
                 Email Identifier."
            }
            Self::SealBroken => "This was not made by this desk with its present secret.",
            Self::SessionEnded { .. } => "Sign in again, and compare the clocks.",
            Self::SessionIdle { .. } => {
                "Sign in again. How long a session lasts without activity is idle_seconds of the desk."
            }
            Self::SubjectMalformed => "The identity provider has to send the NameID as plain text.",
            Self::TransactionUnknown => {
                "Start the login again in this browser, with cookies allowed, and finish it within 10 \
                 minutes."
            }
        }
    }
}
