//! The origin token: tells the helpdesk who is calling, for this one request.

use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use crate::base64;
use crate::crypto::{Crypto, DigestAlgorithm, JwsAlgorithm};
use crate::diagnostic::Excerpt;
use crate::jose::json::Object;
use crate::jose::{self, protected_header, sign, verify_jwt};
use crate::jose::{Claims, ExpectedClaims, JwkSet, Keys, MAX_CLOCK_SKEW, SigningKey, VerifiedJwt};
use crate::session::{Error, Session};
use crate::time::UnixTime;

/// `typ` of an origin token.
const TYPE: &str = "deskgate-origin+jwt";

/// An origin token lives this long, or until the session ends.
pub const MAX_ORIGIN_TOKEN_LIFETIME: Duration = Duration::from_secs(60);

/// For what [`OriginTokenMint::mint`] adds: claims of some 200 bytes, encoded, and a signature.
const ROOM: usize = 512;

/// A verifier that cannot reach the desk goes on with the keys that it has for this long, so the desk
/// publishes a key as much earlier than it signs. Libraries fetch after minutes; none that we know keeps
/// a set for longer.
pub const MAX_KEY_CACHE: Duration = Duration::from_secs(24 * 3600);

/// What a token names of the request that it goes with.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "a new input has to be decided by every caller")]
pub struct OriginRequest<'a> {
    /// The method of the request.
    pub method: &'a str,
    /// Path and query exactly as they are sent to the origin.
    pub path_and_query: &'a str,
}

/// The request that a token is made for, and between whom.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "a new input has to be decided by every caller")]
pub struct NewOriginToken<'a> {
    /// The desk's URL: `iss`.
    pub desk_url: &'a str,
    /// The origin's URL: `aud`.
    pub origin: &'a str,
    /// The method of the request.
    pub method: &'a str,
    /// Path and query exactly as they are sent to the origin.
    pub path_and_query: &'a str,
    /// Fresh random bytes for `jti`.
    pub entropy: [u8; 16],
}

/// What an origin demands of a token. Both URLs come from its configuration, the rest from the
/// request that it received.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "a new demand has to be decided by every verifier")]
pub struct ExpectedOriginToken<'a> {
    /// The desk's URL.
    pub desk_url: &'a str,
    /// The origin's own URL, as the desk knows it.
    pub origin: &'a str,
    /// The method of the request.
    pub method: &'a str,
    /// Path and query exactly as the request line has them.
    pub path_and_query: &'a str,
}

/// A verified origin token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OriginToken {
    session: Session,
    id: String,
}

impl OriginToken {
    /// Who is calling. The times are those of the token: issued now, gone within a minute.
    #[must_use]
    pub const fn session(&self) -> &Session {
        &self.session
    }

    /// `jti`: an origin that must not do a thing twice remembers it until the token expires.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    fn from_claims(claims: &Claims) -> Result<Self, Error> {
        let id = String::from(claims.required_string("jti")?);
        Ok(Self { session: Session::from_claims(claims)?, id })
    }
}

/// Makes the tokens of one session for one origin.
///
/// All but one line of such a token is about the session, so that much is written and encoded once. Keep it
/// for as long as the session and the key that it was made with.
#[derive(Clone, Debug)]
pub struct OriginTokenMint {
    kid: Option<String>,
    /// The header, and of the claims that are the same in all tokens what fills groups of three bytes.
    beginning: String,
    /// The rest of these claims: two bytes at most.
    rest: Vec<u8>,
    session_expires_at: UnixTime,
}

impl OriginTokenMint {
    /// For the origin at `origin` of the desk at `desk_url`, with tokens that `key` will sign.
    #[must_use]
    pub fn new(session: &Session, desk_url: &str, origin: &str, key: &SigningKey) -> Self {
        let claims = Object::new()
            .with("iss", desk_url)
            .with("aud", origin)
            .with("sub", session.subject())
            .with("sid", session.id())
            .with("auth_time", session.authenticated_at().seconds())
            .with("connection", session.connection())
            .with("identity", session.person().to_object());
        let mut claims = claims.to_json().into_bytes();
        // The others follow in place of the brace.
        claims.pop();
        claims.push(b',');
        let (groups, rest) = claims.as_chunks::<3>();
        let mut beginning = protected_header(Some(TYPE), key);
        beginning.push('.');
        beginning.push_str(&base64::encode_url(groups.as_flattened()));
        Self {
            kid: key.key_id().map(String::from),
            beginning,
            rest: rest.to_vec(),
            session_expires_at: session.expires_at(),
        }
    }

