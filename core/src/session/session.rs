//! The session: who signed in, when, and until when it counts.

use alloc::string::String;
use core::time::Duration;

use crate::base64;
use crate::crypto::{Crypto, JwsAlgorithm};
use crate::diagnostic::Excerpt;
use crate::identity::Identity;
use crate::jose::json::Object;
use crate::jose::{Claims, ExpectedClaims, JwkSet, Keys, MAX_CLOCK_SKEW, SigningKey};
use crate::jose::{sign_jwt, verify_jwt};
use crate::session::service_token::SERVICE_TOKEN;
use crate::session::{AttributeNames, Error, Person, subject};
use crate::time::UnixTime;

/// `typ` of a session token.
const TYPE: &str = "deskgate-session+jwt";

/// Longest session that a desk may configure, and the longest that is accepted.
pub const MAX_SESSION_LIFETIME: Duration = Duration::from_secs(7 * 24 * 3600);

/// For how long after its end it is still known whose a session was, so that what somebody wrote in it finds
/// its way back to them: from Friday evening to Monday morning.
pub const PAST_SESSION_KNOWN: Duration = Duration::from_secs(72 * 3600);

/// Shortest time without activity after which a desk may end a session.
pub const MIN_SESSION_IDLE: Duration = Duration::from_secs(300);

/// A session is renewed when at least this has passed since it was last, and a tenth of its idle limit:
/// the renewal costs a signature, and the response that carries it is kept by no cache.
const MIN_RENEWAL: Duration = Duration::from_secs(60);

/// `"idle_exp":9999999999,` in the claims.
const IDLE_CLAIM_BYTES: usize = 22;

/// Most bytes of the claims set. In base64url, with header, signature and the name of the cookie, it
/// stays below the 4,096 bytes that every browser keeps (RFC 6265, section 6.1).
const MAX_CLAIMS_BYTES: usize = 2_800;

/// Somebody who signed in. Made from a verified identity, or read from a verified token. At the origin also a
/// script: see [`Session::service_token`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub(super) subject: String,
    pub(super) id: String,
    pub(super) connection: String,
    pub(super) person: Person,
    pub(super) authenticated_at: UnixTime,
    pub(super) authn_context: Option<String>,
    pub(super) issued_at: UnixTime,
    pub(super) expires_at: UnixTime,
    pub(super) idle_expires_at: Option<UnixTime>,
}

/// What a new session is made from.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "a new input has to be decided by every caller")]
pub struct NewSession<'a> {
    /// The verified identity.
    pub identity: &'a Identity<'a>,
    /// Which attributes to read.
    pub attribute_names: &'a AttributeNames,
    /// The connection through which the person came.
    pub connection: &'a str,
    /// The domains that an e-mail address may have, in lower case; empty for any.
    pub email_domains: &'a [String],
    /// When the identity provider authenticated the person (AuthnInstant). `None`: now.
    pub authenticated_at: Option<UnixTime>,
    /// How it did (AuthnContextClassRef). One longer than 200 bytes is left out.
    pub authn_context: Option<&'a str>,
    /// SessionNotOnOrAfter (SAML Core 2.7.2): the session ends no later than this.
    pub session_not_on_or_after: Option<UnixTime>,
    /// The desk's lifetime of a session, at most [`MAX_SESSION_LIFETIME`].
    pub lifetime: Duration,
    /// Fresh random bytes for the session ID.
    pub entropy: [u8; 16],
}

impl Session {
    /// Begins a session at `now`, with a new ID (attack: session fixation).
    ///
    /// Groups are left out, and [`Person::groups_omitted`] set, where they would not fit into a cookie.
    ///
    /// # Errors
    /// [`Error::EmailDomainNotAllowed`], [`Error::SessionEnded`], [`Error::NoStableSubject`],
    /// [`Error::SubjectMalformed`], [`Error::IdentityTooLarge`].
    pub fn begin(new: &NewSession<'_>, now: UnixTime, crypto: &dyn Crypto) -> Result<Self, Error> {
        let person = Person::from_identity(new.identity, new.attribute_names);
        check_email_domain(&person, new.email_domains)?;
        let mut session = Self {
            subject: subject(new.identity, &person, crypto)?,
            id: base64::encode_url(&new.entropy),
            connection: String::from(new.connection),
            person,
            authenticated_at: new.authenticated_at.unwrap_or(now),
            authn_context: new.authn_context.filter(fits).map(String::from),
            issued_at: now,
            expires_at: expiry(new, now)?,
            idle_expires_at: None,
        };
        // Claims are at least as long as the groups in them, which are quickly counted.
        let group_bytes: usize = session.person.groups.iter().map(String::len).sum();
        if group_bytes > MAX_CLAIMS_BYTES || session.is_too_large() {
            session.person.groups.clear();
            session.person.groups_omitted = true;
            if session.is_too_large() {
                return Err(Error::IdentityTooLarge);
            }
        }
        Ok(session)
    }

