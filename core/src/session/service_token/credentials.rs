//! How a script says which token it has: in two headers of ours, or as user and password of HTTP Basic
//! (RFC 7617) where a sender of webhooks can do nothing else. Never in an address, which is logged.

use alloc::string::String;
use core::fmt;

use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::{Error, ID_SUFFIX, SECRET_BYTES, SECRET_PREFIX};
use crate::base64;

/// The header of the ID.
pub const CLIENT_ID_HEADER: &str = "Deskgate-Client-Id";

/// The header of the secret.
pub const CLIENT_SECRET_HEADER: &str = "Deskgate-Client-Secret";

/// Hexadecimal digits before [`ID_SUFFIX`].
const ID_DIGITS: usize = 32;

/// Longest Basic credentials that are read. Ours have 120 bytes.
const MAX_BASIC_BYTES: usize = 1024;

/// An ID and a secret of the right form.
#[derive(Clone)]
pub struct Credentials {
    id: String,
    secret: Zeroizing<String>,
}

impl Credentials {
    /// Reads the values of [`CLIENT_ID_HEADER`], [`CLIENT_SECRET_HEADER`] and `Authorization`, as sent, if
    /// sent. `None`: no service token. An `Authorization` whose user is no ID of ours is the origin's.
    ///
    /// # Errors
    /// [`Error::CredentialsMalformed`] for half a token, a header that was there twice, and two different
    /// tokens: one reader would take the first and another the last.
    pub fn read(
        client_id: Option<&str>,
        client_secret: Option<&str>,
        authorization: Option<&str>,
    ) -> Result<Option<Self>, Error> {
        let by_headers = match (client_id, client_secret) {
            (None, None) => None,
            (Some(id), Some(secret)) => Some(Self::new(id, secret)?),
            (Some(_), None) | (None, Some(_)) => return Err(Error::CredentialsMalformed),
        };
        match (by_headers, by_basic(authorization)?) {
            (Some(one), Some(other)) if !one.is_same(&other) => Err(Error::CredentialsMalformed),
            (one, other) => Ok(one.or(other)),
        }
    }

    /// Which token.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn secret(&self) -> &str {
        &self.secret
    }

    fn new(id: &str, secret: &str) -> Result<Self, Error> {
        if !is_id(id) || !is_secret(secret) {
            return Err(Error::CredentialsMalformed);
        }
        Ok(Self { id: String::from(id), secret: Zeroizing::new(String::from(secret)) })
    }

    fn is_same(&self, other: &Self) -> bool {
        self.id == other.id && bool::from(self.secret.as_bytes().ct_eq(other.secret.as_bytes()))
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(redacted)")
    }
}

/// Whether an `Authorization` has a user that ends as our IDs do: then it must not reach the origin.
#[must_use]
pub fn carries_ours(authorization: &str) -> bool {
    users_of_ours(authorization).next().is_some()
}

fn by_basic(authorization: Option<&str>) -> Result<Option<Credentials>, Error> {
    let mut users = users_of_ours(authorization.unwrap_or_default());
    let Some(pair) = users.next() else { return Ok(None) };
    if users.next().is_some() {
        return Err(Error::CredentialsMalformed);
    }
    let (id, secret) = pair.split_once(':').ok_or(Error::CredentialsMalformed)?;
    Credentials::new(id, secret).map(Some)
}

/// `user:password` of each Basic credentials whose user ends as our IDs do. The platform joins headers of
/// one name by commas, which stand in no Basic credentials.
fn users_of_ours(authorization: &str) -> impl Iterator<Item = Zeroizing<String>> {
    authorization.split(',').filter_map(|part| {
        let (scheme, credentials) = part.trim().split_once([' ', '\t'])?;
        let credentials = credentials.trim();
        if !scheme.eq_ignore_ascii_case("basic") || credentials.len() > MAX_BASIC_BYTES {
            return None;
        }
        let pair = String::from_utf8(base64::decode(credentials).ok()?).map(Zeroizing::new).ok()?;
        let user = pair.split(':').next().unwrap_or_default();
        user.to_ascii_lowercase().ends_with(ID_SUFFIX).then_some(pair)
    })
}

pub(super) fn is_id(text: &str) -> bool {
    text.strip_suffix(ID_SUFFIX).is_some_and(|digits| {
        digits.len() == ID_DIGITS && digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    })
}

fn is_secret(text: &str) -> bool {
    let encoded = text.strip_prefix(SECRET_PREFIX);
    let bytes = encoded.and_then(|encoded| base64::decode_url(encoded).ok()).map(Zeroizing::new);
    bytes.is_some_and(|bytes| bytes.len() == SECRET_BYTES)
}
