//! The helpdesks.

mod freshworks;
mod generic;
mod help_scout;
mod jitbit;
#[cfg(test)]
mod tests;
mod zendesk;

use super::console::Step;
use super::{NameIdSource, ProfileField, Provisioning};

/// A product that people are signed in to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Helpdesk {
    /// Freshdesk, Freshservice and the other products with a Freshworks account.
    Freshworks,
    /// Any SAML service provider.
    Generic,
    /// Help Scout.
    HelpScout,
    /// Jitbit Helpdesk, hosted or not.
    Jitbit,
    /// Zendesk.
    Zendesk,
}

impl Helpdesk {
    /// All, in the order in which people are shown them.
    pub const ALL: [Self; 5] =
        [Self::Zendesk, Self::HelpScout, Self::Jitbit, Self::Freshworks, Self::Generic];

    /// What is known of it.
    #[must_use]
    pub const fn preset(self) -> &'static HelpdeskPreset {
        match self {
            Self::Freshworks => &freshworks::PRESET,
            Self::Generic => &generic::PRESET,
            Self::HelpScout => &help_scout::PRESET,
            Self::Jitbit => &jitbit::PRESET,
            Self::Zendesk => &zendesk::PRESET,
        }
    }

    /// Its name in settings, such as `help_scout`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.preset().name
    }
}

/// What is known of a helpdesk.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct HelpdeskPreset {
    /// Its name in settings.
    pub name: &'static str,
    /// Its name for people.
    pub display_name: &'static str,
    /// Whether it takes people whom it does not know.
    pub provisioning: Provisioning,
    /// What is copied from where to where for a hand-off, in the order of clicks; none where it takes no
    /// token of its own kind. Fields are those of its table.
    pub hand_off_steps: &'static [Step],
    /// What it expects of a SAML identity provider.
    pub bridge: BridgePreset,
}

/// What a helpdesk expects of a SAML identity provider.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct BridgePreset {
    /// By what it finds people.
    pub name_id: NameIdSource,
    /// The attributes that it reads.
    pub attributes: &'static [(ProfileField, &'static str)],
    /// Whether it takes a response that it did not ask for.
    pub idp_initiated: bool,
    /// What is copied from where to where, in the order of clicks.
    pub steps: &'static [Step],
}

const GIVEN_NAME_CLAIM: &str = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname";
const SURNAME_CLAIM: &str = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname";
const EMAIL_CLAIM: &str = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress";