    /// `sub`: names this person, and nobody else, for as long as the identity provider does.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// `sid`: names this session, for revocation.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The connection through which the person came.
    #[must_use]
    pub fn connection(&self) -> &str {
        &self.connection
    }

    /// The name of the service token, when no person but a script sends the request (origin tokens only).
    #[must_use]
    pub fn service_token(&self) -> Option<&str> {
        let name = self.person.name.as_deref().unwrap_or_default();
        (self.connection == SERVICE_TOKEN).then_some(name)
    }

    /// What the identity provider said about the person.
    #[must_use]
    pub const fn person(&self) -> &Person {
        &self.person
    }

    /// When the identity provider authenticated the person.
    #[must_use]
    pub const fn authenticated_at(&self) -> UnixTime {
        self.authenticated_at
    }

    /// How the identity provider authenticated the person: the class of SAML Core 2.7.2.2, if it said.
    #[must_use]
    pub fn authn_context(&self) -> Option<&str> {
        self.authn_context.as_deref()
    }

    /// When the session began.
    #[must_use]
    pub const fn issued_at(&self) -> UnixTime {
        self.issued_at
    }

    /// From this second on the session does not count, whatever happens.
    #[must_use]
    pub const fn expires_at(&self) -> UnixTime {
        self.expires_at
    }

    /// From this second on the session does not count unless it is renewed before. `None`: it has no idle
    /// limit.
    #[must_use]
    pub const fn idle_expires_at(&self) -> Option<UnixTime> {
        self.idle_expires_at
    }

    /// The same session after activity at `now`: nothing else of it changes, so that what ends it still
    /// ends it. `idle` is the limit of the desk.
    #[must_use]
    pub fn active_at(&self, now: UnixTime, idle: Option<Duration>) -> Self {
        let idle_expires_at = idle.map(|idle| self.expires_at.min(now.saturating_add(idle)));
        Self { idle_expires_at, ..self.clone() }
    }

    /// Whether the token of this session should be replaced by one of [`Session::active_at`]: enough time has
    /// passed, or the limit of the desk has changed.
    #[must_use]
    pub fn wants_renewal(&self, now: UnixTime, idle: Option<Duration>) -> bool {
        let Some(idle) = idle else { return self.idle_expires_at.is_some() };
        let wanted = self.expires_at.min(now.saturating_add(idle));
        let least = MIN_RENEWAL.max(Duration::from_secs(idle.as_secs() / 10));
        self.idle_expires_at.is_none_or(|found| {
            found.saturating_since(wanted).max(wanted.saturating_since(found)) >= least
        })
    }

    /// That the session counts at `now`, as far as its own times say.
    ///
    /// # Errors
    /// [`jose::Error::Expired`](crate::jose::Error::Expired), [`Error::SessionIdle`].
    pub fn check_times(&self, now: UnixTime) -> Result<(), Error> {
        if now >= self.expires_at {
            let expires_at = self.expires_at;
            return Err(crate::jose::Error::Expired { now, expires_at }.into());
        }
        match self.idle_expires_at {
            Some(idle_expires_at) if now >= idle_expires_at => {
                Err(Error::SessionIdle { now, idle_expires_at })
            }
            _ => Ok(()),
        }
    }

    /// With the longest desk URL that fits a host name.
    fn is_too_large(&self) -> bool {
        const URL_BYTES: usize = 2 * 262;
        self.to_claims("").to_json().len() + URL_BYTES + IDLE_CLAIM_BYTES > MAX_CLAIMS_BYTES
    }

    fn to_claims(&self, desk_url: &str) -> Object {
        Object::new()
            .with("iss", desk_url)
            .with("aud", desk_url)
            .with("sub", self.subject.as_str())
            .with("sid", self.id.as_str())
            .with("iat", self.issued_at.seconds())
            .with("exp", self.expires_at.seconds())
            .with_some("idle_exp", self.idle_expires_at.map(UnixTime::seconds))
            .with("auth_time", self.authenticated_at.seconds())
            .with_some("acr", self.authn_context.as_deref())
            .with("connection", self.connection.as_str())
            .with("identity", self.person.to_object())
    }

    /// The members that session and origin tokens share.
    pub(super) fn from_claims(claims: &Claims) -> Result<Self, Error> {
        let identity = claims.object("identity")?;
        let missing = crate::jose::Error::ClaimMissing { claim: "identity" };
        Ok(Self {
            subject: String::from(claims.required_string("sub")?),
            id: String::from(claims.required_string("sid")?),
            connection: String::from(claims.required_string("connection")?),
            person: Person::from_object(identity.ok_or(missing)?)?,
            authenticated_at: claims.required_numeric_date("auth_time")?,
            authn_context: claims.string("acr")?.map(String::from),
            issued_at: claims.required_numeric_date("iat")?,
            expires_at: claims.required_numeric_date("exp")?,
            idle_expires_at: claims.numeric_date("idle_exp")?,
        })
    }
}

