//! JSON Web Tokens (RFC 7519): a JWS whose payload is a claims set.

use alloc::string::String;

use crate::crypto::Crypto;
use crate::diagnostic::Excerpt;
use crate::jose::claims::Claims;
use crate::jose::json::Object;
use crate::jose::jws::decode_segments;
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

/// What a token says about itself, unverified: only for showing to people.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnverifiedJwt {
    /// The protected header, with parameters that no verifier here accepts.
    pub header: Object,
    /// The claims set.
    pub claims: Object,
}

/// Reads a token without any key. Whoever made it may have written anything.
///
/// # Errors
/// The [`Error`] of the first rule about its form that the token breaks.
pub fn decode_unverified(token: &str) -> Result<UnverifiedJwt, Error> {
    let [header, claims, _] = decode_segments(token)?;
    Ok(UnverifiedJwt {
        header: Object::parse(&header, Part::Header)?,
        claims: Object::parse(&claims, Part::Claims)?,
    })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base64;
    use crate::diagnostic::Diagnostic as _;

    #[track_caller]
    fn check(token: &str, expected: &str) {
        let found = match decode_unverified(token) {
            Ok(token) => std::format!("{} {}", token.header.to_json(), token.claims.to_json()),
            Err(error) => String::from(error.code()),
        };
        assert_eq!(found, expected, "{token}");
    }

    fn token(header: &str, claims: &str) -> String {
        let [header, claims] = [header, claims].map(|json| base64::encode_url(json.as_bytes()));
        std::format!("{header}.{claims}.")
    }

    #[test]
    fn a_token_is_read_without_a_key_whatever_it_says() {
        let header = r#"{"alg":"none","crit":["x"],"jwk":{}}"#;
        check(&token(header, r#"{"sub":1.5}"#), &std::format!(r#"{header} {{"sub":1.5}}"#));
    }

    #[test]
    fn what_is_no_token_is_refused() {
        check("", "jose.segment_count");
        check(&std::format!("{}.", token("{}", "{}")), "jose.segment_count");
        check("e30=.e30.", "jose.not_base64url");
        check("e30.e30.!", "jose.not_base64url");
        check(&token("[]", "{}"), "jose.json_malformed");
        check(&token("{}", r#"{"sub":1,"sub":2}"#), "jose.duplicate_member");
        check(&"a".repeat(8 * 1024 + 1), "jose.too_long");
    }
}
