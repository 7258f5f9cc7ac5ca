//! The first step: form, header, key and signature of the token as it is.

use deskgate_core::base64;
use deskgate_core::crypto::{Crypto, InvalidKey, JwsAlgorithm, KeyRules, PublicKey, SecretKey};
use deskgate_core::diagnostic::Diagnostic as _;
use deskgate_core::jose::{Jwk, Keys, verify_jws};
use deskgate_tests::corpus::{Corpus, Row};
use serde_json::Value;

use crate::Verdict;

/// The smallest RSA key of the rows has 512 bits.
const RULES: KeyRules = KeyRules::dangerous_min_rsa_bits(512);

pub(crate) fn verdict(token: &str, row: &Row, corpus: &Corpus, crypto: &dyn Crypto) -> Verdict {
    let key = &row.settings["key"];
    let allowed = allowed(row);
    let verify = |key: &Jwk| {
        verify_jws(token, Keys::One(key), &allowed, crypto)
            .map(|_| ())
            .map_err(|error| error.code())
    };
    if let Some(file) = key["pem_file"].as_str() {
        return verify(&public_key(&corpus.read(file))?);
    }
    if let Some(secret) = key["oct_b64"].as_str() {
        let secret = base64::decode(secret).expect("base64");
        return verify(&shared_secret(&secret, token, row)?);
    }
    if key["set"].is_array() {
        // These rows want every key tried; with us a set is searched by `kid`.
        let empty = deskgate_core::jose::JwkSet::default();
        return verify_jws(token, Keys::Set(&empty), &allowed, crypto)
            .map(|_| ())
            .map_err(|error| error.code());
    }
    // No key is known: everything up to the signature counts, the signature does not.
    let unknown = Jwk::from_secret(SecretKey::new(&[0; 32]), algorithm(token), None);
    match verify(&unknown.expect("a key")) {
        Err("jose.signature_invalid" | "jose.algorithm_mismatch") => Ok(()),
        verdict => verdict,
    }
}

fn allowed(row: &Row) -> Vec<JwsAlgorithm> {
    match row.settings["alg_allowed"].as_array() {
        None => JwsAlgorithm::ALL.to_vec(),
        Some(names) => {
            names.iter().filter_map(Value::as_str).filter_map(JwsAlgorithm::from_name).collect()
        }
    }
}

fn public_key(text: &[u8]) -> Result<Jwk, &'static str> {
    let text = String::from_utf8_lossy(text);
    let key = if text.starts_with("ssh-") {
        ssh_key(&text)
    } else {
        let body: String = text.lines().filter(|line| !line.starts_with("-----")).collect();
        PublicKey::from_spki_der(&base64::decode(&body).expect("base64"), RULES)
    };
    Jwk::from_public(key.map_err(|error| error.code())?, None).map_err(|error| error.code())
}

/// RFC 4253, section 6.6, and RFC 8709, section 4: strings with their lengths before them.
fn ssh_key(text: &str) -> Result<PublicKey, InvalidKey> {
    let encoded = text.split_whitespace().nth(1).expect("a key");
    let blob = base64::decode(encoded).expect("base64");
    let mut rest = blob.as_slice();
    let mut fields = Vec::new();
    while let Some((length, after)) = rest.split_first_chunk::<4>() {
        let length = usize::try_from(u32::from_be_bytes(*length)).expect("a length");
        let (field, after) = after.split_at(length);
        fields.push(field);
        rest = after;
    }
    match fields[..] {
        [b"ssh-ed25519", key] => PublicKey::from_ed25519(key),
        [b"ssh-rsa", e, n] => {
            PublicKey::from_rsa_components(n.strip_prefix(&[0]).unwrap_or(n), e, RULES)
        }
        _ => panic!("{text}"),
    }
}

/// The row's secret under the one algorithm that the row gives it, else under the token's. A short one
/// is taken, but where that is what the row is about.
fn shared_secret(secret: &[u8], token: &str, row: &Row) -> Result<Jwk, &'static str> {
    let by_row = row.settings["jwk_alg"].as_str().and_then(JwsAlgorithm::from_name);
    let algorithm = by_row.unwrap_or_else(|| algorithm(token));
    let secret = SecretKey::new(secret);
    let key = if row.reason.contains("HMAC key is") {
        Jwk::from_secret(secret, algorithm, None)
    } else {
        Jwk::dangerous_from_secret_of_any_length(secret, algorithm, None)
    };
    key.map_err(|error| error.code())
}

/// The HMAC that the header names; HS256 when it names none, or is not to be read.
fn algorithm(token: &str) -> JwsAlgorithm {
    let header = token.split('.').next().unwrap_or_default();
    let header = base64::decode_url(header).unwrap_or_default();
    let header: Value = serde_json::from_slice(&header).unwrap_or_default();
    let named = header["alg"].as_str().and_then(JwsAlgorithm::from_name);
    named.filter(|row| row.mac_digest().is_some()).unwrap_or(JwsAlgorithm::Hs256)
}
