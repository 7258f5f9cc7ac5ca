//! Why a request of an app was not answered.

use alloc::format;
use alloc::string::{String, ToString as _};
use core::fmt;

use super::authn_context::MAX_CLASSES_BYTES;
use super::request::MAX_RELAY_STATE_BYTES;
use crate::diagnostic::{Diagnostic, Excerpt, Kind};
use crate::saml::constants::{BINDING_POST, ENCODING_DEFLATE};
use crate::time::UnixTime;
use crate::{dsig, saml, xenc, xml};

/// Why a request was refused, or an answer could not be made.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// The request names the address of the answer and its index (SAML Core 3.4.1: one of the two).
    AcsUrlAndIndex,
    /// The request wants its answer somewhere else (SAML Profiles 4.1.4.1): assertions for everybody
    /// who asks.
    AcsUrlMismatch {
        /// The assertion consumer service of the app's settings.
        expected: Excerpt,
        /// What the request says.
        found: Excerpt,
    },
    /// The names in RequestedAuthnContext do not fit into the cookie that keeps them.
    AuthnContextTooLong,
    /// Destination is not our single sign-on address (SAML Bindings 3.4.5.2, 3.5.5.2).
    DestinationMismatch {
        /// Our single sign-on address for this app.
        expected: Excerpt,
        /// The Destination of the request, if it has one.
        found: Option<Excerpt>,
    },
    /// IssueInstant lies too far back.
    Expired {
        /// Its IssueInstant.
        issue_instant: UnixTime,
        /// When it was looked at.
        now: UnixTime,
    },
    /// The `ID` does not fit into the cookie that keeps it.
    IdTooLong,
    /// An attribute that is not of its schema type (SAML Core 3.4.1).
    InvalidValue {
        /// Name of the attribute.
        attribute: &'static str,
    },
    /// Issuer is not the app that this address belongs to (SAML Profiles 4.1.4.1).
    IssuerMismatch {
        /// Entity ID of the app.
        expected: Excerpt,
        /// The Issuer of the request, if it has one.
        found: Option<Excerpt>,
    },
    /// The root of the message is not samlp:AuthnRequest.
    NotAnAuthnRequest {
        /// Local name of the root.
        found: Excerpt,
    },
    /// IssueInstant lies ahead.
    NotYetValid {
        /// Its IssueInstant.
        issue_instant: UnixTime,
        /// When it was looked at.
        now: UnixTime,
    },
    /// RelayState does not fit into the cookie that keeps it (SAML Bindings 3.4.3).
    RelayStateTooLong,
    /// The app has a certificate in its settings, and the request is not signed.
    RequestNotSigned,
    /// The message is not what the SAML layer accepts, or an answer cannot be made.
    Saml(saml::Error),
    /// `SAMLEncoding` other than DEFLATE (SAML Bindings 3.4.4).
    UnsupportedEncoding {
        /// What was named.
        found: Excerpt,
    },
    /// The answer is wanted by another binding than HTTP-POST (SAML Profiles 4.1.3.5).
    UnsupportedProtocolBinding {
        /// What was named.
        found: Excerpt,
    },
}

impl From<saml::Error> for Error {
    fn from(error: saml::Error) -> Self {
        Self::Saml(error)
    }
}

impl From<dsig::Error> for Error {
    fn from(error: dsig::Error) -> Self {
        Self::Saml(error.into())
    }
}

impl From<xenc::Error> for Error {
    fn from(error: xenc::Error) -> Self {
        Self::Saml(error.into())
    }
}

impl From<xml::ContentError> for Error {
    fn from(error: xml::ContentError) -> Self {
        Self::Saml(error.into())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::Saml(error) => return error.fmt(f),
            Self::Expired { issue_instant, now } => {
                return write!(f, "the request was made at {issue_instant}, and it is {now}");
            }
            Self::InvalidValue { attribute } => {
                return write!(f, "{attribute} of the request has no value of its type");
            }
            Self::NotYetValid { issue_instant, now } => {
                return write!(f, "the request is from {issue_instant}, and it is {now}");
            }
            Self::AcsUrlAndIndex => "the request names both a URL and an index for its answer",
            Self::AcsUrlMismatch { .. } => "the request wants its answer at another URL",
            Self::AuthnContextTooLong => "the request names too many authentication contexts",
            Self::DestinationMismatch { .. } => "the request is addressed to another URL",
            Self::IdTooLong => "the ID of the request is too long",
            Self::IssuerMismatch { .. } => "the request is from another app",
            Self::NotAnAuthnRequest { .. } => "the message is not a SAML 2.0 sign-in request",
            Self::RelayStateTooLong => "the RelayState of the request is too long",
            Self::RequestNotSigned => "the request is not signed",
            Self::UnsupportedEncoding { .. } => "the request is encoded in an unknown way",
            Self::UnsupportedProtocolBinding { .. } => "the request wants another binding",
        };
        f.write_str(text)
    }
}

impl core::error::Error for Error {}

