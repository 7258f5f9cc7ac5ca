//! The audit log of the desk.

use serde_json::json;

use crate::audit::{Event, Name};
use crate::host::{HostFailed, Storage};
use crate::json;

/// Events kept; older ones go.
const KEPT_EVENTS: u32 = 10_000;

/// Refusals and failures kept in a minute. Anybody can post nonsense to the sign-in address, or ask for
/// public paths while the origin is down; a flood must not push the real events out of the log.
const REFUSALS_A_MINUTE: u64 = 60;

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

pub(super) fn append(storage: &dyn Storage, event: &Event) -> Result<(), HostFailed> {
    let name = json::to_value(&event.event);
    let is_refusal = REFUSALS.contains(&event.event);
    if is_refusal && refusals_since(storage, event.at.saturating_sub(60))? >= REFUSALS_A_MINUTE {
        return Ok(());
    }
    storage.execute(
        "INSERT INTO audit_log (at, event, details) VALUES (?, ?, ?)",
        &[json!(event.at), name, json!(json::write(event))],
    )?;
    storage.execute(
        "DELETE FROM audit_log WHERE sequence <= (SELECT max(sequence) FROM audit_log) - ?",
        &[json!(KEPT_EVENTS)],
    )?;
    Ok(())
}

/// Looks at the newest rows only, so that it costs the same however long the log is.
fn refusals_since(storage: &dyn Storage, since: u64) -> Result<u64, HostFailed> {
    let mut parameters = vec![json!(since)];
    parameters.extend(REFUSALS.map(|name| json::to_value(&name)));
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
    let rows = storage
        .execute("SELECT details FROM audit_log ORDER BY sequence DESC LIMIT ?", &[json!(limit)])?;
    rows.iter()
        .map(|row| {
            let details = row["details"].as_str().ok_or(HostFailed)?;
            json::read(details.as_bytes()).ok_or(HostFailed)
        })
        .collect()
}
