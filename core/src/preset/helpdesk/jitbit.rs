use super::{BridgePreset, EMAIL_CLAIM, GIVEN_NAME_CLAIM, HelpdeskPreset, SURNAME_CLAIM};
use crate::preset::console::{OurValue, Place, choose, copy, enter};
use crate::preset::{NameIdSource, ProfileField, Provisioning};

/// People are added by hand, with username, e-mail address, first and last name; the NameID is compared
/// with the username.
pub(super) const PRESET: HelpdeskPreset = HelpdeskPreset {
    name: "jitbit",
    display_name: "Jitbit Helpdesk",
    provisioning: Provisioning::ByHand,
    hand_off_steps: &[
        copy(Place::At("the address of the helpdesk, without /User/Login"), "url"),
        copy(
            Place::At(
                "Administration > General settings > Authentication settings > shared secret",
            ),
            "autologin_secret",
        ),
        enter(
            Place::At("a link on the pages from which people come to the helpdesk"),
            OurValue::HandOffUrl,
        ),
    ],
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
        steps: &[
            copy(Place::At("the address of the helpdesk, without /User/Login"), "url"),
            choose(
                Place::At(
                    "Administration > General settings > Authentication settings > Enable SAML 2.0 single sign on",
                ),
                "ticked",
            ),
            enter(
                Place::At(
                    "Administration > General settings > Authentication settings > EndPoint URL",
                ),
                OurValue::BridgeSsoUrl,
            ),
            enter(
                Place::At(
                    "Administration > General settings > Authentication settings > X.509 Certificate",
                ),
                OurValue::BridgeCertificateText,
            ),
            choose(
                Place::At("Administration > General settings > Authentication settings"),
                "Save changes",
            ),
            choose(
                Place::At("Administration > Users, companies and permissions > Add user"),
                "each person, with Username, Email, First Name and Last Name: nobody is created by signing in",
            ),
        ],
    },
};
