//! Settings of the desk: every version that was applied, the newest is in force.

use deskgate_core::time::UnixTime;
use serde_json::{Value, json};

use crate::host::{HostFailed, Storage};

/// Versions kept, to look back or return to.
const KEPT_VERSIONS: u64 = 50;

/// Makes `settings` the current ones and answers their version; the same settings again keep
/// theirs.
pub(super) fn apply(
    storage: &dyn Storage,
    settings: &Value,
    now: UnixTime,
) -> Result<u64, HostFailed> {
    let current = current(storage)?;
    if let Some((version, _, current)) = &current
        && current == settings
    {
        return Ok(*version);
    }
    let version = current.map_or(1, |(version, ..)| version + 1);
    storage.execute(
        "INSERT INTO settings (version, applied_at, settings) VALUES (?, ?, ?)",
        &[json!(version), json!(now.seconds()), json!(settings.to_string())],
    )?;
    storage.execute(
        "DELETE FROM settings WHERE version <= ?",
        &[json!(version.saturating_sub(KEPT_VERSIONS))],
    )?;
    Ok(version)
}

/// Version, time and text of the current settings.
pub(super) fn current(storage: &dyn Storage) -> Result<Option<(u64, u64, Value)>, HostFailed> {
    let newest = "SELECT version, applied_at, settings FROM settings ORDER BY version DESC LIMIT 1";
    let rows = storage.execute(newest, &[])?;
    let Some(row) = rows.first() else { return Ok(None) };
    let version = row["version"].as_u64().ok_or(HostFailed)?;
    let applied_at = row["applied_at"].as_u64().ok_or(HostFailed)?;
    let text = row["settings"].as_str().ok_or(HostFailed)?;
    Ok(Some((version, applied_at, serde_json::from_str(text).map_err(|_| HostFailed)?)))
}
