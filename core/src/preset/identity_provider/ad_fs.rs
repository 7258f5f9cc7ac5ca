use super::{Attributes, IdentityProviderPreset, claim};
use crate::preset::console::{OurValue, Place, choose, copy, enter};
use crate::remedy::{Console, Remedy};

pub(super) const PRESET: IdentityProviderPreset = IdentityProviderPreset {
    name: "adfs",
    display_name: "AD FS",
    console: Console::AdFs,
    attributes: Attributes {
        email: &[claim!("emailaddress")],
        family_name: &[claim!("surname")],
        given_name: &[claim!("givenname")],
        groups: &[
            "http://schemas.xmlsoap.org/claims/Group",
            "http://schemas.microsoft.com/ws/2008/06/identity/claims/groups",
        ],
        id: &["http://schemas.microsoft.com/ws/2008/06/identity/claims/primarysid"],
        name: &["http://schemas.microsoft.com/identity/claims/displayname", claim!("name")],
        organization: &[claim!("companyname")],
        phone: &[claim!("telephonenumber"), claim!("homephone")],
    },
    login_hint: None,
    steps: &[
        choose(
            Place::At("Relying Party Trusts > Add Relying Party Trust"),
            "Claims aware, and Import data about the relying party published online",
        ),
        enter(
            Place::At("Add Relying Party Trust > Federation metadata address (host name or URL)"),
            OurValue::MetadataUrl,
        ),
        enter(Place::Of(Remedy::Audience), OurValue::EntityId),
        enter(Place::Of(Remedy::AcsUrl), OurValue::AcsUrl),
        enter(
            Place::At("Relying Party Trusts > Properties > Endpoints > SAML Logout"),
            OurValue::LogoutUrl,
        ),
        choose(Place::Of(Remedy::SigningAlgorithm), "SHA-256"),
        choose(
            Place::At("Edit Claim Issuance Policy > Add Rule > Send LDAP Attributes as Claims"),
            "E-Mail-Addresses = E-Mail Address, Given-Name = Given Name, Surname = Surname, and Objectsid = Primary SID",
        ),
        choose(Place::Of(Remedy::NameId), "from E-Mail Address, with the format Email"),
        copy(Place::Of(Remedy::Metadata), "metadata_file"),
        choose(Place::Of(Remedy::Assignment), "the people who shall sign in"),
    ],
};
