//! The rules of the Durable Object of one desk: all that must be strongly consistent.
//!
//! One call is one operation and one transaction. The object trusts its callers, which are the
//! Workers of this deployment: who may ask for what is decided before.

mod audit_log;
mod cutoffs;
mod kept_forms;
mod key_life;
mod one_time;
mod people;
mod resealing;
mod revocations;
mod schema;
mod service_tokens;
mod sessions;
mod settings;
mod signing_keys;
#[cfg(test)]
pub(crate) mod tests;
#[cfg(test)]
mod year;

pub(crate) use audit_log::{REFUSALS_A_MINUTE, is_refusal};
pub(crate) use cutoffs::{CUTOFF_LIFETIME, Cutoff};
pub(crate) use kept_forms::{KeptForm, SealedForm};
pub(crate) use one_time::{OneTime, Use};
pub(crate) use people::{Change, Entry, Meeting, NotAdmitted, Unknown, Visitor, lasting_id};
pub(crate) use revocations::EndedSession;
pub(crate) use service_tokens::{
    ServiceTokenChange, ServiceTokens, StoredServiceToken, Unchanged, day_of,
};
pub(crate) use sessions::{BegunSession, Meant, Sides, StoredNameId, Which, Whose};
pub(crate) use settings::{SealedSettings, Version};
pub(crate) use signing_keys::{Purpose, Rotation, StoredKey, unseal};

use deskgate_core::session::Secrets;
use deskgate_core::time::UnixTime;

use self::key_life::Margins;

use crate::audit::{Event, Name};
use crate::host::{Host, HostFailed, Storage, parameters};
use crate::json;

/// What a Worker asks of the object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    /// Makes these settings the current ones, and signing keys when there are none. The token that
    /// authorized it is used up.
    Apply { settings: SealedSettings, token: OneTime, event: Event },
    /// The newest events.
    AuditLog { limit: u32 },
    /// Makes all of these changes in the directory, or none. The token is used up.
    ChangePeople { changes: Vec<Change>, token: OneTime, event: Event },
    /// Makes this change, or says why not. The token is used up.
    ChangeServiceTokens { change: ServiceTokenChange, token: OneTime, event: Event },
    /// Uses up all of these or none, and lets the visitor in or not; then writes the session down, and
    /// may end an older one.
    Claim {
        uses: Vec<OneTime>,
        visitor: Visitor,
        unknown: Unknown,
        begins: Box<BegunSession>,
        ends: Option<EndedSession>,
        event: Event,
    },
    /// Uses up all of these or none, then ends sessions. There is one event for each of them.
    End { which: Which, uses: Vec<OneTime>, event: Event },
    /// Ends all sessions that an administrator means. The token is used up.
    EndAll { whose: Whose, token: OneTime, event: Event },
    /// Keeps a form through a sign-in.
    Keep { form: Box<KeptForm>, visitor: Visitor, event: Event },
    /// Forgets a form that was kept: it arrived at the origin, or nobody wants it any more.
    DiscardKept { key: String, event: Option<Event> },
    /// What is known of a form that was kept.
    FindKept { key: String },
    /// Somebody with a session goes on to an app. `once` names what it gets only once of a person.
    Meet { app: String, visitor: Visitor, unknown: Unknown, once: Vec<String>, event: Event },
    /// Which keys there are, and under which secret they are sealed.
    Keys,
    /// People of the directory whose addresses come after `after`, at most `limit`.
    People { after: String, limit: u32 },
    /// Keeps an event.
    Record { event: Event },
    /// Forgets the keys for tokens and makes a new one. The token is used up.
    ReplaceTokenKeys { token: OneTime, event: Event },
    /// Changes the key that signs for apps. The token is used up.
    RotateBridgeKey { rotation: Rotation, token: OneTime, event: Event },
    /// All service tokens.
    ServiceTokens,
    /// A service token passed the gate for the first time on this day. There is an event for the first time
    /// ever.
    ServiceTokenUsed { id: String, event: Event },
    /// A session in force, with the groups that its token has no room for.
    Session { session: String },
    /// Sessions in force whose names come after `after`, at most `limit`.
    Sessions { whose: Whose, after: String, limit: u32 },
    /// The origin did not answer: a form that was taken may be sent again.
    ReturnKept { key: String, event: Event },
    /// The settings of a version, or the current ones.
    Settings { version: Option<u64> },
    /// For a desk whose secret is lost: makes all keys anew and these settings the current ones, and ends
    /// all sessions. The token is used up.
    StartOver { settings: SealedSettings, token: OneTime, event: Event },
    /// What an isolate needs, as far as it does not know it yet.
    Snapshot { known: Option<Known> },
    /// Hands a form that was kept over, once.
    TakeKept { key: String, event: Event },
    /// Which versions of the settings there are.
    Versions,
}

