//! What may happen once: an assertion, a login request, an admin token (attacks.md M-01, R13).

use core::time::Duration;

use deskgate_core::base64;
use deskgate_core::crypto::{Crypto, DigestAlgorithm};
use deskgate_core::time::UnixTime;

use crate::host::{HostFailed, Storage, parameters};
use crate::json;

/// How much longer than it counts a use is kept. The Worker that found it in time has another clock and
/// may have waited for this object: what has expired here by now was still good there.
const KEPT_AFTER_EXPIRY: Duration = Duration::from_secs(600);

/// What is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Use {
    AdminToken,
    Assertion,
    BreakGlass,
    LoginRequest,
    LogoutRequest,
    Revocation,
}

json::named! { Use {
    AdminToken = "AdminToken",
    Assertion = "Assertion",
    BreakGlass = "BreakGlass",
    LoginRequest = "LoginRequest",
    LogoutRequest = "LogoutRequest",
    Revocation = "Revocation",
} }

impl Use {
    const fn label(self) -> &'static str {
        match self {
            Self::AdminToken => "admin token",
            Self::Assertion => "assertion",
            Self::BreakGlass => "break-glass link",
            Self::LoginRequest => "login request",
            Self::LogoutRequest => "logout request",
            Self::Revocation => "revocation",
        }
    }
}

/// One thing that may be used once until it expires by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OneTime {
    what: Use,
    digest: String,
    expires_at: u64,
}

json::object! { OneTime { what, digest, expires_at } }

impl OneTime {
    /// `issuer` is who made up the `id`: two identity providers may choose the same. Both are kept
    /// hashed, so that their length does not matter and the table tells nothing (attacks.md B-09).
    pub(crate) fn new(
        what: Use,
        issuer: &str,
        id: &str,
        expires_at: UnixTime,
        crypto: &dyn Crypto,
    ) -> Self {
        let text = format!("{}\0{issuer}\0{id}", what.label());
        let digest = crypto.digest(DigestAlgorithm::Sha256, text.as_bytes());
        let digest = base64::encode_url(digest.as_bytes());
        Self { what, digest, expires_at: expires_at.seconds() }
    }
}

/// Uses all of them, or none and tells which one was used before.
pub(super) fn claim(
    storage: &dyn Storage,
    uses: &[OneTime],
    now: UnixTime,
) -> Result<Option<Use>, HostFailed> {
    if uses.is_empty() {
        return Ok(None);
    }
    let oldest = now.saturating_sub(KEPT_AFTER_EXPIRY).seconds();
    storage.execute("DELETE FROM one_time_uses WHERE expires_at < ?", &parameters![oldest])?;
    for OneTime { what, digest, .. } in uses {
        let found = "SELECT 1 FROM one_time_uses WHERE digest = ?";
        if !storage.execute(found, &parameters![digest])?.is_empty() {
            return Ok(Some(*what));
        }
    }
    for OneTime { digest, expires_at, .. } in uses {
        let add = "INSERT INTO one_time_uses (digest, expires_at) VALUES (?, ?)";
        storage.execute(add, &parameters![digest, expires_at])?;
    }
    Ok(None)
}
