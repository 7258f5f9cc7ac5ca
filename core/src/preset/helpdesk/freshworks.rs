use super::{BridgePreset, EMAIL_CLAIM, GIVEN_NAME_CLAIM, HelpdeskPreset, SURNAME_CLAIM};
use crate::preset::console::{OurValue, Place, choose, copy, enter};
use crate::preset::{NameIdSource, ProfileField, Provisioning};

pub(super) const PRESET: HelpdeskPreset = HelpdeskPreset {
    name: "freshworks",
    display_name: "Freshworks",
    provisioning: Provisioning::JustInTime,
    hand_off_steps: &[
        copy(Place::At("the address of the account, without https://"), "account"),
        choose(Place::At("Security > Default login methods > SSO login"), "JWT"),
        enter(Place::At("Security > SSO with JWT > Authorization URL"), OurValue::HandOffUrl),
        enter(Place::At("Security > SSO with JWT > RSA Public Key"), OurValue::HandOffPublicKey),
        enter(Place::At("Security > SSO with JWT > Logout URL"), OurValue::HandOffLogoutUrl),
        copy(Place::At("Security > SSO with JWT > Redirect URL"), "redirect_uris"),
        copy(Place::At("Security > SSO with JWT > Client ID"), "client_id"),
    ],
    bridge: BridgePreset {
        name_id: NameIdSource::Email,
        attributes: &[
            (ProfileField::Email, EMAIL_CLAIM),
            (ProfileField::GivenName, GIVEN_NAME_CLAIM),
            (ProfileField::FamilyName, SURNAME_CLAIM),
        ],
        idp_initiated: false,
        steps: &[
            choose(Place::At("Security > Default login methods > SSO login"), "SAML"),
            copy(
                Place::At("Security > SSO with SAML > Assertion Consumer Service (ACS) URL"),
                "acs_url",
            ),
            copy(
                Place::At("Security > SSO with SAML > Service Provider (SP) Entity ID"),
                "audience",
            ),
            enter(
                Place::At("Security > SSO with SAML > Entity ID provided by the IdP"),
                OurValue::BridgeEntityId,
            ),
            enter(Place::At("Security > SSO with SAML > SAML SSO URL"), OurValue::BridgeSsoUrl),
            enter(
                Place::At("Security > SSO with SAML > Security certificate"),
                OurValue::BridgeCertificateText,
            ),
            enter(Place::At("Security > SSO with SAML > Logout URL"), OurValue::BridgeLogoutUrl),
        ],
    },
};
