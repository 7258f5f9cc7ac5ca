//! The directory: people whom the desk knows by their address, and as whom they first came.
//!
//! A helpdesk matches people by e-mail address. So whoever is in the directory is pinned at the first
//! sign-in to the connection and the identifier that never changes there; the same address coming from
//! elsewhere, or given to somebody new, is refused (seed 003: the takeover by a re-used address).

use std::collections::HashSet;

use deskgate_core::preset::Provisioning;
use deskgate_core::session::Session;
use deskgate_core::session::break_glass::BREAK_GLASS;
use deskgate_core::time::UnixTime;
use serde_json::Value;

use crate::host::{HostFailed, Parameter, Row, Storage, parameters};
use crate::json;

/// Somebody in the directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// As in a [`Profile`], which this and the next three are.
    pub(crate) email: String,
    pub(crate) username: Option<String>,
    pub(crate) given_name: Option<String>,
    pub(crate) family_name: Option<String>,
    pub(crate) disabled: bool,
    /// The connection through which this person came first.
    pub(crate) pinned_connection: Option<String>,
    /// Who they are there.
    pub(crate) pinned_id: Option<String>,
    pub(crate) added_by: AddedBy,
    /// Seconds since 1970, like the next one.
    pub(crate) added_at: u64,
    pub(crate) last_sign_in: Option<u64>,
}

json::object! { Entry {
    email, username, given_name, family_name, disabled, pinned_connection, pinned_id, added_by, added_at,
    last_sign_in
} }

impl Entry {
    fn profile(self) -> Profile {
        let Self { email, username, given_name, family_name, .. } = self;
        Profile { email, username, given_name, family_name }
    }
}

/// What an administrator may say about a person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Profile {
    /// In lower case: the key.
    pub(crate) email: String,
    pub(crate) username: Option<String>,
    pub(crate) given_name: Option<String>,
    pub(crate) family_name: Option<String>,
}

json::object! { Profile { ; email, username, given_name, family_name } }

/// How a person came into the directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AddedBy {
    Hand,
    SignIn,
}

json::named! { AddedBy { Hand = "hand", SignIn = "sign_in" } }

/// Somebody at the door, with what the identity provider said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Visitor {
    pub(crate) connection: String,
    /// What never changes about them at the identity provider.
    pub(crate) id: String,
    /// Without an address nobody can be looked up.
    pub(crate) profile: Option<Profile>,
}

json::object! { Visitor { connection, id, profile } }

impl Visitor {
    /// The person of a session.
    pub(crate) fn of(session: &Session) -> Self {
        let person = session.person();
        let profile = person.email.as_ref().map(|email| Profile {
            email: email.to_ascii_lowercase(),
            username: None,
            given_name: person.given_name.clone(),
            family_name: person.family_name.clone(),
        });
        Self {
            connection: session.connection().to_owned(),
            id: lasting_id(session).to_owned(),
            profile,
        }
    }
}

/// What outlives a new name or address, where the identity provider sends such a thing.
pub(crate) fn lasting_id(session: &Session) -> &str {
    session.person().id.as_deref().unwrap_or_else(|| session.subject())
}

/// What becomes of people whom the directory does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unknown {
    Add,
    Admit,
    Refuse,
}

json::named! { Unknown { Refuse = "Refuse", Add = "Add", Admit = "Admit" } }

/// What the directory tells about somebody who goes on to an app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Meeting {
    pub(crate) profile: Option<Profile>,
    /// Whether the directory knows that this is the very person who first came with the address. Only
    /// then may an identifier be sent that the helpdesk keeps.
    pub(crate) pinned: bool,
    /// What the app never got of this person before.
    pub(crate) first: Vec<String>,
}

json::object! { Meeting { profile, pinned, first } }

impl From<Provisioning> for Unknown {
    fn from(provisioning: Provisioning) -> Self {
        match provisioning {
            Provisioning::Off => Self::Admit,
            Provisioning::JustInTime => Self::Add,
            _ => Self::Refuse,
        }
    }
}

/// Why somebody is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotAdmitted {
    /// An owner who came through a break-glass link: nobody vouched for them.
    BreakGlass,
    /// An administrator disabled them.
    Disabled,
    /// The identity provider sent no usable address, and the directory has to be asked.
    NoAddress,
    /// The address belongs to somebody who came through another connection or as somebody else.
    PinnedToAnother,
    /// Nobody added them.
    Unknown,
}

json::named! { NotAdmitted {
    BreakGlass = "BreakGlass",
    Disabled = "Disabled",
    NoAddress = "NoAddress",
    PinnedToAnother = "PinnedToAnother",
    Unknown = "Unknown",
} }

