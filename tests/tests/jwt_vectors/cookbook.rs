//! The examples of RFC 7520 and its companions: a key, an input and the output in several forms.

use deskgate_core::crypto::{Crypto, JwsAlgorithm};
use deskgate_core::diagnostic::Diagnostic as _;
use deskgate_core::jose::{Jwk, JwkKind, Keys, verify_jws};
use serde_json::Value;

use crate::Verdict;

/// A key alone is read; of an example the compact form is verified, and its payload has to come out.
pub(crate) fn verdict(file: &[u8], crypto: &dyn Crypto) -> Verdict {
    let example: Value = serde_json::from_slice(file).expect("JSON");
    if example.get("kty").is_some() {
        return Jwk::parse(file, JwkKind::ALL).map(|_| ()).map_err(|error| error.code());
    }
    let part = if example["sign"].is_object() { &example["sign"] } else { &example };
    let output = if example["encrypt"].is_object() { &example["encrypt"] } else { part };
    let Some(token) = output["output"]["compact"].as_str() else {
        return Err("no compact serialization");
    };
    if token.split('.').count() == 5 {
        // Encrypted: no key of ours is for that, and the form is refused before any.
        let key = Jwk::parse(OTHER_KEY.as_bytes(), JwkKind::ALL).expect("a key");
        let verified = verify_jws(token, Keys::One(&key), &JwsAlgorithm::ALL, crypto);
        return verified.map(|_| ()).map_err(|error| error.code());
    }
    let key = public(&part["input"]["key"]);
    let key = Jwk::parse(key.to_string().as_bytes(), JwkKind::ALL).map_err(|error| error.code())?;
    let verified = verify_jws(token, Keys::One(&key), &JwsAlgorithm::ALL, crypto);
    let verified = verified.map_err(|error| error.code())?;
    assert_eq!(Some(verified.payload()), part["input"]["payload"].as_str().map(str::as_bytes));
    Ok(())
}

/// RFC 8037, A.2.
const OTHER_KEY: &str =
    r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;

/// The examples give the key that signs; without these members it verifies.
fn public(key: &Value) -> Value {
    let mut key = key.clone();
    if let Some(members) = key.as_object_mut() {
        members.retain(|name, _| !matches!(&**name, "d" | "p" | "q" | "dp" | "dq" | "qi"));
    }
    key
}
