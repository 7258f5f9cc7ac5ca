//! Sessions that began here: which there are, and how the identity provider names them.
//!
//! A session is valid by its token alone; this table is for ending sessions of which nobody presents
//! the token. What stands in it is pruned when it expires.

use deskgate_core::identity::NameId;
use deskgate_core::saml::logout::{is_index_unique, is_same_person};
use deskgate_core::session::Session;
use deskgate_core::time::UnixTime;
use serde_json::Value;

use super::revocations::{self, EndedSession};
use crate::host::{HostFailed, Parameter, Row, Storage, parameters};
use crate::json;

/// A session that began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BegunSession {
    /// The `sid` of its token.
    pub(crate) session: String,
    pub(crate) connection: String,
    /// The `sub` of its token: a hash.
    pub(crate) subject: String,
    /// The address of the person, in lower case.
    pub(crate) email: Option<String>,
    /// The `iat` of its token, in seconds since 1970.
    pub(crate) began_at: u64,
    /// When its token expires by itself, in seconds since 1970.
    pub(crate) expires_at: u64,
    /// How the identity provider calls the person; `None` when it called them nothing.
    pub(crate) name_id: Option<StoredNameId>,
    /// How it calls its own session.
    pub(crate) session_index: Option<String>,
    /// The groups of the person where they are too many for the token and all are known: at most what
    /// fits into a response. Only [`with_groups`] answers them.
    pub(crate) all_groups: Option<Vec<String>>,
}

json::object! { BegunSession {
    session, connection, subject, email, began_at, expires_at, name_id, session_index; all_groups
} }

/// A NameID, to be sent back exactly as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoredNameId {
    value: String,
    format: Option<String>,
    name_qualifier: Option<String>,
    sp_name_qualifier: Option<String>,
}

json::object! { StoredNameId { value, format, name_qualifier, sp_name_qualifier } }

impl BegunSession {
    pub(crate) fn new(
        session: &Session,
        name_id: Option<StoredNameId>,
        session_index: Option<&str>,
    ) -> Self {
        Self {
            session: session.id().to_owned(),
            connection: session.connection().to_owned(),
            subject: session.subject().to_owned(),
            email: session.person().email.as_deref().map(str::to_ascii_lowercase),
            began_at: session.issued_at().seconds(),
            expires_at: session.expires_at().seconds(),
            name_id,
            session_index: session_index.map(str::to_owned),
            all_groups: None,
        }
    }

    pub(crate) fn ended(&self) -> EndedSession {
        EndedSession { session: self.session.clone(), expires_at: self.expires_at }
    }
}

impl StoredNameId {
    pub(crate) fn new(name_id: &NameId) -> Self {
        let NameId { value, format, name_qualifier, sp_name_qualifier } = name_id.clone();
        Self { value, format, name_qualifier, sp_name_qualifier }
    }

    pub(crate) fn name_id(&self) -> NameId {
        let Self { value, format, name_qualifier, sp_name_qualifier } = self.clone();
        NameId { value, format, name_qualifier, sp_name_qualifier }
    }
}

/// Which sessions to end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    /// Those with these names of ours, as far as they were written down.
    Listed(Vec<String>),
    /// All of a person at one connection, whose identity provider revokes them.
    MeantAt { connection: String, person: Meant },
    /// Those of a person, as the identity provider of a connection names them: those with one of the
    /// indexes, or all when there is no index (SAML Core 3.7.3.2).
    Named {
        name_id: StoredNameId,
        session_indexes: Vec<String>,
        /// The connections at which the identity provider may say so.
        at: Vec<Sides>,
    },
    /// The one that a browser presented. It ends even if nobody wrote it down.
    Presented(EndedSession),
    /// That one, and all others of the person whose it is.
    PresentedAndOthersOf { session: EndedSession, subject: String },
}

json::tagged! { Which {
    Listed(names),
    MeantAt { connection, person },
    Named { name_id, session_indexes, at },
    Presented(session),
    PresentedAndOthersOf { session, subject },
} else Self::Listed(Vec::new()) }

/// How an identity provider names one of its people outside of SAML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Meant {
    /// By their address, in lower case.
    Email(String),
    /// By their NameID, or by what never changes.
    Subject(String),
}

json::tagged! { Meant { Email(email), Subject(subject) } else Self::Email(String::new()) }

