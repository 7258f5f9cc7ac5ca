//! The claims set (RFC 7519, section 4) and the rules that every verifier applies to it.

use alloc::vec::Vec;
use core::time::Duration;

use crate::crypto::JwsAlgorithm;
use crate::diagnostic::Excerpt;
use crate::jose::Error;
use crate::jose::json::{Object, Value};
use crate::time::UnixTime;

/// Most tolerance for an issuer whose clock is ahead of ours. More counts as this much.
pub const MAX_CLOCK_SKEW: Duration = Duration::from_secs(60);

/// Largest NumericDate: the integers that every JSON reader holds exactly.
const MAX_NUMERIC_DATE: u64 = (1 << 53) - 1;

/// What a verifier demands of a token. There is no default: each of these is a decision.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "a new demand has to be decided by every verifier")]
pub struct ExpectedClaims<'a> {
    /// Algorithms that are accepted; the key's own algorithm must be one of them.
    pub algorithms: &'a [JwsAlgorithm],
    /// `aud` must be this string, or an array that contains it.
    pub audience: &'a str,
    /// `iss` must be this string.
    pub issuer: &'a str,
    /// `exp - iat` must not be more; `iat` is then required. `None`: the issuer decides.
    pub max_lifetime: Option<Duration>,
    /// How far `iat` and `nbf` may lie in the future, at most [`MAX_CLOCK_SKEW`]. There is no
    /// tolerance after `exp`.
    pub clock_skew: Duration,
    /// `typ` of the header must be this, byte for byte. `None`: it is not looked at.
    pub typ: Option<&'a str>,
}

/// A claims set with typed access. A claim of the wrong type is an error, never an absent claim
/// (CVE-2026-25537).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    object: Object,
}

impl Claims {
    pub(crate) const fn new(object: Object) -> Self {
        Self { object }
    }

    /// The whole claims set.
    #[must_use]
    pub const fn as_object(&self) -> &Object {
        &self.object
    }

    /// A claim that is a string without control characters, if present.
    ///
    /// # Errors
    /// [`Error::ClaimMalformed`].
    pub fn string(&self, claim: &'static str) -> Result<Option<&str>, Error> {
        string_member(&self.object, claim)
    }

    /// A string that has to be there.
    ///
    /// # Errors
    /// [`Error::ClaimMissing`], [`Error::ClaimMalformed`].
    pub fn required_string(&self, claim: &'static str) -> Result<&str, Error> {
        self.string(claim)?.ok_or(Error::ClaimMissing { claim })
    }

    /// A NumericDate in whole seconds from 1970 on, if present. Fractions, which RFC 7519 allows, are
    /// refused: libraries round them differently.
    ///
    /// # Errors
    /// [`Error::ClaimMalformed`].
    pub fn numeric_date(&self, claim: &'static str) -> Result<Option<UnixTime>, Error> {
        match self.object.member(claim) {
            None => Ok(None),
            Some(Value::Number(number)) => number
                .as_u64()
                .filter(|seconds| *seconds <= MAX_NUMERIC_DATE)
                .map(|seconds| Some(UnixTime::from_seconds(seconds)))
                .ok_or(Error::ClaimMalformed { claim }),
            Some(_) => Err(Error::ClaimMalformed { claim }),
        }
    }

    /// A NumericDate that has to be there.
    ///
    /// # Errors
    /// [`Error::ClaimMissing`], [`Error::ClaimMalformed`].
    pub fn required_numeric_date(&self, claim: &'static str) -> Result<UnixTime, Error> {
        self.numeric_date(claim)?.ok_or(Error::ClaimMissing { claim })
    }

    /// A claim that is an object, if present.
    ///
    /// # Errors
    /// [`Error::ClaimMalformed`].
    pub fn object(&self, claim: &'static str) -> Result<Option<&Object>, Error> {
        match self.object.member(claim) {
            None => Ok(None),
            Some(Value::Object(object)) => Ok(Some(object)),
            Some(_) => Err(Error::ClaimMalformed { claim }),
        }
    }

