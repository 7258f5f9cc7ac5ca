use super::{Attributes, IdentityProviderPreset};
use crate::preset::console::{OurValue, Place, choose, copy, enter};
use crate::remedy::{Console, Remedy};

/// Association software. Its members sign in through a SAML identity provider in front of it, which
/// sends the four fields that helpdesks have always got from it, under names that it lets choose.
pub(super) const PRESET: IdentityProviderPreset = IdentityProviderPreset {
    name: "imis",
    display_name: "iMIS",
    console: Console::OtherIdentityProvider,
    attributes: Attributes {
        email: &["email", "PrimaryEmail"],
        family_name: &["family_name", "lastName", "LastName"],
        given_name: &["given_name", "firstName", "FirstName"],
        groups: &["groups"],
        id: &["imis_id", "iMISID", "id"],
        name: &["name", "FullName"],
        organization: &["organization", "Company"],
        phone: &["phone", "PrimaryPhone"],
    },
    login_hint: None,
    steps: &[
        enter(Place::Of(Remedy::Audience), OurValue::EntityId),
        enter(Place::Of(Remedy::AcsUrl), OurValue::AcsUrl),
        choose(
            Place::At("the attributes of the application"),
            "imis_id = iMIS ID, name = Full Name, email = Primary E-mail, phone = Primary Phone",
        ),
        copy(Place::At("the field for the sign-in URL, also called SSO URL"), "sso_url"),
        copy(Place::Of(Remedy::Issuer), "idp_entity_id"),
        copy(Place::Of(Remedy::SigningCertificate), "certificate_files"),
        choose(
            Place::At("iMIS > the e-mail addresses of members"),
            "each address once, and proven to belong to its member: helpdesks find people by it",
        ),
    ],
};
