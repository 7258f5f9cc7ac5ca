//! Signing keys: made here, sealed before they are stored, opened only in the memory of a Worker.

use core::time::Duration;

use deskgate_core::base64;
use deskgate_core::crypto::{DigestAlgorithm, KeyRules, PrivateKey, PublicKey, SignatureAlgorithm};
use deskgate_core::desk::{DEFAULT_KEY_ROTATION, MIN_KEY_ROTATION};
use deskgate_core::session::{Secrets, seal};
use deskgate_core::time::UnixTime;
use deskgate_core::{jose, x509};
use serde_json::Value;
use zeroize::Zeroizing;

use super::key_life::{Margins, Plan};
use super::{audit_log, settings};
use crate::audit::{Event, Name};
use crate::host::{Host, HostFailed, Row, Storage, parameters, random};
use crate::json;

/// What a key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// SAML responses to apps: RSA-2048 with a certificate that somebody copied into a helpdesk. So it
    /// changes only when an administrator says so, and is announced before.
    Bridge,
    /// SAML requests and metadata: RSA-2048 with a certificate, because identity providers ask for
    /// it.
    Saml,
    /// Sessions and origin tokens: Ed25519. Changes by itself, see [`super::key_life`].
    Tokens,
}

json::named! { Purpose { Bridge = "bridge", Saml = "saml", Tokens = "tokens" } }

/// A key as it is stored and as it travels to the isolates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoredKey {
    pub(crate) kid: String,
    pub(crate) purpose: Purpose,
    /// SubjectPublicKeyInfo, DER in base64url.
    pub(crate) public_key: String,
    /// DER in base64url.
    pub(crate) certificate: Option<String>,
    /// Since when it signs, in seconds since 1970; `None` while it is announced only.
    pub(crate) used_from: Option<u64>,
    /// The private key, PKCS#8 DER sealed under the secret of the Worker.
    sealed: String,
}

json::object! { StoredKey { kid, purpose, public_key, certificate, used_from, sealed } }

/// Certificate life. Nobody validates a chain here; identity providers want one that has not
/// expired and administrators do not want to exchange it.
const CERTIFICATE_LIFE: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);

/// Clocks of identity providers may be behind ours.
const BACKDATED: Duration = Duration::from_secs(24 * 60 * 60);

/// Makes the keys that are missing.
pub(super) fn ensure(
    storage: &dyn Storage,
    desk_host: &str,
    secrets: &Secrets,
    host: &dyn Host,
    now: UnixTime,
) -> Result<(), HostFailed> {
    let present = all(storage)?;
    for purpose in [Purpose::Tokens, Purpose::Saml, Purpose::Bridge] {
        if !present.iter().any(|key| key.purpose == purpose) {
            add(storage, purpose, Some(now), desk_host, secrets, host, now)?;
        }
    }
    Ok(())
}

/// Makes the next key for tokens when it is time, and forgets those of which no token is left. Sets the
/// alarm when it did something or `sets_alarm`.
pub(super) fn tend(
    storage: &dyn Storage,
    desk_host: &str,
    secrets: &Secrets,
    margins: Margins,
    sets_alarm: bool,
    host: &dyn Host,
    now: UnixTime,
) -> Result<(), HostFailed> {
    let used_from = token_keys_used_from(storage)?;
    // Most calls end here, without opening the settings.
    if !sets_alarm && Plan::new(&used_from, MIN_KEY_ROTATION, margins, now).is_idle() {
        return Ok(());
    }
    // What does not open belongs to another secret: no key of this one may stand beside its keys.
    let Some(rotation) = rotation_of(storage, desk_host, secrets, host)? else { return Ok(()) };
    let plan = Plan::new(&used_from, rotation, margins, now);
    if plan.is_idle() && !sets_alarm {
        return Ok(());
    }
    if let Some(before) = plan.forget_before {
        storage.execute(
            "DELETE FROM signing_keys WHERE purpose = ? AND used_from < ?",
            &parameters![Purpose::Tokens.name(), before.seconds()],
        )?;
        record(storage, Event::of_desk(Name::KeysForgotten, desk_host, now), host)?;
    }
    if let Some(from) = plan.next_from {
        add(storage, Purpose::Tokens, Some(from), desk_host, secrets, host, now)?;
        record(storage, Event::of_desk(Name::KeysAnnounced, desk_host, now), host)?;
    }
    storage.set_alarm(plan.look_again)
}

