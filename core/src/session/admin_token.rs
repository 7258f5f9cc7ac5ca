//! The admin token: lets the command line, which knows the deployment's secret, change a desk.

use alloc::string::String;
use core::time::Duration;

use crate::base64;
use crate::crypto::{Crypto, DigestAlgorithm, JwsAlgorithm, SecretKey};
use crate::jose::json::Object;
use crate::jose::{
    ExpectedClaims, Jwk, Keys, MAX_CLOCK_SKEW, SigningKey, VerifiedJwt, sign_jwt, verify_jwt,
};
use crate::session::Error;
use crate::session::origin_token::{check_method, path_digest};
use crate::time::UnixTime;

/// `typ` of an admin token.
const TYPE: &str = "deskgate-admin+jwt";

/// `iss` of an admin token: whoever holds the secret.
const ISSUER: &str = "deskgate-cli";

/// An admin token lives this long.
pub const MAX_ADMIN_TOKEN_LIFETIME: Duration = Duration::from_secs(60);

/// The request that an admin token is made for, or that came with it.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "a new part has to be bound by both sides")]
pub struct AdminRequest<'a> {
    /// The desk's URL: `aud`.
    pub desk_url: &'a str,
    /// The method.
    pub method: &'a str,
    /// Path and query exactly as the request line has them.
    pub path_and_query: &'a str,
    /// The body, empty when there is none.
    pub body: &'a [u8],
}

/// A verified admin token, good for one request: the caller remembers its ID.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct AdminToken {
    id: String,
    expires_at: UnixTime,
}

impl AdminToken {
    /// `jti`, to be accepted once until [`AdminToken::expires_at`].
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// From this second on the token does not count.
    #[must_use]
    pub const fn expires_at(&self) -> UnixTime {
        self.expires_at
    }
}

/// Makes the token for one request. `secret` is the deployment's secret itself, `entropy` fresh random
/// bytes.
///
/// # Errors
/// [`Error::Jose`] when the provider has no HMAC.
pub fn mint_admin_token(
    request: &AdminRequest<'_>,
    now: UnixTime,
    entropy: [u8; 16],
    secret: &SecretKey,
    crypto: &dyn Crypto,
) -> Result<String, Error> {
    let claims = Object::new()
        .with("iss", ISSUER)
        .with("aud", request.desk_url)
        .with("jti", base64::encode_url(&entropy))
        .with("iat", now.seconds())
        .with("exp", now.saturating_add(MAX_ADMIN_TOKEN_LIFETIME).seconds())
        .with("htm", request.method)
        .with("path_sha256", path_digest(request.path_and_query, crypto))
        .with("body_sha256", body_digest(request.body, crypto));
    let key = SigningKey::from_secret(admin_key(secret), JwsAlgorithm::Hs256, None)?;
    Ok(sign_jwt(&claims, TYPE, &key, crypto)?)
}

/// Verifies the token that came with a request.
///
/// # Errors
/// [`Error::Jose`], [`Error::MethodMismatch`], [`Error::PathMismatch`], [`Error::BodyMismatch`].
pub fn verify_admin_token(
    token: &str,
    request: &AdminRequest<'_>,
    now: UnixTime,
    secret: &SecretKey,
    crypto: &dyn Crypto,
) -> Result<AdminToken, Error> {
    let key = Jwk::from_secret(admin_key(secret), JwsAlgorithm::Hs256, None)?;
    let expected = ExpectedClaims {
        algorithms: &[JwsAlgorithm::Hs256],
        audience: request.desk_url,
        issuer: ISSUER,
        max_lifetime: Some(MAX_ADMIN_TOKEN_LIFETIME),
        clock_skew: MAX_CLOCK_SKEW,
        typ: Some(TYPE),
    };
    let jwt = verify_jwt(token, Keys::One(&key), &expected, now, crypto)?;
    check_binding(&jwt, request, crypto)?;
    Ok(AdminToken {
        id: String::from(jwt.claims().required_string("jti")?),
        expires_at: jwt.claims().required_numeric_date("exp")?,
    })
}

