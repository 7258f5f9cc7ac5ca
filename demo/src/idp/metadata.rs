//! The description of this identity provider that an administrator could import (SAML Metadata 2.4.3).

use deskgate_core::saml::constants::{BINDING_POST, BINDING_REDIRECT, NAME_ID_EMAIL, PROTOCOL};
use deskgate_core::xml::{Writer, names};

use super::IdentityProvider;

pub(super) fn document(idp: &IdentityProvider) -> String {
    let mut xml = Writer::new();
    xml.start("EntityDescriptor").attribute("xmlns", names::SAML_METADATA);
    xml.attribute("entityID", &idp.url);
    xml.start("IDPSSODescriptor").attribute("protocolSupportEnumeration", PROTOCOL);
    xml.start("KeyDescriptor").attribute("use", "signing");
    xml.start("KeyInfo").attribute("xmlns", names::DSIG).start("X509Data").start("X509Certificate");
    xml.text(&idp.signing.certificate_base64()).end().end().end().end();
    xml.start("NameIDFormat").text(NAME_ID_EMAIL).end();
    for binding in [BINDING_REDIRECT, BINDING_POST] {
        xml.start("SingleSignOnService").attribute("Binding", binding);
        xml.attribute("Location", &idp.sso_url()).end();
    }
    xml.finish()
}
