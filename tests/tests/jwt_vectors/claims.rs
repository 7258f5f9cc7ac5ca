//! The second step: the claims, with what the row demands and nothing else missing.

use std::time::Duration;

use deskgate_core::base64;
use deskgate_core::crypto::{Crypto, JwsAlgorithm, SecretKey};
use deskgate_core::diagnostic::Diagnostic as _;
use deskgate_core::jose::{Claims, ExpectedClaims, Keys, SigningKey, sign_jws, verify_jwt};
use deskgate_core::time::UnixTime;
use deskgate_tests::corpus::Row;
use serde_json::{Map, Value};

use crate::Verdict;

/// Stands for an issuer or audience that neither the row nor its token names.
const ANY: &str = "urn:corpus:any";

pub(crate) fn verdict(token: &str, row: &Row, crypto: &dyn Crypto) -> Verdict {
    let mut segments = token.split('.');
    let header: Value = serde_json::from_slice(&decoded(segments.next())?).unwrap_or_default();
    let payload = decoded(segments.next())?;
    let now = UnixTime::from_seconds(seconds(&row.settings["now"]).unwrap_or_default());
    let (payload, issuer, audience) = match serde_json::from_slice(&payload) {
        Ok(Value::Object(claims)) => {
            let issuer = demanded(&row.settings["issuer"], claims.get("iss"));
            let audience = demanded(&row.settings["audience"], claims.get("aud"));
            let claims = completed(claims, row, now, &issuer, &audience);
            (Value::Object(claims).to_string().into_bytes(), issuer, audience)
        }
        _ => (payload, ANY.to_owned(), ANY.to_owned()),
    };
    let key = SigningKey::from_secret(SecretKey::new(&[1; 32]), JwsAlgorithm::Hs256, None);
    let key = key.expect("a key");
    let signed = sign_jws(&payload, header["typ"].as_str(), &key, crypto);
    let expected = ExpectedClaims {
        algorithms: &[JwsAlgorithm::Hs256],
        audience: &audience,
        issuer: &issuer,
        max_lifetime: None,
        clock_skew: clock_skew(&row.settings),
        typ: row.settings["typ"].as_str(),
    };
    let key = key.verification_key();
    let jwt = verify_jwt(&signed.expect("a token"), Keys::One(&key), &expected, now, crypto);
    callers_rules(jwt.map_err(|error| error.code())?.claims(), row)
}

fn decoded(segment: Option<&str>) -> Result<Vec<u8>, &'static str> {
    base64::decode_url(segment.unwrap_or_default()).map_err(|_| "jose.not_base64url")
}

/// Whole seconds of a time that may have a fraction.
fn seconds(time: &Value) -> Option<u64> {
    time.as_u64().or_else(|| Some(Duration::try_from_secs_f64(time.as_f64()?).ok()?.as_secs()))
}

fn clock_skew(settings: &Value) -> Duration {
    let seconds = settings["leeway_s"].as_u64().map(Duration::from_secs);
    let milliseconds = settings["leeway_ms"].as_u64().map(Duration::from_millis);
    seconds.or(milliseconds).unwrap_or_default()
}

/// The issuer or audience to expect: of the row's alternatives the one that the token has, else the
/// first; where the row has none, the token's own.
fn demanded(setting: &Value, found: Option<&Value>) -> String {
    let found: Vec<&str> = match found {
        Some(Value::Array(values)) => values.iter().filter_map(Value::as_str).collect(),
        Some(value) => value.as_str().into_iter().collect(),
        None => Vec::new(),
    };
    let alternatives = alternatives(setting);
    if alternatives.is_empty() {
        return found.first().unwrap_or(&ANY).to_string();
    }
    let matching = found.iter().find(|text| alternatives.iter().any(|value| matches(value, text)));
    let first = alternatives.iter().find_map(|value| value.as_str());
    matching.copied().or(first).unwrap_or(ANY).to_owned()
}

fn alternatives(setting: &Value) -> Vec<&Value> {
    match setting {
        Value::Null => Vec::new(),
        Value::Array(values) => values.iter().collect(),
        value => vec![value],
    }
}

/// A string, or a regular expression of the three simple forms that the rows have.
fn matches(alternative: &Value, text: &str) -> bool {
    let Some(pattern) = alternative["re"].as_str() else { return alternative == text };
    let pattern = pattern.trim_start_matches('/').trim_end_matches(['g', 'y']);
    let pattern = pattern.trim_end_matches('/');
    match (pattern.strip_prefix('^'), pattern.strip_suffix('$')) {
        (Some(pattern), Some(_)) => pattern.strip_suffix('$') == Some(text),
        (Some(prefix), None) => text.starts_with(prefix),
        _ => text.contains(pattern),
    }
}

/// Adds the claims that only our rules demand, and takes away what the row's library did not look at.
fn completed(
    mut claims: Map<String, Value>,
    row: &Row,
    now: UnixTime,
    issuer: &str,
    audience: &str,
) -> Map<String, Value> {
    let is_in = |list: &Value, name: &str| {
        list.as_array().is_some_and(|names| names.iter().any(|value| value == name))
    };
    let settings = &row.settings;
    if is_in(&settings["skip_checks"], "verify_exp") {
        claims.remove("exp");
    }
    if is_in(&settings["skip_checks"], "ignoreNotBefore") {
        claims.remove("nbf");
    }
    let required = |name| is_in(&settings["require"], name);
    if settings["issuer"].is_null() && !required("iss") {
        claims.entry("iss").or_insert_with(|| issuer.into());
    }
    if settings["audience"].is_null() && !required("aud") {
        claims.entry("aud").or_insert_with(|| audience.into());
    }
    if !required("exp") {
        let max_age = settings["max_age_ms"].as_u64().map(|age| age / 1000);
        let by_age = max_age.and_then(|age| Some(claims.get("iat")?.as_u64()? + age));
        let exp = by_age.unwrap_or_else(|| now.seconds() + 60);
        claims.entry("exp").or_insert_with(|| exp.into());
    }
    claims
}

/// What a caller of ours compares by itself: claims that only some tokens have.
fn callers_rules(claims: &Claims, row: &Row) -> Verdict {
    for (setting, claim) in [("subject", "sub"), ("jti", "jti"), ("nonce", "nonce")] {
        let alternatives = alternatives(&row.settings[setting]);
        if alternatives.is_empty() {
            continue;
        }
        let found = claims.required_string(claim).map_err(|error| error.code())?;
        if !alternatives.iter().any(|value| matches(value, found)) {
            return Err("a claim that the caller compares");
        }
    }
    let names = row.settings["require"].as_array();
    let mut names = names.into_iter().flatten().filter_map(Value::as_str);
    if names.any(|name| claims.as_object().member(name).is_none()) {
        return Err("a claim that the caller requires");
    }
    Ok(())
}
