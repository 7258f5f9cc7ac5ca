//! Reading the AuthnRequest of the desk (SAML Core 3.4.1).

use std::fmt;

use deskgate_core::limits::XmlLimits;
use deskgate_core::saml::binding::redirect::inflate_value;
use deskgate_core::saml::decode_post_value;
use deskgate_core::xml::{Document, Element, names};

use super::IdentityProvider;

/// How the request came.
#[derive(Clone, Copy, Debug)]
pub(super) enum Binding {
    Post,
    Redirect,
}

/// A request that this identity provider answers.
#[derive(Debug)]
pub(super) struct ReceivedRequest {
    pub(super) id: String,
}

/// Why a request is not answered.
#[derive(Debug)]
pub(super) enum RefusedRequest {
    Unreadable(String),
    NotAnAuthnRequest,
    UnknownServiceProvider { found: String, expected: String },
    UnknownReplyUrl { found: String, expected: String },
}

impl ReceivedRequest {
    pub(super) fn read(
        value: &str,
        binding: Binding,
        idp: &IdentityProvider,
    ) -> Result<Self, RefusedRequest> {
        let xml = match binding {
            Binding::Post => decode_post_value(value),
            Binding::Redirect => inflate_value(value).map(String::into_bytes),
        };
        let xml = xml.map_err(|error| RefusedRequest::Unreadable(error.to_string()))?;
        let document = Document::parse(&xml, &XmlLimits::MESSAGE)
            .map_err(|error| RefusedRequest::Unreadable(error.to_string()))?;
        let request = document.root();
        if !request.is(names::SAML_PROTOCOL, "AuthnRequest") {
            return Err(RefusedRequest::NotAnAuthnRequest);
        }
        let id = request.attribute("ID").ok_or(RefusedRequest::NotAnAuthnRequest)?.to_owned();
        check_issuer(request, idp.sp_entity_id())?;
        check_reply_url(request, idp.acs_url())?;
        Ok(Self { id })
    }
}

fn check_issuer(request: Element<'_>, expected: String) -> Result<(), RefusedRequest> {
    let issuer = request.child_elements().find(|child| child.is(names::SAML_ASSERTION, "Issuer"));
    let found = issuer.and_then(|issuer| issuer.text().ok()).unwrap_or_default().into_owned();
    if found == expected {
        Ok(())
    } else {
        Err(RefusedRequest::UnknownServiceProvider { found, expected })
    }
}

/// Answers go to the registered address only; a request may repeat it.
fn check_reply_url(request: Element<'_>, expected: String) -> Result<(), RefusedRequest> {
    match request.attribute("AssertionConsumerServiceURL") {
        Some(found) if found != expected => {
            Err(RefusedRequest::UnknownReplyUrl { found: found.to_owned(), expected })
        }
        _ => Ok(()),
    }
}

impl fmt::Display for RefusedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(error) => write!(f, "The request cannot be read: {error}."),
            Self::NotAnAuthnRequest => {
                f.write_str("The message is not an AuthnRequest with an ID.")
            }
            Self::UnknownServiceProvider { found, expected } => {
                write!(f, "The request is from {found}, and only {expected} is registered here.")
            }
            Self::UnknownReplyUrl { found, expected } => {
                write!(
                    f,
                    "The request wants its answer at {found}, and only {expected} is registered here."
                )
            }
        }
    }
}
