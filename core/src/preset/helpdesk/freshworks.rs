use super::{BridgePreset, EMAIL_CLAIM, GIVEN_NAME_CLAIM, HelpdeskPreset, SURNAME_CLAIM};
use crate::preset::{NameIdSource, ProfileField, Provisioning};

pub(super) const PRESET: HelpdeskPreset = HelpdeskPreset {
    name: "freshworks",
    display_name: "Freshworks",
    provisioning: Provisioning::JustInTime,
    bridge: BridgePreset {
        name_id: NameIdSource::Email,
        attributes: &[
            (ProfileField::Email, EMAIL_CLAIM),
            (ProfileField::GivenName, GIVEN_NAME_CLAIM),
            (ProfileField::FamilyName, SURNAME_CLAIM),
        ],
        idp_initiated: false,
    },
};