impl Diagnostic for Error {
    fn code(&self) -> &'static str {
        match self {
            Self::AcsUrlAndIndex => "identity_provider.acs_url_and_index",
            Self::AcsUrlMismatch { .. } => "identity_provider.acs_url_mismatch",
            Self::AuthnContextTooLong => "identity_provider.authn_context_too_long",
            Self::DestinationMismatch { .. } => "identity_provider.destination_mismatch",
            Self::Expired { .. } => "identity_provider.expired",
            Self::IdTooLong => "identity_provider.id_too_long",
            Self::InvalidValue { .. } => "identity_provider.invalid_value",
            Self::IssuerMismatch { .. } => "identity_provider.issuer_mismatch",
            Self::NotAnAuthnRequest { .. } => "identity_provider.not_an_authn_request",
            Self::NotYetValid { .. } => "identity_provider.not_yet_valid",
            Self::RelayStateTooLong => "identity_provider.relay_state_too_long",
            Self::RequestNotSigned => "identity_provider.request_not_signed",
            Self::Saml(error) => error.code(),
            Self::UnsupportedEncoding { .. } => "identity_provider.unsupported_encoding",
            Self::UnsupportedProtocolBinding { .. } => {
                "identity_provider.unsupported_protocol_binding"
            }
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::AcsUrlAndIndex | Self::InvalidValue { .. } | Self::NotAnAuthnRequest { .. } => {
                Kind::Malformed
            }
            Self::AuthnContextTooLong | Self::IdTooLong | Self::RelayStateTooLong => {
                Kind::LimitExceeded
            }
            Self::AcsUrlMismatch { .. }
            | Self::DestinationMismatch { .. }
            | Self::IssuerMismatch { .. } => Kind::NotAllowed,
            Self::Expired { .. } | Self::NotYetValid { .. } => Kind::Expired,
            Self::RequestNotSigned => Kind::Untrusted,
            Self::Saml(error) => error.kind(),
            Self::UnsupportedEncoding { .. } | Self::UnsupportedProtocolBinding { .. } => {
                Kind::Unsupported
            }
        }
    }

    fn expected(&self) -> Option<String> {
        match self {
            Self::AcsUrlMismatch { expected, .. }
            | Self::DestinationMismatch { expected, .. }
            | Self::IssuerMismatch { expected, .. } => Some(expected.to_string()),
            Self::AuthnContextTooLong => Some(format!("at most {MAX_CLASSES_BYTES} bytes")),
            Self::NotAnAuthnRequest { .. } => Some("AuthnRequest".into()),
            Self::RelayStateTooLong => Some(format!("at most {MAX_RELAY_STATE_BYTES} bytes")),
            Self::Saml(error) => error.expected(),
            Self::UnsupportedEncoding { .. } => Some(ENCODING_DEFLATE.into()),
            Self::UnsupportedProtocolBinding { .. } => Some(BINDING_POST.into()),
            _ => None,
        }
    }

    fn found(&self) -> Option<String> {
        match self {
            Self::AcsUrlMismatch { found, .. }
            | Self::NotAnAuthnRequest { found }
            | Self::UnsupportedEncoding { found }
            | Self::UnsupportedProtocolBinding { found } => Some(found.to_string()),
            Self::DestinationMismatch { found, .. } | Self::IssuerMismatch { found, .. } => {
                found.as_ref().map(Excerpt::to_string)
            }
            Self::Expired { issue_instant, .. } | Self::NotYetValid { issue_instant, .. } => {
                Some(issue_instant.to_string())
            }
            Self::Saml(error) => error.found(),
            _ => None,
        }
    }

    fn help(&self) -> &'static str {
        match self {
            Self::AcsUrlMismatch { .. } => {
                "Copy the address that the helpdesk shows into the settings of the app. Help Scout: Manage > Company > Authentication > Post-back URL; Zendesk: https://<subdomain>.zendesk.com/access/saml; Jitbit: <helpdesk>/Saml/Consume. If the address that was found is not your helpdesk's, somebody tried to get sign-ins sent elsewhere."
            }
            Self::DestinationMismatch { .. } => {
                "Copy the expected address into the helpdesk, as its single sign-on URL, SAML SSO URL or identity provider URL."
            }
            Self::Expired { .. } | Self::NotYetValid { .. } => {
                "Start again at the helpdesk instead of going back in the browser. If it happens every time, the clock of the helpdesk is wrong."
            }
            Self::IssuerMismatch { .. } => {
                "Copy the value that was found into the settings of the app as its audience, if it is your helpdesk's. Help Scout: Audience URI; Zendesk: https://<subdomain>.zendesk.com; Jitbit: https://www.jitbit.com/web-helpdesk/. Each app has a single sign-on address of its own."
            }
            Self::RequestNotSigned => {
                "Let the helpdesk sign its requests, or take its certificate out of the settings of the app."
            }
            Self::Saml(error) => error.help(),
            Self::UnsupportedProtocolBinding { .. } => {
                "Choose HTTP-POST for the answer (assertion consumer service) in the helpdesk."
            }
            Self::AcsUrlAndIndex
            | Self::AuthnContextTooLong
            | Self::IdTooLong
            | Self::InvalidValue { .. }
            | Self::NotAnAuthnRequest { .. }
            | Self::RelayStateTooLong
            | Self::UnsupportedEncoding { .. } => {
                "The helpdesk sent something else than a request to sign in. Check that its single sign-on URL is the one of this app and that it speaks SAML 2.0."
            }
        }
    }
}