json::tagged! { Operation {
    Apply { settings, token, event },
    AuditLog { limit },
    ChangePeople { changes, token, event },
    ChangeServiceTokens { change, token, event },
    Claim { uses, visitor, unknown, begins, ends, event },
    End { which, uses, event },
    EndAll { whose, token, event },
    Keep { form, visitor, event },
    DiscardKept { key, event },
    FindKept { key },
    Meet { app, visitor, unknown, once, event },
    Keys,
    People { after, limit },
    Record { event },
    ReplaceTokenKeys { token, event },
    RotateBridgeKey { rotation, token, event },
    ServiceTokens,
    ServiceTokenUsed { id, event },
    Session { session },
    Sessions { whose, after, limit },
    ReturnKept { key, event },
    Settings { version },
    StartOver { settings, token, event },
    Snapshot { known },
    TakeKept { key, event },
    Versions,
} else Self::Keys }

/// What the isolate that asks for a snapshot has already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Known {
    /// Version of its settings.
    pub(crate) version: u64,
    /// From when on its newest key for tokens signs.
    pub(crate) newest_key: u64,
    /// Number of the last revocation it was told.
    pub(crate) last_revocation: u64,
    /// Number of the last change of the service tokens that it has.
    pub(crate) service_tokens: Option<u64>,
}

json::object! { Known { version, newest_key, last_revocation; service_tokens } }

impl Operation {
    /// What is used up with it.
    fn uses(&self) -> &[OneTime] {
        match self {
            Self::Apply { token, .. }
            | Self::ChangePeople { token, .. }
            | Self::ChangeServiceTokens { token, .. }
            | Self::EndAll { token, .. }
            | Self::ReplaceTokenKeys { token, .. }
            | Self::RotateBridgeKey { token, .. }
            | Self::StartOver { token, .. } => core::slice::from_ref(token),
            Self::Claim { uses, .. } | Self::End { uses, .. } => uses,
            Self::AuditLog { .. }
            | Self::DiscardKept { .. }
            | Self::FindKept { .. }
            | Self::Keep { .. }
            | Self::Keys
            | Self::Meet { .. }
            | Self::People { .. }
            | Self::Record { .. }
            | Self::ReturnKept { .. }
            | Self::ServiceTokenUsed { .. }
            | Self::ServiceTokens
            | Self::Session { .. }
            | Self::Sessions { .. }
            | Self::Settings { .. }
            | Self::Snapshot { .. }
            | Self::TakeKept { .. }
            | Self::Versions => &[],
        }
    }

    /// Whether it seals something under the secret of the object.
    const fn seals(&self) -> bool {
        matches!(
            self,
            Self::Apply { .. } | Self::ReplaceTokenKeys { .. } | Self::RotateBridgeKey { .. }
        )
    }
}

