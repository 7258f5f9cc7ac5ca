//! The break-glass link: how the owner of a desk gets in while the identity provider is down.
//!
//! It is made by whoever holds the deployment's secret, without any network: when everything else
//! fails, that must still work. It counts for minutes and, because the caller remembers its ID, once.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::time::Duration;

use crate::base64;
use crate::crypto::{Crypto, JwsAlgorithm, SecretKey};
use crate::diagnostic::Excerpt;
use crate::identity::{Attribute, Identity};
use crate::jose::json::Object;
use crate::jose::{ExpectedClaims, Jwk, Keys, MAX_CLOCK_SKEW, SigningKey, sign_jwt, verify_jwt};
use crate::session::{AttributeNames, Error, NewSession, Session};
use crate::time::UnixTime;

/// `typ` of the token in a break-glass link.
const TYPE: &str = "deskgate-break-glass+jwt";

/// `iss` of it: whoever holds the secret.
const ISSUER: &str = "deskgate-cli";

/// Longest time in which a link can be used. It travels by mail or chat, where others may read it.
pub const MAX_BREAK_GLASS_LIFETIME: Duration = Duration::from_secs(15 * 60);

/// How long the session lasts that a link begins: enough to repair a connection.
pub const BREAK_GLASS_SESSION_LIFETIME: Duration = Duration::from_secs(3600);

/// The connection that such a session names. No connection of a desk may be called so.
pub const BREAK_GLASS: &str = "break-glass";

/// The issuer of the identity of such a session, so that its subject is nobody's elsewhere.
const IDENTITY_ISSUER: &str = "urn:deskgate:break-glass";

/// A verified link, good for one sign-in: the caller remembers its ID.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct BreakGlass {
    email: String,
    id: String,
    expires_at: UnixTime,
}

impl BreakGlass {
    /// The address of the owner whom the link signs in.
    #[must_use]
    pub fn email(&self) -> &str {
        &self.email
    }

    /// `jti`, to be accepted once until [`BreakGlass::expires_at`].
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// From this second on the link does not count.
    #[must_use]
    pub const fn expires_at(&self) -> UnixTime {
        self.expires_at
    }

    /// The session that the link is for. It carries the address and nothing else.
    ///
    /// # Errors
    /// [`Error::IdentityTooLarge`], [`Error::NoStableSubject`] when the address is none.
    pub fn session(
        &self,
        now: UnixTime,
        entropy: [u8; 16],
        crypto: &dyn Crypto,
    ) -> Result<Session, Error> {
        let names = AttributeNames::default();
        let name = names.email.first().map(String::as_str).unwrap_or_default();
        let email =
            Attribute { name: name.into(), values: Vec::from([self.email.as_str().into()]) };
        let identity = Identity {
            issuer: IDENTITY_ISSUER.to_string(),
            name_id: None,
            attributes: Vec::from([email]),
        };
        let new = NewSession {
            identity: &identity,
            attribute_names: &names,
            connection: BREAK_GLASS,
            email_domains: &[],
            authenticated_at: None,
            authn_context: None,
            session_not_on_or_after: None,
            lifetime: BREAK_GLASS_SESSION_LIFETIME,
            entropy,
        };
        Session::begin(&new, now, crypto)
    }
}

/// Makes the token of a link. `secret` is the deployment's secret itself, `entropy` fresh random
/// bytes, `lifetime` at most [`MAX_BREAK_GLASS_LIFETIME`].
///
/// # Errors
/// [`Error::Jose`] when the provider has no HMAC.
pub fn mint_break_glass(
    desk_url: &str,
    email: &str,
    lifetime: Duration,
    now: UnixTime,
    entropy: [u8; 16],
    secret: &SecretKey,
    crypto: &dyn Crypto,
) -> Result<String, Error> {
    let lifetime = lifetime.min(MAX_BREAK_GLASS_LIFETIME);
    let claims = Object::new()
        .with("iss", ISSUER)
        .with("aud", desk_url)
        .with("email", email)
        .with("jti", base64::encode_url(&entropy))
        .with("iat", now.seconds())
        .with("exp", now.saturating_add(lifetime).seconds());
    let key = SigningKey::from_secret(break_glass_key(secret), JwsAlgorithm::Hs256, None)?;
    Ok(sign_jwt(&claims, TYPE, &key, crypto)?)
}

