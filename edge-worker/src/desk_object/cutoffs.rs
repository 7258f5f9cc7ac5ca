//! Ends of all sessions at once. However many there are, each is one number: sessions that began until
//! then have ended, also those that nobody wrote down.

use core::time::Duration;

use deskgate_core::session::MAX_SESSION_LIFETIME;
use deskgate_core::time::UnixTime;
use serde_json::Value;

use super::sessions::Whose;
use crate::host::{HostFailed, Parameter, Storage, parameters};
use crate::json;

/// How long a cutoff says anything: longer than a session lasts, whatever the clocks of two machines
/// differ by.
pub(crate) const CUTOFF_LIFETIME: Duration =
    MAX_SESSION_LIFETIME.saturating_add(Duration::from_secs(24 * 3600));

/// The end of all sessions of a connection, or of everybody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cutoff {
    /// Empty: everybody. No connection has this name.
    pub(crate) connection: String,
    /// Sessions end whose `iat` is not after this, in seconds since 1970.
    pub(crate) began_until: u64,
}

json::object! { Cutoff { connection, began_until } }

/// Ends the sessions of a connection or of everybody that began until now, and answers how many were
/// known.
pub(super) fn end_all(
    storage: &dyn Storage,
    whose: &Whose,
    now: UnixTime,
) -> Result<u64, HostFailed> {
    let (condition, connection) = whose.condition();
    let parameter: Vec<_> = connection.map(Parameter::Text).into_iter().collect();
    // An isolate whose clock is ahead wrote a later time into its tokens.
    let known =
        format!("SELECT count(*) AS known, max(began_at) AS last FROM sessions WHERE {condition}");
    let rows = storage.execute(&known, &parameter)?;
    let row = rows.first().ok_or(HostFailed)?;
    let last = row.get("last").and_then(Value::as_u64).unwrap_or_default();
    storage.execute(&format!("DELETE FROM sessions WHERE {condition}"), &parameter)?;
    let forgotten = now.seconds().saturating_sub(CUTOFF_LIFETIME.as_secs());
    storage.execute("DELETE FROM cutoffs WHERE began_until < ?", &parameters![forgotten])?;
    storage.execute(
        "INSERT INTO cutoffs (connection, began_until) VALUES (?, ?) ON CONFLICT DO UPDATE
            SET began_until = max(began_until, excluded.began_until)",
        &parameters![connection.unwrap_or_default(), last.max(now.seconds())],
    )?;
    row.get("known").and_then(Value::as_u64).ok_or(HostFailed)
}

pub(super) fn all(storage: &dyn Storage) -> Result<Vec<Cutoff>, HostFailed> {
    let rows = storage.execute("SELECT connection, began_until FROM cutoffs", &[])?;
    let read = |row| json::from_row(row).ok_or(HostFailed);
    rows.into_iter().map(read).collect()
}
