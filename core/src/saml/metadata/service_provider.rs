//! Writing our own metadata (SAML Metadata 2.3.2, 2.4.4).

use alloc::format;
use alloc::string::String;

use crate::base64;
use crate::crypto::Crypto;
use crate::dsig::{SigningKey, sign_enveloped};
use crate::saml::Error;
use crate::saml::constants::{BINDING_POST, BINDING_REDIRECT, PROTOCOL};
use crate::time::UnixTime;
use crate::xml::{Writer, names};

/// What an identity provider needs to know about one connection of a desk.
#[derive(Clone, Copy, Debug)]
pub struct ServiceProvider<'a> {
    /// `entityID`: Identifier (Entra), Audience URI (Okta), Audience (OneLogin), Entity ID (Google).
    pub entity_id: &'a str,
    /// Assertion consumer service: Reply URL (Entra), Single sign-on URL (Okta), ACS URL.
    pub acs_url: &'a str,
    /// Single logout service, for both bindings: Logout URL (Entra), Single Logout URL (Okta,
    /// OneLogin). `None` where the connection has no single logout.
    pub slo_url: Option<&'a str>,
    /// DER of the certificates of keys that sign our requests, old and new while they change.
    pub signing_certificates: &'a [&'a [u8]],
    /// DER of the certificates that assertions may be encrypted to.
    pub encryption_certificates: &'a [&'a [u8]],
    /// Whether our requests are signed.
    pub authn_requests_signed: bool,
    /// Whether the connection demands a signature on the Assertion.
    pub want_assertions_signed: bool,
    /// NameID formats that are understood, best first.
    pub name_id_formats: &'a [&'a str],
    /// What people know the service by, for the identity provider's own pages (MDUI 2.1.1).
    pub display_name: &'a str,
    /// Where to write to when it does not work: a `mailto:` address (SAML Metadata 2.3.2.2).
    pub support: Option<&'a str>,
    /// Until when this may be used; published again long before.
    pub valid_until: UnixTime,
}

impl ServiceProvider<'_> {
    /// The EntityDescriptor. `id` must be an NCName; [`super::super::request_id`] makes one.
    #[must_use]
    pub fn to_xml(&self, id: &str) -> String {
        let valid_until = format!("{}", self.valid_until);
        let mut writer = Writer::new();
        writer.start("md:EntityDescriptor");
        writer.attribute("xmlns:md", names::SAML_METADATA);
        writer.attribute("ID", id);
        writer.attribute("entityID", self.entity_id);
        writer.attribute("validUntil", &valid_until);
        writer.start("md:SPSSODescriptor");
        writer.attribute("AuthnRequestsSigned", boolean(self.authn_requests_signed));
        writer.attribute("WantAssertionsSigned", boolean(self.want_assertions_signed));
        writer.attribute("protocolSupportEnumeration", PROTOCOL);
        self.write_user_interface(&mut writer);
        for certificate in self.signing_certificates {
            write_key_descriptor(&mut writer, "signing", certificate);
        }
        for certificate in self.encryption_certificates {
            write_key_descriptor(&mut writer, "encryption", certificate);
        }
        // The order of the schema: SingleLogoutService, NameIDFormat, AssertionConsumerService.
        if let Some(slo_url) = self.slo_url {
            for binding in [BINDING_REDIRECT, BINDING_POST] {
                writer.start("md:SingleLogoutService");
                writer.attribute("Binding", binding);
                writer.attribute("Location", slo_url);
                writer.end();
            }
        }
        for format in self.name_id_formats {
            writer.start("md:NameIDFormat");
            writer.text(format);
            writer.end();
        }
        writer.start("md:AssertionConsumerService");
        writer.attribute("Binding", BINDING_POST);
        writer.attribute("Location", self.acs_url);
        writer.attribute("index", "0");
        writer.attribute("isDefault", "true");
        writer.end();
        writer.end();
        self.write_contact(&mut writer);
        writer.end();
        writer.finish()
    }

    /// Extensions, which the schema has before the keys.
    fn write_user_interface(&self, writer: &mut Writer) {
        writer.start("md:Extensions");
        writer.start("mdui:UIInfo");
        writer.attribute("xmlns:mdui", names::SAML_METADATA_UI);
        writer.start("mdui:DisplayName");
        writer.attribute("xml:lang", "en");
        writer.text(self.display_name);
        for _ in 0..3 {
            writer.end();
        }
    }

    fn write_contact(&self, writer: &mut Writer) {
        let Some(support) = self.support else { return };
        writer.start("md:ContactPerson");
        writer.attribute("contactType", "support");
        writer.start("md:EmailAddress");
        writer.text(support);
        writer.end();
        writer.end();
    }

    /// The same with an enveloped signature, for identity providers that check it.
    ///
    /// # Errors
    /// [`Error::Dsig`] when `id` is no NCName or the key cannot sign.
    pub fn to_signed_xml(
        &self,
        id: &str,
        signing_key: &SigningKey<'_>,
        crypto: &dyn Crypto,
    ) -> Result<String, Error> {
        Ok(sign_enveloped(&self.to_xml(id), id, signing_key, crypto)?)
    }
}

pub(in crate::saml) fn boolean(value: bool) -> &'static str {
    if value { "true" } else { "false" }
}

pub(in crate::saml) fn write_key_descriptor(
    writer: &mut Writer,
    key_use: &str,
    certificate: &[u8],
) {
    writer.start("md:KeyDescriptor");
    writer.attribute("use", key_use);
    writer.start("ds:KeyInfo");
    writer.attribute("xmlns:ds", names::DSIG);
    writer.start("ds:X509Data");
    writer.start("ds:X509Certificate");
    writer.text(&base64::encode(certificate));
    for _ in 0..4 {
        writer.end();
    }
}
