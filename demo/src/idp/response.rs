//! The Response, as Entra ID writes it.

use std::time::Duration;

use anyhow::{Result, anyhow};
use deskgate_core::dsig::sign_enveloped;
use deskgate_core::saml::constants::{CONFIRMATION_BEARER, NAME_ID_EMAIL, STATUS_SUCCESS, VERSION};
use deskgate_core::saml::{REQUEST_ID_ENTROPY_BYTES, request_id};
use deskgate_core::time::UnixTime;
use deskgate_core::xml::{Writer, names};

use super::{IdentityProvider, key};

/// The one person who signs in here, by the claims that Entra ID sends.
const NAME_ID: &str = "B.Simon@contoso.com";

const CLAIMS: &[(&str, &[&str])] = &[
    (
        "http://schemas.microsoft.com/identity/claims/objectidentifier",
        &["9a4f6a1e-0b7c-4a53-9d5e-6f0d1c2b3a4d"],
    ),
    ("http://schemas.microsoft.com/identity/claims/displayname", &["B. Simon"]),
    ("http://schemas.microsoft.com/ws/2008/06/identity/claims/groups", &["agents", "billing"]),
    ("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname", &["B."]),
    ("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname", &["Simon"]),
    (
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
        &["B.Simon@contoso.com"],
    ),
    ("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name", &["B.Simon@contoso.com"]),
];

const PASSWORD_CONTEXT: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:Password";

/// Entra ID dates Conditions five minutes back and lets them end after 65: a window of 70 minutes.
const BEFORE: Duration = Duration::from_secs(5 * 60);
const AFTER: Duration = Duration::from_secs(65 * 60);
/// SubjectConfirmationData is shorter.
const CONFIRMATION: Duration = Duration::from_secs(5 * 60);

/// A response for B. Simon with its assertion signed.
pub(super) fn signed(
    idp: &IdentityProvider,
    in_response_to: Option<&str>,
    now: UnixTime,
) -> Result<String> {
    let assertion_id = fresh_id()?;
    let mut xml = Writer::new();
    xml.start("samlp:Response").attribute("ID", &fresh_id()?).attribute("Version", VERSION);
    xml.attribute("IssueInstant", &now.to_string()).attribute("Destination", &idp.acs_url());
    if let Some(id) = in_response_to {
        xml.attribute("InResponseTo", id);
    }
    xml.attribute("xmlns:samlp", names::SAML_PROTOCOL);
    xml.start("Issuer").attribute("xmlns", names::SAML_ASSERTION).text(&idp.url).end();
    xml.start("samlp:Status")
        .start("samlp:StatusCode")
        .attribute("Value", STATUS_SUCCESS)
        .end()
        .end();
    assertion(&mut xml, idp, &assertion_id, in_response_to, now);
    sign_enveloped(&xml.finish(), &assertion_id, &idp.signing.signing_key(), &key::crypto())
        .map_err(|error| anyhow!("{error}"))
}

fn assertion(
    xml: &mut Writer,
    idp: &IdentityProvider,
    id: &str,
    in_response_to: Option<&str>,
    now: UnixTime,
) {
    xml.start("Assertion").attribute("ID", id).attribute("IssueInstant", &now.to_string());
    xml.attribute("Version", VERSION).attribute("xmlns", names::SAML_ASSERTION);
    xml.start("Issuer").text(&idp.url).end();
    subject(xml, idp, in_response_to, now);
    xml.start("Conditions");
    xml.attribute("NotBefore", &now.saturating_sub(BEFORE).to_string());
    xml.attribute("NotOnOrAfter", &now.saturating_add(AFTER).to_string());
    xml.start("AudienceRestriction").start("Audience").text(&idp.sp_entity_id()).end().end().end();
    xml.start("AttributeStatement");
    for (name, values) in CLAIMS {
        xml.start("Attribute").attribute("Name", name);
        for value in *values {
            xml.start("AttributeValue").text(value).end();
        }
        xml.end();
    }
    xml.end();
    xml.start("AuthnStatement").attribute("AuthnInstant", &now.to_string());
    xml.attribute("SessionIndex", id).start("AuthnContext");
    xml.start("AuthnContextClassRef").text(PASSWORD_CONTEXT).end().end().end();
    xml.end();
}

fn subject(xml: &mut Writer, idp: &IdentityProvider, in_response_to: Option<&str>, now: UnixTime) {
    xml.start("Subject").start("NameID").attribute("Format", NAME_ID_EMAIL).text(NAME_ID).end();
    xml.start("SubjectConfirmation").attribute("Method", CONFIRMATION_BEARER);
    xml.start("SubjectConfirmationData");
    if let Some(id) = in_response_to {
        xml.attribute("InResponseTo", id);
    }
    xml.attribute("NotOnOrAfter", &now.saturating_add(CONFIRMATION).to_string());
    xml.attribute("Recipient", &idp.acs_url()).end().end().end();
}

fn fresh_id() -> Result<String> {
    let mut entropy = [0; REQUEST_ID_ENTROPY_BYTES];
    getrandom::fill(&mut entropy)?;
    Ok(request_id(&entropy))
}
