use super::{BridgePreset, HelpdeskPreset};
use crate::preset::console::{OurValue, Place, copy, enter};
use crate::preset::{NameIdSource, ProfileField, Provisioning};

/// The attribute names that OpenID Connect made common.
pub(super) const PRESET: HelpdeskPreset = HelpdeskPreset {
    name: "generic",
    display_name: "Other helpdesk",
    provisioning: Provisioning::Off,
    hand_off_steps: &[],
    bridge: BridgePreset {
        name_id: NameIdSource::Email,
        attributes: &[
            (ProfileField::Email, "email"),
            (ProfileField::Name, "name"),
            (ProfileField::GivenName, "given_name"),
            (ProfileField::FamilyName, "family_name"),
        ],
        idp_initiated: false,
        steps: &[
            copy(
                Place::At(
                    "the field for its assertion consumer service, also called ACS or Post-back URL",
                ),
                "acs_url",
            ),
            copy(
                Place::At("the field for its entity ID, also called Audience URI or Identifier"),
                "audience",
            ),
            enter(
                Place::At(
                    "the field for the metadata of the identity provider, in place of the next three",
                ),
                OurValue::BridgeEntityId,
            ),
            enter(
                Place::At(
                    "the field for the sign-in URL of the identity provider, also called SSO URL",
                ),
                OurValue::BridgeSsoUrl,
            ),
            enter(
                Place::At(
                    "the field for the entity ID of the identity provider, also called Issuer",
                ),
                OurValue::BridgeEntityId,
            ),
            enter(
                Place::At("the field for the certificate of the identity provider"),
                OurValue::BridgeCertificateFile,
            ),
            enter(
                Place::At("the field for the logout URL of the identity provider, if there is one"),
                OurValue::BridgeLogoutUrl,
            ),
        ],
    },
};
