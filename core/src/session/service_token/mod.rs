//! Service tokens: scripts and webhooks that pass the gate as themselves, and never as a person.
//!
//! A token is an ID, which is no secret, and a secret of 256 random bits. Only the SHA-256 of the secret
//! is kept. A password hash would add nothing: it slows down whoever guesses words, and nobody guesses
//! 256 bits; but it would cost every request of a script what it costs the guesser.

mod credentials;
mod error;
#[cfg(test)]
mod tests;

pub use credentials::{CLIENT_ID_HEADER, CLIENT_SECRET_HEADER, Credentials, carries_ours};
pub use error::Error;

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use zeroize::Zeroizing;

use crate::base64;
use crate::crypto::{Crypto, DigestAlgorithm, DigestValue};
use crate::diagnostic::Excerpt;
use crate::policy::paths::{MAX_PUBLIC_PATH_BYTES, covers, is_rule};
use crate::session::{Person, Session};
use crate::time::UnixTime;

/// Stands in the place of a connection in origin tokens of service tokens. No connection may have this
/// name.
pub const SERVICE_TOKEN: &str = "service-token";

/// Most tokens of one desk: every isolate holds all of them.
pub const MAX_SERVICE_TOKENS: usize = 100;

/// Most paths, and most methods, of one token.
pub const MAX_RULES: usize = 16;

/// Longest life of a secret, in days.
pub const MAX_DAYS: u16 = 730;

/// How long the former secret may be good after a rotation.
pub const MAX_GRACE: Duration = Duration::from_secs(30 * 24 * 3600);

/// Ends every ID, so that one is known when it comes as the user of HTTP Basic.
const ID_SUFFIX: &str = ".deskgate";

/// Begins every secret, so that programs that look for secrets in repositories find it.
const SECRET_PREFIX: &str = "dgs_";

const SECRET_BYTES: usize = 32;
const MAX_NAME_BYTES: usize = 64;
const MAX_METHOD_BYTES: usize = 32;

/// A token of a desk, as the gate knows it.
#[derive(Clone, PartialEq, Eq)]
pub struct ServiceToken {
    id: String,
    name: String,
    secret: Digest,
    /// The secret before, and until when it is good.
    former: Option<(Digest, UnixTime)>,
    paths: Vec<String>,
    methods: Vec<String>,
    expires_at: UnixTime,
}

type Digest = [u8; SECRET_BYTES];

/// What is written down of a token.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "a new part has to be decided by every caller")]
pub struct ServiceTokenRecord<'a> {
    /// See [`service_token_id`].
    pub id: &'a str,
    /// What people call it.
    pub name: &'a str,
    /// base64url of [`secret_digest`].
    pub secret_sha256: &'a str,
    /// The same of the secret before, and until when it is good.
    pub former: Option<(&'a str, UnixTime)>,
    /// The paths that it opens: exact ones, and folders that end in `/`.
    pub paths: &'a [String],
    /// The methods that it may use; empty for any.
    pub methods: &'a [String],
    /// From this second on it does not count.
    pub expires_at: UnixTime,
}

/// The request that a token came with.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "a new part has to be decided by every caller")]
pub struct ServiceTokenRequest<'a> {
    /// The method.
    pub method: &'a str,
    /// The path exactly as it will be sent to the origin, without the query.
    pub path: &'a str,
}

/// Makes the ID of a token, which is no secret.
#[must_use]
pub fn service_token_id(entropy: [u8; 16]) -> String {
    let mut id = String::new();
    for byte in entropy {
        id.push_str(&alloc::format!("{byte:02x}"));
    }
    id.push_str(ID_SUFFIX);
    id
}

/// Makes the secret of a token from fresh random bytes. It is shown once and kept nowhere.
#[must_use]
pub fn service_token_secret(entropy: &[u8; SECRET_BYTES]) -> Zeroizing<String> {
    let mut secret = Zeroizing::new(String::from(SECRET_PREFIX));
    secret.push_str(&Zeroizing::new(base64::encode_url(entropy)));
    secret
}

/// What is kept of a secret.
#[must_use]
pub fn secret_digest(secret: &str, crypto: &dyn Crypto) -> DigestValue {
    crypto.digest(DigestAlgorithm::Sha256, secret.as_bytes())
}

/// Whether a token may have this name: lower-case letters, digits and inner `-`, for logs and commands.
///
/// # Errors
/// [`Error::NameMalformed`].
pub fn check_name(name: &str) -> Result<(), Error> {
    let fits = (1..=MAX_NAME_BYTES).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !name.starts_with('-')
        && !name.ends_with('-');
    if fits { Ok(()) } else { Err(Error::NameMalformed { found: Excerpt::new(name) }) }
}

