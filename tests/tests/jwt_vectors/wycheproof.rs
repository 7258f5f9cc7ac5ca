//! The JOSE files of Project Wycheproof: keys, key sets and signatures made to be refused.

use std::collections::BTreeMap;

use deskgate_core::crypto::{Crypto, JwsAlgorithm};
use deskgate_core::diagnostic::Diagnostic as _;
use deskgate_core::jose::{Jwk, JwkKind, JwkSet, Keys, verify_jws};
use deskgate_tests::corpus::Corpus;
use deskgate_tests::workerd_crypto::WorkerdCrypto;
use serde_json::Value;

use crate::{Verdict, all_providers, say};

const FILES: [&str; 3] =
    ["json_web_crypto_test.json", "json_web_key_test.json", "json_web_signature_test.json"];

/// File, test case, our verdict, reason.
const EXCEPTIONS: &[(&str, u64, &str, &str)] = &[
    (
        "json_web_key_test.json",
        7,
        "accept",
        "ROCA: nobody here searches moduli for weak generators",
    ),
    (SIGNATURES, 265, UNSUPPORTED, "RS384 and RS512"),
    (SIGNATURES, 267, UNSUPPORTED, "RS384 and RS512"),
    (SIGNATURES, 269, UNSUPPORTED, "RS384 and RS512"),
    (SIGNATURES, 271, UNSUPPORTED, "RS384 and RS512"),
    (SIGNATURES, 273, UNSUPPORTED, "RSA-PSS"),
    (SIGNATURES, 275, UNSUPPORTED, "RSA-PSS"),
    (SIGNATURES, 287, UNSUPPORTED, "RSA-PSS"),
    (SIGNATURES, 321, UNSUPPORTED, "RSA-PSS"),
    (SIGNATURES, 323, UNSUPPORTED, "RSA-PSS"),
    (SIGNATURES, 325, UNSUPPORTED, "RSA-PSS"),
    (SIGNATURES, 327, UNSUPPORTED, "RSA-PSS"),
    (SIGNATURES, 347, UNSUPPORTED, "ES512"),
    (SIGNATURES, 351, UNSUPPORTED, "ES512"),
    (SIGNATURES, 367, "accept", "the very token of case 357, which is valid there"),
    (SIGNATURES, 373, "jose.signature_invalid", "a character outside base64url counts as absent"),
];

const SIGNATURES: &str = "json_web_signature_test.json";
const UNSUPPORTED: &str = "jose.key_unsupported";

#[test]
fn verdicts_agree_with_wycheproof() {
    let Some(corpus) = Corpus::open("jwt_vectors_wycheproof") else { return };
    let workerd = WorkerdCrypto::start("jwt_vectors_wycheproof in workerd");
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    let mut excepted = 0;
    for file in FILES {
        let text = corpus.read(&format!("C2SP+wycheproof/testvectors_v1/{file}"));
        let vectors: Value = serde_json::from_slice(&text).expect("JSON");
        for group in vectors["testGroups"].as_array().expect("groups") {
            for case in group["tests"].as_array().expect("tests") {
                // Encrypted tokens of the mixed file have no `jws`.
                let Some(token) = token(case) else { continue };
                let verdict =
                    all_providers(workerd.as_ref(), |crypto| verdict(group, &token, crypto));
                let (id, actual) = (case["tcId"].as_u64(), verdict.err().unwrap_or("accept"));
                let agrees = verdict.is_ok() == (case["result"] == "valid");
                let exception = EXCEPTIONS.iter().find(|e| e.0 == file && Some(e.1) == id);
                match (agrees, exception) {
                    (true, None) => *counts.entry(format!("agreed: {actual}")).or_default() += 1,
                    (false, Some(exception)) if exception.2 == actual => excepted += 1,
                    _ => wrong.push(format!("{file} {id:?} {actual} {}", case["comment"])),
                }
            }
        }
    }
    say(&format!("jwt_vectors, Wycheproof: {} wrong, {excepted} exceptions", wrong.len()));
    for (outcome, count) in &counts {
        say(&format!("  {count:3} {outcome}"));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert_eq!(excepted, EXCEPTIONS.len(), "an exception is not in the corpus any more");
}

/// A compact token, or the text of one in another serialization, which has to be refused.
fn token(case: &Value) -> Option<String> {
    match case.get("jws")? {
        Value::String(token) => Some(token.clone()),
        other => Some(other.to_string()),
    }
}

fn verdict(group: &Value, token: &str, crypto: &dyn Crypto) -> Verdict {
    let key = group.get("public").unwrap_or_else(|| &group["private"]);
    let text = key.to_string();
    let verify = |keys: Keys<'_>| {
        verify_jws(token, keys, &JwsAlgorithm::ALL, crypto)
            .map(|_| ())
            .map_err(|error| error.code())
    };
    if key.get("keys").is_some() {
        let set = JwkSet::parse(text.as_bytes(), JwkKind::ALL).map_err(|error| error.code())?;
        return verify(Keys::Set(&set));
    }
    let key = Jwk::parse(text.as_bytes(), JwkKind::ALL).map_err(|error| error.code())?;
    verify(Keys::One(&key))
}
