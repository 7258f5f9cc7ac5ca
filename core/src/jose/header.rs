//! The protected header of a JWS (RFC 7515, section 4).

use alloc::string::String;

use crate::crypto::JwsAlgorithm;
use crate::diagnostic::Excerpt;
use crate::jose::json::{Object, Value};
use crate::jose::{Error, Part};

/// Parameters that change how a token is verified (`crit`, `b64`, `zip`, `enc` of a JWE) or that
/// bring or fetch a key (CVE-2018-0114). Refused when present, whatever their value.
const REFUSED: [&str; 8] = ["b64", "crit", "enc", "jku", "jwk", "x5c", "x5u", "zip"];

/// Longest `kid`, in bytes. A thumbprint has 43, a URI as `kid` about 100.
pub(super) const MAX_KEY_ID_BYTES: usize = 256;

/// The parameters that we read. Others that do not matter to verification are ignored, as RFC 7515,
/// section 4, demands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    pub(super) algorithm: JwsAlgorithm,
    pub(super) kid: Option<String>,
    pub(super) typ: Option<String>,
}

impl Header {
    /// `alg`, which was one of the verifier's list and the algorithm of the key.
    #[must_use]
    pub const fn algorithm(&self) -> JwsAlgorithm {
        self.algorithm
    }

    /// `kid`.
    #[must_use]
    pub fn key_id(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// `typ`.
    #[must_use]
    pub fn token_type(&self) -> Option<&str> {
        self.typ.as_deref()
    }

    /// Reads the header and refuses algorithms outside of `allowed` before any key is looked at.
    pub(super) fn parse(bytes: &[u8], allowed: &[JwsAlgorithm]) -> Result<Self, Error> {
        let object = Object::parse(bytes, Part::Header)?;
        if let Some(name) = REFUSED.into_iter().find(|name| object.member(name).is_some()) {
            return Err(Error::HeaderParameterRefused { name });
        }
        let alg = text(&object, "alg")?.ok_or(Error::HeaderParameterMalformed { name: "alg" })?;
        let algorithm = JwsAlgorithm::from_name(&alg)
            .filter(|algorithm| allowed.contains(algorithm))
            .ok_or_else(|| Error::AlgorithmNotAllowed { found: Excerpt::new(&alg) })?;
        let kid = text(&object, "kid")?;
        if kid.as_ref().is_some_and(|kid| kid.is_empty() || kid.len() > MAX_KEY_ID_BYTES) {
            return Err(Error::HeaderParameterMalformed { name: "kid" });
        }
        Ok(Self { algorithm, kid, typ: text(&object, "typ")? })
    }

    /// The header as we write it: `alg`, `typ`, `kid`.
    pub(super) fn to_json(&self) -> String {
        Object::new()
            .with("alg", self.algorithm.name())
            .with_some("typ", self.typ.as_deref())
            .with_some("kid", self.kid.as_deref())
            .to_json()
    }
}

fn text(object: &Object, name: &'static str) -> Result<Option<String>, Error> {
    match object.member(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(Error::HeaderParameterMalformed { name }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Diagnostic as _;

    #[track_caller]
    fn check(json: &str, expected: &str) {
        let found = match Header::parse(json.as_bytes(), &[JwsAlgorithm::EdDsa]) {
            Ok(_) => "ok",
            Err(error) => error.code(),
        };
        assert_eq!(found, expected, "{json}");
    }

    #[test]
    fn a_header_names_an_allowed_algorithm() {
        check(r#"{"alg":"EdDSA"}"#, "ok");
        check(r#"{"alg":"EdDSA","typ":"JWT","kid":"a","cty":"x","x5t":"y","other":{}}"#, "ok");
        check(r#"{}"#, "jose.header_parameter_malformed");
        check(r#"{"alg":["EdDSA"]}"#, "jose.header_parameter_malformed");
        for alg in
            ["none", "NoNe", "", "eddsa", "Ed25519", "RS256", "HS256", "ES256", "PS256", "EdDSA "]
        {
            check(&std::format!(r#"{{"alg":"{alg}"}}"#), "jose.algorithm_not_allowed");
        }
    }

    #[test]
    fn parameters_that_steer_verification_are_refused_with_any_value() {
        for name in REFUSED {
            for value in ["null", "[]", "true", "\"\"", "{}", "[\"exp\"]"] {
                check(
                    &std::format!(r#"{{"alg":"EdDSA","{name}":{value}}}"#),
                    "jose.header_parameter_refused",
                );
            }
        }
    }

    #[test]
    fn key_ids_and_types_are_strings() {
        for json in [
            r#"{"alg":"EdDSA","kid":1}"#,
            r#"{"alg":"EdDSA","kid":null}"#,
            r#"{"alg":"EdDSA","kid":""}"#,
            r#"{"alg":"EdDSA","kid":["a"]}"#,
            r#"{"alg":"EdDSA","typ":null}"#,
        ] {
            check(json, "jose.header_parameter_malformed");
        }
        let long = "a".repeat(MAX_KEY_ID_BYTES + 1);
        check(
            &std::format!(r#"{{"alg":"EdDSA","kid":"{long}"}}"#),
            "jose.header_parameter_malformed",
        );
    }

    #[test]
    fn what_is_written_is_read_again() {
        let header = Header {
            algorithm: JwsAlgorithm::EdDsa,
            kid: Some("k\"1".into()),
            typ: Some("deskgate-session+jwt".into()),
        };
        assert_eq!(
            header.to_json(),
            r#"{"alg":"EdDSA","typ":"deskgate-session+jwt","kid":"k\"1"}"#
        );
        assert_eq!(Header::parse(header.to_json().as_bytes(), &[JwsAlgorithm::EdDsa]), Ok(header));
    }
}
