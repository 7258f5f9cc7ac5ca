//! E-12: how long it takes to refuse each kind of bad ciphertext, as ratios of medians.
//!
//! That the same operations run is tested in the core, exactly; this looks for what no list of
//! operations shows. `cargo test -p deskgate-tests --test decryption_time -- --nocapture` prints the
//! figures.

use std::hint::black_box;
use std::process::Command;
use std::time::{Duration, Instant};

use deskgate_core::base64;
use deskgate_core::crypto::{Crypto as _, KeyRules, PrivateKey, RustCrypto, SecretKey};
use deskgate_core::diagnostic::Diagnostic as _;
use deskgate_core::limits::XmlLimits;
use deskgate_core::xenc::{self, EncryptionRules};
use deskgate_core::xml::Document;
use deskgate_tests::skip::skip;
use deskgate_tests::vectors::repository;

const RUNS: usize = 101;

/// Medians of interleaved runs differ by a few percent; a step that is left out shows as much more.
const SAME_CLASS: std::ops::Range<f64> = 0.6..1.67;

fn file(path: &str) -> Vec<u8> {
    std::fs::read(repository(path)).expect("a file of the repository")
}

/// An EncryptedAssertion of 4 KB; the key of the content is 32 bytes of 0x42.
fn message(wrapped: &[u8], change_tag: bool) -> String {
    let crypto = RustCrypto::new();
    let plaintext = format!("<a>{}</a>", "geheim ".repeat(600));
    let (key, nonce) = (SecretKey::new(&[0x42; 32]), [7; 12]);
    let mut sealed = crypto.seal(&key, &nonce, &[], plaintext.as_bytes()).expect("sealed");
    if change_tag {
        *sealed.last_mut().expect("a tag") ^= 1;
    }
    let octets = base64::encode(&[nonce.as_slice(), &sealed].concat());
    format!(
        "<EncryptedAssertion xmlns=\"urn:oasis:names:tc:SAML:2.0:assertion\"><x:EncryptedData \
         xmlns:x=\"http://www.w3.org/2001/04/xmlenc#\"><x:EncryptionMethod \
         Algorithm=\"http://www.w3.org/2009/xmlenc11#aes256-gcm\"/><d:KeyInfo \
         xmlns:d=\"http://www.w3.org/2000/09/xmldsig#\"><x:EncryptedKey><x:EncryptionMethod \
         Algorithm=\"http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p\"/><x:CipherData><x:CipherValue>\
         {}</x:CipherValue></x:CipherData></x:EncryptedKey></d:KeyInfo><x:CipherData><x:CipherValue>\
         {octets}</x:CipherValue></x:CipherData></x:EncryptedData></EncryptedAssertion>",
        base64::encode(wrapped)
    )
}

fn wrapped_key() -> Vec<u8> {
    let text = String::from_utf8(file("core/src/saml/testdata/content-key.b64")).expect("base64");
    base64::decode(text.trim()).expect("base64")
}

/// Ciphertexts of RSA by what is wrong with them.
fn wrapped_keys() -> [(&'static str, Vec<u8>); 4] {
    let good = wrapped_key();
    let mut padding = good.clone();
    padding[128] ^= 1;
    let last = vec![0xff; good.len()];
    let zero = vec![0; good.len()];
    [("good key", good), ("bad padding", padding), ("not below the modulus", last), ("zero", zero)]
}

/// Refused before anything secret is computed with: whether a number is below the public modulus, its
/// sender knows. All the other steps follow all the same.
fn is_known_to_sender(name: &str) -> bool {
    name == "not below the modulus"
}

/// The median of each, run in turns, so that load hits all alike.
fn medians(runs: &[&dyn Fn()]) -> Vec<Duration> {
    let mut times = vec![Vec::new(); runs.len()];
    for _ in 0..RUNS {
        for (run, times) in runs.iter().zip(&mut times) {
            let start = Instant::now();
            run();
            times.push(start.elapsed());
        }
    }
    let median = |mut times: Vec<Duration>| {
        times.sort();
        times[times.len() / 2]
    };
    times.into_iter().map(median).collect()
}

#[test]
fn natively_every_failure_takes_the_same_time() {
    let pem = String::from_utf8(file("xmldsig/src/crypto/testdata/rsa.key")).expect("PEM");
    let keys = [PrivateKey::from_pem(&pem, KeyRules::default()).expect("a key")];
    let crypto = RustCrypto::with_dangerous_rsa_private_operations();
    let [(_, good), others @ ..] = wrapped_keys();
    let mut cases = vec![("bad tag", message(&good, true))];
    cases.extend(others.map(|(name, wrapped)| (name, message(&wrapped, false))));
    let decrypt = |xml: &str| {
        let document = Document::parse(xml.as_bytes(), &XmlLimits::MESSAGE).expect("XML");
        let rules = EncryptionRules::default();
        let result = xenc::decrypt(document.root(), &keys, &rules, &crypto);
        assert_eq!(black_box(result).expect_err("refused").code(), "xenc.decryption_failed");
    };
    let runs: Vec<_> = cases.iter().map(|(_, xml)| move || decrypt(xml)).collect();
    let runs: Vec<&dyn Fn()> = runs.iter().map(|run| run as &dyn Fn()).collect();
    let medians = medians(&runs);
    for ((name, _), median) in cases.iter().zip(&medians) {
        let ratio = median.as_secs_f64() / medians[0].as_secs_f64();
        println!("natively: {name}: {median:?}, {ratio:.3} of a bad tag");
        assert!(is_known_to_sender(name) || SAME_CLASS.contains(&ratio), "{name}: {ratio}");
    }
}

/// What the host does at the edge is the RSA operation; the rest is the code of the test above.
#[test]
fn by_node_crypto_every_rsa_operation_takes_the_same_time() {
    let script = repository("tests/interop/decryption-time.mjs");
    let key = repository("xmldsig/src/crypto/testdata/rsa.key");
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let cases = wrapped_keys();
    let ciphertexts = cases.iter().map(|(_, wrapped)| hex(wrapped));
    let output = Command::new("node").arg(script).arg(key).args(ciphertexts).output();
    let Ok(output) = output else {
        return skip("node:crypto", "node is not installed").unwrap_or(());
    };
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let medians: Vec<f64> = text.split_whitespace().map(|t| t.parse().expect("us")).collect();
    for ((name, _), median) in cases.iter().zip(&medians) {
        let ratio = median / medians[0];
        println!("node:crypto: {name}: {median:.0} us, {ratio:.3} of a good key");
        assert!(is_known_to_sender(name) || SAME_CLASS.contains(&ratio), "{name}: {ratio}");
    }
    assert_eq!(medians.len(), cases.len());
}