/// Whether a token may be for these paths and methods.
///
/// # Errors
/// [`Error::NoPaths`], [`Error::TooManyRules`], [`Error::PathMalformed`], [`Error::MethodMalformed`].
pub fn check_rules(paths: &[String], methods: &[String]) -> Result<(), Error> {
    if paths.is_empty() {
        return Err(Error::NoPaths);
    }
    let found = paths.len().max(methods.len());
    if found > MAX_RULES {
        return Err(Error::TooManyRules { found });
    }
    if let Some(path) = paths.iter().find(|p| p.len() > MAX_PUBLIC_PATH_BYTES || !is_rule(p)) {
        return Err(Error::PathMalformed { found: Excerpt::new(path) });
    }
    // Compared byte for byte: `get` is another method than `GET` (RFC 9110, section 9.1).
    let is_method = |method: &&String| {
        (1..=MAX_METHOD_BYTES).contains(&method.len())
            && method.bytes().all(|b| b.is_ascii_uppercase() || b == b'-')
    };
    match methods.iter().find(|method| !is_method(method)) {
        Some(method) => Err(Error::MethodMalformed { found: Excerpt::new(method) }),
        None => Ok(()),
    }
}

impl ServiceToken {
    /// From what is written down.
    ///
    /// # Errors
    /// [`Error::RecordMalformed`] and those of [`check_name`] and [`check_rules`].
    pub fn new(record: &ServiceTokenRecord<'_>) -> Result<Self, Error> {
        check_name(record.name)?;
        check_rules(record.paths, record.methods)?;
        if !credentials::is_id(record.id) {
            return Err(Error::RecordMalformed);
        }
        let former = match record.former {
            Some((digest, until)) => Some((digest_of_record(digest)?, until)),
            None => None,
        };
        Ok(Self {
            id: record.id.to_string(),
            name: record.name.to_string(),
            secret: digest_of_record(record.secret_sha256)?,
            former,
            paths: record.paths.to_vec(),
            methods: record.methods.to_vec(),
            expires_at: record.expires_at,
        })
    }

    /// Names it in requests.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Names it for people.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the origin is told in place of a person's session: a `sub` that no person has, because that of
    /// a person is base64url, and no address. `auth_time` is 0, so that whoever asks for a recent sign-in
    /// gets none.
    #[must_use]
    pub fn session(&self, now: UnixTime) -> Session {
        let subject = alloc::format!("{SERVICE_TOKEN}:{}", self.id);
        Session {
            id: subject.clone(),
            subject,
            connection: SERVICE_TOKEN.to_string(),
            person: Person { name: Some(self.name.clone()), ..Person::default() },
            authenticated_at: UnixTime::from_seconds(0),
            authn_context: None,
            issued_at: now,
            expires_at: self.expires_at,
            idle_expires_at: None,
        }
    }

    fn knows(&self, secret: &DigestValue, now: UnixTime) -> bool {
        let is_former = self.former.as_ref().is_some_and(|(former, _)| secret.matches(former));
        let in_grace = self.former.as_ref().is_some_and(|(_, until)| now < *until);
        secret.matches(&self.secret) | (is_former & in_grace)
    }

    fn check_request(&self, request: &ServiceTokenRequest<'_>) -> Result<(), Error> {
        if !self.paths.iter().any(|rule| covers(rule, request.path)) {
            return Err(Error::PathNotAllowed { expected: Excerpt::new(&self.paths.join(", ")) });
        }
        if self.methods.is_empty() || self.methods.iter().any(|method| method == request.method) {
            return Ok(());
        }
        Err(Error::MethodNotAllowed {
            expected: Excerpt::new(&self.methods.join(", ")),
            found: Excerpt::new(request.method),
        })
    }
}

/// The token among `tokens` that the credentials are of, when it is good for this request.
///
/// Whoever does not know the secret learns nothing: an unknown ID, another secret and one from before a
/// rotation are one error, after the same work.
///
/// # Errors
/// [`Error::Refused`], [`Error::Expired`], [`Error::PathNotAllowed`], [`Error::MethodNotAllowed`].
pub fn judge<'a>(
    tokens: &'a [ServiceToken],
    credentials: &Credentials,
    request: &ServiceTokenRequest<'_>,
    now: UnixTime,
    crypto: &dyn Crypto,
) -> Result<&'a ServiceToken, Error> {
    let secret = secret_digest(credentials.secret(), crypto);
    let token = tokens.iter().find(|token| token.id == credentials.id());
    let token = token.filter(|token| token.knows(&secret, now)).ok_or(Error::Refused)?;
    if now >= token.expires_at {
        return Err(Error::Expired { expires_at: token.expires_at });
    }
    token.check_request(request)?;
    Ok(token)
}

/// Whether this is what is written down of a secret.
///
/// # Errors
/// [`Error::RecordMalformed`].
pub fn check_secret_sha256(text: &str) -> Result<(), Error> {
    digest_of_record(text).map(drop)
}

fn digest_of_record(text: &str) -> Result<Digest, Error> {
    let bytes = base64::decode_url(text).map_err(|_| Error::RecordMalformed)?;
    bytes.try_into().map_err(|_| Error::RecordMalformed)
}

/// Digests of secrets belong into no log.
impl fmt::Debug for ServiceToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceToken").field("name", &self.name).finish_non_exhaustive()
    }
}
