use super::{Attributes, IdentityProviderPreset, claim};
use crate::preset::console::{OurValue, Place, choose, copy, enter};
use crate::remedy::{Console, Remedy};

/// What Entra ID, Okta, OneLogin, Google, Shibboleth and SimpleSAMLphp send when nobody changes it.
pub(super) const PRESET: IdentityProviderPreset = IdentityProviderPreset {
    name: "generic",
    display_name: "Other identity provider",
    console: Console::OtherIdentityProvider,
    attributes: Attributes {
        // No user principal name: of a guest in Entra ID it is `name_domain#EXT#@tenant`.
        email: &[
            claim!("emailaddress"),
            "email",
            "User.email",
            "mail",
            "urn:oid:0.9.2342.19200300.100.1.3",
        ],
        family_name: &[
            claim!("surname"),
            "family_name",
            "lastName",
            "last_name",
            "User.LastName",
            "sn",
            "urn:oid:2.5.4.4",
        ],
        given_name: &[
            claim!("givenname"),
            "given_name",
            "firstName",
            "first_name",
            "User.FirstName",
            "givenName",
            "urn:oid:2.5.4.42",
        ],
        groups: &[
            "http://schemas.microsoft.com/ws/2008/06/identity/claims/groups",
            "http://schemas.xmlsoap.org/claims/Group",
            "groups",
            "memberOf",
        ],
        // Not nameidentifier: that is the NameID, which may be an address that changes hands.
        id: &[
            "http://schemas.microsoft.com/identity/claims/objectidentifier",
            "id",
            "PersonImmutableID",
        ],
        name: &[
            "http://schemas.microsoft.com/identity/claims/displayname",
            "name",
            "displayName",
            "urn:oid:2.16.840.1.113730.3.1.241",
        ],
        organization: &[
            claim!("companyname"),
            "organization",
            "company",
            "User.CompanyName",
            "urn:oid:2.5.4.10",
        ],
        phone: &[
            claim!("telephonenumber"),
            claim!("homephone"),
            "phone",
            "phone_number",
            "telephoneNumber",
            "urn:oid:2.5.4.20",
        ],
    },
    login_hint: None,
    steps: &[
        enter(Place::Of(Remedy::AcsUrl), OurValue::AcsUrl),
        enter(Place::Of(Remedy::Audience), OurValue::EntityId),
        enter(Place::Of(Remedy::StartUrl), OurValue::SignOnUrl),
        enter(
            Place::At("the field for the logout URL of the service provider"),
            OurValue::LogoutUrl,
        ),
        enter(
            Place::At(
                "the field for the metadata of the service provider, in place of all of these",
            ),
            OurValue::MetadataUrl,
        ),
        choose(
            Place::At("the attributes of the application"),
            "email, given_name and family_name; id for an identifier that never changes",
        ),
        copy(Place::At("the field for the sign-in URL, also called SSO or Login URL"), "sso_url"),
        copy(Place::Of(Remedy::Issuer), "idp_entity_id"),
        copy(Place::Of(Remedy::SigningCertificate), "certificate_files"),
        choose(Place::Of(Remedy::Assignment), "the people who shall sign in"),
    ],
};
