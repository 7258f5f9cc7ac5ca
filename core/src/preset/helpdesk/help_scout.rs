use super::{BridgePreset, HelpdeskPreset};
use crate::preset::console::{OurValue, Place, choose, copy, enter};
use crate::preset::{NameIdSource, ProfileField, Provisioning};

pub(super) const PRESET: HelpdeskPreset = HelpdeskPreset {
    name: "help_scout",
    display_name: "Help Scout",
    provisioning: Provisioning::JustInTime,
    hand_off_steps: &[
        enter(
            Place::At("Docs > the site > Settings > Restricted Docs > Sign-in URL"),
            OurValue::HandOffUrl,
        ),
        copy(
            Place::At("Docs > the site > Settings > Restricted Docs > Shared secret"),
            "docs_secret",
        ),
        copy(Place::At("the address of the Docs site"), "docs_url"),
        copy(Place::At("Manage > Beacon > the Beacon > Security > Secret key"), "beacon_secret"),
    ],
    bridge: BridgePreset {
        name_id: NameIdSource::Email,
        attributes: &[
            (ProfileField::GivenName, "given_name"),
            (ProfileField::FamilyName, "family_name"),
            (ProfileField::Email, "email"),
        ],
        idp_initiated: true,
        steps: &[
            copy(
                Place::At(
                    "Manage > Company > Authentication > Post-back URL (Assertion Consumer Service URL)",
                ),
                "acs_url",
            ),
            copy(
                Place::At(
                    "Manage > Company > Authentication > Audience URI (Service Provider Entity ID)",
                ),
                "audience",
            ),
            choose(Place::At("Manage > Company > Authentication > Enable SAML"), "on"),
            enter(
                Place::At("Manage > Company > Authentication > Single Sign-On URL"),
                OurValue::BridgeSsoUrl,
            ),
            enter(
                Place::At("Manage > Company > Authentication > Upload Certificate"),
                OurValue::BridgeCertificateFile,
            ),
            enter(
                Place::At("Manage > Company > Authentication > Email Domains"),
                OurValue::EmailDomains,
            ),
            choose(
                Place::At("Manage > Company > Authentication > Force SAML Sign-on"),
                "off until it works; the Account Owner can always use the password",
            ),
            choose(Place::At("Manage > Company > Authentication"), "Save"),
        ],
    },
};
