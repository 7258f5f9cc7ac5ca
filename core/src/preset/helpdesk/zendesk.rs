use super::{BridgePreset, GIVEN_NAME_CLAIM, HelpdeskPreset, SURNAME_CLAIM};
use crate::preset::{NameIdSource, ProfileField, Provisioning};

pub(super) const PRESET: HelpdeskPreset = HelpdeskPreset {
    name: "zendesk",
    display_name: "Zendesk",
    provisioning: Provisioning::JustInTime,
    bridge: BridgePreset {
        name_id: NameIdSource::Email,
        attributes: &[
            (ProfileField::GivenName, GIVEN_NAME_CLAIM),
            (ProfileField::FamilyName, SURNAME_CLAIM),
            (ProfileField::Organization, "organization"),
            (ProfileField::Phone, "phone"),
        ],
        idp_initiated: false,
    },
};
