//! Other people's XML signatures: first by the profile of SAML, which refuses nearly all of them, then
//! octet by octet.
//!
//! The suites of xmlsec and xml-crypto sign with everything that XML Signature has. What the profile
//! refuses stands in `tests/vectors/xmldsig/exceptions.toml` with its reason. For the same rows
//! `octets.rs` computes what was signed with our canonicalization, digests and keys: so RSA-PSS,
//! Ed25519 and ECDSA are judged by others, whatever the structure around the signature.

mod keys;
mod octets;

use std::collections::BTreeMap;

use deskgate_core::crypto::{PublicKey, RustCrypto};
use deskgate_core::diagnostic::Diagnostic as _;
use deskgate_core::dsig::{self, MAX_TRUSTED_KEYS, SignatureRules};
use deskgate_core::limits::XmlLimits;
use deskgate_core::xml::Document;
use deskgate_tests::corpus::{Corpus, Row};
use deskgate_tests::exceptions::Exceptions;
use deskgate_tests::vectors;

use octets::Outcome;

const CRYPTO: RustCrypto = RustCrypto::new();

/// As connections may allow it.
const RULES: SignatureRules = SignatureRules { allow_sha1: true };

/// Rows that upstream accepts and whose octets say otherwise.
const OCTETS_DIFFER: [(&str, &str); 3] = [
    ("DS-0172", "r and s are longer than the curve, as a bug of Java wrote them"),
    ("DS-0173", "r and s are padded with zeros"),
    ("DS-0288", "r and s are in DER; libxmlsec refuses that too"),
];

#[test]
fn signatures_of_others_have_their_verdicts() {
    let Some(corpus) = Corpus::open("xmldsig_vectors") else { return };
    let exceptions = Exceptions::read("xmldsig/exceptions.toml");
    let mut counts = BTreeMap::<String, usize>::new();
    let (mut seen, mut wrong) = (Vec::new(), Vec::new());
    let rows = corpus.rows("DS-");
    for row in &rows {
        seen.push(row.id.clone());
        let verdict = verdict(&corpus, row);
        let agrees = (verdict == "accept") == (row.expected == "accept");
        match (agrees, exceptions.of(&row.id)) {
            (true, None) => *counts.entry(format!("as written: {verdict}")).or_default() += 1,
            (false, Some((index, actual))) if actual == verdict => {
                *counts.entry(exceptions.reason(index).to_owned()).or_default() += 1;
            }
            (_, exception) => wrong.push(format!(
                "{} is to {}: {verdict}, exception {exception:?} {} {}",
                row.id, row.expected, row.local, row.reason
            )),
        }
    }
    println!("xmldsig_vectors: {} rows, {} wrong: {counts:#?}", rows.len(), wrong.len());
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(exceptions.ids_not_in(&seen), Vec::<String>::new(), "exceptions for unknown rows");
}

/// What upstream accepts was signed over the octets that we compute, wherever we know the algorithms.
/// The other direction says nothing: most rejected rows are about trust in a certificate.
#[test]
fn octets_of_accepted_signatures_are_those_that_were_signed() {
    let Some(corpus) = Corpus::open("xmldsig_vectors octets") else { return };
    let mut counts = BTreeMap::<String, usize>::new();
    let mut wrong = Vec::new();
    for row in corpus.rows("DS-").iter().filter(|row| row.expected == "accept") {
        let document = corpus.read(&row.local);
        let outcome = octets::check(&corpus, row, &document);
        if matches!(outcome, Outcome::Same(_)) {
            for place in ["DigestValue", "SignatureValue"] {
                let twin = octets::check(&corpus, row, &changed_after(&document, place));
                assert_eq!(twin, Outcome::Differs, "{} with another {place}", row.id);
            }
        }
        let differs = outcome == Outcome::Differs;
        if differs != OCTETS_DIFFER.iter().any(|(id, _)| *id == row.id) {
            wrong.push(format!("{}: {outcome:?} {}", row.id, row.local));
        }
        let count = match outcome {
            Outcome::Same(algorithm) => format!("same octets, {}", algorithm.xml_uri()),
            Outcome::Differs => "other octets".to_owned(),
            Outcome::Beyond(what) => format!("beyond us: {what}"),
        };
        *counts.entry(count).or_default() += 1;
    }
    println!("xmldsig_vectors octets: {counts:#?}");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// With another letter as the first one in the first element of this name.
fn changed_after(document: &[u8], name: &str) -> Vec<u8> {
    let find = |from: usize, what: &[u8]| {
        let at = document[from..].windows(what.len()).position(|window| window == what);
        from + at.expect("a signed document has it")
    };
    let start = find(find(0, name.as_bytes()), b">");
    let at = document[start..].iter().position(u8::is_ascii_alphanumeric).expect("base64");
    let mut twin = document.to_vec();
    twin[start + at] = if twin[start + at] == b'x' { b'y' } else { b'x' };
    twin
}

/// `accept` when the document has signatures and each of them verifies, or the code of the first error.
fn verdict(corpus: &Corpus, row: &Row) -> String {
    let bytes = corpus.read(&row.local);
    let document = match Document::parse(&bytes, &XmlLimits::METADATA) {
        Ok(document) => document,
        Err(error) => return error.code().to_owned(),
    };
    if let Err(error) = dsig::check_ids(&document) {
        return error.code().to_owned();
    }
    let mut keys: Vec<PublicKey> = keys::of(corpus, row, &document);
    if keys.is_empty() {
        // A key of another kind, so that the algorithm decides.
        keys.push(vectors::public_key("rsa-2048"));
    }
    keys.truncate(MAX_TRUSTED_KEYS);
    let mut any = false;
    for signature in dsig::signatures(&document) {
        any = true;
        let Some(parent) = signature.parent() else { return "no signed element".to_owned() };
        if let Err(error) = dsig::verify(parent, &keys, &RULES, &CRYPTO) {
            return error.code().to_owned();
        }
    }
    if any { "accept" } else { "no signature" }.to_owned()
}