/// The longest class of SAML Authn Context has 68 bytes; claims have no control characters.
fn fits(authn_context: &&str) -> bool {
    authn_context.len() <= 200 && !authn_context.chars().any(char::is_control)
}

/// A helpdesk matches people by their address. So of several identity providers, each may speak for
/// its own domains only (attacks.md M-09). Subdomains are other domains.
fn check_email_domain(person: &Person, domains: &[String]) -> Result<(), Error> {
    let found = person.email.as_deref().and_then(|email| email.split_once('@'));
    let found = found.map(|(_, domain)| domain);
    let is_found = |domain: &String| found.is_some_and(|found| found.eq_ignore_ascii_case(domain));
    if domains.is_empty() || domains.iter().any(is_found) {
        return Ok(());
    }
    Err(Error::EmailDomainNotAllowed {
        expected: Excerpt::new(&domains.join(", ")),
        found: found.map(Excerpt::new),
    })
}

/// The desk's lifetime, cut at the end of the identity provider's session.
fn expiry(new: &NewSession<'_>, now: UnixTime) -> Result<UnixTime, Error> {
    let ours = now.saturating_add(new.lifetime.min(MAX_SESSION_LIFETIME));
    match new.session_not_on_or_after {
        Some(not_on_or_after) if not_on_or_after <= now => {
            Err(Error::SessionEnded { now, not_on_or_after })
        }
        Some(not_on_or_after) => Ok(ours.min(not_on_or_after)),
        None => Ok(ours),
    }
}

/// Makes the session token of the desk at `desk_url`, for the cookie.
///
/// # Errors
/// [`Error::Jose`] when `key` cannot sign here.
pub fn mint_session(
    session: &Session,
    desk_url: &str,
    key: &SigningKey,
    crypto: &dyn Crypto,
) -> Result<String, Error> {
    Ok(sign_jwt(&session.to_claims(desk_url), TYPE, key, crypto)?)
}

/// Verifies a session token of the desk at `desk_url`, and that it was used. Revocation is the caller's: see
/// [`Session::id`], [`Session::subject`] and [`Session::issued_at`].
///
/// # Errors
/// [`Error::Jose`], [`Error::SessionIdle`].
pub fn verify_session(
    token: &str,
    keys: &JwkSet,
    desk_url: &str,
    now: UnixTime,
    crypto: &dyn Crypto,
) -> Result<Session, Error> {
    let session = verify_unused_session(token, keys, desk_url, now, crypto)?;
    session.check_times(now)?;
    Ok(session)
}

/// The same without looking whether the session was used.
fn verify_unused_session(
    token: &str,
    keys: &JwkSet,
    desk_url: &str,
    now: UnixTime,
    crypto: &dyn Crypto,
) -> Result<Session, Error> {
    let expected = ExpectedClaims {
        algorithms: &[JwsAlgorithm::EdDsa],
        audience: desk_url,
        issuer: desk_url,
        max_lifetime: Some(MAX_SESSION_LIFETIME),
        clock_skew: MAX_CLOCK_SKEW,
        typ: Some(TYPE),
    };
    let jwt = verify_jwt(token, Keys::Set(keys), &expected, now, crypto)?;
    // Our own tokens have one audience: a list of them would be somebody else's.
    jwt.claims().required_string("aud")?;
    Session::from_claims(jwt.claims())
}

/// Tells whose a session is or was: like [`verify_session`], but a token that expired within
/// [`PAST_SESSION_KNOWN`], or whose session nobody used, is told too. That alone lets nobody in: see
/// [`Session::check_times`].
///
/// # Errors
/// [`Error::Jose`].
pub fn verify_past_session(
    token: &str,
    keys: &JwkSet,
    desk_url: &str,
    now: UnixTime,
    crypto: &dyn Crypto,
) -> Result<Session, Error> {
    match verify_unused_session(token, keys, desk_url, now, crypto) {
        Err(Error::Jose(crate::jose::Error::Expired { expires_at, .. }))
            if now < expires_at.saturating_add(PAST_SESSION_KNOWN) =>
        {
            // Everything else has to hold as it did at its last second.
            let last = expires_at.saturating_sub(Duration::from_secs(1));
            verify_unused_session(token, keys, desk_url, last, crypto)
        }
        verdict => verdict,
    }
}

#[cfg(test)]
pub(super) mod tests;
