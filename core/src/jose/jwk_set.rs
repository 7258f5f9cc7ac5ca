//! JWK Sets (RFC 7517, section 5): the keys among which `kid` selects.

use alloc::string::String;
use alloc::vec::Vec;

use crate::diagnostic::Excerpt;
use crate::jose::json::{Object, Value};
use crate::jose::jwk::{JwkKind, text};
use crate::jose::{Error, Jwk, Part};

/// Most bytes of a set. Large providers publish 10 to 20 keys of 500 bytes, some with certificates.
pub const MAX_JWK_SET_BYTES: usize = 64 * 1024;

/// Most keys of a set.
pub const MAX_KEYS: usize = 64;

/// Keys with different names: all public, or all shared secrets.
#[derive(Clone, Debug, Default)]
pub struct JwkSet {
    keys: Vec<Jwk>,
}

impl JwkSet {
    /// A set of these keys, each of which needs a `kid`.
    ///
    /// # Errors
    /// [`Error::DuplicateKeyId`], [`Error::KeyMemberMalformed`] for a key without `kid`,
    /// [`Error::KeySetMixed`], [`Error::TooManyKeys`].
    pub fn new(keys: Vec<Jwk>) -> Result<Self, Error> {
        if keys.len() > MAX_KEYS {
            return Err(Error::TooManyKeys { limit: MAX_KEYS });
        }
        // A published set with a secret in it has published the secret.
        let public = keys.iter().filter(|key| key.public_key().is_some()).count();
        if public != 0 && public != keys.len() {
            return Err(Error::KeySetMixed);
        }
        let mut set = Self { keys: Vec::with_capacity(keys.len()) };
        for key in keys {
            let kid = key.key_id().ok_or(Error::KeyMemberMalformed { member: "kid" })?;
            if set.key(kid).is_some() {
                return Err(Error::DuplicateKeyId { kid: Excerpt::new(kid) });
            }
            set.keys.push(key);
        }
        Ok(set)
    }

    /// Reads a set and keeps the keys that can verify tokens here.
    ///
    /// Keys of other kinds, for encryption or without `kid` are left out, as RFC 7517, section 5,
    /// advises. A malformed key, a private key or a duplicate `kid` refuses the set.
    ///
    /// # Errors
    /// As [`JwkSet::new`] and [`Jwk::parse`]; [`Error::TooLong`].
    pub fn parse(json: &[u8], kinds: &[JwkKind]) -> Result<Self, Error> {
        if json.len() > MAX_JWK_SET_BYTES {
            return Err(Error::TooLong { limit: MAX_JWK_SET_BYTES, found: json.len() });
        }
        let object = Object::parse(json, Part::JwkSet)?;
        let Some(Value::Array(values)) = object.member("keys") else {
            return Err(Error::KeyMemberMalformed { member: "keys" });
        };
        if values.len() > MAX_KEYS {
            return Err(Error::TooManyKeys { limit: MAX_KEYS });
        }
        let mut keys = Vec::new();
        let mut names: Vec<&str> = Vec::new();
        for value in values {
            let Value::Object(object) = value else {
                return Err(Error::KeyMemberMalformed { member: "keys" });
            };
            let Some(kid) = text(object, "kid")? else { continue };
            // Also among keys that are left out: whoever reads them must see the same one.
            if names.contains(&kid) {
                return Err(Error::DuplicateKeyId { kid: Excerpt::new(kid) });
            }
            names.push(kid);
            match Jwk::from_object(object, kinds) {
                Ok(key) => keys.push(key),
                Err(Error::KeyUnsupported) => {}
                Err(error) => return Err(error),
            }
        }
        Self::new(keys)
    }

    /// The key of exactly this name.
    #[must_use]
    pub fn key(&self, kid: &str) -> Option<&Jwk> {
        self.keys.iter().find(|key| key.key_id() == Some(kid))
    }

    /// All keys in order.
    #[must_use]
    pub fn keys(&self) -> &[Jwk] {
        &self.keys
    }

