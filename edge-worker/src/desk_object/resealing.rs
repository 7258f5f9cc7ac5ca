//! The secret of the Worker changes: what is kept here is sealed anew under the one in force.
//!
//! All of it or nothing, before anything else is done, in the transaction of the first call under the
//! other secret. What opens with neither secret of the Worker is left as it is: somebody may still have
//! the one under which it was sealed.

use deskgate_core::session::Secrets;
use deskgate_core::time::UnixTime;
use serde_json::Value;

use super::key_life::Margins;
use super::settings::SealedSettings;
use super::signing_keys::StoredKey;
use super::{KeyFacts, Reply, Whose, audit_log, cutoffs, settings, signing_keys};
use crate::audit::{Event, Name};
use crate::host::{Host, HostFailed, Storage, parameters};

/// Under which secret everything here is sealed.
struct SealedUnder {
    /// [`Secrets::id`].
    id: String,
    /// In seconds since 1970.
    since: u64,
}

/// Whether the Worker may seal here: everything is sealed under its secret, perhaps only now. `false`
/// leaves everything as it was.
pub(super) fn settle(
    storage: &dyn Storage,
    desk_host: &str,
    secrets: &Secrets,
    host: &dyn Host,
    now: UnixTime,
) -> Result<bool, HostFailed> {
    let before = sealed_under(storage)?;
    if before.as_ref().is_some_and(|before| before.id == secrets.id()) {
        return Ok(true);
    }
    let keys = signing_keys::resealed(storage, desk_host, secrets, host)?;
    let versions = settings::resealed(storage, desk_host, secrets, host)?;
    let (Some(keys), Some(versions)) = (keys, versions) else { return Ok(false) };
    signing_keys::replace_seals(storage, &keys)?;
    settings::replace_seals(storage, &versions)?;
    note(storage, secrets, now)?;
    if before.is_some() {
        let event = Event::of_desk(Name::SecretChanged, desk_host, now);
        event.log(host);
        audit_log::append(storage, &event)?;
    }
    Ok(true)
}

/// `None` before the first settings, and in tables from before this was noted.
fn sealed_under(storage: &dyn Storage) -> Result<Option<SealedUnder>, HostFailed> {
    let rows = storage.execute("SELECT id, since FROM sealed_under", &[])?;
    let Some(row) = rows.first() else { return Ok(None) };
    let id = row.get("id").and_then(Value::as_str).ok_or(HostFailed)?.to_owned();
    let since = row.get("since").and_then(Value::as_u64).ok_or(HostFailed)?;
    Ok(Some(SealedUnder { id, since }))
}

/// Which keys there are, and under which secret everything is.
pub(super) fn keys(storage: &dyn Storage) -> Result<Reply, HostFailed> {
    let Some(SealedUnder { id, since }) = sealed_under(storage)? else {
        return Ok(Reply::OtherSecret);
    };
    let facts = |StoredKey { kid, purpose, used_from, .. }| KeyFacts { kid, purpose, used_from };
    let keys = signing_keys::all(storage)?.into_iter().map(facts).collect();
    Ok(Reply::Keys { keys, sealed_under: id, sealed_since: since })
}

/// The secret is lost: all keys are made anew, all sessions end, and these settings are in force. Those
/// before stay, for whoever finds the secret again.
pub(super) fn start_over(
    storage: &dyn Storage,
    settings: &SealedSettings,
    desk_host: &str,
    secrets: &Secrets,
    event: &Event,
    host: &dyn Host,
    now: UnixTime,
) -> Result<Reply, HostFailed> {
    let Some(settings) = settings.resealed(desk_host, secrets, host)? else {
        return Ok(Reply::OtherSecret);
    };
    signing_keys::forget_all(storage)?;
    cutoffs::end_all(storage, &Whose::Everybody, now)?;
    signing_keys::ensure(storage, desk_host, secrets, host, now)?;
    let version = settings::apply(storage, &settings, now)?;
    note(storage, secrets, now)?;
    signing_keys::tend(storage, desk_host, secrets, Margins::OURS, true, host, now)?;
    audit_log::append(storage, event)?;
    Ok(Reply::Applied { version })
}

/// Notes that everything is sealed under the secret in force from now on.
fn note(storage: &dyn Storage, secrets: &Secrets, now: UnixTime) -> Result<(), HostFailed> {
    storage.execute("DELETE FROM sealed_under", &[])?;
    let insert = "INSERT INTO sealed_under (id, since) VALUES (?, ?)";
    storage.execute(insert, &parameters![secrets.id(), now.seconds()]).map(drop)
}
