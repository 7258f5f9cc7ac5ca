use super::{BridgePreset, EMAIL_CLAIM, GIVEN_NAME_CLAIM, HelpdeskPreset, SURNAME_CLAIM};
use crate::preset::{NameIdSource, ProfileField, Provisioning};

/// People are added by hand, with username, e-mail address, first and last name; the NameID is compared
/// with the username.
pub(super) const PRESET: HelpdeskPreset = HelpdeskPreset {
    name: "jitbit",
    display_name: "Jitbit Helpdesk",
    provisioning: Provisioning::ByHand,
    bridge: BridgePreset {
        name_id: NameIdSource::Email,
        attributes: &[
            (ProfileField::Email, EMAIL_CLAIM),
            (ProfileField::GivenName, GIVEN_NAME_CLAIM),
            (ProfileField::FamilyName, SURNAME_CLAIM),
            (
                ProfileField::Phone,
                "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/telephonenumber",
            ),
            (ProfileField::Organization, "organization"),
        ],
        idp_initiated: false,
    },
};
