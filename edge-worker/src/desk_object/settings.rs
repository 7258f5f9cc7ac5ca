//! Settings of the desk: every version that was applied, the newest is in force.
//!
//! They hold secrets of helpdesks, so they are sealed before they come here and opened only in the
//! memory of a Worker.

use deskgate_core::desk::Desk;
use deskgate_core::session::{Secrets, seal};
use deskgate_core::time::UnixTime;
use serde_json::Value;
use zeroize::Zeroizing;

use crate::host::{Host, HostFailed, Row, Storage, parameters, random};
use crate::json;

/// Versions kept, to look back or return to.
const KEPT_VERSIONS: u64 = 50;

/// What is sealed; see [`seal`].
const PURPOSE: &str = "settings";

/// Settings as they are stored and as they travel between Worker and object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SealedSettings {
    sealed: String,
    /// Says whether two are the same, and nothing else to those who cannot open them.
    fingerprint: String,
}

json::object! { SealedSettings { sealed, fingerprint } }

impl SealedSettings {
    /// Seals the settings of the desk of `desk_host`.
    ///
    /// # Errors
    /// [`HostFailed`] when the platform cannot encrypt.
    pub(crate) fn seal(
        desk: &Desk,
        desk_host: &str,
        secrets: &Secrets,
        host: &dyn Host,
    ) -> Result<Self, HostFailed> {
        let text = Zeroizing::new(desk.to_json().to_string());
        Self::seal_text(&text, desk_host, secrets, host)
    }

    fn seal_text(
        text: &str,
        desk_host: &str,
        secrets: &Secrets,
        host: &dyn Host,
    ) -> Result<Self, HostFailed> {
        let (nonce, crypto) = (random::<12>(host), host.crypto());
        let sealed = seal::seal(text.as_bytes(), PURPOSE, desk_host, secrets, nonce, crypto);
        Ok(Self {
            sealed: sealed.map_err(|_| HostFailed)?,
            fingerprint: Desk::fingerprint_of(text, secrets.current(), crypto),
        })
    }

    /// The same under the secret in force; `None` when they do not open.
    pub(super) fn resealed(
        &self,
        desk_host: &str,
        secrets: &Secrets,
        host: &dyn Host,
    ) -> Result<Option<Self>, HostFailed> {
        let text = seal::open(&self.sealed, PURPOSE, desk_host, secrets, host.crypto());
        let Ok(text) = text else { return Ok(None) };
        let text = str::from_utf8(&text).map_err(|_| HostFailed)?;
        Self::seal_text(text, desk_host, secrets, host).map(Some)
    }

    /// See [`Desk::fingerprint`].
    pub(crate) fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// `None` when they were sealed for another desk or under another secret.
    pub(crate) fn open(
        &self,
        desk_host: &str,
        secrets: &Secrets,
        host: &dyn Host,
    ) -> Option<Value> {
        let text = seal::open(&self.sealed, PURPOSE, desk_host, secrets, host.crypto()).ok()?;
        json::parse(&text)
    }
}

/// A version and when it was applied, in seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Version {
    pub(crate) version: u64,
    pub(crate) applied_at: u64,
}

json::object! { Version { version, applied_at } }

/// Makes `settings` the current ones and answers their version; the same settings again keep
/// theirs.
pub(super) fn apply(
    storage: &dyn Storage,
    settings: &SealedSettings,
    now: UnixTime,
) -> Result<u64, HostFailed> {
    let current = current(storage)?;
    if let Some((Version { version, .. }, current)) = &current
        && current.fingerprint == settings.fingerprint
    {
        return Ok(*version);
    }
    insert(storage, settings, current.map_or(1, |(current, _)| current.version + 1), now)
}

/// Makes the settings in force a new version, so that every isolate asks for them again.
pub(super) fn renew(storage: &dyn Storage, now: UnixTime) -> Result<Option<u64>, HostFailed> {
    let Some((Version { version, .. }, settings)) = current(storage)? else { return Ok(None) };
    insert(storage, &settings, version + 1, now).map(Some)
}

fn insert(
    storage: &dyn Storage,
    settings: &SealedSettings,
    version: u64,
    now: UnixTime,
) -> Result<u64, HostFailed> {
    storage.execute(
        "INSERT INTO settings (version, applied_at, fingerprint, sealed) VALUES (?, ?, ?, ?)",
        &parameters![version, now.seconds(), settings.fingerprint, settings.sealed,],
    )?;
    storage.execute(
        "DELETE FROM settings WHERE version <= ?",
        &parameters![version.saturating_sub(KEPT_VERSIONS)],
    )?;
    Ok(version)
}

/// Every version that opens, under the secret in force; `None` when the one in force does not open.
/// Those before it may be of a secret that was lost.
pub(super) fn resealed(
    storage: &dyn Storage,
    desk_host: &str,
    secrets: &Secrets,
    host: &dyn Host,
) -> Result<Option<Vec<(u64, SealedSettings)>>, HostFailed> {
    let rows = storage.execute("SELECT * FROM settings ORDER BY version DESC", &[])?;
    let mut resealed = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        let (Version { version, .. }, settings) = read(row)?;
        match settings.resealed(desk_host, secrets, host)? {
            Some(settings) => resealed.push((version, settings)),
            None if at == 0 => return Ok(None),
            None => {}
        }
    }
    Ok(Some(resealed))
}

pub(super) fn replace_seals(
    storage: &dyn Storage,
    resealed: &[(u64, SealedSettings)],
) -> Result<(), HostFailed> {
    for (version, SealedSettings { sealed, fingerprint }) in resealed {
        storage.execute(
            "UPDATE settings SET sealed = ?, fingerprint = ? WHERE version = ?",
            &parameters![sealed, fingerprint, version],
        )?;
    }
    Ok(())
}

/// The settings in force.
pub(super) fn current(
    storage: &dyn Storage,
) -> Result<Option<(Version, SealedSettings)>, HostFailed> {
    first(storage.execute("SELECT * FROM settings ORDER BY version DESC LIMIT 1", &[])?)
}

/// The settings of one version.
pub(super) fn of_version(
    storage: &dyn Storage,
    version: u64,
) -> Result<Option<(Version, SealedSettings)>, HostFailed> {
    first(storage.execute("SELECT * FROM settings WHERE version = ?", &parameters![version])?)
}

/// All versions that are kept, newest first.
pub(super) fn versions(storage: &dyn Storage) -> Result<Vec<Version>, HostFailed> {
    let rows =
        storage.execute("SELECT version, applied_at FROM settings ORDER BY version DESC", &[])?;
    rows.iter().map(version).collect()
}

fn first(rows: Vec<Row>) -> Result<Option<(Version, SealedSettings)>, HostFailed> {
    rows.first().map(read).transpose()
}

fn read(row: &Row) -> Result<(Version, SealedSettings), HostFailed> {
    let text = |name| row.get(name).and_then(Value::as_str).map(str::to_owned).ok_or(HostFailed);
    let settings = SealedSettings { sealed: text("sealed")?, fingerprint: text("fingerprint")? };
    Ok((version(row)?, settings))
}

fn version(row: &Row) -> Result<Version, HostFailed> {
    let number = |name| row.get(name).and_then(Value::as_u64).ok_or(HostFailed);
    Ok(Version { version: number("version")?, applied_at: number("applied_at")? })
}
