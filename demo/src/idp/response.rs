//! The Response, with the claims of Entra ID.

use anyhow::{Result, anyhow};
use deskgate_core::identity::Attribute;
use deskgate_core::saml::constants::{AUTHN_PASSWORD, NAME_ID_EMAIL};
use deskgate_core::saml::identity_provider::{IssuedAssertion, Response};
use deskgate_core::saml::{REQUEST_ID_ENTROPY_BYTES, request_id};
use deskgate_core::time::UnixTime;

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

/// A response for B. Simon.
pub(super) fn signed(
    idp: &IdentityProvider,
    in_response_to: Option<&str>,
    now: UnixTime,
) -> Result<String> {
    let attributes: Vec<Attribute<'_>> = CLAIMS
        .iter()
        .map(|(name, values)| Attribute {
            name: (*name).into(),
            values: values.iter().map(|value| (*value).into()).collect(),
        })
        .collect();
    let assertion_id = fresh_id()?;
    let assertion = IssuedAssertion {
        id: &assertion_id,
        sp_entity_id: &idp.sp_entity_id(),
        name_id: NAME_ID,
        name_id_format: NAME_ID_EMAIL,
        authn_instant: now,
        session_index: &assertion_id,
        session_not_on_or_after: None,
        authn_context_class: AUTHN_PASSWORD,
        attributes: &attributes,
    };
    Response {
        id: &fresh_id()?,
        issue_instant: now,
        idp_entity_id: &idp.url,
        acs_url: &idp.acs_url(),
        in_response_to,
    }
    .with_assertion(&assertion, None, &idp.signing.signing_key(), &key::crypto())
    .map_err(|error| anyhow!("{error}"))
}

fn fresh_id() -> Result<String> {
    let mut entropy = [0; REQUEST_ID_ENTROPY_BYTES];
    getrandom::fill(&mut entropy)?;
    Ok(request_id(&entropy))
}
