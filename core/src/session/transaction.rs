//! Logins that a browser has begun and not finished, sealed in a cookie of that browser.

use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use crate::crypto::Crypto;
use crate::jose::json::{Object, Value};
use crate::jose::{Claims, Part};
use crate::session::{Error, ReturnTarget, Secrets, seal};
use crate::time::UnixTime;

/// A login has to be finished within this time.
pub const TRANSACTION_LIFETIME: Duration = Duration::from_secs(600);

/// Most logins that one browser has open, as it does when several tabs are restored at once. The
/// oldest gives way.
pub const MAX_PENDING_LOGINS: usize = 4;

/// Most bytes of the sealed list before base64url, so that the cookie stays below 4,096 bytes.
const MAX_PLAINTEXT_BYTES: usize = 2_900;

const PURPOSE: &str = "pending logins";

/// One login that was begun here: what the response has to answer, and where the person wanted to go.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Transaction {
    /// `ID` of the AuthnRequest.
    pub request_id: String,
    /// The connection that was asked.
    pub connection: String,
    /// Where the login ends.
    pub return_target: ReturnTarget,
    /// The person has to be authenticated anew, whatever session the identity provider has.
    pub force_authn: bool,
    /// From this second on it cannot be finished.
    pub expires_at: UnixTime,
}

impl Transaction {
    /// A login that begins at `now`.
    #[must_use]
    pub fn new(
        request_id: &str,
        connection: &str,
        return_target: ReturnTarget,
        now: UnixTime,
    ) -> Self {
        Self {
            request_id: String::from(request_id),
            connection: String::from(connection),
            return_target,
            force_authn: false,
            expires_at: now.saturating_add(TRANSACTION_LIFETIME),
        }
    }

    /// When it began.
    #[must_use]
    pub fn began_at(&self) -> UnixTime {
        self.expires_at.saturating_sub(TRANSACTION_LIFETIME)
    }

    fn to_object(&self) -> Object {
        Object::new()
            .with("request_id", self.request_id.as_str())
            .with("connection", self.connection.as_str())
            .with("return_target", self.return_target.as_str())
            .with("exp", self.expires_at.seconds())
            .with_some("force_authn", self.force_authn.then_some(true))
    }

    fn from_object(object: Object, prefix: &str) -> Result<Self, Error> {
        let force_authn = matches!(object.member("force_authn"), Some(Value::Bool(true)));
        let claims = Claims::new(object);
        Ok(Self {
            request_id: String::from(claims.required_string("request_id")?),
            connection: String::from(claims.required_string("connection")?),
            return_target: ReturnTarget::parse(claims.required_string("return_target")?, prefix)?,
            force_authn,
            expires_at: claims.required_numeric_date("exp")?,
        })
    }
}

/// The pending logins of one browser, newest last.
///
/// This is what ties a response to the browser that asked for it (attack: login CSRF). That a
/// response is used once is for the replay store: a browser can keep an old cookie.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PendingLogins {
    transactions: Vec<Transaction>,
}

impl PendingLogins {
    /// Opens the cookie of the desk at `desk_url` whose routes are below `prefix`. A cookie that is
    /// absent or does not open holds no logins, and expired ones are left out.
    #[must_use]
    pub fn open(
        cookie: Option<&str>,
        desk_url: &str,
        prefix: &str,
        secrets: &Secrets,
        now: UnixTime,
        crypto: &dyn Crypto,
    ) -> Self {
        let transactions = cookie
            .and_then(|cookie| read(cookie, desk_url, prefix, secrets, crypto).ok())
            .unwrap_or_default()
            .into_iter()
            .filter(|transaction| now < transaction.expires_at)
            .collect();
        Self { transactions }
    }

    /// Whether this browser has no login to finish.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.transactions.is_empty()
    }

    /// Adds a login that begins now.
    pub fn add(&mut self, transaction: Transaction) {
        self.transactions.push(transaction);
        while self.transactions.len() > 1
            && (self.transactions.len() > MAX_PENDING_LOGINS
                || self.to_json().len() > MAX_PLAINTEXT_BYTES)
        {
            let _oldest = self.transactions.extract_if(.., |_| true).next();
        }
    }

    /// Takes out the login that this request began.
    ///
    /// # Errors
    /// [`Error::TransactionUnknown`].
    pub fn take(&mut self, request_id: &str) -> Result<Transaction, Error> {
        let mut asked =
            self.transactions.extract_if(.., |transaction| transaction.request_id == request_id);
        asked.next().ok_or(Error::TransactionUnknown)
    }

    /// The value of the cookie.
    ///
    /// # Errors
    /// [`Error::SealBroken`] when the provider cannot encrypt.
    pub fn seal(
        &self,
        desk_url: &str,
        secrets: &Secrets,
        nonce: [u8; 12],
        crypto: &dyn Crypto,
    ) -> Result<String, Error> {
        seal::seal(self.to_json().as_bytes(), PURPOSE, desk_url, secrets, nonce, crypto)
    }

    fn to_json(&self) -> String {
        let logins: Vec<Value> =
            self.transactions.iter().map(Transaction::to_object).map(Value::Object).collect();
        Object::new().with("logins", logins).to_json()
    }
}

