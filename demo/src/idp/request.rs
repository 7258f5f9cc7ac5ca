//! Reading the AuthnRequest of the desk (SAML Core 3.4.1).

use deskgate_core::crypto::RustCrypto;
use deskgate_core::saml::constants::NAME_ID_EMAIL;
use deskgate_core::saml::identity_provider::{
    Error, ExpectedRequest, ReceivedRequest, read_post, read_redirect,
};
use deskgate_core::time::UnixTime;

use super::{IdentityProvider, Message};

/// How the request came.
#[derive(Debug)]
pub(super) enum Received<'a> {
    /// The fields of the form.
    Post(&'a Message),
    /// The query, as it was sent.
    Redirect(&'a str),
}

/// Answers go to the one registered desk only.
pub(super) fn read(
    received: &Received<'_>,
    idp: &IdentityProvider,
    now: UnixTime,
) -> Result<ReceivedRequest, Error> {
    let expected = ExpectedRequest {
        sp_entity_id: &idp.sp_entity_id(),
        acs_url: &idp.acs_url(),
        sso_url: &idp.sso_url(),
        name_id_format: NAME_ID_EMAIL,
        keys: &[],
    };
    let crypto = RustCrypto::new();
    match received {
        Received::Post(message) => {
            let relay_state = message.relay_state.as_deref();
            read_post(&message.saml_request, relay_state, &expected, now, &crypto)
        }
        Received::Redirect(query) => read_redirect(query, &expected, now, &crypto),
    }
}
