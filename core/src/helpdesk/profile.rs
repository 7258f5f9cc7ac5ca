//! What a helpdesk is told about a person, by the rules of its app.

use alloc::format;
use alloc::string::{String, ToString as _};

use crate::helpdesk::Error;

/// Longest value that is sent, in bytes; what a session keeps is as long at most.
const MAX_VALUE_BYTES: usize = 256;

/// When a field is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the rules of the settings")]
pub enum SyncRule {
    /// At each sign-in. A value that is not there is never sent as an empty one.
    Always,
    /// Until the helpdesk got one: what it has is left as it is.
    IfAbsent,
    /// At each sign-in at which the identity provider sends one; what it does not send is kept there.
    IfPresent,
    /// Never.
    Never,
}

impl SyncRule {
    /// Whether a value that is there is sent to a helpdesk that got one before, or did not.
    const fn sends(self, got_before: bool) -> bool {
        match self {
            Self::Always | Self::IfPresent => true,
            Self::IfAbsent => !got_before,
            Self::Never => false,
        }
    }
}

/// The rules of one app. The e-mail address has none: it is the key, and always sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "one rule for each field")]
pub struct SyncRules {
    /// The identifier by which the helpdesk knows the person even under another address.
    pub external_id: SyncRule,
    /// The full name, with given and family name.
    pub name: SyncRule,
    /// The telephone number.
    pub phone: SyncRule,
    /// The name of the organization.
    pub organization: SyncRule,
}

/// What iMIS and Zendesk agree on: the ID only where there is none, the name always, the address as the
/// key that is never changed, the telephone number where there is one. No organization.
impl Default for SyncRules {
    fn default() -> Self {
        Self {
            external_id: SyncRule::IfAbsent,
            name: SyncRule::Always,
            phone: SyncRule::IfPresent,
            organization: SyncRule::Never,
        }
    }
}

impl SyncRules {
    /// The fields that an app gets only once: what the caller has to remember about each person.
    pub fn once(&self) -> impl Iterator<Item = &'static str> {
        let fields = [
            ("external_id", self.external_id),
            ("name", self.name),
            ("phone", self.phone),
            ("organization", self.organization),
        ];
        fields.into_iter().filter(|(_, rule)| *rule == SyncRule::IfAbsent).map(|(name, _)| name)
    }
}

/// What is known about the person who signed in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a new input has to be decided by every caller")]
pub struct Known<'a> {
    /// The e-mail address that the identity provider vouches for.
    pub email: Option<&'a str>,
    /// The full name.
    pub name: Option<&'a str>,
    /// The given name.
    pub given_name: Option<&'a str>,
    /// The family name.
    pub family_name: Option<&'a str>,
    /// The telephone number.
    pub phone: Option<&'a str>,
    /// The name of the organization.
    pub organization: Option<&'a str>,
    /// The immutable identifier to which the address was pinned at the first sign-in. `None` while it
    /// is not pinned: an identifier that could change hands must not become an external ID.
    pub pinned_id: Option<&'a str>,
}

/// What this app got about this person before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "kept by the caller, field by field")]
pub struct Received {
    /// Whether it got an external ID.
    pub external_id: bool,
    /// Whether it got a name.
    pub name: bool,
    /// Whether it got a telephone number.
    pub phone: bool,
    /// Whether it got an organization.
    pub organization: bool,
}

impl Received {
    /// Everything that [`SyncRules::once`] names, except for what the app got for the `first` time now.
    #[must_use]
    pub fn all_but(first: &[String]) -> Self {
        let before = |field: &str| !first.iter().any(|name| name == field);
        Self {
            external_id: before("external_id"),
            name: before("name"),
            phone: before("phone"),
            organization: before("organization"),
        }
    }
}

/// What is sent. Made only by [`Profile::new`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    email: String,
    name: Option<String>,
    given_name: Option<String>,
    family_name: Option<String>,
    phone: Option<String>,
    organization: Option<String>,
    external_id: Option<String>,
}

impl Profile {
    /// Chooses by the rules. Values that are empty, too long or have control characters are not sent.
    ///
    /// # Errors
    /// [`Error::EmailMissing`].
    pub fn new(known: &Known<'_>, rules: &SyncRules, before: &Received) -> Result<Self, Error> {
        let email = known.email.and_then(fit).filter(|email| is_address(email));
        let email = email.ok_or(Error::EmailMissing)?;
        let value = |value: Option<&str>, rule: SyncRule, got_before| {
            value.and_then(fit).filter(|_| rule.sends(got_before)).map(String::from)
        };
        let named = |part| value(part, rules.name, before.name);
        let (given_name, family_name) = (named(known.given_name), named(known.family_name));
        let name = named(known.name).or_else(|| match (&given_name, &family_name) {
            (Some(given), Some(family)) => Some(format!("{given} {family}")),
            (given, family) => given.clone().or_else(|| family.clone()),
        });
        let external_id = value(known.pinned_id, rules.external_id, before.external_id);
        Ok(Self {
            email: email.to_string(),
            name,
            given_name,
            family_name,
            phone: value(known.phone, rules.phone, before.phone),
            organization: value(known.organization, rules.organization, before.organization),
            external_id,
        })
    }

    /// The address, by which the helpdesk finds the person.
    #[must_use]
    pub fn email(&self) -> &str {
        &self.email
    }

    /// The full name.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The given name.
    #[must_use]
    pub fn given_name(&self) -> Option<&str> {
        self.given_name.as_deref()
    }

    /// The family name.
    #[must_use]
    pub fn family_name(&self) -> Option<&str> {
        self.family_name.as_deref()
    }

    /// The telephone number.
    #[must_use]
    pub fn phone(&self) -> Option<&str> {
        self.phone.as_deref()
    }

    /// The organization.
    #[must_use]
    pub fn organization(&self) -> Option<&str> {
        self.organization.as_deref()
    }

    /// The pinned identifier.
    #[must_use]
    pub fn external_id(&self) -> Option<&str> {
        self.external_id.as_deref()
    }
}

/// A value that may stand in a token or an address.
fn fit(value: &str) -> Option<&str> {
    let fits = !value.trim().is_empty()
        && value.len() <= MAX_VALUE_BYTES
        && !value.chars().any(char::is_control);
    fits.then_some(value)
}

/// One address and not two (CVE-2026-40574). Sessions hold no other; a list that was imported might.
fn is_address(email: &str) -> bool {
    email.bytes().all(|b| b.is_ascii_graphic() && !b"\"(),:;<>[\\]".contains(&b))
        && email.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty() && !domain.is_empty() && !domain.contains('@')
        })
}
