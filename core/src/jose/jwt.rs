//! JSON Web Tokens (RFC 7519): a JWS whose payload is a claims set.

use alloc::string::String;

use crate::crypto::Crypto;
use crate::diagnostic::Excerpt;
use crate::jose::claims::Claims;
use crate::jose::json::Object;
use crate::jose::{Error, ExpectedClaims, Header, Keys, Part, SigningKey, sign_jws, verify_jws};
use crate::time::UnixTime;

/// A token whose signature and claims met all demands. Only [`verify_jwt`] makes it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct VerifiedJwt {
    header: Header,
    claims: Claims,
}

impl VerifiedJwt {
    /// The protected header.
    #[must_use]
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// The claims set.
    #[must_use]
    pub const fn claims(&self) -> &Claims {
        &self.claims
    }
}

/// Verifies a JWT: form, header, key, signature, type, claims, in this order.
///
/// # Errors
/// The [`Error`] of the first rule that the token breaks. From [`Error::TypeMismatch`] on, and for all
/// errors about claims, the token is authentic.
pub fn verify_jwt(
    token: &str,
    keys: Keys<'_>,
    expected: &ExpectedClaims<'_>,
    now: UnixTime,
    crypto: &dyn Crypto,
) -> Result<VerifiedJwt, Error> {
    let jws = verify_jws(token, keys, expected.algorithms, crypto)?;
    let header = jws.header().clone();
    check_type(&header, expected.typ)?;
    let claims = Claims::new(Object::parse(jws.payload(), Part::Claims)?);
    claims.check(expected, now)?;
    Ok(VerifiedJwt { header, claims })
}

/// RFC 8725, section 3.11: explicit typing, so that a token for one purpose never serves another.
fn check_type(header: &Header, expected: Option<&str>) -> Result<(), Error> {
    match expected {
        Some(expected) if header.token_type() != Some(expected) => Err(Error::TypeMismatch {
            expected: expected.into(),
            found: Excerpt::new(header.token_type().unwrap_or_default()),
        }),
        _ => Ok(()),
    }
}

/// Makes a JWT of these claims, in their order.
///
/// # Errors
/// As [`sign_jws`].
pub fn sign_jwt(
    claims: &Object,
    typ: &str,
    key: &SigningKey,
    crypto: &dyn Crypto,
) -> Result<String, Error> {
    sign_jws(claims.to_json().as_bytes(), Some(typ), key, crypto)
}