    /// Whether this was made for tokens of this key.
    #[must_use]
    pub fn is_of(&self, key: &SigningKey) -> bool {
        self.kid.as_deref() == key.key_id()
    }

    /// The token for this request. `entropy` is for `jti`: fresh random bytes.
    ///
    /// # Errors
    /// [`Error::Jose`] when `key` cannot sign here, or is another than the one that the token names.
    pub fn mint(
        &self,
        request: OriginRequest<'_>,
        entropy: [u8; 16],
        now: UnixTime,
        key: &SigningKey,
        crypto: &dyn Crypto,
    ) -> Result<String, Error> {
        if !self.is_of(key) {
            return Err(jose::Error::SigningFailed.into());
        }
        let expires_at = now.saturating_add(MAX_ORIGIN_TOKEN_LIFETIME).min(self.session_expires_at);
        let claims = Object::new()
            .with("jti", base64::encode_url(&entropy))
            .with("iat", now.seconds())
            .with("exp", expires_at.seconds())
            .with("htm", request.method)
            .with("path_sha256", path_digest(request.path_and_query, crypto));
        let claims = claims.to_json();
        let claims = claims.strip_prefix('{').unwrap_or_default();
        let mut signing_input = String::with_capacity(self.beginning.len() + ROOM);
        signing_input.push_str(&self.beginning);
        signing_input.push_str(&base64::encode_url(&[&self.rest, claims.as_bytes()].concat()));
        Ok(sign(signing_input, key, crypto)?)
    }
}

/// Makes the token for one request of a session, of which no other request is expected.
///
/// # Errors
/// As [`OriginTokenMint::mint`].
pub fn mint_origin_token(
    session: &Session,
    request: &NewOriginToken<'_>,
    now: UnixTime,
    key: &SigningKey,
    crypto: &dyn Crypto,
) -> Result<String, Error> {
    let &NewOriginToken { desk_url, origin, method, path_and_query, entropy } = request;
    OriginTokenMint::new(session, desk_url, origin, key).mint(
        OriginRequest { method, path_and_query },
        entropy,
        now,
        key,
        crypto,
    )
}

/// Verifies the token of a request, at the origin.
///
/// # Errors
/// [`Error::Jose`], [`Error::MethodMismatch`], [`Error::PathMismatch`].
pub fn verify_origin_token(
    token: &str,
    keys: &JwkSet,
    expected: &ExpectedOriginToken<'_>,
    now: UnixTime,
    crypto: &dyn Crypto,
) -> Result<OriginToken, Error> {
    let (desk_url, origin) = (expected.desk_url, expected.origin);
    let jwt = verify_signed(token, keys, desk_url, origin, now, crypto)?;
    let claims = jwt.claims();
    check_method(claims.required_string("htm")?, expected.method)?;
    if claims.required_string("path_sha256")? != path_digest(expected.path_and_query, crypto) {
        return Err(Error::PathMismatch);
    }
    OriginToken::from_claims(claims)
}

/// Verifies the token of some request, at the desk itself: an origin that was sent it asks about the
/// caller, and the desk does not see for which request that is.
///
/// # Errors
/// [`Error::Jose`].
pub fn verify_origin_token_of_any_request(
    token: &str,
    keys: &JwkSet,
    desk_url: &str,
    origin: &str,
    now: UnixTime,
    crypto: &dyn Crypto,
) -> Result<OriginToken, Error> {
    let jwt = verify_signed(token, keys, desk_url, origin, now, crypto)?;
    OriginToken::from_claims(jwt.claims())
}

fn verify_signed(
    token: &str,
    keys: &JwkSet,
    desk_url: &str,
    origin: &str,
    now: UnixTime,
    crypto: &dyn Crypto,
) -> Result<VerifiedJwt, Error> {
    let demands = ExpectedClaims {
        algorithms: &[JwsAlgorithm::EdDsa],
        audience: origin,
        issuer: desk_url,
        max_lifetime: Some(MAX_ORIGIN_TOKEN_LIFETIME),
        clock_skew: MAX_CLOCK_SKEW,
        typ: Some(TYPE),
    };
    let jwt = verify_jwt(token, Keys::Set(keys), &demands, now, crypto)?;
    // One audience: a list of them would be somebody else's.
    jwt.claims().required_string("aud")?;
    Ok(jwt)
}

