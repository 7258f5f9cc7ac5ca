//! Our providers against the vectors of Project Wycheproof: every verdict has to be the expected one,
//! but for [`EXCEPTIONS`], and an exception that is no longer needed fails as well.
//!
//! All providers are judged: the one in Rust, the one by AWS-LC, and the one of the Worker inside workerd. They have
//! to give the same verdict on every test case, also on those that say nothing about ours.

mod judges;

use std::collections::BTreeMap;

use deskgate_core::crypto::{
    AwsLc, Crypto, DigestAlgorithm, PrivateKey, RustCrypto, SignatureAlgorithm,
};
use deskgate_tests::corpus::{Corpus, Row};
use deskgate_tests::vectors;
use deskgate_tests::workerd_crypto::WorkerdCrypto;
use serde_json::Value;

/// File, test case, reason.
const EXCEPTIONS: [(&str, u64, &str); 3] = [
    ("rsa_oaep_misc_test.json", 385, "acceptable: the block is a small number, and a right one"),
    ("rsa_pss_2048_sha256_mgf1_0_params_test.json", 69, SALT_OF_32_BYTES),
    ("rsa_pss_2048_sha256_mgf1_0_test.json", 69, SALT_OF_32_BYTES),
];

const SALT_OF_32_BYTES: &str = "invalid where the salt has to be empty; ours has to have 32 bytes";

/// Files about what our interface does not have.
const BEYOND: [(&str, &str); 7] = [
    ("a128cbc_hs256_test.json", "AES-CBC with HMAC, of encrypted tokens"),
    ("a256cbc_hs512_test.json", "AES-CBC with HMAC, of encrypted tokens"),
    ("aes_wrap_test.json", "AES key wrap"),
    ("hkdf_sha256_test.json", "keys are derived without a salt, by one label"),
    ("rsa_pkcs1_", "RSA PKCS#1 v1.5 decryption is refused (Bleichenbacher)"),
    ("json_web_", "tokens: the suite jwt_vectors"),
    ("x25519_jwk_test.json", "key agreement"),
];

const CRYPTO: RustCrypto = RustCrypto::with_dangerous_rsa_private_operations();
const AWS_LC: AwsLc = AwsLc::with_dangerous_rsa_private_operations();

/// Files that are judged alike.
struct Suite {
    name: &'static str,
    is_for: fn(&str) -> bool,
    /// A judge of the test cases of a group, or `None` if we do not have the algorithm.
    judge: for<'c> fn(&Value, &'c dyn Crypto) -> Option<Judge<'c>>,
}

const SUITES: [Suite; 9] = [
    Suite { name: "aes_cbc", is_for: |file| file.starts_with("aes_cbc_"), judge: judges::aes_cbc },
    Suite { name: "aes_gcm", is_for: |file| file.starts_with("aes_gcm_"), judge: judges::aes_gcm },
    Suite {
        name: "ecdsa_signatures_in_der",
        is_for: |file| file.starts_with("ecdsa_") && !file.contains("_p1363_"),
        judge: judges::ecdsa_in_der,
    },
    Suite {
        name: "ecdsa_signatures_of_fixed_width",
        is_for: |file| file.starts_with("ecdsa_") && file.contains("_p1363_"),
        judge: judges::ecdsa_of_fixed_width,
    },
    Suite {
        name: "ed25519_signatures",
        is_for: |file| file.starts_with("ed25519_"),
        judge: judges::ed25519,
    },
    Suite { name: "hmac_tags", is_for: |file| file.starts_with("hmac_"), judge: judges::hmac },
    Suite {
        name: "rsa_oaep",
        is_for: |file| file.starts_with("rsa_oaep_"),
        judge: judges::rsa_oaep,
    },
    Suite {
        name: "rsa_pkcs1_signatures",
        is_for: |file| file.starts_with("rsa_signature_"),
        judge: judges::rsa_pkcs1,
    },
    Suite {
        name: "rsa_pss_signatures",
        is_for: |file| file.starts_with("rsa_pss_"),
        judge: judges::rsa_pss,
    },
];

/// Where workerd is absent, the others are judged alone, and the test says so.
#[test]
fn all_providers_give_the_verdicts_of_wycheproof() {
    let Some(corpus) = Corpus::open("wycheproof") else { return };
    let workerd = WorkerdCrypto::start("wycheproof in workerd");
    let mut compared = 0;
    for suite in &SUITES {
        let verdicts = suite.run(&corpus, "Rust", &CRYPTO);
        assert_eq!(suite.run(&corpus, "AWS-LC", &AWS_LC), verdicts, "{}", suite.name);
        if let Some(workerd) = &workerd {
            assert_eq!(suite.run(&corpus, "workerd", workerd), verdicts, "{}", suite.name);
            compared += verdicts.iter().filter(|verdict| **verdict != Verdict::NotOffered).count();
        }
    }
    println!("wycheproof: the same verdict by all providers on {compared} test cases");
}

/// Lengths around those where the Worker's provider begins to use the host and where it flushes.
#[test]
fn digests_are_the_same_inside_workerd_in_whatever_pieces() {
    let Some(workerd) = WorkerdCrypto::start("digests in workerd") else { return };
    let message: Vec<u8> = (0..40_000_u32).map(|at| at.to_le_bytes()[at as usize % 3]).collect();
    for algorithm in DigestAlgorithm::ALL {
        for length in [0, 1, 511, 512, 513, 8191, 8192, 8193, 16_384, 16_385, 40_000] {
            for piece in [7_000, 8_192, 8_193, 40_000] {
                let mut hasher = workerd.hasher(algorithm);
                message[..length].chunks(piece).for_each(|piece| hasher.update(piece));
                let expected = CRYPTO.digest(algorithm, &message[..length]);
                let is_same = hasher.finish().matches(expected.as_bytes());
                assert!(is_same, "{algorithm:?} {length} in {piece}");
            }
        }
    }
}

