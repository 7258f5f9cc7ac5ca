//! Our provider against the vectors of Project Wycheproof: every verdict has to be the expected one,
//! but for [`EXCEPTIONS`], and an exception that is no longer needed fails as well.

use std::collections::BTreeMap;

use deskgate_core::crypto::{
    Crypto, DigestAlgorithm, KeyRules, PrivateKey, PublicKey, RsaOaep, RustCrypto, SecretKey,
    SignatureAlgorithm,
};
use deskgate_tests::corpus::{Corpus, Row};
use serde_json::Value;

/// File, test case, reason.
const EXCEPTIONS: [(&str, u64, &str); 3] = [
    ("rsa_oaep_misc_test.json", 385, "acceptable: the block is a small number, and a right one"),
    ("rsa_pss_2048_sha256_mgf1_0_params_test.json", 69, SALT_OF_32_BYTES),
    ("rsa_pss_2048_sha256_mgf1_0_test.json", 69, SALT_OF_32_BYTES),
];

const SALT_OF_32_BYTES: &str = "invalid where the salt has to be empty; ours has to have 32 bytes";

/// The smallest RSA key in the vectors; our rules refuse keys below 2048 bits before any signature.
const RULES: KeyRules = KeyRules::dangerous_min_rsa_bits(1024);

const CRYPTO: RustCrypto = RustCrypto::with_dangerous_rsa_private_operations();

#[test]
fn rsa_pkcs1_signatures() {
    run("rsa_pkcs1_signatures", &["rsa_signature_"], |group| {
        let digest = digest(group, "sha")?;
        let key = public_key(group)?;
        Some(Box::new(move |case| verifies(SignatureAlgorithm::RsaPkcs1(digest), &key, case)))
    });
}

/// Only salts as long as the hash, and the mask function with the same hash, are RSA-PSS to us. All
/// signatures with other parameters are tried as if they had ours.
#[test]
fn rsa_pss_signatures() {
    run("rsa_pss_signatures", &["rsa_pss_"], |group| {
        let digest = digest(group, "sha")?;
        let is_ours = group["sha"] == group["mgfSha"]
            && group["sLen"].as_u64() == u64::try_from(digest.output_bytes()).ok();
        let key = match group["type"].as_str() {
            Some("RsassaPssWithParametersVerify") => {
                // A key restricted to RSASSA-PSS is refused; the signatures count nevertheless.
                assert!(public_key(group).is_none());
                let key = &group["publicKey"];
                let (n, e) = (bytes(&key["modulus"]), bytes(&key["publicExponent"]));
                let n = n.strip_prefix(&[0]).unwrap_or(&n);
                PublicKey::from_rsa_components(n, &e, RULES).ok()?
            }
            _ => public_key(group)?,
        };
        Some(Box::new(move |case| {
            let verdict = verifies(SignatureAlgorithm::RsaPss(digest), &key, case);
            if is_ours { verdict } else { verdict.foreign() }
        }))
    });
}

#[test]
fn ecdsa_signatures_of_fixed_width() {
    run("ecdsa_signatures_of_fixed_width", &["ecdsa_", "_p1363_"], |group| {
        let digest = digest(group, "sha")?;
        let key = public_key(group)?;
        Some(Box::new(move |case| verifies(SignatureAlgorithm::Ecdsa(digest), &key, case)))
    });
}

/// DER signatures are of another form: none verifies, valid or not.
#[test]
fn ecdsa_signatures_in_der() {
    run(
        "ecdsa_signatures_in_der",
        &["ecdsa_", "_sha256_test", "_sha384_test", "_sha512_test"],
        |group| {
            let digest = digest(group, "sha")?;
            let key = public_key(group)?;
            Some(Box::new(move |case| {
                verifies(SignatureAlgorithm::Ecdsa(digest), &key, case).foreign()
            }))
        },
    );
}

#[test]
fn ed25519_signatures() {
    run("ed25519_signatures", &["ed25519_"], |group| {
        let key = public_key(group)?;
        Some(Box::new(move |case| verifies(SignatureAlgorithm::Ed25519, &key, case)))
    });
}