/// Lets a visitor in or says why not. Who is let in and is in the directory is pinned from now on.
pub(super) fn admit(
    storage: &dyn Storage,
    visitor: &Visitor,
    unknown: Unknown,
    now: UnixTime,
) -> Result<Result<(), NotAdmitted>, HostFailed> {
    if is_disabled_elsewhere(storage, visitor)? {
        return Ok(Err(NotAdmitted::Disabled));
    }
    let Some(profile) = &visitor.profile else {
        return Ok(if unknown == Unknown::Admit { Ok(()) } else { Err(NotAdmitted::NoAddress) });
    };
    let Some(entry) = find(storage, &profile.email)? else {
        return match unknown {
            Unknown::Add => {
                insert(storage, profile, AddedBy::SignIn, now)?;
                pin(storage, &profile.email, visitor, now)?;
                Ok(Ok(()))
            }
            Unknown::Admit => Ok(Ok(())),
            Unknown::Refuse => Ok(Err(NotAdmitted::Unknown)),
        };
    };
    if entry.disabled {
        return Ok(Err(NotAdmitted::Disabled));
    }
    // Written down at a sign-in to something else, where everybody may: that is not by hand.
    if unknown == Unknown::Refuse && entry.added_by != AddedBy::Hand {
        return Ok(Err(NotAdmitted::Unknown));
    }
    let is_other = |pinned: &Option<String>, found: &str| {
        pinned.as_deref().is_some_and(|pinned| pinned != found)
    };
    if is_other(&entry.pinned_connection, &visitor.connection)
        || is_other(&entry.pinned_id, &visitor.id)
    {
        return Ok(Err(NotAdmitted::PinnedToAnother));
    }
    pin(storage, &profile.email, visitor, now)?;
    Ok(Ok(()))
}

/// Whether an administrator disabled this person.
pub(super) fn is_disabled(storage: &dyn Storage, visitor: &Visitor) -> Result<bool, HostFailed> {
    let entry = match &visitor.profile {
        Some(profile) => find(storage, &profile.email)?,
        None => None,
    };
    Ok(entry.is_some_and(|entry| entry.disabled) || is_disabled_elsewhere(storage, visitor)?)
}

/// Whether an administrator disabled this very person, under whatever address. Many identity providers
/// let people change their own, and then the address alone would let them in again.
fn is_disabled_elsewhere(storage: &dyn Storage, visitor: &Visitor) -> Result<bool, HostFailed> {
    let statement = "SELECT 1 FROM people
        WHERE pinned_connection = ? AND pinned_id = ? AND disabled = 1";
    let parameters = parameters![visitor.connection, visitor.id];
    Ok(!storage.execute(statement, &parameters)?.is_empty())
}

/// Lets a visitor go on to an app, or says why not.
pub(super) fn admit_to_app(
    storage: &dyn Storage,
    visitor: &Visitor,
    unknown: Unknown,
    now: UnixTime,
) -> Result<Result<(), NotAdmitted>, HostFailed> {
    if visitor.connection == BREAK_GLASS {
        return Ok(Err(NotAdmitted::BreakGlass));
    }
    admit(storage, visitor, unknown, now)
}

/// What an app may know of a visitor who was admitted. `once` names what it gets only once.
pub(super) fn meet(
    storage: &dyn Storage,
    app: &str,
    visitor: &Visitor,
    once: &[String],
) -> Result<Meeting, HostFailed> {
    let entry = match &visitor.profile {
        Some(profile) => find(storage, &profile.email)?,
        None => None,
    };
    Ok(Meeting {
        pinned: entry.is_some(),
        profile: entry.map(Entry::profile),
        first: sent_first(storage, app, visitor, once)?,
    })
}

/// Those of `fields` that `app` never got of this person; from now on it has.
fn sent_first(
    storage: &dyn Storage,
    app: &str,
    visitor: &Visitor,
    fields: &[String],
) -> Result<Vec<String>, HostFailed> {
    let mut first = Vec::new();
    for field in fields {
        let parameters = parameters![app, visitor.connection, visitor.id, field];
        let known = "SELECT 1 FROM sent_fields
            WHERE app = ? AND connection = ? AND id = ? AND field = ?";
        if storage.execute(known, &parameters)?.is_empty() {
            let add = "INSERT INTO sent_fields (app, connection, id, field) VALUES (?, ?, ?, ?)";
            storage.execute(add, &parameters)?;
            first.push(field.clone());
        }
    }
    Ok(first)
}

/// A change that an administrator makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// Adds a person, or replaces what is known of them by hand; pin and state stay.
    Put(Profile),
    Disable(String),
    Enable(String),
    Remove(String),
    /// Lets the next sign-in with this address pin it anew.
    Unpin(String),
}

json::tagged! { Change {
    Put(profile) = "put",
    Disable(email) = "disable",
    Enable(email) = "enable",
    Remove(email) = "remove",
    Unpin(email) = "unpin",
} else Self::Disable(String::new()) }

impl Change {
    /// The address of the person concerned.
    pub(crate) fn email(&self) -> &str {
        match self {
            Self::Put(profile) => &profile.email,
            Self::Disable(email)
            | Self::Enable(email)
            | Self::Remove(email)
            | Self::Unpin(email) => email,
        }
    }
}

