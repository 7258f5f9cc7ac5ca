//! Forms that met an ended session, kept until their people are back. All that stands here is sealed; to
//! whom a form belongs is part of its key, so that nobody else can even ask for it.

use deskgate_core::time::UnixTime;
use serde_json::Value;

use crate::host::{HostFailed, Row, Storage, parameters};
use crate::json;

/// Most forms of one person: tabs that were left open. The oldest gives way.
const MAX_FORMS_OF_ONE: u64 = 5;

/// Most bytes of all forms. When everybody's session ends at once, thousands of replies fit. Beyond, new ones
/// are refused, so that nobody can drive out what others wrote.
const MAX_BYTES: u64 = 64 * 1024 * 1024;

/// A form to keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KeptForm {
    /// Hash of its name, the person and the browser.
    pub(crate) key: String,
    /// Hash of the person.
    pub(crate) owner: String,
    /// Seconds since 1970.
    pub(crate) expires_at: u64,
    pub(crate) sealed: SealedForm,
}

json::object! { KeptForm { key, owner, expires_at, sealed } }

/// A form that only its Worker can read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SealedForm {
    pub(crate) head: String,
    /// `None` where only the head was asked for.
    pub(crate) body: Option<String>,
    /// It was sent before, and the origin did not answer.
    pub(crate) was_tried: bool,
}

json::object! { SealedForm { head, body, was_tried } }

/// What becomes of a form. `waiting` and `tried` may be sent.
const WAITING: &str = "waiting";
const TAKEN: &str = "taken";
const TRIED: &str = "tried";

/// Keeps a form; `false` when there is no room.
pub(super) fn keep(
    storage: &dyn Storage,
    form: &KeptForm,
    now: UnixTime,
) -> Result<bool, HostFailed> {
    forget_expired(storage, now)?;
    let Some(body) = &form.sealed.body else { return Err(HostFailed) };
    let bytes = u64::try_from(form.sealed.head.len() + body.len()).map_err(|_| HostFailed)?;
    let rows = storage.execute("SELECT coalesce(sum(bytes), 0) AS bytes FROM kept_forms", &[])?;
    let kept = rows.first().and_then(|row| number(row, "bytes")).ok_or(HostFailed)?;
    if kept + bytes > MAX_BYTES {
        return Ok(false);
    }
    storage.execute(
        "DELETE FROM kept_forms WHERE key IN (
            SELECT key FROM kept_forms WHERE owner = ? ORDER BY kept_at DESC, rowid DESC LIMIT -1 OFFSET ?
        )",
        &parameters![form.owner, MAX_FORMS_OF_ONE - 1],
    )?;
    storage.execute(
        "INSERT INTO kept_forms (key, owner, kept_at, expires_at, bytes, state, head, body)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        &parameters![
            form.key,
            form.owner,
            now.seconds(),
            form.expires_at,
            bytes,
            WAITING,
            form.sealed.head,
            body,
        ],
    )?;
    tend(storage, now)?;
    Ok(true)
}

/// The head of a form that waits.
pub(super) fn find(
    storage: &dyn Storage,
    key: &str,
    now: UnixTime,
) -> Result<Option<SealedForm>, HostFailed> {
    let found = "SELECT head, state, NULL AS body FROM kept_forms
        WHERE key = ? AND expires_at > ? AND state <> ?";
    let rows = storage.execute(found, &parameters![key, now.seconds(), TAKEN])?;
    rows.first().map(sealed).transpose()
}

/// A form that waits, which from now on does not.
pub(super) fn take(
    storage: &dyn Storage,
    key: &str,
    now: UnixTime,
) -> Result<Option<SealedForm>, HostFailed> {
    let found = "SELECT head, state, body FROM kept_forms
        WHERE key = ? AND expires_at > ? AND state <> ?";
    let rows = storage.execute(found, &parameters![key, now.seconds(), TAKEN])?;
    set_state(storage, key, TAKEN)?;
    rows.first().map(sealed).transpose()
}

/// Lets a form that was taken wait again; `false` when it is gone or was not taken.
pub(super) fn give_back(
    storage: &dyn Storage,
    key: &str,
    now: UnixTime,
) -> Result<bool, HostFailed> {
    let found = "SELECT 1 FROM kept_forms WHERE key = ? AND expires_at > ? AND state = ?";
    if storage.execute(found, &parameters![key, now.seconds(), TAKEN])?.is_empty() {
        return Ok(false);
    }
    set_state(storage, key, TRIED)?;
    Ok(true)
}

pub(super) fn discard(storage: &dyn Storage, key: &str) -> Result<(), HostFailed> {
    storage.execute("DELETE FROM kept_forms WHERE key = ?", &parameters![key]).map(drop)
}

/// Forgets what has expired, and sets the alarm for the next one that will. The alarm of the keys gives way:
/// each waking sets that again, and a few minutes are nothing to it.
pub(super) fn tend(storage: &dyn Storage, now: UnixTime) -> Result<(), HostFailed> {
    forget_expired(storage, now)?;
    let rows = storage.execute("SELECT min(expires_at) AS next FROM kept_forms", &[])?;
    match rows.first().and_then(|row| number(row, "next")) {
        Some(next) => storage.set_alarm(UnixTime::from_seconds(next)),
        None => Ok(()),
    }
}

fn forget_expired(storage: &dyn Storage, now: UnixTime) -> Result<(), HostFailed> {
    let expired = "DELETE FROM kept_forms WHERE expires_at <= ?";
    storage.execute(expired, &parameters![now.seconds()]).map(drop)
}

fn set_state(storage: &dyn Storage, key: &str, state: &str) -> Result<(), HostFailed> {
    let update = "UPDATE kept_forms SET state = ? WHERE key = ?";
    storage.execute(update, &parameters![state, key]).map(drop)
}

fn sealed(row: &Row) -> Result<SealedForm, HostFailed> {
    let text = |name| row.get(name).and_then(Value::as_str);
    Ok(SealedForm {
        head: text("head").ok_or(HostFailed)?.to_owned(),
        body: text("body").map(str::to_owned),
        was_tried: text("state") == Some(TRIED),
    })
}

fn number(row: &Row, name: &str) -> Option<u64> {
    row.get(name).and_then(Value::as_u64)
}