    /// The public keys of the set as JSON, for `jwks.json`. Shared secrets are left out.
    #[must_use]
    pub fn to_json(&self) -> String {
        let keys: Vec<Value> =
            self.keys.iter().filter_map(Jwk::to_object).map(Value::Object).collect();
        Object::new().with("keys", keys).to_json()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::{JwsAlgorithm, SecretKey};
    use crate::diagnostic::Diagnostic as _;
    use std::format;

    const KEY: &str = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","kid":"a"}"#;

    #[track_caller]
    fn check(json: &str, expected: Result<usize, &str>) {
        let found = JwkSet::parse(json.as_bytes(), JwkKind::PUBLIC);
        let found = found.map(|set| set.keys().len()).map_err(|error| error.code());
        assert_eq!(found, expected, "{json}");
    }

    #[test]
    fn usable_keys_are_kept_and_others_left_out() {
        check(&format!(r#"{{"keys":[{KEY}]}}"#), Ok(1));
        check(r#"{"keys":[]}"#, Ok(0));
        let other = KEY.replace("\"a\"", "\"b\"");
        check(&format!(r#"{{"keys":[{KEY},{other}],"x":1}}"#), Ok(2));
        let unknown = r#"{"kty":"AKP","kid":"c"}"#;
        let encryption = other.replace("}", r#","use":"enc"}"#);
        let nameless = KEY.replace(r#","kid":"a""#, "");
        check(&format!(r#"{{"keys":[{unknown},{encryption},{nameless},{KEY}]}}"#), Ok(1));
        let secret = r#"{"kty":"oct","kid":"s","alg":"HS256","k":"AA"}"#;
        check(&format!(r#"{{"keys":[{secret},{KEY}]}}"#), Ok(1));
    }

    #[test]
    fn a_repeated_key_id_refuses_the_set() {
        check(&format!(r#"{{"keys":[{KEY},{KEY}]}}"#), Err("jose.duplicate_key_id"));
        let unknown = r#"{"kty":"AKP","kid":"a"}"#;
        check(&format!(r#"{{"keys":[{KEY},{unknown}]}}"#), Err("jose.duplicate_key_id"));
    }

    #[test]
    fn a_malformed_set_is_refused() {
        for json in [r#"{}"#, r#"{"keys":{}}"#, r#"{"keys":[1]}"#, r#"{"keys":null}"#] {
            check(json, Err("jose.key_member_malformed"));
        }
        check("[]", Err("jose.json_malformed"));
        check(r#"{"keys":[],"keys":[]}"#, Err("jose.duplicate_member"));
        let private = KEY.replace("}", r#","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"}"#);
        check(&format!(r#"{{"keys":[{private}]}}"#), Err("jose.key_private"));
        let many = std::vec!["{}"; MAX_KEYS + 1].join(",");
        check(&format!(r#"{{"keys":[{many}]}}"#), Err("jose.too_many_keys"));
        check(&" ".repeat(MAX_JWK_SET_BYTES + 1), Err("jose.too_long"));
    }

    #[test]
    fn a_set_is_public_or_secret() {
        let secret = |kid| {
            Jwk::from_secret(SecretKey::new(&[7; 32]), JwsAlgorithm::Hs256, Some(kid)).unwrap()
        };
        let public = Jwk::parse(KEY.as_bytes(), JwkKind::PUBLIC).unwrap();
        let mixed = JwkSet::new(std::vec![secret("s"), public.clone()]);
        assert_eq!(mixed.unwrap_err(), Error::KeySetMixed);
        let secrets = JwkSet::new(std::vec![secret("s"), secret("t")]).unwrap();
        assert_eq!(secrets.to_json(), r#"{"keys":[]}"#);
        assert_eq!(
            JwkSet::new(std::vec![public]).unwrap().to_json(),
            r#"{"keys":[{"crv":"Ed25519","kty":"OKP","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","kid":"a","use":"sig","alg":"EdDSA"}]}"#
        );
    }
}
