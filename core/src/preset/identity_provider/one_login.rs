use super::{Attributes, IdentityProviderPreset};
use crate::preset::console::{OurValue, Place, choose, copy, enter};
use crate::remedy::{Console, Remedy};

pub(super) const PRESET: IdentityProviderPreset = IdentityProviderPreset {
    name: "onelogin",
    display_name: "OneLogin",
    console: Console::OneLogin,
    attributes: Attributes {
        email: &["User.email", "email"],
        family_name: &["User.LastName", "lastName", "family_name"],
        given_name: &["User.FirstName", "firstName", "given_name"],
        groups: &["memberOf", "groups"],
        id: &["PersonImmutableID", "id"],
        name: &["name"],
        organization: &["User.CompanyName", "organization"],
        phone: &["phone"],
    },
    login_hint: None,
    steps: &[
        choose(Place::At("Applications > Add App"), "SAML Custom Connector (Advanced)"),
        enter(Place::Of(Remedy::Audience), OurValue::EntityId),
        enter(Place::At("Configuration > Recipient"), OurValue::AcsUrl),
        enter(Place::At("Configuration > ACS (Consumer) URL Validator"), OurValue::AcsUrlPattern),
        enter(Place::At("Configuration > ACS (Consumer) URL"), OurValue::AcsUrl),
        enter(Place::At("Configuration > Login URL"), OurValue::SignOnUrl),
        enter(Place::At("Configuration > Single Logout URL"), OurValue::LogoutUrl),
        choose(Place::At("Configuration > SAML initiator"), "Service Provider"),
        choose(Place::Of(Remedy::Signing), "Both"),
        choose(
            Place::At("Parameters"),
            "email = Email, firstName = First Name, lastName = Last Name, id = OneLogin ID; tick Include in SAML assertion",
        ),
        choose(Place::Of(Remedy::SigningAlgorithm), "SHA-256; SHA-1 is refused"),
        copy(Place::Of(Remedy::Issuer), "idp_entity_id"),
        copy(Place::At("SSO > SAML 2.0 Endpoint (HTTP)"), "sso_url"),
        copy(Place::Of(Remedy::SigningCertificate), "certificate_files"),
        choose(Place::Of(Remedy::Assignment), "the people or roles who shall sign in"),
    ],
};
