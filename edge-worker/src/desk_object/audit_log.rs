//! The audit log of the desk.

use crate::audit::{Event, Name};
use crate::host::{HostFailed, Parameter, Storage, parameters};
use crate::json;

/// Events kept; older ones go.
const KEPT_EVENTS: u32 = 10_000;

/// Refusals kept beside them: whoever causes a few in every minute drives out older refusals only.
const KEPT_REFUSALS: u32 = 2_000;

/// Events from one clearing to the next, which reads all that is kept.
const CLEARED_EVERY: u64 = 100;

/// Refusals and failures kept in a minute; an isolate tells of no more either. Anybody can post nonsense to the sign-in address, or ask for
/// public paths while the origin is down; a flood must not push the real events out of the log.
pub(crate) const REFUSALS_A_MINUTE: u32 = 60;

/// What anybody can cause without a session in force.
const REFUSALS: [Name; 12] = [
    Name::AdminRefused,
    Name::BreakGlassRefused,
    Name::BridgeRefused,
    Name::FormKept,
    Name::HandOffRefused,
    Name::LoginRefused,
    Name::LoginUnavailable,
    Name::LogoutIncomplete,
    Name::LogoutRefused,
    Name::OriginUnreachable,
    Name::RevocationRefused,
    Name::ServiceTokenRefused,
];

/// Whether anybody can cause such events, as many as they like.
pub(crate) fn is_refusal(event: &Event) -> bool {
    REFUSALS.contains(&event.event)
}

pub(super) fn append(storage: &dyn Storage, event: &Event) -> Result<(), HostFailed> {
    let a_minute_ago = event.at.saturating_sub(60);
    if is_refusal(event) && refusals_since(storage, a_minute_ago)? >= REFUSALS_A_MINUTE.into() {
        return Ok(());
    }
    storage.execute(
        "INSERT INTO audit_log (at, event, details) VALUES (?, ?, ?)",
        &parameters![event.at, event.event.name(), json::write(event)],
    )?;
    let newest = storage.execute("SELECT max(sequence) AS newest FROM audit_log", &[])?;
    let newest = newest.first().and_then(|row| row["newest"].as_u64()).ok_or(HostFailed)?;
    if newest % CLEARED_EVERY == 0 {
        clear(storage, "IN", KEPT_REFUSALS)?;
        clear(storage, "NOT IN", KEPT_EVENTS)?;
    }
    Ok(())
}

/// Keeps the newest events that are refusals, or that are none.
fn clear(storage: &dyn Storage, are: &str, kept: u32) -> Result<(), HostFailed> {
    let condition = format!("event {are} ({})", ["?"; REFUSALS.len()].join(", "));
    let names = REFUSALS.map(|name| Parameter::Text(name.name()));
    let parameters = [&names[..], &names[..], &[Parameter::Number(kept.into())]].concat();
    let delete = format!(
        "DELETE FROM audit_log WHERE {condition} AND sequence <=
            (SELECT sequence FROM audit_log WHERE {condition} ORDER BY sequence DESC LIMIT 1 OFFSET ?)"
    );
    storage.execute(&delete, &parameters).map(drop)
}

/// Looks at the newest rows only, so that it costs the same however long the log is.
fn refusals_since(storage: &dyn Storage, since: u64) -> Result<u64, HostFailed> {
    let mut parameters = vec![Parameter::Number(since)];
    parameters.extend(REFUSALS.map(|name| Parameter::Text(name.name())));
    let names = ["?"; REFUSALS.len()].join(", ");
    let count = format!(
        "SELECT count(*) AS refusals FROM
            (SELECT at, event FROM audit_log ORDER BY sequence DESC LIMIT 200)
        WHERE at >= ? AND event IN ({names})"
    );
    let rows = storage.execute(&count, &parameters)?;
    rows.first().and_then(|row| row["refusals"].as_u64()).ok_or(HostFailed)
}

/// Newest first.
pub(super) fn newest(storage: &dyn Storage, limit: u32) -> Result<Vec<Event>, HostFailed> {
    let rows = storage.execute(
        "SELECT details FROM audit_log ORDER BY sequence DESC LIMIT ?",
        &parameters![u64::from(limit)],
    )?;
    rows.iter()
        .map(|row| {
            let details = row["details"].as_str().ok_or(HostFailed)?;
            json::read(details.as_bytes()).ok_or(HostFailed)
        })
        .collect()
}
