use super::{BridgePreset, GIVEN_NAME_CLAIM, HelpdeskPreset, SURNAME_CLAIM};
use crate::preset::console::{OurValue, Place, choose, copy, enter};
use crate::preset::{NameIdSource, ProfileField, Provisioning};

pub(super) const PRESET: HelpdeskPreset = HelpdeskPreset {
    name: "zendesk",
    display_name: "Zendesk",
    provisioning: Provisioning::JustInTime,
    hand_off_steps: &[
        copy(
            Place::At("the address of the account: https://<subdomain>.zendesk.com/admin/"),
            "subdomain",
        ),
        choose(
            Place::At("Guide"),
            "a help center that is switched on: end users land on it and see Not Found otherwise",
        ),
        choose(Place::At("Security > Single sign-on > JSON Web Token"), "Configure"),
        enter(Place::At("JSON Web Token > Remote login URL"), OurValue::HandOffUrl),
        enter(Place::At("JSON Web Token > Remote logout URL"), OurValue::HandOffLogoutUrl),
        copy(Place::At("JSON Web Token > Shared secret"), "shared_secret"),
        choose(
            Place::At("JSON Web Token > Update of external IDs?"),
            "Off, always: otherwise somebody who signs in under the address of an agent becomes that agent",
        ),
        choose(Place::At("JSON Web Token > Enabled"), "ticked, then Save"),
        choose(
            Place::At("Security > Staff members > External authentication > Single sign-on"),
            "ticked; let all of them sign in once before the next step",
        ),
        choose(
            Place::At("Security > End users > External authentication > Single sign-on"),
            "ticked",
        ),
    ],
    bridge: BridgePreset {
        name_id: NameIdSource::Email,
        attributes: &[
            (ProfileField::GivenName, GIVEN_NAME_CLAIM),
            (ProfileField::FamilyName, SURNAME_CLAIM),
            (ProfileField::Organization, "organization"),
            (ProfileField::Phone, "phone"),
        ],
        idp_initiated: false,
        steps: &[
            copy(
                Place::At("the address of the account: https://<subdomain>.zendesk.com/admin/"),
                "subdomain",
            ),
            choose(
                Place::At(
                    "Admin Center > Account > Security > Single sign-on > Create SSO configuration",
                ),
                "SAML",
            ),
            enter(Place::At("SAML > SAML SSO URL"), OurValue::BridgeSsoUrl),
            enter(
                Place::At("SAML > Certificate fingerprint"),
                OurValue::BridgeCertificateFingerprint,
            ),
            enter(Place::At("SAML > Remote logout URL"), OurValue::BridgeLogoutUrl),
            choose(
                Place::At("Admin Center > Account > Security > Team member authentication"),
                "External authentication > Single sign-on; end users afterwards",
            ),
        ],
    },
};
