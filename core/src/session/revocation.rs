//! Global Token Revocation: an identity provider ends what one of its people has here, without a browser
//! (draft-parecki-oauth-global-token-revocation-06, as Okta's Universal Logout sends it).
//!
//! The identity provider authenticates by a JWT of its own, signed with the key that signs its assertions:
//! whoever can end sessions by it could sign in as the same people. So the certificates of the connection
//! are all the keys that there are, and nothing is fetched.

use alloc::string::String;
use core::time::Duration;

use crate::crypto::{Crypto, JwsAlgorithm, PublicKey};
use crate::diagnostic::Excerpt;
use crate::jose::json::{Object, Value};
use crate::jose::{
    self, ExpectedClaims, Jwk, Keys, MAX_CLOCK_SKEW, Part, VerifiedJwt, string_member, verify_jwt,
};
use crate::session::Error;
use crate::time::UnixTime;

/// `typ` of the token.
const TYPE: &str = "global-token-revocation+jwt";

/// Longest life of a token. Okta's live for five minutes.
pub const MAX_REVOCATION_TOKEN_LIFETIME: Duration = Duration::from_secs(600);

/// What the token has to be.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "a new demand has to be decided by the verifier")]
pub struct ExpectedRevocation<'a> {
    /// Entity ID of the identity provider: `iss`.
    pub idp_entity_id: &'a str,
    /// The address that was called, which is of one connection: `aud`.
    pub endpoint: &'a str,
    /// The keys of the connection.
    pub keys: &'a [PublicKey],
}

/// A verified token, good for one request: the caller remembers its ID.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct RevocationToken {
    id: String,
    expires_at: UnixTime,
}

impl RevocationToken {
    /// `jti`, to be accepted once until [`RevocationToken::expires_at`].
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

/// Verifies the token that came with a request.
///
/// # Errors
/// [`Error::Jose`].
pub fn verify_revocation_token(
    token: &str,
    expected: &ExpectedRevocation<'_>,
    now: UnixTime,
    crypto: &dyn Crypto,
) -> Result<RevocationToken, Error> {
    let claims = ExpectedClaims {
        algorithms: &[JwsAlgorithm::Rs256],
        audience: expected.endpoint,
        issuer: expected.idp_entity_id,
        max_lifetime: Some(MAX_REVOCATION_TOKEN_LIFETIME),
        clock_skew: MAX_CLOCK_SKEW,
        typ: Some(TYPE),
    };
    let jwt = signed_by_any(token, expected.keys, &claims, now, crypto)?;
    Ok(RevocationToken {
        id: String::from(jwt.claims().required_string("jti")?),
        expires_at: jwt.claims().required_numeric_date("exp")?,
    })
}

/// Certificates have no `kid`, so each key of the connection is tried, as for the signatures of XML.
fn signed_by_any(
    token: &str,
    keys: &[PublicKey],
    claims: &ExpectedClaims<'_>,
    now: UnixTime,
    crypto: &dyn Crypto,
) -> Result<VerifiedJwt, Error> {
    let mut refused = jose::Error::SignatureInvalid;
    for key in keys {
        let key = Jwk::from_public(key.clone(), None)?;
        match verify_jwt(token, Keys::One(&key), claims, now, crypto) {
            // Another key may fit.
            Err(
                error @ (jose::Error::AlgorithmMismatch { .. } | jose::Error::SignatureInvalid),
            ) => {
                refused = error;
            }
            verdict => return Ok(verdict?),
        }
    }
    Err(refused.into())
}

/// Who is meant (RFC 9493, section 3), in the two formats that say it among identity providers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SubjectIdentifier {
    /// By an e-mail address (section 3.2.2).
    Email(String),
    /// By what an issuer calls the person (section 3.2.4): a NameID, or what never changes.
    IssuerAndSubject {
        /// Who calls the person so.
        issuer: String,
        /// How.
        subject: String,
    },
}

impl SubjectIdentifier {
    /// Reads the body of the request.
    ///
    /// # Errors
    /// [`Error::Jose`] for what is no JSON object, [`Error::RevocationMalformed`],
    /// [`Error::SubjectFormatUnknown`].
    pub fn of_request(body: &[u8]) -> Result<Self, Error> {
        let request = Object::parse(body, Part::Claims)?;
        let Some(Value::Object(identifier)) = request.member("sub_id") else {
            return Err(Error::RevocationMalformed { member: "sub_id" });
        };
        let member = |name: &'static str| match string_member(identifier, name) {
            Ok(Some(text)) if !text.is_empty() => Ok(String::from(text)),
            _ => Err(Error::RevocationMalformed { member: name }),
        };
        match member("format")?.as_str() {
            "email" => Ok(Self::Email(member("email")?)),
            "iss_sub" => {
                Ok(Self::IssuerAndSubject { issuer: member("iss")?, subject: member("sub")? })
            }
            other => Err(Error::SubjectFormatUnknown { found: Excerpt::new(other) }),
        }
    }
}
