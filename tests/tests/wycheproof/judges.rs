//! One function for each algorithm: how a test case of it is judged by a provider.

use deskgate_core::crypto::{
    Crypto, DigestAlgorithm, KeyRules, PrivateKey, PublicKey, RsaOaep, SecretKey,
    SignatureAlgorithm,
};
use serde_json::Value;

use crate::{Case, Judge, Verdict, bytes};

/// The smallest RSA key in the vectors; our rules refuse keys below 2048 bits before any signature.
const RULES: KeyRules = KeyRules::dangerous_min_rsa_bits(1024);

pub(crate) fn rsa_pkcs1<'c>(group: &Value, crypto: &'c dyn Crypto) -> Option<Judge<'c>> {
    let digest = digest(group, "sha")?;
    let key = public_key(group)?;
    let algorithm = SignatureAlgorithm::RsaPkcs1(digest);
    Some(Box::new(move |case| verifies(crypto, algorithm, &key, case)))
}

/// Only salts as long as the hash, and the mask function with the same hash, are RSA-PSS to us. All
/// signatures with other parameters are tried as if they had ours.
pub(crate) fn rsa_pss<'c>(group: &Value, crypto: &'c dyn Crypto) -> Option<Judge<'c>> {
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
        let verdict = verifies(crypto, SignatureAlgorithm::RsaPss(digest), &key, case);
        if is_ours { verdict } else { verdict.foreign() }
    }))
}

pub(crate) fn ecdsa_of_fixed_width<'c>(group: &Value, crypto: &'c dyn Crypto) -> Option<Judge<'c>> {
    let digest = digest(group, "sha")?;
    let key = public_key(group)?;
    Some(Box::new(move |case| verifies(crypto, SignatureAlgorithm::Ecdsa(digest), &key, case)))
}

/// DER signatures are of another form: none verifies, valid or not.
pub(crate) fn ecdsa_in_der<'c>(group: &Value, crypto: &'c dyn Crypto) -> Option<Judge<'c>> {
    let judge = ecdsa_of_fixed_width(group, crypto)?;
    Some(Box::new(move |case| judge(case).foreign()))
}

pub(crate) fn ed25519<'c>(group: &Value, crypto: &'c dyn Crypto) -> Option<Judge<'c>> {
    let key = public_key(group)?;
    Some(Box::new(move |case| verifies(crypto, SignatureAlgorithm::Ed25519, &key, case)))
}

pub(crate) fn hmac<'c>(group: &Value, crypto: &'c dyn Crypto) -> Option<Judge<'c>> {
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
        let mac = crypto.mac(algorithm, &key, &bytes(&case.test["msg"]));
        let tag = bytes(&case.test["tag"]);
        if tag_bytes == algorithm.output_bytes() {
            Verdict::of(mac.matches(&tag))
        } else {
            // We never cut a tag, and never accept one that was cut.
            assert!(!mac.matches(&tag));
            Verdict::of(mac.as_bytes()[..tag_bytes] == tag)
        }
    }))
}

pub(crate) fn aes_gcm<'c>(_: &Value, crypto: &'c dyn Crypto) -> Option<Judge<'c>> {
    Some(Box::new(move |case| {
        let field = |name: &str| bytes(&case.test[name]);
        let (Ok(nonce), 16) = (<[u8; 12]>::try_from(field("iv")), field("tag").len()) else {
            return Verdict::NotOffered;
        };
        let (key, data, message) = (SecretKey::new(&field("key")), field("aad"), field("msg"));
        let sealed = [field("ct"), field("tag")].concat();
        let opened = crypto.open(&key, &nonce, &data, &sealed);
        let is_same = crypto.seal(&key, &nonce, &data, &message).as_deref() == Ok(&sealed);
        assert_eq!(opened.is_ok(), is_same, "test case {}", case.test["tcId"]);
        Verdict::of(opened.as_deref() == Ok(&message))
    }))
}

/// Without the padding, which XML Encryption does not have: here PKCS#7 is added to the message.
pub(crate) fn aes_cbc<'c>(_: &Value, crypto: &'c dyn Crypto) -> Option<Judge<'c>> {
    Some(Box::new(move |case| {
        if case.test["result"] != "valid" {
            return Verdict::NotOffered;
        }
        let field = |name: &str| bytes(&case.test[name]);
        let mut message = field("msg");
        let padding = 16 - message.len() % 16;
        message.resize(message.len() + padding, u8::try_from(padding).expect("at most 16"));
        let iv = field("iv").try_into().expect("16 bytes");
        let decrypted = crypto.decrypt_cbc(&SecretKey::new(&field("key")), &iv, &field("ct"));
        Verdict::of(decrypted.as_deref() == Ok(&message))
    }))
}

/// A message has to be unwrapped as a key of its length, and of no other. Refused ciphertexts are
/// tried with every length.
pub(crate) fn rsa_oaep<'c>(group: &Value, crypto: &'c dyn Crypto) -> Option<Judge<'c>> {
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
                oaep.unwrap_key(&key, &ciphertext, &fallback, crypto).as_bytes().to_vec()
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

fn verifies(
    crypto: &dyn Crypto,
    algorithm: SignatureAlgorithm,
    key: &PublicKey,
    case: &Case<'_>,
) -> Verdict {
    let (message, signature) = (bytes(&case.test["msg"]), bytes(&case.test["sig"]));
    Verdict::of(crypto.verify(algorithm, key, &message, &signature).is_ok())
}
