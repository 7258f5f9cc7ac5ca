//! What an app is told instead of a sign-in (SAML Core 3.2.2.2).

use crate::saml::constants::{STATUS_REQUESTER, STATUS_RESPONDER};

/// Why a request is not answered with an assertion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Status {
    /// The sign-in at the company failed.
    AuthnFailed,
    /// The app does not get NameIDs of the format that it asks for.
    InvalidNameIdPolicy,
    /// The person did not sign in the way that the app asks for.
    NoAuthnContext,
    /// Somebody would have to be asked, and the app wants nobody to be asked (IsPassive).
    NoPassive,
    /// The app forbids to ask another identity provider, which is all that deskgate does.
    ProxyCountExceeded,
    /// This person may not use the app.
    RequestDenied,
    /// The request asks for something that deskgate does not do.
    RequestUnsupported,
    /// The app does not know this person, and new people are added by hand.
    UnknownPrincipal,
}

impl Status {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::AuthnFailed,
        Self::InvalidNameIdPolicy,
        Self::NoAuthnContext,
        Self::NoPassive,
        Self::ProxyCountExceeded,
        Self::RequestDenied,
        Self::RequestUnsupported,
        Self::UnknownPrincipal,
    ];

    /// The StatusCode inside.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::AuthnFailed => "urn:oasis:names:tc:SAML:2.0:status:AuthnFailed",
            Self::InvalidNameIdPolicy => "urn:oasis:names:tc:SAML:2.0:status:InvalidNameIDPolicy",
            Self::NoAuthnContext => "urn:oasis:names:tc:SAML:2.0:status:NoAuthnContext",
            Self::NoPassive => "urn:oasis:names:tc:SAML:2.0:status:NoPassive",
            Self::ProxyCountExceeded => "urn:oasis:names:tc:SAML:2.0:status:ProxyCountExceeded",
            Self::RequestDenied => "urn:oasis:names:tc:SAML:2.0:status:RequestDenied",
            Self::RequestUnsupported => "urn:oasis:names:tc:SAML:2.0:status:RequestUnsupported",
            Self::UnknownPrincipal => "urn:oasis:names:tc:SAML:2.0:status:UnknownPrincipal",
        }
    }

    /// The top-level StatusCode: whose doing it is.
    #[must_use]
    pub const fn top_level_code(self) -> &'static str {
        match self {
            Self::InvalidNameIdPolicy | Self::ProxyCountExceeded | Self::RequestUnsupported => {
                STATUS_REQUESTER
            }
            Self::AuthnFailed
            | Self::NoAuthnContext
            | Self::NoPassive
            | Self::RequestDenied
            | Self::UnknownPrincipal => STATUS_RESPONDER,
        }
    }
}