fn read(
    cookie: &str,
    desk_url: &str,
    prefix: &str,
    secrets: &Secrets,
    crypto: &dyn Crypto,
) -> Result<Vec<Transaction>, Error> {
    let json = seal::open(cookie, PURPOSE, desk_url, secrets, crypto)?;
    let mut object = Object::parse(&json, Part::Claims)?;
    let Some(Value::Array(logins)) = object.take_member("logins") else {
        return Err(Error::SealBroken);
    };
    logins
        .into_iter()
        .map(|login| match login {
            Value::Object(login) => Transaction::from_object(login, prefix),
            _ => Err(Error::SealBroken),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::{RustCrypto, SecretKey};
    use std::format;

    const DESK: &str = "https://help.contoso.com";
    const PREFIX: &str = "/deskgate/";
    /// 2026-11-21T12:00:00Z.
    const NOW: UnixTime = UnixTime::from_seconds(1_795_262_400);

    fn transaction(request_id: &str, target: &str) -> Transaction {
        let target = ReturnTarget::parse(target, PREFIX).unwrap();
        Transaction::new(request_id, "contoso", target, NOW)
    }

    fn sealed(pending: &PendingLogins) -> String {
        pending.seal(DESK, &SecretKey::new(&[7; 32]).into(), [1; 12], &RustCrypto::new()).unwrap()
    }

    fn opened(cookie: Option<&str>, desk_url: &str, now: UnixTime) -> PendingLogins {
        let secret = Secrets::from(SecretKey::new(&[7; 32]));
        PendingLogins::open(cookie, desk_url, PREFIX, &secret, now, &RustCrypto::new())
    }

    #[test]
    fn a_login_is_finished_once_in_the_browser_that_began_it() {
        let mut pending = opened(None, DESK, NOW);
        pending.add(transaction("_a", "/tickets/17"));
        let mut pending = opened(Some(&sealed(&pending)), DESK, NOW);
        assert_eq!(pending.take("_b"), Err(Error::TransactionUnknown));
        assert_eq!(pending.take("_a"), Ok(transaction("_a", "/tickets/17")));
        assert_eq!(pending.take("_a"), Err(Error::TransactionUnknown));
        assert!(pending.is_empty());
    }

    #[test]
    fn several_tabs_log_in_side_by_side() {
        let mut pending = PendingLogins::default();
        for id in 0..=MAX_PENDING_LOGINS {
            pending.add(transaction(&format!("_{id}"), "/"));
        }
        assert_eq!(pending.take("_0"), Err(Error::TransactionUnknown));
        for id in 1..=MAX_PENDING_LOGINS {
            assert!(pending.take(&format!("_{id}")).is_ok());
        }
    }

    #[test]
    fn the_cookie_stays_small_enough_for_browsers() {
        let mut pending = PendingLogins::default();
        for id in ["_a", "_b", "_c"] {
            pending.add(transaction(id, &format!("/{}", "a".repeat(2047))));
            assert!("__Host-deskgate-login=".len() + sealed(&pending).len() < 4096);
        }
        assert!(pending.take("_c").is_ok());
        assert!(pending.is_empty());
    }

    #[test]
    fn a_login_takes_ten_minutes_at_most() {
        let mut pending = PendingLogins::default();
        pending.add(transaction("_a", "/"));
        let cookie = sealed(&pending);
        let at = |seconds| NOW.saturating_add(Duration::from_secs(seconds));
        assert!(!opened(Some(&cookie), DESK, at(599)).is_empty());
        assert!(opened(Some(&cookie), DESK, at(600)).is_empty());
    }

    #[test]
    fn a_cookie_that_does_not_open_holds_nothing() {
        let mut pending = PendingLogins::default();
        pending.add(transaction("_a", "/"));
        let cookie = sealed(&pending);
        assert!(opened(Some(&cookie), "https://help.fabrikam.com", NOW).is_empty());
        for cookie in ["", "x", "AQ", &cookie[1..], &cookie[..cookie.len() - 4]] {
            assert!(opened(Some(cookie), DESK, NOW).is_empty(), "{cookie}");
        }
    }
}