/// What the object answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reply {
    Applied {
        version: u64,
    },
    AlreadyUsed {
        what: Use,
    },
    AuditLog {
        events: Vec<Event>,
    },
    Done,
    /// What was known of the sessions that ended.
    Ended {
        sessions: Vec<BegunSession>,
    },
    /// So many sessions that were known.
    EndedAll {
        sessions: u64,
    },
    Keys {
        /// Newest first.
        keys: Vec<KeyFacts>,
        /// [`Secrets::id`].
        sealed_under: String,
        /// In seconds since 1970.
        sealed_since: u64,
    },
    Met(Meeting),
    NoSuchPerson {
        email: String,
    },
    NoSuchVersion,
    NotAdmitted {
        why: NotAdmitted,
    },
    NotSetUp,
    /// A form that is kept, as far as it was asked for.
    Kept(SealedForm),
    /// As many forms as may be are kept already.
    NoRoom,
    /// No such form waits to be sent.
    NotKept,
    /// A key is announced already, or none is.
    NotTheTurn,
    /// What is kept here opens with no secret that the object has.
    OtherSecret,
    /// In the order of their addresses.
    People {
        people: Vec<Entry>,
    },
    /// Everything here opens: there is nothing to start over from.
    SecretNotLost,
    /// `None` when it has ended.
    Session(Option<Box<BegunSession>>),
    Settings {
        version: Version,
        settings: SealedSettings,
    },
    /// The token that was added or rotated, or that is gone.
    ServiceTokenChanged(Box<StoredServiceToken>),
    ServiceTokenUnchanged {
        why: Unchanged,
    },
    /// In the order of their names.
    ServiceTokens {
        tokens: Vec<StoredServiceToken>,
    },
    /// In the order of their names.
    Sessions {
        sessions: Vec<BegunSession>,
    },
    Snapshot(Snapshot),
    /// Newest first.
    Versions {
        versions: Vec<Version>,
    },
}

json::tagged! { Reply {
    Applied { version },
    AlreadyUsed { what },
    AuditLog { events },
    Done,
    Ended { sessions },
    EndedAll { sessions },
    Keys { keys, sealed_under, sealed_since },
    Met(meeting),
    NoSuchPerson { email },
    NoSuchVersion,
    NotAdmitted { why },
    NotSetUp,
    Kept(form),
    NoRoom,
    NotKept,
    NotTheTurn,
    OtherSecret,
    People { people },
    SecretNotLost,
    Session(session),
    Settings { version, settings },
    ServiceTokenChanged(token),
    ServiceTokenUnchanged { why },
    ServiceTokens { tokens },
    Sessions { sessions },
    Snapshot(snapshot),
    Versions { versions },
} else Self::NotSetUp }

/// What an administrator sees of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KeyFacts {
    pub(crate) kid: String,
    pub(crate) purpose: Purpose,
    /// Since when or from when on it signs, in seconds since 1970; `None` while it is announced only.
    pub(crate) used_from: Option<u64>,
}

json::object! { KeyFacts { kid, purpose, used_from } }

/// What an isolate keeps for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Snapshot {
    pub(crate) version: u64,
    /// Absent when the isolate knows this version.
    pub(crate) contents: Option<Contents>,
    /// Those after the last one that the isolate knows.
    pub(crate) revocations: Vec<EndedSession>,
    pub(crate) last_revocation: u64,
    /// All of them: there are few.
    pub(crate) cutoffs: Vec<Cutoff>,
    /// All of them; absent when the isolate has them.
    pub(crate) service_tokens: Option<ServiceTokens>,
}

json::object! { Snapshot {
    version, contents, revocations, last_revocation, cutoffs; service_tokens
} }

/// The part of a snapshot that changes with the version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Contents {
    pub(crate) settings: SealedSettings,
    /// Newest first.
    pub(crate) keys: Vec<StoredKey>,
}

json::object! { Contents { settings, keys } }

