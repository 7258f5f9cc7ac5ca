//! The identity providers.

mod ad_fs;
mod entra;
mod generic;
mod google;
mod imis;
mod keycloak;
mod okta;
mod one_login;
#[cfg(test)]
mod tests;

use super::console::Step;
use crate::remedy::Console;

/// A product that vouches for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum IdentityProvider {
    /// Active Directory Federation Services.
    AdFs,
    /// Microsoft Entra ID.
    Entra,
    /// Any SAML identity provider.
    Generic,
    /// Google Workspace.
    Google,
    /// iMIS, through a SAML identity provider in front of it.
    Imis,
    /// Keycloak.
    Keycloak,
    /// Okta.
    Okta,
    /// OneLogin.
    OneLogin,
}

impl IdentityProvider {
    /// All, in the order in which people are shown them.
    pub const ALL: [Self; 8] = [
        Self::Entra,
        Self::Okta,
        Self::OneLogin,
        Self::Google,
        Self::AdFs,
        Self::Keycloak,
        Self::Imis,
        Self::Generic,
    ];

    /// What is known of it.
    #[must_use]
    pub const fn preset(self) -> &'static IdentityProviderPreset {
        match self {
            Self::AdFs => &ad_fs::PRESET,
            Self::Entra => &entra::PRESET,
            Self::Generic => &generic::PRESET,
            Self::Google => &google::PRESET,
            Self::Imis => &imis::PRESET,
            Self::Keycloak => &keycloak::PRESET,
            Self::Okta => &okta::PRESET,
            Self::OneLogin => &one_login::PRESET,
        }
    }

    /// Its name in settings, such as `entra`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.preset().name
    }

    /// The one that has this entity ID, where its form gives it away.
    #[must_use]
    pub fn of_entity_id(entity_id: &str) -> Option<Self> {
        let console = Console::of_entity_id(entity_id)?;
        Self::ALL.into_iter().find(|provider| provider.preset().console == console)
    }
}

/// What is known of an identity provider.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct IdentityProviderPreset {
    /// Its name in settings.
    pub name: &'static str,
    /// Its name for people.
    pub display_name: &'static str,
    /// Its console.
    pub console: Console,
    /// Which attributes tell what about a person.
    pub attributes: Attributes,
    /// The query parameter of its sign-in address that takes an e-mail address, to fill the first box.
    pub login_hint: Option<&'static str>,
    /// What is copied from where to where, in the order of clicks.
    pub steps: &'static [Step],
}

/// Names of attributes to look at, in this order, for each thing to know about a person.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Attributes {
    /// The e-mail address.
    pub email: &'static [&'static str],
    /// The family name.
    pub family_name: &'static [&'static str],
    /// The given name.
    pub given_name: &'static [&'static str],
    /// The groups.
    pub groups: &'static [&'static str],
    /// The identifier that outlives names and addresses.
    pub id: &'static [&'static str],
    /// The full name.
    pub name: &'static [&'static str],
    /// The company.
    pub organization: &'static [&'static str],
    /// The telephone number.
    pub phone: &'static [&'static str],
}

/// The claims that Microsoft's products begin with this.
macro_rules! claim {
    ($name:literal) => {
        concat!("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/", $name)
    };
}
use claim;