/// Whose sessions an administrator means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    /// Of those who came through a connection.
    Connection(String),
    /// Of those with an e-mail address, in lower case.
    Email(String),
    Everybody,
    /// Of the person with this `sub`.
    Subject(String),
}

json::tagged! { Whose {
    Connection(name) = "connection",
    Email(email) = "email",
    Everybody = "everybody",
    Subject(subject) = "subject",
} else Self::Email(String::new()) }

impl Whose {
    /// As a condition of a statement, with its parameter.
    pub(super) fn condition(&self) -> (&'static str, Option<&str>) {
        match self {
            Self::Connection(name) => ("connection = ?", Some(name)),
            Self::Email(email) => ("email = ?", Some(email)),
            Self::Everybody => ("TRUE", None),
            Self::Subject(subject) => ("subject = ?", Some(subject)),
        }
    }
}

/// A connection with the entity IDs of both sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sides {
    pub(crate) connection: String,
    pub(crate) idp_entity_id: String,
    pub(crate) sp_entity_id: String,
}

json::object! { Sides { connection, idp_entity_id, sp_entity_id } }

/// Writes a session down. `person` is who never changes at the connection, as the directory pins them.
pub(super) fn add(
    storage: &dyn Storage,
    begun: &BegunSession,
    person: &str,
    now: UnixTime,
) -> Result<(), HostFailed> {
    storage.execute("DELETE FROM sessions WHERE expires_at < ?", &parameters![now.seconds()])?;
    let name_id = begun.name_id.as_ref().map(json::write);
    let all_groups = begun.all_groups.as_ref().map(json::write);
    storage.execute(
        "INSERT INTO sessions
            (session, connection, subject, email, began_at, expires_at, name_id_key, name_id,
            session_index, person, all_groups)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        &parameters![
            begun.session,
            begun.connection,
            begun.subject,
            begun.email,
            begun.began_at,
            begun.expires_at,
            begun.name_id.as_ref().map(|name_id| &name_id.value),
            name_id,
            begun.session_index,
            person,
            all_groups,
        ],
    )?;
    Ok(())
}

/// Ends sessions and answers what is known of them.
pub(super) fn end(
    storage: &dyn Storage,
    which: &Which,
    now: UnixTime,
) -> Result<Vec<BegunSession>, HostFailed> {
    let ended = match which {
        Which::MeantAt { connection, person } => meant_at(storage, connection, person)?,
        Which::Named { name_id, session_indexes, at } => {
            let mut ended = Vec::new();
            for sides in at {
                ended.extend(end_named(storage, &name_id.name_id(), session_indexes, sides, now)?);
            }
            return Ok(ended);
        }
        Which::Listed(names) => {
            let mut listed = Vec::new();
            for name in names {
                listed.extend(find(storage, "session = ?", &parameters![name])?);
            }
            listed
        }
        Which::Presented(session) => {
            revocations::add(storage, session, now)?;
            find(storage, "session = ?", &parameters![session.session])?
        }
        Which::PresentedAndOthersOf { session, subject } => {
            revocations::add(storage, session, now)?;
            find(storage, "subject = ?", &parameters![subject])?
        }
    };
    revoke(storage, &ended, now)?;
    Ok(ended)
}

/// Ends all sessions of somebody who is no longer welcome, also those with another address, and answers
/// them.
pub(super) fn end_of_pinned(
    storage: &dyn Storage,
    connection: &str,
    person: &str,
    now: UnixTime,
) -> Result<Vec<BegunSession>, HostFailed> {
    let condition = "connection = ? AND person = ?";
    let ended = find(storage, condition, &parameters![connection, person])?;
    revoke(storage, &ended, now)?;
    Ok(ended)
}

/// Ends all sessions of a person, as far as they were written down, and answers them.
pub(super) fn end_of(
    storage: &dyn Storage,
    person: &Whose,
    now: UnixTime,
) -> Result<Vec<BegunSession>, HostFailed> {
    let (condition, parameter) = person.condition();
    let parameters: Vec<_> = parameter.map(Parameter::Text).into_iter().collect();
    let ended = find(storage, condition, &parameters)?;
    revoke(storage, &ended, now)?;
    Ok(ended)
}