/// Methods are case-sensitive (RFC 9110, section 9.1).
pub(super) fn check_method(found: &str, expected: &str) -> Result<(), Error> {
    if found == expected {
        return Ok(());
    }
    Err(Error::MethodMismatch { expected: Excerpt::new(expected), found: Excerpt::new(found) })
}

/// base64url(SHA-256) of the text as it is: no decoding, no normalization, so that two servers which
/// read a path differently still mean the same bytes.
pub(super) fn path_digest(path_and_query: &str, crypto: &dyn Crypto) -> String {
    let digest = crypto.digest(DigestAlgorithm::Sha256, path_and_query.as_bytes());
    base64::encode_url(digest.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::{PrivateKey, RustCrypto};
    use crate::diagnostic::Diagnostic as _;
    use crate::session::session::tests::{DESK, NOW, keys, session, signing_key};
    use crate::session::{mint_session, verify_session};

    const ORIGIN: &str = "https://tickets.internal";

    const REQUEST: NewOriginToken<'_> = NewOriginToken {
        desk_url: DESK,
        origin: ORIGIN,
        method: "POST",
        path_and_query: "/tickets/17?reply=1",
        entropy: [3; 16],
    };

    const EXPECTED: ExpectedOriginToken<'_> = ExpectedOriginToken {
        desk_url: DESK,
        origin: ORIGIN,
        method: "POST",
        path_and_query: "/tickets/17?reply=1",
    };

    fn mint(request: &NewOriginToken<'_>) -> String {
        mint_origin_token(&session(), request, NOW, &signing_key(), &RustCrypto::new()).unwrap()
    }

    fn verdict(token: &str, expected: &ExpectedOriginToken<'_>, now: UnixTime) -> &'static str {
        match verify_origin_token(token, &keys(), expected, now, &RustCrypto::new()) {
            Ok(_) => "ok",
            Err(error) => error.code(),
        }
    }

    #[test]
    fn a_token_says_who_is_calling() {
        let token = mint(&REQUEST);
        let verified = verify_origin_token(&token, &keys(), &EXPECTED, NOW, &RustCrypto::new());
        let verified = verified.unwrap();
        assert_eq!(verified.session().subject(), session().subject());
        assert_eq!(verified.session().id(), session().id());
        assert_eq!(verified.session().person(), session().person());
        assert_eq!(verified.id(), base64::encode_url(&[3; 16]));
    }

    /// Where the claims that stay the same end, a group of base64url may be split in three ways.
    #[test]
    fn a_mint_makes_the_tokens_of_a_session_however_long_its_claims_are() {
        let crypto = RustCrypto::new();
        for name in ["", "a", "ab", "abc", "\u{10348}", "\"\\"] {
            let mut session = session();
            session.person.name = Some(String::from(name));
            let mint = OriginTokenMint::new(&session, DESK, ORIGIN, &signing_key());
            for (path_and_query, entropy) in [("/", [1; 16]), ("/tickets/17?reply=1", [2; 16])] {
                let request = OriginRequest { method: "POST", path_and_query };
                let token = mint.mint(request, entropy, NOW, &signing_key(), &crypto).unwrap();
                let expected = ExpectedOriginToken { path_and_query, ..EXPECTED };
                let verified = verify_origin_token(&token, &keys(), &expected, NOW, &crypto);
                let verified = verified.unwrap();
                assert_eq!(verified.session().person(), session.person());
                assert_eq!(verified.id(), base64::encode_url(&entropy));
                let claims = jose::decode_unverified(&token).unwrap().claims;
                let names: Vec<_> = claims.members().map(|(name, _)| name).collect();
                assert_eq!(
                    names,
                    [
                        "iss",
                        "aud",
                        "sub",
                        "sid",
                        "auth_time",
                        "connection",
                        "identity",
                        "jti",
                        "iat",
                        "exp",
                        "htm",
                        "path_sha256"
                    ]
                );
            }
        }
    }

    #[test]
    fn a_mint_makes_no_token_that_names_another_key_than_the_one_that_signs() {
        let crypto = RustCrypto::new();
        let mint = OriginTokenMint::new(&session(), DESK, ORIGIN, &signing_key());
        let other = PrivateKey::ed25519_from_seed(&[2; 32]).unwrap();
        let other = SigningKey::from_private(other, &crypto).unwrap();
        assert!(mint.is_of(&signing_key()));
        let request = OriginRequest { method: "GET", path_and_query: "/" };
        let error = mint.mint(request, [0; 16], NOW, &other, &crypto).unwrap_err();
        assert_eq!(error.code(), "jose.signing_failed");
    }

    #[test]
    fn a_token_serves_one_method_path_origin_and_desk() {
        let token = mint(&REQUEST);
        let check = |expected: ExpectedOriginToken<'_>, code| {
            assert_eq!(verdict(&token, &expected, NOW), code, "{expected:?}");
        };
        check(EXPECTED, "ok");
        for method in ["GET", "post", "POST ", ""] {
            check(ExpectedOriginToken { method, ..EXPECTED }, "session.method_mismatch");
        }
        for path_and_query in [
            "/tickets/17",
            "/tickets/17?reply=2",
            "/tickets/17?reply=1#",
            "/tickets/18?reply=1",
            "/tickets/%317?reply=1",
            "//tickets/17?reply=1",
            "/Tickets/17?reply=1",
            "",
        ] {
            check(ExpectedOriginToken { path_and_query, ..EXPECTED }, "session.path_mismatch");
        }
        for origin in ["https://other.internal", "https://tickets.internal/", DESK] {
            check(ExpectedOriginToken { origin, ..EXPECTED }, "jose.audience_mismatch");
        }
        check(ExpectedOriginToken { desk_url: ORIGIN, ..EXPECTED }, "jose.issuer_mismatch");
    }

    #[test]
    fn a_token_lives_a_minute_and_no_longer_than_its_session() {
        let token = mint(&REQUEST);
        let at = |seconds| NOW.saturating_add(Duration::from_secs(seconds));
        assert_eq!(verdict(&token, &EXPECTED, at(59)), "ok");
        assert_eq!(verdict(&token, &EXPECTED, at(60)), "jose.expired");
        assert_eq!(verdict(&token, &EXPECTED, NOW.saturating_sub(Duration::from_secs(60))), "ok");
        assert_eq!(
            verdict(&token, &EXPECTED, NOW.saturating_sub(Duration::from_secs(61))),
            "jose.issued_in_future"
        );
        let late = session().expires_at().saturating_sub(Duration::from_secs(5));
        let token =
            mint_origin_token(&session(), &REQUEST, late, &signing_key(), &RustCrypto::new())
                .unwrap();
        assert_eq!(verdict(&token, &EXPECTED, session().expires_at()), "jose.expired");
    }

    #[test]
    fn no_token_serves_in_place_of_another() {
        let same = NewOriginToken { origin: DESK, ..REQUEST };
        let origin_token = mint(&same);
        let error = verify_session(&origin_token, &keys(), DESK, NOW, &RustCrypto::new());
        assert_eq!(error.unwrap_err().code(), "jose.type_mismatch");
        let session_token =
            mint_session(&session(), DESK, &signing_key(), &RustCrypto::new()).unwrap();
        let expected = ExpectedOriginToken { origin: DESK, ..EXPECTED };
        assert_eq!(verdict(&session_token, &expected, NOW), "jose.type_mismatch");
    }

    #[test]
    fn the_desk_takes_a_token_for_its_origin_of_any_request_and_none_of_others() {
        let check = |token: &str, origin, now, expected: &str| {
            let verified = verify_origin_token_of_any_request(
                token,
                &keys(),
                DESK,
                origin,
                now,
                &RustCrypto::new(),
            );
            assert_eq!(verified.map_or_else(|error| error.code(), |_| "ok"), expected);
        };
        let token = mint(&REQUEST);
        check(&token, ORIGIN, NOW, "ok");
        check(&token, DESK, NOW, "jose.audience_mismatch");
        check(&token, ORIGIN, NOW.saturating_add(Duration::from_secs(60)), "jose.expired");
        let session_token =
            mint_session(&session(), DESK, &signing_key(), &RustCrypto::new()).unwrap();
        check(&session_token, DESK, NOW, "jose.type_mismatch");
    }

    #[test]
    fn every_changed_byte_is_refused() {
        let token = mint(&REQUEST);
        for index in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[index] = if changed[index] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert_ne!(verdict(&changed, &EXPECTED, NOW), "ok", "{changed}");
        }
    }
}
