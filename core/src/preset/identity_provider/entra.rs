use super::{Attributes, IdentityProviderPreset, claim};
use crate::preset::console::{OurValue, Place, choose, copy, enter};
use crate::remedy::{Console, Remedy};

/// No user principal name among the e-mail addresses: of a guest it is `name_domain#EXT#@tenant`. The
/// claim `name` is the user principal name too, unless somebody changed it, and no name for people.
/// `login_hint` is a query parameter; a Subject in the request is an error (AADSTS900236).
pub(super) const PRESET: IdentityProviderPreset = IdentityProviderPreset {
    name: "entra",
    display_name: "Microsoft Entra ID",
    console: Console::Entra,
    attributes: Attributes {
        email: &[claim!("emailaddress")],
        family_name: &[claim!("surname")],
        given_name: &[claim!("givenname")],
        groups: &["http://schemas.microsoft.com/ws/2008/06/identity/claims/groups"],
        id: &["http://schemas.microsoft.com/identity/claims/objectidentifier"],
        name: &["http://schemas.microsoft.com/identity/claims/displayname"],
        organization: &[claim!("companyname")],
        phone: &[claim!("telephonenumber")],
    },
    login_hint: Some("login_hint"),
    steps: &[
        choose(
            Place::At("Identity > Applications > Enterprise applications > New application"),
            "Create your own application, for one that is not in the gallery",
        ),
        choose(Place::At("Single sign-on > Select a single sign-on method"), "SAML"),
        enter(Place::Of(Remedy::Audience), OurValue::EntityId),
        enter(Place::Of(Remedy::AcsUrl), OurValue::AcsUrl),
        enter(Place::Of(Remedy::StartUrl), OurValue::SignOnUrl),
        enter(
            Place::At("Single sign-on > Basic SAML Configuration > Logout Url (Optional)"),
            OurValue::LogoutUrl,
        ),
        choose(
            Place::At("Single sign-on > Attributes & Claims"),
            "leave emailaddress = user.mail, givenname and surname; add groups only if roles need them",
        ),
        copy(Place::Of(Remedy::SigningCertificate), "certificate_files"),
        copy(Place::At("Single sign-on > Set up > Login URL"), "sso_url"),
        copy(Place::Of(Remedy::Issuer), "idp_entity_id"),
        choose(Place::Of(Remedy::Assignment), "the people who shall sign in, such as B.Simon"),
    ],
};