#[test]
fn hmac_tags() {
    run("hmac_tags", &["hmac_"], |group| {
        let tag_bytes = usize::try_from(group["tagSize"].as_u64()? / 8).ok()?;
        Some(Box::new(move |case| {
            let algorithm = match case.algorithm.as_str() {
                "HMACSHA1" => DigestAlgorithm::Sha1,
                "HMACSHA256" => DigestAlgorithm::Sha256,
                "HMACSHA384" => DigestAlgorithm::Sha384,
                "HMACSHA512" => DigestAlgorithm::Sha512,
                _ => return Verdict::NotOffered,
            };
            let key = SecretKey::new(&bytes(&case.test["key"]));
            let mac = CRYPTO.mac(algorithm, &key, &bytes(&case.test["msg"]));
            let tag = bytes(&case.test["tag"]);
            if tag_bytes == algorithm.output_bytes() {
                Verdict::of(mac.matches(&tag))
            } else {
                // We never cut a tag, and never accept one that was cut.
                assert!(!mac.matches(&tag));
                Verdict::of(mac.as_bytes()[..tag_bytes] == tag)
            }
        }))
    });
}

#[test]
fn aes_gcm() {
    run("aes_gcm", &["aes_gcm_"], |_| {
        Some(Box::new(|case| {
            let field = |name: &str| bytes(&case.test[name]);
            let (Ok(nonce), 16) = (<[u8; 12]>::try_from(field("iv")), field("tag").len()) else {
                return Verdict::NotOffered;
            };
            let (key, data, message) = (SecretKey::new(&field("key")), field("aad"), field("msg"));
            let sealed = [field("ct"), field("tag")].concat();
            let opened = CRYPTO.open(&key, &nonce, &data, &sealed);
            let is_same = CRYPTO.seal(&key, &nonce, &data, &message).as_deref() == Ok(&sealed);
            assert_eq!(opened.is_ok(), is_same, "test case {}", case.test["tcId"]);
            Verdict::of(opened.as_deref() == Ok(&message))
        }))
    });
}

/// Without the padding, which XML Encryption does not have: here PKCS#7 is added to the message.
#[test]
fn aes_cbc() {
    run("aes_cbc", &["aes_cbc_"], |_| {
        Some(Box::new(|case| {
            if case.test["result"] != "valid" {
                return Verdict::NotOffered;
            }
            let field = |name: &str| bytes(&case.test[name]);
            let mut message = field("msg");
            let padding = 16 - message.len() % 16;
            message.resize(message.len() + padding, u8::try_from(padding).expect("at most 16"));
            let iv = field("iv").try_into().expect("16 bytes");
            let decrypted = CRYPTO.decrypt_cbc(&SecretKey::new(&field("key")), &iv, &field("ct"));
            Verdict::of(decrypted.as_deref() == Ok(&message))
        }))
    });
}

/// A message has to be unwrapped as a key of its length, and of no other. Refused ciphertexts are
/// tried with every length.
#[test]
fn rsa_oaep() {
    run("rsa_oaep", &["rsa_oaep_"], |group| {
        let (digest, mgf_digest) = (digest(group, "sha")?, digest(group, "mgfSha")?);
        let der = bytes(&group["privateKeyPkcs8"]);
        let key = PrivateKey::from_pkcs8_der(&der, RULES).ok()?;
        let modulus_bytes = usize::try_from(group["keySize"].as_u64()?).ok()? / 8;
        let longest = modulus_bytes.checked_sub(2 * digest.output_bytes() + 2)?;
        Some(Box::new(move |case| {
            let (label, ciphertext) = (bytes(&case.test["label"]), bytes(&case.test["ct"]));
            let oaep = RsaOaep { digest, mgf_digest, label: &label };
            let unwrapped = |length: usize| {
                let unwrap = |fill: u8| {
                    let fallback = SecretKey::new(&vec![fill; length]);
                    oaep.unwrap_key(&key, &ciphertext, &fallback, &CRYPTO).as_bytes().to_vec()
                };
                let (first, second) = (unwrap(0x5a), unwrap(0xa5));
                (first == second).then_some(first)
            };
            if case.test["result"] == "valid" {
                let message = bytes(&case.test["msg"]);
                assert_eq!(unwrapped(message.len() + 1), None);
                // A message of no bytes looks the same whether it was unwrapped or not.
                return match message.len() {
                    0 => Verdict::NotOffered,
                    length => Verdict::of(unwrapped(length) == Some(message)),
                };
            }
            let some = [1, 16, 24, 32, longest];
            Verdict::of(some.into_iter().any(|length| unwrapped(length).is_some()))
        }))
    });
}