/// In an emergency: all keys for tokens are forgotten and a new one signs from now on, so that everybody
/// has to sign in again.
pub(super) fn replace_token_keys(
    storage: &dyn Storage,
    desk_host: &str,
    secrets: &Secrets,
    host: &dyn Host,
    now: UnixTime,
) -> Result<(), HostFailed> {
    storage.execute(
        "DELETE FROM signing_keys WHERE purpose = ?",
        &parameters![Purpose::Tokens.name()],
    )?;
    add(storage, Purpose::Tokens, Some(now), desk_host, secrets, host, now)
}

/// From when on the newest key for tokens signs, in seconds since 1970.
pub(super) fn newest_token_key(storage: &dyn Storage) -> Result<u64, HostFailed> {
    Ok(token_keys_used_from(storage)?.first().map_or(0, |from| from.seconds()))
}

fn token_keys_used_from(storage: &dyn Storage) -> Result<Vec<UnixTime>, HostFailed> {
    let rows = storage.execute(
        "SELECT used_from FROM signing_keys WHERE purpose = ? ORDER BY used_from DESC",
        &parameters![Purpose::Tokens.name()],
    )?;
    let from = |row: &Row| row.get("used_from").and_then(Value::as_u64).ok_or(HostFailed);
    rows.iter().map(|row| from(row).map(UnixTime::from_seconds)).collect()
}

/// How long a key for tokens signs; `None` when the settings do not open.
fn rotation_of(
    storage: &dyn Storage,
    desk_host: &str,
    secrets: &Secrets,
    host: &dyn Host,
) -> Result<Option<Duration>, HostFailed> {
    let Some((_, settings)) = settings::current(storage)? else { return Ok(None) };
    let rotation = |settings: Value| {
        let days = settings.pointer("/keys/rotation_days").and_then(Value::as_u64);
        days.map_or(DEFAULT_KEY_ROTATION, |days| Duration::from_secs(days * 24 * 60 * 60))
    };
    Ok(settings.open(desk_host, secrets, host).map(rotation))
}

fn record(storage: &dyn Storage, event: Event, host: &dyn Host) -> Result<(), HostFailed> {
    event.log(host);
    audit_log::append(storage, &event)
}

/// What an administrator does to change the key that signs for apps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rotation {
    /// The next key is made and its certificate published beside the current one.
    Announce,
    /// The announced key becomes the current one, and the private key before it is forgotten.
    Switch,
}

json::named! { Rotation { Announce = "announce", Switch = "switch" } }

/// Takes one step. `false` when it is not its turn: a key is announced already, or none is.
pub(super) fn rotate(
    storage: &dyn Storage,
    rotation: Rotation,
    desk_host: &str,
    secrets: &Secrets,
    host: &dyn Host,
    now: UnixTime,
) -> Result<bool, HostFailed> {
    let is_next = |key: &StoredKey| key.purpose == Purpose::Bridge && key.used_from.is_none();
    let has_next = all(storage)?.iter().any(is_next);
    match rotation {
        Rotation::Announce if !has_next => {
            add(storage, Purpose::Bridge, None, desk_host, secrets, host, now)?;
        }
        Rotation::Switch if has_next => {
            let bridge = Purpose::Bridge.name();
            storage.execute(
                "DELETE FROM signing_keys WHERE purpose = ? AND used_from IS NOT NULL",
                &parameters![bridge],
            )?;
            storage.execute(
                "UPDATE signing_keys SET used_from = ? WHERE purpose = ?",
                &parameters![now.seconds(), bridge],
            )?;
        }
        Rotation::Announce | Rotation::Switch => return Ok(false),
    }
    Ok(true)
}

fn add(
    storage: &dyn Storage,
    purpose: Purpose,
    used_from: Option<UnixTime>,
    desk_host: &str,
    secrets: &Secrets,
    host: &dyn Host,
    now: UnixTime,
) -> Result<(), HostFailed> {
    let private = generate(purpose, host)?;
    let public = private.public_key();
    let certificate = match purpose {
        Purpose::Bridge | Purpose::Saml => Some(certificate(desk_host, &private, host, now)?),
        Purpose::Tokens => None,
    };
    let kid = jose::thumbprint(public, host.crypto()).map_err(|_| HostFailed)?;
    let sealed = seal_key(private.pkcs8_der(), desk_host, purpose, &kid, secrets, host)?;
    storage.execute(
        "INSERT INTO signing_keys
            (kid, purpose, created_at, public_key, certificate, sealed, used_from)
        VALUES (?, ?, ?, ?, ?, ?, ?)",
        &parameters![
            kid,
            purpose.name(),
            now.seconds(),
            base64::encode_url(public.spki_der()),
            certificate.map(|der| base64::encode_url(&der)),
            sealed,
            used_from.map(UnixTime::seconds),
        ],
    )?;
    Ok(())
}

