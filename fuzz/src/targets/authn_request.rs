//! Requests of apps to the bridge.

use deskgate_core::base64;
use deskgate_core::dsig::redirect::encode_value;
use deskgate_core::saml::AuthnRequest;
use deskgate_core::saml::binding::redirect::deflate_value;
use deskgate_core::saml::constants::NAME_ID_EMAIL;
use deskgate_core::saml::identity_provider::{ExpectedRequest, read_post, read_redirect};

use crate::trusted::{ACS_URL, AUDIENCE, CRYPTO, IDP_KEYS, NOW};

const SSO_URL: &str = "https://help.contoso.com/deskgate/idp/app/sso";

/// What the settings of the app say, without a key.
const EXPECTED: ExpectedRequest<'_> = ExpectedRequest {
    sp_entity_id: AUDIENCE,
    acs_url: ACS_URL,
    sso_url: SSO_URL,
    name_id_format: NAME_ID_EMAIL,
    keys: &[],
};

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let request = AuthnRequest {
        id: "_request",
        issue_instant: NOW,
        sp_entity_id: AUDIENCE,
        acs_url: ACS_URL,
        destination: SSO_URL,
        force_authn: true,
        authn_contexts: &[],
    };
    let plain = request.to_xml();
    let more = "<samlp:NameIDPolicy AllowCreate=\"true\"/><samlp:RequestedAuthnContext>\
                <saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password\
                </saml:AuthnContextClassRef></samlp:RequestedAuthnContext></samlp:AuthnRequest>";
    let rich = plain.replace("</samlp:AuthnRequest>", more);
    vec![plain.into_bytes(), rich.into_bytes()]
}

/// A request is read alike by both bindings, is not too long to be kept, and is no request of an app that
/// has to sign.
pub(super) fn message(input: &[u8]) {
    let value = base64::encode(input);
    let posted = read_post(&value, Some("state"), &EXPECTED, NOW, &CRYPTO);
    let signing = ExpectedRequest { keys: &IDP_KEYS, ..EXPECTED };
    assert!(read_post(&value, None, &signing, NOW, &CRYPTO).is_err());
    let Ok(text) = str::from_utf8(input) else { return };
    let query = format!("SAMLRequest={}&RelayState=state", encode_value(&deflate_value(text)));
    let redirected = read_redirect(&query, &EXPECTED, NOW, &CRYPTO);
    // What is inflated has a limit of its own.
    if input.len() <= 32 * 1024 {
        assert_eq!(posted.as_ref().ok(), redirected.as_ref().ok());
    }
    let Ok(request) = posted else { return };
    assert!(request.id.len() <= 256 && text.contains(&request.id));
    let classes = request.authn_context.classes();
    assert!(classes.iter().map(String::len).sum::<usize>() <= 512);
}