/// RSA PKCS#1 v1.5 and Ed25519, the only signatures that the Worker makes, have no randomness.
#[test]
fn signatures_made_inside_workerd_are_byte_for_byte_ours() {
    let Some(workerd) = WorkerdCrypto::start("signing in workerd") else { return };
    let rsa = vectors::private_key("rsa-2048");
    let ed25519 = PrivateKey::ed25519_from_seed(&[7; 32]).expect("a seed");
    let pkcs1 = |digest| (SignatureAlgorithm::RsaPkcs1(digest), &rsa);
    let signatures = DigestAlgorithm::ALL.map(pkcs1);
    let all = signatures.into_iter().chain([(SignatureAlgorithm::Ed25519, &ed25519)]);
    for (algorithm, key) in all {
        let signature = workerd.sign(algorithm, key, b"message").expect("a signature");
        assert_eq!(CRYPTO.sign(algorithm, key, b"message"), Ok(signature), "{algorithm:?}");
        let wrong = if std::ptr::eq(key, &rsa) { &ed25519 } else { &rsa };
        assert!(workerd.sign(algorithm, wrong, b"message").is_err(), "{algorithm:?}");
    }
}

#[test]
fn every_file_of_wycheproof_belongs_to_a_suite() {
    let Some(corpus) = Corpus::open("wycheproof files") else { return };
    for row in corpus.rows("WP-") {
        let file = file_name(&row);
        let suites = SUITES.iter().filter(|suite| (suite.is_for)(file)).count();
        let beyond = BEYOND.iter().filter(|(start, _)| file.starts_with(start)).count();
        assert_eq!(suites + beyond, 1, "{file}");
    }
}

/// One test with the algorithm that its file is about.
pub(crate) struct Case<'a> {
    pub(crate) algorithm: String,
    pub(crate) test: &'a Value,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Accepted,
    /// Parameters that our interface does not have.
    NotOffered,
    Refused,
    /// Refused as it has to be, being valid only with parameters that we do not take.
    RefusedForeign,
}

impl Verdict {
    pub(crate) const fn of(accepted: bool) -> Self {
        if accepted { Self::Accepted } else { Self::Refused }
    }

    pub(crate) const fn foreign(self) -> Self {
        match self {
            Self::Refused => Self::RefusedForeign,
            other => other,
        }
    }
}

pub(crate) type Judge<'c> = Box<dyn Fn(&Case<'_>) -> Verdict + 'c>;

impl Suite {
    /// The verdicts of a provider in the order of the files.
    fn run(&self, corpus: &Corpus, provider: &str, crypto: &dyn Crypto) -> Vec<Verdict> {
        let mut verdicts = Vec::new();
        let mut wrong = Vec::new();
        let rows = corpus.rows("WP-");
        for row in rows.iter().filter(|row| (self.is_for)(file_name(row))) {
            let file = file_name(row);
            let document: Value =
                serde_json::from_slice(&corpus.read(&row.local)).expect("a Wycheproof file");
            for group in document["testGroups"].as_array().expect("groups") {
                let judge = (self.judge)(group, crypto);
                for test in group["tests"].as_array().expect("tests") {
                    let algorithm = document["algorithm"].as_str().unwrap_or_default().to_owned();
                    let case = Case { algorithm, test };
                    let verdict = judge.as_ref().map_or(Verdict::NotOffered, |judge| judge(&case));
                    let id = test["tcId"].as_u64().expect("a number");
                    let result = test["result"].as_str().expect("a result");
                    let is_exception =
                        EXCEPTIONS.iter().any(|(name, number, _)| *name == file && *number == id);
                    if verdict.is_right(result) == is_exception {
                        wrong.push(format!("{file} {id} {result} {}", test["comment"]));
                    }
                    verdicts.push(verdict);
                }
            }
        }
        let mut counts = BTreeMap::<&str, usize>::new();
        verdicts.iter().for_each(|verdict| *counts.entry(verdict.name()).or_default() += 1);
        println!("{}, {provider}: {counts:?}", self.name);
        assert!(wrong.is_empty(), "{}, {provider}: {} wrong: {wrong:#?}", self.name, wrong.len());
        let is_judged = |verdict: &Verdict| *verdict != Verdict::NotOffered;
        assert!(verdicts.iter().any(is_judged), "{} judged nothing", self.name);
        verdicts
    }
}

impl Verdict {
    fn is_right(self, result: &str) -> bool {
        match self {
            Self::Accepted => result == "valid",
            Self::NotOffered | Self::RefusedForeign => true,
            Self::Refused => result != "valid",
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::NotOffered => "not offered",
            Self::Refused => "refused",
            Self::RefusedForeign => "refused, of another form",
        }
    }
}

fn file_name(row: &Row) -> &str {
    row.local.rsplit('/').next().unwrap_or_default()
}

pub(crate) fn bytes(hex: &Value) -> Vec<u8> {
    let hex = hex.as_str().expect("hexadecimal text");
    (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hexadecimal text"))
        .collect()
}