/// Runs one operation for the desk of `desk_host`.
///
/// # Errors
/// [`HostFailed`] when the platform fails; the caller rolls the transaction back.
pub(crate) fn run(
    operation: &Operation,
    desk_host: &str,
    secrets: &Secrets,
    storage: &dyn Storage,
    host: &dyn Host,
    now: UnixTime,
) -> Result<Reply, HostFailed> {
    // A desk nobody set up has no tables: asking for an invented host name writes nothing.
    let creates = matches!(operation, Operation::Apply { .. });
    if !schema::migrate(storage, creates)? {
        return Ok(Reply::NotSetUp);
    }
    // Without the secret nothing is sealed here; what needs none goes on.
    let may_seal = resealing::settle(storage, desk_host, secrets, host, now)?;
    if !may_seal && operation.seals() {
        return Ok(Reply::OtherSecret);
    }
    // Before anything else, and for each of them alike.
    if let Some(what) = one_time::claim(storage, operation.uses(), now)? {
        return Ok(Reply::AlreadyUsed { what });
    }
    match operation {
        Operation::Apply { settings, event, .. } => {
            // An isolate may have sealed them under the secret before, or the one after.
            let Some(settings) = settings.resealed(desk_host, secrets, host)? else {
                return Ok(Reply::OtherSecret);
            };
            signing_keys::ensure(storage, desk_host, secrets, host, now)?;
            let version = settings::apply(storage, &settings, now)?;
            remember_host(storage, desk_host)?;
            signing_keys::tend(storage, desk_host, secrets, Margins::OURS, true, host, now)?;
            audit_log::append(storage, event)?;
            Ok(Reply::Applied { version })
        }
        Operation::AuditLog { limit } => {
            Ok(Reply::AuditLog { events: audit_log::newest(storage, *limit)? })
        }
        Operation::ChangePeople { changes, event, .. } => {
            let unwelcome = people::unwelcome(storage, changes)?;
            if let Some(email) = people::change(storage, changes, now)? {
                return Ok(Reply::NoSuchPerson { email });
            }
            audit_log::append(storage, event)?;
            let sessions = end_of_shut_out(storage, changes, &unwelcome, event, now)?;
            Ok(Reply::EndedAll { sessions })
        }
        Operation::ChangeServiceTokens { change, event, .. } => {
            match service_tokens::change(storage, change, now)? {
                Ok(token) => {
                    audit_log::append(storage, event)?;
                    Ok(Reply::ServiceTokenChanged(Box::new(token)))
                }
                Err(why) => Ok(Reply::ServiceTokenUnchanged { why }),
            }
        }
        Operation::Claim { visitor, unknown, begins, ends, event, .. } => {
            if let Err(why) = people::admit(storage, visitor, *unknown, now)? {
                return Ok(Reply::NotAdmitted { why });
            }
            sessions::add(storage, begins, &visitor.id, now)?;
            if let Some(session) = ends {
                sessions::end(storage, &Which::Presented(session.clone()), now)?;
            }
            audit_log::append(storage, event)?;
            Ok(Reply::Done)
        }
        Operation::End { which, event, .. } => {
            let sessions = sessions::end(storage, which, now)?;
            for event in event.clone().of_sessions(&sessions) {
                audit_log::append(storage, &event)?;
            }
            Ok(Reply::Ended { sessions })
        }
        Operation::EndAll { whose, event, .. } => {
            Ok(Reply::EndedAll { sessions: end_all(storage, whose, event, now)? })
        }
        Operation::Keys => resealing::keys(storage),
        Operation::Keep { form, visitor, event } => {
            // Who is shut out of the directory writes nothing here any more.
            if people::is_disabled(storage, visitor)? {
                return Ok(Reply::NotAdmitted { why: NotAdmitted::Disabled });
            }
            if !kept_forms::keep(storage, form, now)? {
                return Ok(Reply::NoRoom);
            }
            audit_log::append(storage, event)?;
            Ok(Reply::Done)
        }
        Operation::DiscardKept { key, event } => {
            kept_forms::discard(storage, key)?;
            event.iter().try_for_each(|event| audit_log::append(storage, event))?;
            Ok(Reply::Done)
        }
        Operation::FindKept { key } => {
            Ok(kept_forms::find(storage, key, now)?.map_or(Reply::NotKept, Reply::Kept))
        }
        Operation::Meet { app, visitor, unknown, once, event } => {
            if let Err(why) = people::admit_to_app(storage, visitor, *unknown, now)? {
                return Ok(Reply::NotAdmitted { why });
            }
            audit_log::append(storage, event)?;
            Ok(Reply::Met(people::meet(storage, app, visitor, once)?))
        }
        Operation::People { after, limit } => {
            Ok(Reply::People { people: people::list(storage, after, *limit)? })
        }
        Operation::Record { event } => {
            audit_log::append(storage, event)?;
            Ok(Reply::Done)
        }
        Operation::ReplaceTokenKeys { event, .. } => {
            // Isolates forget the old keys with a new version, and sessions that they verified.
            let Some(version) = settings::renew(storage, now)? else { return Ok(Reply::NotSetUp) };
            signing_keys::replace_token_keys(storage, desk_host, secrets, host, now)?;
            signing_keys::tend(storage, desk_host, secrets, Margins::OURS, true, host, now)?;
            audit_log::append(storage, event)?;
            Ok(Reply::Applied { version })
        }
        Operation::RotateBridgeKey { rotation, event, .. } => {
            if !signing_keys::rotate(storage, *rotation, desk_host, secrets, host, now)? {
                return Ok(Reply::NotTheTurn);
            }
            // Isolates learn of other keys with a new version.
            let Some(version) = settings::renew(storage, now)? else { return Ok(Reply::NotSetUp) };
            audit_log::append(storage, event)?;
            Ok(Reply::Applied { version })
        }
        Operation::ReturnKept { key, event } => {
            if !kept_forms::give_back(storage, key, now)? {
                return Ok(Reply::NotKept);
            }
            audit_log::append(storage, event)?;
            Ok(Reply::Done)
        }
        Operation::TakeKept { key, event } => {
            let Some(form) = kept_forms::take(storage, key, now)? else {
                return Ok(Reply::NotKept);
            };
            audit_log::append(storage, event)?;
            Ok(Reply::Kept(form))
        }
        Operation::Settings { version } => Ok(match version {
            None => settings::current(storage)?.map_or(Reply::NotSetUp, settings_reply),
            Some(version) => settings::of_version(storage, *version)?
                .map_or(Reply::NoSuchVersion, settings_reply),
        }),
        Operation::ServiceTokens => {
            Ok(Reply::ServiceTokens { tokens: service_tokens::all(storage)? })
        }
        Operation::ServiceTokenUsed { id, event } => {
            if service_tokens::used(storage, id, now)? {
                audit_log::append(storage, event)?;
            }
            Ok(Reply::Done)
        }
        Operation::Session { session } => {
            Ok(Reply::Session(sessions::with_groups(storage, session, now)?.map(Box::new)))
        }
        Operation::Sessions { whose, after, limit } => {
            Ok(Reply::Sessions { sessions: sessions::list(storage, whose, after, *limit, now)? })
        }
        Operation::Snapshot { known } => {
            // A missed alarm only delays. Whether what is told opens is for the isolate to see.
            if may_seal {
                signing_keys::tend(storage, desk_host, secrets, Margins::OURS, false, host, now)?;
            }
            kept_forms::tend(storage, now)?;
            snapshot(storage, *known)
        }
        Operation::StartOver { settings, event, .. } => {
            if may_seal {
                return Ok(Reply::SecretNotLost);
            }
            resealing::start_over(storage, settings, desk_host, secrets, event, host, now)
        }
        Operation::Versions => Ok(Reply::Versions { versions: settings::versions(storage)? }),
    }
}

