//! Helpdesks as facts and guides know them: what each wants from its identity provider.

use deskgate_core::base64;
use deskgate_core::crypto::PublicKey;
use deskgate_core::saml::constants::{NAME_ID_EMAIL, NAME_ID_UNSPECIFIED};
use deskgate_core::saml::identity_provider::{ExpectedRequest, IdentityProvider};
use deskgate_tests::vectors;

pub(crate) struct Helpdesk {
    pub(crate) name: &'static str,
    pub(crate) audience: &'static str,
    pub(crate) acs_url: &'static str,
    pub(crate) name_id: &'static str,
    pub(crate) name_id_format: &'static str,
    pub(crate) attributes: &'static [(&'static str, &'static str)],
}

pub(crate) const HELPDESKS: [Helpdesk; 3] = [
    Helpdesk {
        name: "help_scout",
        audience: "urn:helpscout:contoso",
        acs_url: "https://secure.helpscout.net/saml/contoso/acs",
        name_id: "B.Simon@contoso.com",
        name_id_format: NAME_ID_EMAIL,
        attributes: &[
            ("given_name", "B."),
            ("family_name", "Simon & <Söhne>"),
            ("email", "B.Simon@contoso.com"),
        ],
    },
    Helpdesk {
        name: "jitbit",
        audience: "https://www.jitbit.com/web-helpdesk/",
        acs_url: "https://contoso.jitbit.com/helpdesk/Saml/Consume",
        name_id: "bsimon",
        name_id_format: NAME_ID_UNSPECIFIED,
        attributes: &[
            (
                "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
                "B.Simon@contoso.com",
            ),
            ("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname", "B."),
            ("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname", "Simon"),
        ],
    },
    Helpdesk {
        name: "zendesk",
        audience: "https://contoso.zendesk.com",
        acs_url: "https://contoso.zendesk.com/access/saml",
        name_id: "B.Simon@contoso.com",
        name_id_format: NAME_ID_EMAIL,
        attributes: &[("name", "B. Simon"), ("phone", "+1 555 0100")],
    },
];

impl Helpdesk {
    pub(crate) fn idp_entity_id(&self) -> String {
        format!("https://login.contoso.com/deskgate/idp/{}/metadata", self.name)
    }

    pub(crate) fn sso_url(&self) -> String {
        format!("https://login.contoso.com/deskgate/idp/{}/sso", self.name)
    }

    /// As a settings page takes it: base64 without its BEGIN and END lines.
    pub(crate) fn certificate_text(&self) -> String {
        base64::encode(vectors::certificate("rsa-2048").der())
    }

    /// With the certificate of the next key beside the current one.
    pub(crate) fn metadata(&self) -> String {
        let current = vectors::certificate("rsa-2048");
        let next = vectors::certificate("other-rsa-2048");
        IdentityProvider {
            entity_id: &self.idp_entity_id(),
            sso_url: &self.sso_url(),
            slo_url: None,
            signing_certificates: &[current.der(), next.der()],
            want_authn_requests_signed: false,
            name_id_formats: &[self.name_id_format],
            valid_until: None,
        }
        .to_xml("_metadata")
    }

    pub(crate) fn expected_request<'a>(&self, keys: &'a [PublicKey]) -> ExpectedRequest<'a> {
        ExpectedRequest {
            sp_entity_id: self.audience,
            acs_url: self.acs_url,
            sso_url: self.sso_url().leak(),
            name_id_format: self.name_id_format,
            keys,
        }
    }
}
