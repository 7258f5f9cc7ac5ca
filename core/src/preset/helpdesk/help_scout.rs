use super::{BridgePreset, HelpdeskPreset};
use crate::preset::{NameIdSource, ProfileField, Provisioning};

pub(super) const PRESET: HelpdeskPreset = HelpdeskPreset {
    name: "help_scout",
    display_name: "Help Scout",
    provisioning: Provisioning::JustInTime,
    bridge: BridgePreset {
        name_id: NameIdSource::Email,
        attributes: &[
            (ProfileField::GivenName, "given_name"),
            (ProfileField::FamilyName, "family_name"),
            (ProfileField::Email, "email"),
        ],
        idp_initiated: true,
    },
};