fn generate(purpose: Purpose, host: &dyn Host) -> Result<PrivateKey, HostFailed> {
    let pkcs8 = match purpose {
        Purpose::Bridge | Purpose::Saml => Zeroizing::new(host.generate_rsa_key()?),
        Purpose::Tokens => PrivateKey::ed25519_pkcs8(&Zeroizing::new(random::<32>(host))),
    };
    let public = PublicKey::from_spki_der(&host.public_key_of(&pkcs8)?, KeyRules::default());
    let key = public.and_then(|public| PrivateKey::from_parts(&pkcs8, public));
    key.map_err(|_| HostFailed)
}

fn certificate(
    desk_host: &str,
    key: &PrivateKey,
    host: &dyn Host,
    now: UnixTime,
) -> Result<Vec<u8>, HostFailed> {
    // A common name has at most 64 characters (RFC 5280, appendix A.1); host names may have more.
    let common_name: String = desk_host.chars().take(64).collect();
    x509::self_signed(
        &common_name,
        random::<16>(host),
        now.saturating_sub(BACKDATED),
        now.saturating_add(CERTIFICATE_LIFE),
        SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256),
        key,
        host.crypto(),
    )
    .map_err(|_| HostFailed)
}

/// What is sealed; see [`seal`].
const PURPOSE: &str = "signing key";

/// Where a sealed key belongs: it does not open for another desk, purpose or name.
fn context(desk_host: &str, purpose: Purpose, kid: &str) -> String {
    format!("{desk_host}\0{}\0{kid}", purpose.name())
}

fn seal_key(
    pkcs8: &[u8],
    desk_host: &str,
    purpose: Purpose,
    kid: &str,
    secrets: &Secrets,
    host: &dyn Host,
) -> Result<String, HostFailed> {
    let (context, nonce) = (context(desk_host, purpose, kid), random::<12>(host));
    seal::seal(pkcs8, PURPOSE, &context, secrets, nonce, host.crypto()).map_err(|_| HostFailed)
}

/// Name and seal of every key, under the secret in force; `None` when one does not open.
pub(super) fn resealed(
    storage: &dyn Storage,
    desk_host: &str,
    secrets: &Secrets,
    host: &dyn Host,
) -> Result<Option<Vec<(String, String)>>, HostFailed> {
    let mut resealed = Vec::new();
    for StoredKey { kid, purpose, sealed, .. } in all(storage)? {
        let context = context(desk_host, purpose, &kid);
        let pkcs8 = seal::open(&sealed, PURPOSE, &context, secrets, host.crypto());
        let Ok(pkcs8) = pkcs8 else { return Ok(None) };
        let sealed = seal_key(&pkcs8, desk_host, purpose, &kid, secrets, host)?;
        resealed.push((kid, sealed));
    }
    Ok(Some(resealed))
}

pub(super) fn replace_seals(
    storage: &dyn Storage,
    resealed: &[(String, String)],
) -> Result<(), HostFailed> {
    for (kid, sealed) in resealed {
        let row = parameters![sealed, kid];
        storage.execute("UPDATE signing_keys SET sealed = ? WHERE kid = ?", &row)?;
    }
    Ok(())
}

/// Of a desk whose secret is lost: nobody can open them any more.
pub(super) fn forget_all(storage: &dyn Storage) -> Result<(), HostFailed> {
    storage.execute("DELETE FROM signing_keys", &[]).map(drop)
}

/// All keys, newest first.
pub(super) fn all(storage: &dyn Storage) -> Result<Vec<StoredKey>, HostFailed> {
    let rows = storage.execute(
        "SELECT kid, purpose, public_key, certificate, used_from, sealed FROM signing_keys
        ORDER BY created_at DESC, kid",
        &[],
    )?;
    rows.into_iter().map(|row: Row| json::from_row(row).ok_or(HostFailed)).collect()
}

/// Opens the private key of a desk; `None` when it was sealed for another one or under a secret that
/// this Worker does not have.
pub(crate) fn unseal(
    stored: &StoredKey,
    desk_host: &str,
    secrets: &Secrets,
    host: &dyn Host,
) -> Option<PrivateKey> {
    let context = context(desk_host, stored.purpose, &stored.kid);
    let pkcs8 = seal::open(&stored.sealed, PURPOSE, &context, secrets, host.crypto()).ok()?;
    let public = base64::decode_url(&stored.public_key).ok()?;
    let public = PublicKey::from_spki_der(&public, KeyRules::default()).ok()?;
    // The seal knows the name, and the name is the public key's.
    let is_of_seal = jose::thumbprint(&public, host.crypto()).is_ok_and(|kid| kid == stored.kid);
    PrivateKey::from_parts(&pkcs8, public).ok().filter(|_| is_of_seal)
}