fn revoke(storage: &dyn Storage, ended: &[BegunSession], now: UnixTime) -> Result<(), HostFailed> {
    for begun in ended {
        revocations::add(storage, &begun.ended(), now)?;
        storage.execute("DELETE FROM sessions WHERE session = ?", &parameters![begun.session])?;
    }
    Ok(())
}

/// At most `limit` sessions in force whose names come after `after`, in the order of their names.
pub(super) fn list(
    storage: &dyn Storage,
    whose: &Whose,
    after: &str,
    limit: u32,
    now: UnixTime,
) -> Result<Vec<BegunSession>, HostFailed> {
    let (condition, parameter) = whose.condition();
    let mut parameters = Vec::from_iter(parameter.map(Parameter::Text));
    let page =
        [Parameter::Number(now.seconds()), Parameter::Text(after), Parameter::Number(limit.into())];
    parameters.extend(page);
    let condition =
        format!("{condition} AND expires_at > ? AND session > ? ORDER BY session LIMIT ?");
    find(storage, &condition, &parameters)
}

/// A session in force, with the groups that its token has no room for.
pub(super) fn with_groups(
    storage: &dyn Storage,
    session: &str,
    now: UnixTime,
) -> Result<Option<BegunSession>, HostFailed> {
    let condition = "session = ? AND expires_at > ?";
    let parameters = [Parameter::Text(session), Parameter::Number(now.seconds())];
    let Some(mut begun) = find(storage, condition, &parameters)?.pop() else { return Ok(None) };
    let select = format!("SELECT all_groups FROM sessions WHERE {condition}");
    let mut rows = storage.execute(&select, &parameters)?;
    if let Some(Value::String(groups)) = rows.pop().and_then(|mut row| row.remove("all_groups")) {
        begun.all_groups = Some(json::read(groups.as_bytes()).ok_or(HostFailed)?);
    }
    Ok(Some(begun))
}

/// A session without index is meant by every index: its identity provider did not tell them apart.
fn end_named(
    storage: &dyn Storage,
    name_id: &NameId,
    session_indexes: &[String],
    sides: &Sides,
    now: UnixTime,
) -> Result<Vec<BegunSession>, HostFailed> {
    let Sides { connection, idp_entity_id, sp_entity_id } = sides;
    let condition = "connection = ? AND name_id_key = ?";
    let mut found = find(storage, condition, &parameters![connection, name_id.value])?;
    found.retain(|begun| {
        let known = begun.name_id.as_ref().map(StoredNameId::name_id);
        let index = begun.session_index.as_ref();
        known.is_some_and(|known| is_same_person(name_id, &known, idp_entity_id, sp_entity_id))
            && (session_indexes.is_empty()
                || index.is_none_or(|index| session_indexes.contains(index)))
    });
    revoke(storage, &found, now)?;
    if is_index_unique(idp_entity_id) {
        for index in session_indexes {
            // Those that have ended are not found again.
            let condition = "connection = ? AND session_index = ?";
            let more = find(storage, condition, &parameters![connection, index])?;
            revoke(storage, &more, now)?;
            found.extend(more);
        }
    }
    Ok(found)
}

/// Never those of another connection, whatever they are called there.
fn meant_at(
    storage: &dyn Storage,
    connection: &str,
    person: &Meant,
) -> Result<Vec<BegunSession>, HostFailed> {
    match person {
        Meant::Email(email) => {
            find(storage, "connection = ? AND email = ?", &parameters![connection, email])
        }
        Meant::Subject(subject) => {
            let condition = "connection = ? AND (name_id_key = ? OR person = ?)";
            find(storage, condition, &parameters![connection, subject, subject])
        }
    }
}

/// `condition` is a text of this module.
fn find(
    storage: &dyn Storage,
    condition: &str,
    parameters: &[Parameter<'_>],
) -> Result<Vec<BegunSession>, HostFailed> {
    let select = format!(
        "SELECT session, connection, subject, email, began_at, expires_at, name_id, session_index
        FROM sessions WHERE {condition}"
    );
    storage.execute(&select, parameters)?.into_iter().map(begun).collect()
}

fn begun(mut row: Row) -> Result<BegunSession, HostFailed> {
    if let Some(Value::String(name_id)) = row.get("name_id") {
        let name_id = json::parse(name_id.as_bytes()).ok_or(HostFailed)?;
        row.insert("name_id".to_owned(), name_id);
    }
    json::from_row(row).ok_or(HostFailed)
}
