//! The description of this identity provider that an administrator could import (SAML Metadata 2.4.3).

use deskgate_core::saml::constants::NAME_ID_EMAIL;
use deskgate_core::saml::identity_provider;

use super::IdentityProvider;

pub(super) fn document(idp: &IdentityProvider) -> String {
    identity_provider::IdentityProvider {
        entity_id: &idp.url,
        sso_url: &idp.sso_url(),
        slo_url: None,
        signing_certificates: &[idp.signing.certificate_der()],
        want_authn_requests_signed: false,
        name_id_formats: &[NAME_ID_EMAIL],
        valid_until: None,
    }
    .to_xml("_metadata")
}
