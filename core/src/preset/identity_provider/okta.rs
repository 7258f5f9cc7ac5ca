use super::{Attributes, IdentityProviderPreset};
use crate::preset::console::{OurValue, Place, choose, copy, enter};
use crate::remedy::{Console, Remedy};

/// Okta sends only the attributes that somebody states; these are the names to state.
pub(super) const PRESET: IdentityProviderPreset = IdentityProviderPreset {
    name: "okta",
    display_name: "Okta",
    console: Console::Okta,
    attributes: Attributes {
        email: &["email"],
        family_name: &["lastName", "family_name"],
        given_name: &["firstName", "given_name"],
        groups: &["groups"],
        id: &["id"],
        name: &["displayName", "name"],
        organization: &["organization"],
        phone: &["phone"],
    },
    login_hint: None,
    steps: &[
        choose(Place::At("Applications > Create App Integration > Sign-in method"), "SAML 2.0"),
        enter(Place::Of(Remedy::AcsUrl), OurValue::AcsUrl),
        enter(Place::Of(Remedy::Audience), OurValue::EntityId),
        enter(
            Place::At("General > SAML Settings > Show Advanced Settings > Single Logout URL"),
            OurValue::LogoutUrl,
        ),
        choose(Place::Of(Remedy::NameId), "Email, and EmailAddress"),
        choose(
            Place::At("General > SAML Settings > Attribute Statements"),
            "email = user.email, firstName = user.firstName, lastName = user.lastName, id = user.id",
        ),
        copy(
            Place::At(
                "Sign On > View SAML setup instructions > Identity Provider Single Sign-On URL",
            ),
            "sso_url",
        ),
        copy(Place::Of(Remedy::Issuer), "idp_entity_id"),
        copy(Place::Of(Remedy::SigningCertificate), "certificate_files"),
        choose(Place::Of(Remedy::Assignment), "the people or groups who shall sign in"),
        enter(Place::Of(Remedy::StartUrl), OurValue::SignOnUrl),
        // Universal Logout; the boxes are those of Okta's documentation.
        enter(
            Place::At("For Universal Logout: Authentication > Logout > Logout endpoint URL"),
            OurValue::RevocationUrl,
        ),
        choose(
            Place::At("For Universal Logout: Authentication > Logout > Subject format"),
            "Email Identifier",
        ),
    ],
};
