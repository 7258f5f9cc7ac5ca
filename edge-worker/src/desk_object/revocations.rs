//! Sessions that ended before they expired.

use deskgate_core::time::UnixTime;

use crate::host::{HostFailed, Storage, parameters};
use crate::json;

/// A session that is no longer valid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EndedSession {
    /// The `sid` of its token.
    pub(crate) session: String,
    /// When its token expires by itself, in seconds since 1970; kept until then.
    pub(crate) expires_at: u64,
}

json::object! { EndedSession { session, expires_at } }

pub(super) fn add(
    storage: &dyn Storage,
    ended: &EndedSession,
    now: UnixTime,
) -> Result<(), HostFailed> {
    storage.execute("DELETE FROM revocations WHERE expires_at < ?", &parameters![now.seconds()])?;
    storage.execute(
        "INSERT INTO revocations (session, expires_at) VALUES (?, ?) ON CONFLICT DO NOTHING",
        &parameters![ended.session, ended.expires_at],
    )?;
    Ok(())
}

/// Those added after number `after`, and the number of the last one.
pub(super) fn after(
    storage: &dyn Storage,
    after: u64,
) -> Result<(Vec<EndedSession>, u64), HostFailed> {
    let rows = storage.execute(
        "SELECT sequence, session, expires_at FROM revocations WHERE sequence > ? ORDER BY sequence",
        &parameters![after],
    )?;
    let mut last = after;
    let mut ended = Vec::with_capacity(rows.len());
    for row in rows {
        last = row["sequence"].as_u64().ok_or(HostFailed)?;
        ended.push(EndedSession {
            session: row["session"].as_str().ok_or(HostFailed)?.to_owned(),
            expires_at: row["expires_at"].as_u64().ok_or(HostFailed)?,
        });
    }
    Ok((ended, last))
}
