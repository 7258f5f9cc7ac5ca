//! The logout messages of the identity provider.

use deskgate_core::base64;
use deskgate_core::crypto::{DigestAlgorithm, RustCrypto, SignatureAlgorithm};
use deskgate_core::dsig::SigningKey;
use deskgate_core::dsig::redirect::{encode_value, sign_query};
use deskgate_core::time::UnixTime;

use super::{Issuer, escape, fresh_id};

const RSA: SignatureAlgorithm = SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256);

/// The fields of a logout request before it is signed; every one may be set to something wrong.
#[derive(Clone, Debug)]
pub struct Logout {
    /// `ID`.
    pub id: String,
    /// `Issuer`.
    pub issuer: String,
    /// `Destination`.
    pub destination: String,
    /// `IssueInstant`.
    pub issue_instant: UnixTime,
    /// `NameID`.
    pub name_id: String,
    /// `SessionIndex`.
    pub session_index: Option<String>,
}

impl Issuer {
    /// A request to end the sessions of B.Simon@contoso.com that is right at `now` for this service.
    #[must_use]
    pub fn log_out(&self, now: UnixTime, slo_url: &str) -> Logout {
        Logout {
            id: fresh_id(),
            issuer: self.entity_id.clone(),
            destination: slo_url.to_owned(),
            issue_instant: now,
            name_id: "B.Simon@contoso.com".to_owned(),
            session_index: None,
        }
    }

    /// The signed query of HTTP-Redirect.
    #[must_use]
    pub fn logout_query(&self, logout: &Logout) -> String {
        self.sign_redirect("SAMLRequest", &logout.to_xml())
    }

    /// The signed value of the form field `SAMLRequest`.
    #[must_use]
    pub fn logout_post_value(&self, logout: &Logout) -> String {
        base64::encode(self.sign_element(&logout.to_xml(), &logout.id, RSA).as_bytes())
    }

    /// The signed query of an answer to the request `request_id`.
    #[must_use]
    pub fn logout_answer(&self, request_id: &str, now: UnixTime, slo_url: &str) -> String {
        let message = format!(
            "<samlp:LogoutResponse xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"{}\" \
             Version=\"2.0\" IssueInstant=\"{now}\" Destination=\"{slo_url}\" \
             InResponseTo=\"{request_id}\"><Issuer xmlns=\"urn:oasis:names:tc:SAML:2.0:assertion\">{}\
             </Issuer><samlp:Status><samlp:StatusCode \
             Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"/></samlp:Status>\
             </samlp:LogoutResponse>",
            fresh_id(),
            self.entity_id,
        );
        self.sign_redirect("SAMLResponse", &message)
    }

    fn sign_redirect(&self, parameter: &str, message: &str) -> String {
        let deflated = miniz_oxide::deflate::compress_to_vec(message.as_bytes(), 6);
        let query = format!("{parameter}={}", encode_value(&base64::encode(&deflated)));
        let signing_key = SigningKey { algorithm: RSA, key: &self.key, certificate: None };
        let crypto = RustCrypto::with_dangerous_rsa_private_operations();
        sign_query(&query, &signing_key, &crypto).expect("the key signs")
    }
}

impl Logout {
    /// The XML without signature.
    #[must_use]
    pub fn to_xml(&self) -> String {
        let session_index = self
            .session_index
            .as_ref()
            .map(|index| format!("<samlp:SessionIndex>{}</samlp:SessionIndex>", escape(index)));
        format!(
            "<samlp:LogoutRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"{}\" \
             Version=\"2.0\" IssueInstant=\"{}\" Destination=\"{}\"><Issuer \
             xmlns=\"urn:oasis:names:tc:SAML:2.0:assertion\">{}</Issuer><NameID \
             xmlns=\"urn:oasis:names:tc:SAML:2.0:assertion\" \
             Format=\"urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress\">{}</NameID>{}\
             </samlp:LogoutRequest>",
            self.id,
            self.issue_instant,
            escape(&self.destination),
            escape(&self.issuer),
            escape(&self.name_id),
            session_index.unwrap_or_default(),
        )
    }
}