    /// Applies all rules but those on the header.
    pub(super) fn check(&self, expected: &ExpectedClaims<'_>, now: UnixTime) -> Result<(), Error> {
        self.check_issuer(expected.issuer)?;
        self.check_audience(expected.audience)?;
        // Claims that no rule below needs still have to be what RFC 7519 says they are.
        self.string("sub")?;
        self.string("jti")?;
        let clock_skew = expected.clock_skew.min(MAX_CLOCK_SKEW);
        self.check_expiry(now)?;
        self.check_not_before(now, clock_skew)?;
        self.check_issued_at(now, clock_skew)?;
        self.check_lifetime(expected.max_lifetime)
    }

    /// RFC 7519, section 4.1.1. No normalization, no prefix, no array (CVE-2024-53861).
    fn check_issuer(&self, expected: &str) -> Result<(), Error> {
        let found = self.required_string("iss")?;
        if found == expected {
            return Ok(());
        }
        Err(Error::IssuerMismatch { expected: expected.into(), found: found.into() })
    }

    /// RFC 7519, section 4.1.3.
    fn check_audience(&self, expected: &str) -> Result<(), Error> {
        let malformed = Error::ClaimMalformed { claim: "aud" };
        let audiences = match self.object.member("aud") {
            None => return Err(Error::ClaimMissing { claim: "aud" }),
            Some(Value::String(audience)) => Vec::from([audience.as_str()]),
            Some(Value::Array(values)) => values
                .iter()
                .map(Value::as_str)
                .collect::<Option<Vec<_>>>()
                .ok_or_else(|| malformed.clone())?,
            Some(_) => return Err(malformed),
        };
        if audiences.contains(&expected) {
            return Ok(());
        }
        let first = audiences.first().copied().unwrap_or_default();
        Err(Error::AudienceMismatch { expected: expected.into(), found: Excerpt::new(first) })
    }

    /// RFC 7519, section 4.1.4: "on or after" `exp` the token is not accepted. `exp` is required.
    fn check_expiry(&self, now: UnixTime) -> Result<(), Error> {
        let expires_at = self.required_numeric_date("exp")?;
        if now < expires_at { Ok(()) } else { Err(Error::Expired { now, expires_at }) }
    }

    /// RFC 7519, section 4.1.5.
    fn check_not_before(&self, now: UnixTime, clock_skew: Duration) -> Result<(), Error> {
        match self.numeric_date("nbf")? {
            Some(not_before) if not_before > now.saturating_add(clock_skew) => {
                Err(Error::NotYetValid { now, not_before })
            }
            _ => Ok(()),
        }
    }

    /// RFC 7519, section 4.1.6, made a rule: a token from the future was not issued by a right clock.
    fn check_issued_at(&self, now: UnixTime, clock_skew: Duration) -> Result<(), Error> {
        match self.numeric_date("iat")? {
            Some(issued_at) if issued_at > now.saturating_add(clock_skew) => {
                Err(Error::IssuedInFuture { now, issued_at })
            }
            _ => Ok(()),
        }
    }

    /// A token that lives longer than the verifier ever issues was made by somebody else's rules.
    fn check_lifetime(&self, maximum: Option<Duration>) -> Result<(), Error> {
        let Some(maximum) = maximum else { return Ok(()) };
        let issued_at = self.required_numeric_date("iat")?;
        let found = self.required_numeric_date("exp")?.saturating_since(issued_at);
        if found <= maximum { Ok(()) } else { Err(Error::LifetimeTooLong { maximum, found }) }
    }
}

