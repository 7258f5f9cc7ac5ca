//! Writing our metadata as an identity provider (SAML Metadata 2.3.2, 2.4.3).

use alloc::string::{String, ToString as _};

use super::Error;
use crate::crypto::Crypto;
use crate::dsig::{SigningKey, sign_enveloped};
use crate::saml::constants::{BINDING_POST, BINDING_REDIRECT, PROTOCOL};
use crate::saml::metadata::{boolean, write_key_descriptor};
use crate::time::UnixTime;
use crate::xml::{Writer, names};

/// What one app needs to know about deskgate as its identity provider.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "a new value has to be given by every caller")]
pub struct IdentityProvider<'a> {
    /// `entityID`: Issuer, IdP entity ID.
    pub entity_id: &'a str,
    /// SingleSignOnService, by HTTP-Redirect and HTTP-POST.
    pub sso_url: &'a str,
    /// SingleLogoutService by both bindings, where there is one.
    pub slo_url: Option<&'a str>,
    /// DER of the certificates of the keys that sign answers: the current one first, then the next
    /// one from when it is announced until it is current.
    pub signing_certificates: &'a [&'a [u8]],
    /// Whether the app's requests have to be signed.
    pub want_authn_requests_signed: bool,
    /// The Formats of the NameIDs that the app gets.
    pub name_id_formats: &'a [&'a str],
    /// Until when this may be used; published again long before. `None` for apps that read it once.
    pub valid_until: Option<UnixTime>,
}

impl IdentityProvider<'_> {
    /// The EntityDescriptor. `id` must be an NCName; [`request_id`](crate::saml::request_id) makes one.
    #[must_use]
    pub fn to_xml(&self, id: &str) -> String {
        let mut xml = Writer::new();
        xml.start("md:EntityDescriptor").attribute("xmlns:md", names::SAML_METADATA);
        xml.attribute("ID", id).attribute("entityID", self.entity_id);
        if let Some(valid_until) = self.valid_until {
            xml.attribute("validUntil", &valid_until.to_string());
        }
        xml.start("md:IDPSSODescriptor");
        xml.attribute("WantAuthnRequestsSigned", boolean(self.want_authn_requests_signed));
        xml.attribute("protocolSupportEnumeration", PROTOCOL);
        for certificate in self.signing_certificates {
            write_key_descriptor(&mut xml, "signing", certificate);
        }
        if let Some(slo_url) = self.slo_url {
            endpoints(&mut xml, "md:SingleLogoutService", slo_url);
        }
        for format in self.name_id_formats {
            xml.start("md:NameIDFormat").text(format).end();
        }
        endpoints(&mut xml, "md:SingleSignOnService", self.sso_url);
        xml.finish()
    }

    /// The same with an enveloped signature.
    ///
    /// # Errors
    /// [`Error::Saml`] when `id` is no NCName or the key cannot sign.
    pub fn to_signed_xml(
        &self,
        id: &str,
        signing_key: &SigningKey<'_>,
        crypto: &dyn Crypto,
    ) -> Result<String, Error> {
        Ok(sign_enveloped(&self.to_xml(id), id, signing_key, crypto)?)
    }
}

fn endpoints(xml: &mut Writer, name: &'static str, location: &str) {
    for binding in [BINDING_REDIRECT, BINDING_POST] {
        xml.start(name).attribute("Binding", binding).attribute("Location", location).end();
    }
}
