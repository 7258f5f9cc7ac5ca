//! Service tokens: what scripts and webhooks pass the gate with. Only digests of secrets are here.
//!
//! Isolates hold all of them, so that the gate asks nobody; each change has a number by which they learn
//! of it with their next snapshot.

use core::time::Duration;

use deskgate_core::session::service_token::{
    Error, MAX_DAYS, MAX_GRACE, MAX_SERVICE_TOKENS, ServiceToken, ServiceTokenRecord,
    check_secret_sha256,
};
use deskgate_core::time::UnixTime;
use serde_json::Value;

use crate::host::{HostFailed, Row, Storage, parameters};
use crate::json;

const SECONDS_A_DAY: u64 = 24 * 3600;

/// A token as it is kept. Times are seconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoredServiceToken {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) secret_sha256: String,
    /// The secret before the last rotation, and until when it is good.
    pub(crate) former_sha256: Option<String>,
    pub(crate) former_until: Option<u64>,
    pub(crate) paths: Vec<String>,
    /// Empty: any.
    pub(crate) methods: Vec<String>,
    /// How long a secret of it lives.
    pub(crate) days: u16,
    pub(crate) created_at: u64,
    pub(crate) expires_at: u64,
    /// The first second of that day; later days are written down once each.
    pub(crate) last_used_on: Option<u64>,
}

json::object! { StoredServiceToken {
    id, name, secret_sha256, former_sha256, former_until, paths, methods, days, created_at, expires_at,
    last_used_on
} }

impl StoredServiceToken {
    /// As the gate needs it.
    ///
    /// # Errors
    /// [`Error`]: a newer Worker wrote it.
    pub(crate) fn read(&self) -> Result<ServiceToken, Error> {
        let until = self.former_until.map(UnixTime::from_seconds);
        ServiceToken::new(&ServiceTokenRecord {
            id: &self.id,
            name: &self.name,
            secret_sha256: &self.secret_sha256,
            former: self.former_sha256.as_deref().zip(until),
            paths: &self.paths,
            methods: &self.methods,
            expires_at: UnixTime::from_seconds(self.expires_at),
        })
    }
}

/// All tokens, with the number of the last change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ServiceTokens {
    pub(crate) change: u64,
    pub(crate) tokens: Vec<StoredServiceToken>,
}

json::object! { ServiceTokens { change, tokens } }

/// A change that an administrator makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ServiceTokenChange {
    Add(NewServiceToken),
    Remove(String),
    Rotate(NewSecret),
}

json::tagged! { ServiceTokenChange {
    Add(new) = "add",
    Remove(name) = "remove",
    Rotate(new) = "rotate",
} else Self::Remove(String::new()) }

/// A token to be added. The command line made ID and secret, and only the digest of the secret came here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NewServiceToken {
    pub(crate) name: String,
    pub(crate) id: String,
    pub(crate) secret_sha256: String,
    pub(crate) paths: Vec<String>,
    pub(crate) methods: Vec<String>,
    pub(crate) days: u16,
}

json::object! { NewServiceToken { name, id, secret_sha256, paths, days; methods } }

/// Another secret for a token. Its life begins anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NewSecret {
    pub(crate) name: String,
    pub(crate) secret_sha256: String,
    /// How long the secret until now stays good.
    pub(crate) grace_seconds: u64,
}

json::object! { NewSecret { name, secret_sha256, grace_seconds } }

/// Why nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unchanged {
    NameTaken,
    NoSuchToken,
    TooMany,
}

json::named! { Unchanged {
    NameTaken = "NameTaken", NoSuchToken = "NoSuchToken", TooMany = "TooMany"
} }

impl ServiceTokenChange {
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Add(new) => &new.name,
            Self::Remove(name) => name,
            Self::Rotate(new) => &new.name,
        }
    }

    /// Whether the gate could work with it.
    ///
    /// # Errors
    /// [`Error`].
    pub(crate) fn check(&self) -> Result<(), Error> {
        match self {
            Self::Add(new) if (1..=MAX_DAYS).contains(&new.days) => {
                new.stored(UnixTime::from_seconds(0)).read().map(drop)
            }
            Self::Rotate(new) if new.grace_seconds <= MAX_GRACE.as_secs() => {
                check_secret_sha256(&new.secret_sha256)
            }
            Self::Remove(_) => Ok(()),
            Self::Add(_) | Self::Rotate(_) => Err(Error::RecordMalformed),
        }
    }
}

impl NewServiceToken {
    fn stored(&self, now: UnixTime) -> StoredServiceToken {
        StoredServiceToken {
            id: self.id.clone(),
            name: self.name.clone(),
            secret_sha256: self.secret_sha256.clone(),
            former_sha256: None,
            former_until: None,
            paths: self.paths.clone(),
            methods: self.methods.clone(),
            days: self.days,
            created_at: now.seconds(),
            expires_at: expiry(self.days, now),
            last_used_on: None,
        }
    }
}

fn expiry(days: u16, now: UnixTime) -> u64 {
    now.saturating_add(Duration::from_secs(u64::from(days) * SECONDS_A_DAY)).seconds()
}