impl Change {
    /// Whether sessions with the address end.
    pub(crate) const fn shuts_out(&self) -> bool {
        match self {
            Self::Disable(_) | Self::Remove(_) | Self::Unpin(_) => true,
            Self::Enable(_) | Self::Put(_) => false,
        }
    }

    pub(crate) fn email_mut(&mut self) -> &mut String {
        match self {
            Self::Put(profile) => &mut profile.email,
            Self::Disable(email)
            | Self::Enable(email)
            | Self::Remove(email)
            | Self::Unpin(email) => email,
        }
    }
}

/// Makes all changes, or none and tells the address that is not in the directory.
pub(super) fn change(
    storage: &dyn Storage,
    changes: &[Change],
    now: UnixTime,
) -> Result<Option<String>, HostFailed> {
    let mut added = HashSet::new();
    for change in changes {
        let email = change.email();
        if matches!(change, Change::Put(_)) {
            added.insert(email);
        } else if !added.contains(email) && find(storage, email)?.is_none() {
            return Ok(Some(email.to_owned()));
        }
    }
    for change in changes {
        let email = change.email();
        let statement = match change {
            Change::Put(profile) => {
                put(storage, profile, now)?;
                continue;
            }
            Change::Disable(_) => "UPDATE people SET disabled = 1 WHERE email = ?",
            Change::Enable(_) => "UPDATE people SET disabled = 0 WHERE email = ?",
            Change::Remove(_) => "DELETE FROM people WHERE email = ?",
            Change::Unpin(_) => {
                "UPDATE people SET pinned_connection = NULL, pinned_id = NULL WHERE email = ?"
            }
        };
        storage.execute(statement, &[Parameter::Text(email)])?;
    }
    Ok(None)
}

/// To whom those are pinned that are disabled or removed by these changes: their sessions end.
pub(super) fn unwelcome(
    storage: &dyn Storage,
    changes: &[Change],
) -> Result<Vec<(String, String)>, HostFailed> {
    let mut pins = Vec::new();
    for change in changes {
        if let Change::Disable(email) | Change::Remove(email) = change
            && let Some(entry) = find(storage, email)?
        {
            pins.extend(entry.pinned_connection.zip(entry.pinned_id));
        }
    }
    Ok(pins)
}

/// At most `limit` people whose addresses come after `after`, in the order of their addresses.
pub(super) fn list(
    storage: &dyn Storage,
    after: &str,
    limit: u32,
) -> Result<Vec<Entry>, HostFailed> {
    storage
        .execute(
            "SELECT * FROM people WHERE email > ? ORDER BY email LIMIT ?",
            &parameters![after, u64::from(limit)],
        )?
        .into_iter()
        .map(entry)
        .collect()
}

fn find(storage: &dyn Storage, email: &str) -> Result<Option<Entry>, HostFailed> {
    let rows = storage.execute("SELECT * FROM people WHERE email = ?", &parameters![email])?;
    rows.into_iter().next().map(entry).transpose()
}

fn entry(mut row: Row) -> Result<Entry, HostFailed> {
    // SQLite has no booleans.
    let disabled = row.get("disabled").and_then(Value::as_u64).ok_or(HostFailed)? != 0;
    row.insert("disabled".to_owned(), disabled.into());
    json::from_row(row).ok_or(HostFailed)
}

fn put(storage: &dyn Storage, profile: &Profile, now: UnixTime) -> Result<(), HostFailed> {
    if find(storage, &profile.email)?.is_none() {
        return insert(storage, profile, AddedBy::Hand, now);
    }
    storage.execute(
        "UPDATE people SET username = ?, given_name = ?, family_name = ?, added_by = ?
        WHERE email = ?",
        &parameters![
            profile.username,
            profile.given_name,
            profile.family_name,
            AddedBy::Hand.name(),
            profile.email,
        ],
    )?;
    Ok(())
}

fn insert(
    storage: &dyn Storage,
    profile: &Profile,
    added_by: AddedBy,
    now: UnixTime,
) -> Result<(), HostFailed> {
    storage.execute(
        "INSERT INTO people
            (email, username, given_name, family_name, disabled, added_by, added_at)
        VALUES (?, ?, ?, ?, 0, ?, ?)",
        &parameters![
            profile.email,
            profile.username,
            profile.given_name,
            profile.family_name,
            added_by.name(),
            now.seconds(),
        ],
    )?;
    Ok(())
}

fn pin(
    storage: &dyn Storage,
    email: &str,
    visitor: &Visitor,
    now: UnixTime,
) -> Result<(), HostFailed> {
    storage.execute(
        "UPDATE people SET pinned_connection = ?, pinned_id = ?, last_sign_in = ? WHERE email = ?",
        &parameters![visitor.connection, visitor.id, now.seconds(), email],
    )?;
    Ok(())
}

#[cfg(test)]
mod tests;