/// Verifies the token of a link at the desk of `desk_url`, whose owners are `owners`.
///
/// # Errors
/// [`Error::Jose`], [`Error::NotAnOwner`].
pub fn verify_break_glass(
    token: &str,
    desk_url: &str,
    owners: &[String],
    now: UnixTime,
    secret: &SecretKey,
    crypto: &dyn Crypto,
) -> Result<BreakGlass, Error> {
    let key = Jwk::from_secret(break_glass_key(secret), JwsAlgorithm::Hs256, None)?;
    let expected = ExpectedClaims {
        algorithms: &[JwsAlgorithm::Hs256],
        audience: desk_url,
        issuer: ISSUER,
        max_lifetime: Some(MAX_BREAK_GLASS_LIFETIME),
        clock_skew: MAX_CLOCK_SKEW,
        typ: Some(TYPE),
    };
    let jwt = verify_jwt(token, Keys::One(&key), &expected, now, crypto)?;
    let claims = jwt.claims();
    claims.required_string("aud")?;
    let email = claims.required_string("email")?;
    if !is_owner(owners, email) {
        return Err(Error::NotAnOwner { found: Excerpt::new(email) });
    }
    Ok(BreakGlass {
        email: String::from(email),
        id: String::from(claims.required_string("jti")?),
        expires_at: claims.required_numeric_date("exp")?,
    })
}

/// Whether `email` is one of the owners. Asked again with every request of such a session: an owner
/// who is taken off the list is out.
#[must_use]
pub fn is_owner(owners: &[String], email: &str) -> bool {
    owners.iter().any(|owner| owner.eq_ignore_ascii_case(email))
}

fn break_glass_key(secret: &SecretKey) -> SecretKey {
    secret.derive("deskgate break-glass")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::RustCrypto;
    use crate::diagnostic::Diagnostic as _;

    /// 2026-11-21T12:00:00Z.
    const NOW: UnixTime = UnixTime::from_seconds(1_795_262_400);
    const DESK: &str = "https://help.contoso.com";

    fn secret() -> SecretKey {
        SecretKey::new(&[7; 32])
    }

    fn token(email: &str, lifetime: u64) -> String {
        let lifetime = Duration::from_secs(lifetime);
        let crypto = RustCrypto::new();
        mint_break_glass(DESK, email, lifetime, NOW, [1; 16], &secret(), &crypto).unwrap()
    }

    fn verified(token: &str, desk: &str, after: u64, secret: u8) -> Result<BreakGlass, Error> {
        let owners = [String::from("Owner@contoso.com")];
        let now = NOW.saturating_add(Duration::from_secs(after));
        let secret = SecretKey::new(&[secret; 32]);
        verify_break_glass(token, desk, &owners, now, &secret, &RustCrypto::new())
    }

    #[track_caller]
    fn check(token: &str, desk: &str, after: u64, secret: u8, expected: &str) {
        let found = match verified(token, desk, after, secret) {
            Ok(_) => "ok",
            Err(error) => error.code(),
        };
        assert_eq!(found, expected);
    }

    #[test]
    fn a_link_counts_for_its_desk_its_minutes_and_its_secret() {
        let link = token("owner@contoso.com", 600);
        check(&link, DESK, 0, 7, "ok");
        check(&link, DESK, 599, 7, "ok");
        check(&link, DESK, 600, 7, "jose.expired");
        check(&link, "https://help.fabrikam.com", 0, 7, "jose.audience_mismatch");
        check(&link, DESK, 0, 8, "jose.signature_invalid");
    }

    #[test]
    fn no_link_counts_for_longer_than_a_quarter_of_an_hour() {
        check(&token("owner@contoso.com", 86_400), DESK, 899, 7, "ok");
        check(&token("owner@contoso.com", 86_400), DESK, 900, 7, "jose.expired");
    }

    #[test]
    fn a_link_is_for_owners_only() {
        check(&token("b.simon@contoso.com", 600), DESK, 0, 7, "session.not_an_owner");
        check(&token("owner@contoso.com.evil.example", 600), DESK, 0, 7, "session.not_an_owner");
        check(&token("", 600), DESK, 0, 7, "session.not_an_owner");
    }

    #[test]
    fn another_token_of_the_same_secret_is_no_link() {
        let crypto = RustCrypto::new();
        let claims = Object::new().with("iss", ISSUER).with("aud", DESK);
        let key = break_glass_key(&secret());
        let key = SigningKey::from_secret(key, JwsAlgorithm::Hs256, None).unwrap();
        let admin = sign_jwt(&claims, "deskgate-admin+jwt", &key, &crypto).unwrap();
        check(&admin, DESK, 0, 7, "jose.type_mismatch");
    }

    #[test]
    fn every_changed_byte_of_a_link_is_refused() {
        let link = token("owner@contoso.com", 600);
        for index in 0..link.len() {
            let mut changed = link.clone().into_bytes();
            changed[index] = if changed[index] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert!(verified(&changed, DESK, 0, 7).is_err(), "{index}");
        }
    }

    #[test]
    fn the_session_names_the_owner_and_lasts_an_hour() {
        let link = verified(&token("owner@contoso.com", 600), DESK, 0, 7).unwrap();
        let session = link.session(NOW, [2; 16], &RustCrypto::new()).unwrap();
        assert_eq!(session.connection(), BREAK_GLASS);
        assert_eq!(session.person().email.as_deref(), Some("owner@contoso.com"));
        assert_eq!(session.expires_at(), NOW.saturating_add(Duration::from_secs(3600)));
    }
}