/// Makes the change and answers with the token, or what it was; or says why not.
pub(super) fn change(
    storage: &dyn Storage,
    change: &ServiceTokenChange,
    now: UnixTime,
) -> Result<Result<StoredServiceToken, Unchanged>, HostFailed> {
    let found = find(storage, change.name())?;
    let token = match (change, found) {
        (ServiceTokenChange::Add(_), Some(_)) => return Ok(Err(Unchanged::NameTaken)),
        (ServiceTokenChange::Add(new), None) => {
            if all(storage)?.len() >= MAX_SERVICE_TOKENS {
                return Ok(Err(Unchanged::TooMany));
            }
            let token = new.stored(now);
            put(storage, &token)?;
            token
        }
        (_, None) => return Ok(Err(Unchanged::NoSuchToken)),
        (ServiceTokenChange::Remove(name), Some(token)) => {
            storage.execute("DELETE FROM service_tokens WHERE name = ?", &parameters![name])?;
            token
        }
        (ServiceTokenChange::Rotate(new), Some(token)) => {
            let token = rotated(token, new, now);
            put(storage, &token)?;
            token
        }
    };
    storage.execute("UPDATE service_token_changes SET last = last + 1", &[])?;
    Ok(Ok(token))
}

/// Whatever secret was in its grace until now ends: there are two at most. Nor does a grace make an expired
/// one good again.
fn rotated(token: StoredServiceToken, new: &NewSecret, now: UnixTime) -> StoredServiceToken {
    let grace_until = now.saturating_add(Duration::from_secs(new.grace_seconds)).seconds();
    let is_over = new.grace_seconds == 0;
    StoredServiceToken {
        former_sha256: (!is_over).then_some(token.secret_sha256),
        former_until: (!is_over).then_some(grace_until.min(token.expires_at)),
        secret_sha256: new.secret_sha256.clone(),
        expires_at: expiry(token.days, now),
        ..token
    }
}

/// Writes the day down, and answers whether it is the first one ever.
pub(super) fn used(storage: &dyn Storage, id: &str, now: UnixTime) -> Result<bool, HostFailed> {
    let first = "SELECT 1 FROM service_tokens WHERE id = ? AND last_used_on IS NULL";
    let is_first = !storage.execute(first, &parameters![id])?.is_empty();
    let today = day_of(now);
    storage.execute(
        "UPDATE service_tokens SET last_used_on = ?
        WHERE id = ? AND (last_used_on IS NULL OR last_used_on < ?)",
        &parameters![today, id, today],
    )?;
    Ok(is_first)
}

/// The first second of the day (UTC).
pub(crate) fn day_of(now: UnixTime) -> u64 {
    now.seconds() - now.seconds() % SECONDS_A_DAY
}

/// In the order of their names.
pub(super) fn all(storage: &dyn Storage) -> Result<Vec<StoredServiceToken>, HostFailed> {
    let rows = storage.execute("SELECT * FROM service_tokens ORDER BY name", &[])?;
    rows.into_iter().map(token).collect()
}

/// All tokens, when there was a change after number `known`.
pub(super) fn after(
    storage: &dyn Storage,
    known: Option<u64>,
) -> Result<Option<ServiceTokens>, HostFailed> {
    let rows = storage.execute("SELECT last FROM service_token_changes", &[])?;
    let change = rows.first().and_then(|row| row["last"].as_u64()).ok_or(HostFailed)?;
    if known == Some(change) {
        return Ok(None);
    }
    Ok(Some(ServiceTokens { change, tokens: all(storage)? }))
}

fn find(storage: &dyn Storage, name: &str) -> Result<Option<StoredServiceToken>, HostFailed> {
    let found = "SELECT * FROM service_tokens WHERE name = ?";
    storage.execute(found, &parameters![name])?.into_iter().next().map(token).transpose()
}

fn token(mut row: Row) -> Result<StoredServiceToken, HostFailed> {
    // SQLite has no lists.
    for list in ["paths", "methods"] {
        let text = row.get(list).and_then(Value::as_str).ok_or(HostFailed)?;
        let value = json::parse(text.as_bytes()).ok_or(HostFailed)?;
        row.insert(list.to_owned(), value);
    }
    json::from_row(row).ok_or(HostFailed)
}

fn put(storage: &dyn Storage, token: &StoredServiceToken) -> Result<(), HostFailed> {
    storage.execute(
        "INSERT INTO service_tokens (name, id, secret_sha256, former_sha256, former_until,
            paths, methods, days, created_at, expires_at, last_used_on)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (name) DO UPDATE SET
            secret_sha256 = excluded.secret_sha256, former_sha256 = excluded.former_sha256,
            former_until = excluded.former_until, expires_at = excluded.expires_at",
        &parameters![
            token.name,
            token.id,
            token.secret_sha256,
            token.former_sha256,
            token.former_until,
            json::write(&token.paths),
            json::write(&token.methods),
            u64::from(token.days),
            token.created_at,
            token.expires_at,
            token.last_used_on,
        ],
    )?;
    Ok(())
}
