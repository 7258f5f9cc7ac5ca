//! Signatures about which implementations of Ed25519 disagree: strict verification refuses an R of small
//! order, which BoringSSL, and so workerd, and AWS-LC do not look at. Wycheproof has none of them.
//!
//! `tests/vectors/ed25519.py` makes them.

/// The provider of the npm package, its very source file.
#[path = "../../wasm-pkg/src/crypto.rs"]
mod npm_package;

use deskgate_core::crypto::{AwsLc, Crypto, PublicKey, RustCrypto, SignatureAlgorithm};
use deskgate_tests::vectors;
use deskgate_tests::workerd_crypto::WorkerdCrypto;
use serde_json::Value;

#[test]
fn all_providers_refuse_commitments_of_small_order() {
    let vectors: Value = serde_json::from_str(&vectors::text("ed25519.json")).expect("JSON");
    let workerd = WorkerdCrypto::start("ed25519 in workerd");
    let mut providers: Vec<&dyn Crypto> =
        vec![&const { RustCrypto::new() }, &const { AwsLc::new() }, &npm_package::TokenCrypto];
    providers.extend(workerd.as_ref().map(|workerd| workerd as &dyn Crypto));
    let vectors = vectors.as_array().expect("a list");
    for vector in vectors {
        let field = |name: &str| bytes(&vector[name]);
        let key = PublicKey::from_ed25519(&field("key")).expect("a key");
        let (message, signature) = (field("message"), field("signature"));
        let algorithm = SignatureAlgorithm::Ed25519;
        let expected = vector["valid"] == true;
        for crypto in &providers {
            let verdict = crypto.verify(algorithm, &key, &message, &signature);
            assert_eq!(verdict.is_ok(), expected, "{crypto:?}: {}", vector["comment"]);
        }
    }
    println!("ed25519: {} vectors, in workerd too: {}", vectors.len(), workerd.is_some());
}

fn bytes(hex: &Value) -> Vec<u8> {
    let hex = hex.as_str().expect("hexadecimal text");
    (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hexadecimal text"))
        .collect()
}
