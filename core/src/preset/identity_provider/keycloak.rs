use super::{Attributes, IdentityProviderPreset};
use crate::preset::console::{OurValue, Place, choose, copy, enter};
use crate::remedy::{Console, Remedy};

/// The names of its built-in X.500 mappers, and those that people choose for mappers of their own.
pub(super) const PRESET: IdentityProviderPreset = IdentityProviderPreset {
    name: "keycloak",
    display_name: "Keycloak",
    console: Console::Keycloak,
    attributes: Attributes {
        email: &["urn:oid:1.2.840.113549.1.9.1", "email"],
        family_name: &["urn:oid:2.5.4.4", "lastName", "family_name"],
        given_name: &["urn:oid:2.5.4.42", "firstName", "given_name"],
        groups: &["groups", "member"],
        id: &["id"],
        name: &["name"],
        organization: &["organization"],
        phone: &["phone", "phoneNumber"],
    },
    login_hint: None,
    steps: &[
        choose(Place::At("Clients > Create client > Client type"), "SAML"),
        enter(Place::Of(Remedy::Audience), OurValue::EntityId),
        enter(Place::Of(Remedy::StartUrl), OurValue::SignOnUrl),
        enter(Place::At("Clients > Settings > Valid redirect URIs"), OurValue::AcsUrl),
        enter(Place::Of(Remedy::AcsUrl), OurValue::AcsUrl),
        enter(
            Place::At("Clients > Advanced > Logout Service Redirect Binding URL"),
            OurValue::LogoutUrl,
        ),
        choose(Place::Of(Remedy::NameId), "persistent, with Force name ID format"),
        choose(Place::Of(Remedy::Signing), "Sign assertions: On"),
        choose(
            Place::At("Clients > Keys > Client signature required"),
            "Off, unless the connection has sign_requests = true",
        ),
        choose(
            Place::At("Clients > Client scopes > (client)-dedicated > Add predefined mapper"),
            "X500 email, X500 givenName, X500 surname",
        ),
        copy(Place::Of(Remedy::Metadata), "metadata_file"),
    ],
};