/// What the alarm does, which may come late, twice or not at all.
///
/// # Errors
/// [`HostFailed`] when the platform fails; the caller rolls the transaction back.
pub(crate) fn wake(
    secrets: &Secrets,
    storage: &dyn Storage,
    host: &dyn Host,
    now: UnixTime,
) -> Result<(), HostFailed> {
    if !schema::migrate(storage, false)? {
        return Ok(());
    }
    let rows = storage.execute("SELECT host FROM desk", &[])?;
    for row in rows {
        let desk_host = row.get("host").and_then(|host| host.as_str()).ok_or(HostFailed)?;
        if resealing::settle(storage, desk_host, secrets, host, now)? {
            signing_keys::tend(storage, desk_host, secrets, Margins::OURS, true, host, now)?;
        }
    }
    kept_forms::tend(storage, now)
}

/// For [`wake`].
fn remember_host(storage: &dyn Storage, desk_host: &str) -> Result<(), HostFailed> {
    storage
        .execute("INSERT OR IGNORE INTO desk (host) VALUES (?)", &parameters![desk_host])
        .map(drop)
}

fn settings_reply((version, settings): (Version, SealedSettings)) -> Reply {
    Reply::Settings { version, settings }
}

/// A person has few sessions, and each of them is named; a connection has any number, and they end
/// by when they began.
fn end_all(
    storage: &dyn Storage,
    whose: &Whose,
    event: &Event,
    now: UnixTime,
) -> Result<u64, HostFailed> {
    match whose {
        Whose::Connection(_) | Whose::Everybody => {
            audit_log::append(storage, event)?;
            cutoffs::end_all(storage, whose, now)
        }
        Whose::Email(_) | Whose::Subject(_) => {
            let ended = sessions::end_of(storage, whose, now)?;
            for event in event.clone().of_sessions(&ended) {
                audit_log::append(storage, &event)?;
            }
            Ok(ended.len().try_into().unwrap_or(u64::MAX))
        }
    }
}