/// One test with the algorithm that its file is about.
struct Case<'a> {
    algorithm: String,
    test: &'a Value,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Accepted,
    /// Parameters that our interface does not have.
    NotOffered,
    Refused,
    /// Refused as it has to be, being valid only with parameters that we do not take.
    RefusedForeign,
}

impl Verdict {
    const fn of(accepted: bool) -> Self {
        if accepted { Self::Accepted } else { Self::Refused }
    }

    const fn foreign(self) -> Self {
        match self {
            Self::Refused => Self::RefusedForeign,
            other => other,
        }
    }
}

type Judge = Box<dyn Fn(&Case<'_>) -> Verdict>;

/// Runs the files whose name begins with the first of `names` and, if there are more, contains one
/// of the others. `judge` makes a function for a group, or `None` if we do not have the algorithm.
fn run(suite: &str, names: &[&str], judge: fn(&Value) -> Option<Judge>) {
    let Some(corpus) = Corpus::open(suite) else { return };
    let mut counts = BTreeMap::<&str, usize>::new();
    let mut wrong = Vec::new();
    for row in corpus.rows("WP-").iter().filter(|row| is_named(row, names)) {
        let file = file_name(row);
        let document: Value =
            serde_json::from_slice(&corpus.read(&row.local)).expect("a Wycheproof file");
        for group in document["testGroups"].as_array().expect("groups") {
            let judge = judge(group);
            for test in group["tests"].as_array().expect("tests") {
                let algorithm = document["algorithm"].as_str().unwrap_or_default().to_owned();
                let case = Case { algorithm, test };
                let verdict = judge.as_ref().map_or(Verdict::NotOffered, |judge| judge(&case));
                let id = test["tcId"].as_u64().expect("a number");
                let result = test["result"].as_str().expect("a result");
                let is_right = match verdict {
                    Verdict::Accepted => result == "valid",
                    Verdict::NotOffered => true,
                    Verdict::Refused => result != "valid",
                    Verdict::RefusedForeign => true,
                };
                let is_exception =
                    EXCEPTIONS.iter().any(|(name, number, _)| *name == file && *number == id);
                if is_right == is_exception {
                    wrong.push(format!("{file} {id} {result} {}", test["comment"]));
                }
                *counts.entry(verdict.name()).or_default() += 1;
            }
        }
    }
    println!("{suite}: {counts:?}");
    assert!(wrong.is_empty(), "{suite}: {} wrong: {wrong:#?}", wrong.len());
    let judged: usize =
        counts.iter().filter(|(name, _)| **name != "not offered").map(|(_, count)| count).sum();
    assert!(judged > 0, "{suite} judged nothing");
}

impl Verdict {
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

fn is_named(row: &Row, names: &[&str]) -> bool {
    let file = file_name(row);
    let (first, others) = names.split_first().expect("a name");
    file.starts_with(first)
        && (others.is_empty() || others.iter().any(|other| file.contains(other)))
}

fn digest(group: &Value, field: &str) -> Option<DigestAlgorithm> {
    match group[field].as_str()? {
        "SHA-1" => Some(DigestAlgorithm::Sha1),
        "SHA-256" => Some(DigestAlgorithm::Sha256),
        "SHA-384" => Some(DigestAlgorithm::Sha384),
        "SHA-512" => Some(DigestAlgorithm::Sha512),
        _ => None,
    }
}

fn public_key(group: &Value) -> Option<PublicKey> {
    PublicKey::from_spki_der(&bytes(&group["publicKeyDer"]), RULES).ok()
}

fn verifies(algorithm: SignatureAlgorithm, key: &PublicKey, case: &Case<'_>) -> Verdict {
    let (message, signature) = (bytes(&case.test["msg"]), bytes(&case.test["sig"]));
    Verdict::of(CRYPTO.verify(algorithm, key, &message, &signature).is_ok())
}

fn bytes(hex: &Value) -> Vec<u8> {
    let hex = hex.as_str().expect("hexadecimal text");
    (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hexadecimal text"))
        .collect()
}
