use super::{BridgePreset, HelpdeskPreset};
use crate::preset::{NameIdSource, ProfileField, Provisioning};

/// The attribute names that OpenID Connect made common.
pub(super) const PRESET: HelpdeskPreset = HelpdeskPreset {
    name: "generic",
    display_name: "Other helpdesk",
    provisioning: Provisioning::Off,
    bridge: BridgePreset {
        name_id: NameIdSource::Email,
        attributes: &[
            (ProfileField::Email, "email"),
            (ProfileField::Name, "name"),
            (ProfileField::GivenName, "given_name"),
            (ProfileField::FamilyName, "family_name"),
        ],
        idp_initiated: false,
    },
};
