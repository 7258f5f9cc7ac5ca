use super::{Attributes, IdentityProviderPreset};
use crate::preset::console::{OurValue, Place, choose, copy, enter};
use crate::remedy::{Console, Remedy};

/// Google sends only the attributes that somebody maps, and empty ones for what a person lacks.
pub(super) const PRESET: IdentityProviderPreset = IdentityProviderPreset {
    name: "google",
    display_name: "Google Workspace",
    console: Console::Google,
    attributes: Attributes {
        email: &["email", "mail"],
        family_name: &["family_name", "lastName", "sn"],
        given_name: &["given_name", "firstName", "givenName"],
        groups: &["groups"],
        id: &["id"],
        name: &["name"],
        organization: &["organization"],
        phone: &["phone"],
    },
    login_hint: None,
    steps: &[
        choose(Place::At("Apps > Web and mobile apps > Add app"), "Add custom SAML app"),
        copy(Place::At("Google Identity Provider details > SSO URL"), "sso_url"),
        copy(Place::At("Google Identity Provider details > Entity ID"), "idp_entity_id"),
        copy(Place::At("Google Identity Provider details > Certificate"), "certificate_files"),
        enter(Place::Of(Remedy::AcsUrl), OurValue::AcsUrl),
        enter(Place::Of(Remedy::Audience), OurValue::EntityId),
        enter(Place::Of(Remedy::StartUrl), OurValue::SignOnUrl),
        choose(Place::Of(Remedy::NameId), "EMAIL, and Basic Information > Primary email"),
        choose(
            Place::At("Attribute mapping"),
            "Primary email = email, First name = given_name, Last name = family_name",
        ),
        choose(Place::Of(Remedy::Assignment), "for the units whose people shall sign in"),
    ],
};
