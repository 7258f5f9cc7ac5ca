//! IDs of our logout requests, by which an answer is known to belong to one.
//!
//! Nothing is kept for them, neither at the desk nor in the browser: the session is over, and an answer
//! by HTTP-POST would not bring a cookie. The ID itself is sealed and says until when it counts.

use alloc::string::String;
use core::time::Duration;

use crate::crypto::Crypto;
use crate::session::{Error, Secrets, seal};
use crate::time::UnixTime;

/// An answer is looked at within this time: the person may be asked something on the way.
pub const LOGOUT_LIFETIME: Duration = Duration::from_secs(600);

const PURPOSE: &str = "logout request";

/// An ID for a LogoutRequest through `connection` of the desk at `desk_url`: `_` and base64url, an
/// NCName. `nonce` is fresh random bytes.
///
/// # Errors
/// [`Error::SealBroken`] when the provider cannot encrypt.
pub fn logout_request_id(
    connection: &str,
    desk_url: &str,
    now: UnixTime,
    secrets: &Secrets,
    nonce: [u8; 12],
    crypto: &dyn Crypto,
) -> Result<String, Error> {
    let end = now.saturating_add(LOGOUT_LIFETIME).seconds().to_be_bytes();
    let sealed = seal::seal(&end, PURPOSE, &context(connection, desk_url), secrets, nonce, crypto)?;
    Ok(alloc::format!("_{sealed}"))
}

/// Whether `id` was made here for this connection, not long ago.
///
/// # Errors
/// [`Error::LogoutUnknown`], one error for every cause.
pub fn check_logout_request_id(
    id: &str,
    connection: &str,
    desk_url: &str,
    now: UnixTime,
    secrets: &Secrets,
    crypto: &dyn Crypto,
) -> Result<(), Error> {
    let sealed = id.strip_prefix('_').ok_or(Error::LogoutUnknown)?;
    let end = seal::open(sealed, PURPOSE, &context(connection, desk_url), secrets, crypto)
        .map_err(|_| Error::LogoutUnknown)?;
    let end = end.as_slice().try_into().map_err(|_| Error::LogoutUnknown)?;
    if now.seconds() < u64::from_be_bytes(end) { Ok(()) } else { Err(Error::LogoutUnknown) }
}

fn context(connection: &str, desk_url: &str) -> String {
    alloc::format!("{desk_url}\0{connection}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::{RustCrypto, SecretKey};
    use crate::xml::is_nc_name;

    const DESK: &str = "https://help.contoso.com";
    /// 2026-11-21T12:00:00Z.
    const NOW: UnixTime = UnixTime::from_seconds(1_795_262_400);

    fn id() -> String {
        let secret = Secrets::from(SecretKey::new(&[7; 32]));
        logout_request_id("contoso", DESK, NOW, &secret, [1; 12], &RustCrypto::new()).unwrap()
    }

    fn check(id: &str, connection: &str, desk: &str, seconds: u64, expected: Result<(), Error>) {
        let secret = Secrets::from(SecretKey::new(&[7; 32]));
        let now = NOW.saturating_add(Duration::from_secs(seconds));
        let found = check_logout_request_id(id, connection, desk, now, &secret, &RustCrypto::new());
        assert_eq!(found, expected, "{id} {connection} {desk} {seconds}");
    }

    #[test]
    fn an_id_is_known_for_ten_minutes_at_its_connection_and_desk() {
        let id = id();
        assert!(is_nc_name(&id), "{id}");
        check(&id, "contoso", DESK, 0, Ok(()));
        check(&id, "contoso", DESK, 599, Ok(()));
        check(&id, "contoso", DESK, 600, Err(Error::LogoutUnknown));
        check(&id, "fabrikam", DESK, 0, Err(Error::LogoutUnknown));
        check(&id, "contoso", "https://help.fabrikam.com", 0, Err(Error::LogoutUnknown));
    }

    #[test]
    fn an_id_that_was_not_made_here_is_unknown() {
        let id = id();
        let other = Secrets::from(SecretKey::new(&[8; 32]));
        let now = check_logout_request_id(&id, "contoso", DESK, NOW, &other, &RustCrypto::new());
        assert_eq!(now, Err(Error::LogoutUnknown));
        for id in ["", "_", "_x", &id[1..], &id[..id.len() - 4], &id.replace('_', "-")] {
            check(id, "contoso", DESK, 0, Err(Error::LogoutUnknown));
        }
    }
}