fn check_binding(
    jwt: &VerifiedJwt,
    request: &AdminRequest<'_>,
    crypto: &dyn Crypto,
) -> Result<(), Error> {
    let claims = jwt.claims();
    claims.required_string("aud")?;
    check_method(claims.required_string("htm")?, request.method)?;
    if claims.required_string("path_sha256")? != path_digest(request.path_and_query, crypto) {
        return Err(Error::PathMismatch);
    }
    if claims.required_string("body_sha256")? != body_digest(request.body, crypto) {
        return Err(Error::BodyMismatch);
    }
    Ok(())
}

fn admin_key(secret: &SecretKey) -> SecretKey {
    secret.derive("deskgate admin")
}

fn body_digest(body: &[u8], crypto: &dyn Crypto) -> String {
    base64::encode_url(crypto.digest(DigestAlgorithm::Sha256, body).as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::RustCrypto;
    use crate::diagnostic::Diagnostic as _;

    /// 2026-11-21T12:00:00Z.
    const NOW: UnixTime = UnixTime::from_seconds(1_795_262_400);

    const REQUEST: AdminRequest<'_> = AdminRequest {
        desk_url: "https://help.contoso.com",
        method: "PUT",
        path_and_query: "/deskgate/admin/settings",
        body: b"{\"name\":\"Contoso\"}",
    };

    #[track_caller]
    fn check(request: AdminRequest<'_>, now: UnixTime, secret: u8, expected: &str) {
        let crypto = RustCrypto::new();
        let minted = SecretKey::new(&[7; 32]);
        let token = mint_admin_token(&REQUEST, NOW, [1; 16], &minted, &crypto).unwrap();
        let secret = SecretKey::new(&[secret; 32]);
        let found = match verify_admin_token(&token, &request, now, &secret, &crypto) {
            Ok(token) => {
                assert_eq!(token.id(), base64::encode_url(&[1; 16]));
                assert_eq!(token.expires_at(), NOW.saturating_add(Duration::from_secs(60)));
                "ok"
            }
            Err(error) => error.code(),
        };
        assert_eq!(found, expected, "{request:?}");
    }

    #[test]
    fn a_token_serves_exactly_its_request() {
        check(REQUEST, NOW, 7, "ok");
        check(AdminRequest { method: "GET", ..REQUEST }, NOW, 7, "session.method_mismatch");
        check(AdminRequest { path_and_query: "/", ..REQUEST }, NOW, 7, "session.path_mismatch");
        check(AdminRequest { body: b"{}", ..REQUEST }, NOW, 7, "session.body_mismatch");
        check(
            AdminRequest { desk_url: "https://help.fabrikam.com", ..REQUEST },
            NOW,
            7,
            "jose.audience_mismatch",
        );
    }

    #[test]
    fn only_the_secret_of_the_deployment_makes_it_and_for_a_minute() {
        check(REQUEST, NOW, 8, "jose.signature_invalid");
        check(REQUEST, NOW.saturating_add(Duration::from_secs(59)), 7, "ok");
        check(REQUEST, NOW.saturating_add(Duration::from_secs(60)), 7, "jose.expired");
        check(REQUEST, NOW.saturating_sub(Duration::from_secs(61)), 7, "jose.issued_in_future");
    }

    #[test]
    fn the_secret_itself_is_not_the_key() {
        let crypto = RustCrypto::new();
        let secret = SecretKey::new(&[7; 32]);
        let key = SigningKey::from_secret(secret.clone(), JwsAlgorithm::Hs256, None).unwrap();
        let claims = Object::new().with("iss", ISSUER);
        let token = sign_jwt(&claims, TYPE, &key, &crypto).unwrap();
        let error = verify_admin_token(&token, &REQUEST, NOW, &secret, &crypto).unwrap_err();
        assert_eq!(error.code(), "jose.signature_invalid");
    }
}