/// A member that is a string without control characters, if present.
///
/// # Errors
/// [`Error::ClaimMalformed`].
pub(crate) fn string_member<'o>(
    object: &'o Object,
    claim: &'static str,
) -> Result<Option<&'o str>, Error> {
    match object.member(claim) {
        None => Ok(None),
        Some(Value::String(text)) if !text.chars().any(char::is_control) => Ok(Some(text)),
        Some(_) => Err(Error::ClaimMalformed { claim }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Diagnostic as _;
    use crate::jose::Part;
    use std::format;
    use std::string::String;

    /// 2026-11-21T12:00:00Z.
    const NOW: u64 = 1_795_262_400;

    #[track_caller]
    fn check(claims: &str, expected: &str) {
        let rules = ExpectedClaims {
            algorithms: &[],
            audience: "https://tickets.internal",
            issuer: "https://help.contoso.com",
            max_lifetime: Some(Duration::from_secs(3600)),
            clock_skew: Duration::from_secs(600),
            typ: None,
        };
        let object = Object::parse(claims.as_bytes(), Part::Claims).unwrap();
        let found = match Claims::new(object).check(&rules, UnixTime::from_seconds(NOW)) {
            Ok(()) => "ok",
            Err(error) => error.code(),
        };
        assert_eq!(found, expected, "{claims}");
    }

    /// The claims of a valid token with one claim replaced, or left out where `value` is empty.
    fn with(claim: &str, value: &str) -> String {
        let mut members = std::vec![
            ("iss", String::from(r#""https://help.contoso.com""#)),
            ("aud", String::from(r#""https://tickets.internal""#)),
            ("sub", String::from(r#""bsimon""#)),
            ("iat", format!("{}", NOW - 10)),
            ("exp", format!("{}", NOW + 50)),
            ("nbf", format!("{}", NOW - 10)),
            ("jti", String::from(r#""1""#)),
        ];
        members.retain(|(name, _)| *name != claim);
        if !value.is_empty() {
            members.push((claim, String::from(value)));
        }
        let members: Vec<String> =
            members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
        format!("{{{}}}", members.join(","))
    }

    #[test]
    fn what_a_token_needs() {
        check(&with("other", "{}"), "ok");
        for claim in ["iss", "aud", "exp", "iat"] {
            check(&with(claim, ""), "jose.claim_missing");
        }
        for claim in ["sub", "nbf", "jti"] {
            check(&with(claim, ""), "ok");
        }
    }

    #[test]
    fn a_claim_of_the_wrong_type_is_never_an_absent_claim() {
        for claim in ["exp", "nbf", "iat"] {
            for value in [
                "null",
                "\"1795262400\"",
                "1795262400.5",
                "1795262400.0",
                "1e9",
                "-1",
                "true",
                "[1795262400]",
                "{}",
                "9007199254740992",
                "18446744073709551616",
            ] {
                check(&with(claim, value), "jose.claim_malformed");
            }
        }
        for claim in ["iss", "sub", "jti"] {
            for value in
                ["null", "1", "[\"https://help.contoso.com\"]", "{}", "\"a\\u0000\"", "\"a\\nb\""]
            {
                check(&with(claim, value), "jose.claim_malformed");
            }
        }
        for value in ["null", "1", "{}", "[1]", "[\"https://tickets.internal\",null]"] {
            check(&with("aud", value), "jose.claim_malformed");
        }
    }

    #[test]
    fn the_issuer_is_compared_byte_for_byte() {
        for issuer in [
            "",
            "https://help.contoso.com/",
            "https://HELP.contoso.com",
            "https://help.contoso.co",
            "https://help.contoso.com.evil.example",
            "help.contoso.com",
            " https://help.contoso.com",
        ] {
            check(&with("iss", &format!("\"{issuer}\"")), "jose.issuer_mismatch");
        }
    }

    #[test]
    fn one_audience_must_be_ours_byte_for_byte() {
        check(&with("aud", r#"["x","https://tickets.internal"]"#), "ok");
        for audience in [
            r#""""#,
            "[]",
            r#"["x"]"#,
            r#""https://tickets.internal/""#,
            r#""https://tickets""#,
            r#"["https://tickets.internal https://tickets.internal"]"#,
        ] {
            check(&with("aud", audience), "jose.audience_mismatch");
        }
    }

    #[test]
    fn exp_is_exclusive_and_without_tolerance() {
        check(&with("exp", &format!("{}", NOW + 1)), "ok");
        check(&with("exp", &format!("{NOW}")), "jose.expired");
        check(&with("exp", "0"), "jose.expired");
    }

    #[test]
    fn nbf_and_iat_may_be_ahead_by_the_capped_skew() {
        for (claim, code) in [("nbf", "jose.not_yet_valid"), ("iat", "jose.issued_in_future")] {
            check(&with(claim, &format!("{}", NOW + 60)), "ok");
            check(&with(claim, &format!("{}", NOW + 61)), code);
            check(&with(claim, "9007199254740991"), code);
        }
    }

    #[test]
    fn the_lifetime_is_limited() {
        check(&with("exp", &format!("{}", NOW - 10 + 3600)), "ok");
        check(&with("exp", &format!("{}", NOW - 10 + 3601)), "jose.lifetime_too_long");
        check(&with("exp", "9007199254740991"), "jose.lifetime_too_long");
    }
}