/// Whoever may not sign in any more does not stay signed in, and an address that may be somebody
/// else's now opens nothing for whom it was before.
fn end_of_shut_out(
    storage: &dyn Storage,
    changes: &[Change],
    unwelcome: &[(String, String)],
    event: &Event,
    now: UnixTime,
) -> Result<u64, HostFailed> {
    let mut ended = Vec::new();
    for (connection, person) in unwelcome {
        ended.extend(sessions::end_of_pinned(storage, connection, person, now)?);
    }
    for change in changes.iter().filter(|change| change.shuts_out()) {
        let address = Whose::Email(change.email().to_owned());
        ended.extend(sessions::end_of(storage, &address, now)?);
    }
    let ending = Event { event: Name::SessionsEnded, ..event.clone() };
    for event in ending.of_sessions(&ended).iter().filter(|event| event.session.is_some()) {
        audit_log::append(storage, event)?;
    }
    Ok(ended.len().try_into().unwrap_or(u64::MAX))
}

fn snapshot(storage: &dyn Storage, known: Option<Known>) -> Result<Reply, HostFailed> {
    let Some((Version { version, .. }, settings)) = settings::current(storage)? else {
        return Ok(Reply::NotSetUp);
    };
    let newest_key = signing_keys::newest_token_key(storage)?;
    let service_tokens =
        service_tokens::after(storage, known.and_then(|known| known.service_tokens))?;
    let known = known.filter(|known| (known.version, known.newest_key) == (version, newest_key));
    let contents = match known {
        Some(_) => None,
        None => Some(Contents { settings, keys: signing_keys::all(storage)? }),
    };
    let after = known.map_or(0, |known| known.last_revocation);
    let (revocations, last_revocation) = revocations::after(storage, after)?;
    let cutoffs = cutoffs::all(storage)?;
    Ok(Reply::Snapshot(Snapshot {
        version,
        contents,
        revocations,
        last_revocation,
        cutoffs,
        service_tokens,
    }))
}
