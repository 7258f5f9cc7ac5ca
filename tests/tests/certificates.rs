//! The certificates of the third-party vectors: files, and what stands in responses and metadata.

use std::collections::{BTreeMap, BTreeSet};

use deskgate_core::crypto::{KeyRules, RustCrypto};
use deskgate_core::diagnostic::Diagnostic as _;
use deskgate_core::x509::{Certificate, Error};
use deskgate_tests::corpus::Corpus;

/// The smallest RSA keys of the vectors have 512 bits.
const LAX: KeyRules = KeyRules::dangerous_min_rsa_bits(512);

#[test]
fn certificate_files_of_others_are_read() {
    let Some(corpus) = Corpus::open("certificate_files_of_others_are_read") else { return };
    let mut counts = Counts::default();
    for file in corpus.files("_certs") {
        let pasted = corpus.read(&format!("_certs/{file}"));
        // Some "certificates" are public keys in SPKI or in the form of SSH.
        let expected = file.starts_with("pub-").then_some(Error::PublicKeyOnly);
        assert_eq!(Certificate::parse_all(&pasted, LAX).err(), expected, "{file}");
        counts.add(&pasted);
    }
    println!("certificate_files_of_others_are_read: {:?}", counts.0);
}

#[test]
fn certificates_in_documents_of_others_are_read() {
    let Some(corpus) = Corpus::open("certificates_in_documents_of_others_are_read") else { return };
    let mut seen = BTreeSet::new();
    let mut counts = Counts::default();
    for row in ["SR-", "MD-", "DS-"].into_iter().flat_map(|prefix| corpus.rows(prefix)) {
        let document = String::from_utf8_lossy(&corpus.read(&row.local)).into_owned();
        for after in document.split("X509Certificate>").skip(1) {
            // Every second piece is what stands between the elements.
            let pasted = after.split_once("</").map_or("<", |(pasted, _)| pasted);
            if !pasted.contains('<') && seen.insert(pasted.to_owned()) {
                counts.add(pasted.as_bytes());
            }
        }
    }
    println!("certificates_in_documents_of_others_are_read: {:?}", counts.0);
    let known: BTreeSet<&str> = NOT_CERTIFICATES.iter().map(|(code, _)| *code).collect();
    let unknown: Vec<_> = counts.0.keys().filter(|code| !known.contains(*code)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

/// What stands in `X509Certificate` elements of the vectors; openssl agrees about each.
const NOT_CERTIFICATES: [(&str, &str); 7] = [
    ("key.rsa_too_small", "512 and 1024 bits"),
    ("key.unsupported_algorithm", "DSA and GOST"),
    ("read", "most of them"),
    ("x509.empty", "templates"),
    ("x509.not_base64", "words, and character references that no XML parser has resolved here"),
    ("x509.private_key_pasted", "an RSA private key in metadata"),
    ("x509.truncated", "a BEGIN line without an END line"),
];

#[derive(Default)]
struct Counts(BTreeMap<&'static str, usize>);

impl Counts {
    /// Counts the verdict of the default rules, and checks what the lax ones read.
    fn add(&mut self, pasted: &[u8]) {
        let verdict = Certificate::parse_all(pasted, KeyRules::default());
        let verdict = verdict.err().map_or("read", |error| error.code());
        *self.0.entry(verdict).or_default() += 1;
        for certificate in Certificate::parse_all(pasted, LAX).into_iter().flatten() {
            assert_eq!(certificate.sha256_fingerprint(&RustCrypto::new()).len(), 95);
            let again = Certificate::from_der(certificate.der(), LAX);
            assert_eq!(again, Ok(certificate));
        }
    }
}
