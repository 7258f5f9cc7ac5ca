//! The verifier gives the same verdict with either crypto provider: on every SAML response of the
//! corpus, and on twins of the accepted ones that differ in one byte.
//!
//! The rules run here; digests, signatures and decryption run inside workerd, as at the edge.

use deskgate_core::crypto::Crypto;
use deskgate_core::saml::verify_response;
use deskgate_tests::corpus::Corpus;
use deskgate_tests::saml_rows::{CRYPTO, Demands, read_manifest};
use deskgate_tests::workerd_crypto::WorkerdCrypto;

/// Where a twin differs: in the first letter or digit after this.
const CHANGED: [&str; 5] =
    ["SignatureValue>", "DigestValue>", "CipherValue>", "<saml:Issuer>", "NameID>"];

#[test]
fn both_providers_give_the_same_verdict_on_every_response() {
    let Some(corpus) = Corpus::open("saml_in_workerd") else { return };
    let Some(workerd) = WorkerdCrypto::start("saml_in_workerd") else { return };
    let corpus = corpus.path("");
    let (mut rows, mut accepted, mut twins) = (0, 0, 0);
    for row in read_manifest(&corpus) {
        let Ok(message) = row.message(&corpus) else { continue };
        let demands = row.demands(&message, &corpus);
        let verdict = same_verdict(&message, &demands, &workerd, &row.id);
        rows += 1;
        if verdict.is_err() {
            continue;
        }
        accepted += 1;
        for place in CHANGED {
            let Some(twin) = twin(&message, place) else { continue };
            let what = format!("{} with another {place}", row.id);
            let verdict = same_verdict(&twin, &demands, &workerd, &what);
            assert!(verdict.is_err(), "{what} is accepted");
            twins += 1;
        }
    }
    println!(
        "saml_in_workerd: the same verdict by both providers on {rows} responses, {accepted} of them accepted, \
         and on {twins} twins of these, all refused"
    );
    assert!(accepted > 0 && twins > accepted);
}

/// Who signs in, or the whole error.
fn same_verdict(
    message: &[u8],
    demands: &Demands,
    workerd: &WorkerdCrypto,
    what: &str,
) -> Result<String, String> {
    let verdict = |crypto: &dyn Crypto| {
        let verified = verify_response(message, &demands.expected(), demands.now, crypto);
        verified.map(|one| format!("{:?}", one.identity)).map_err(|error| format!("{error:?}"))
    };
    let ours = verdict(&CRYPTO);
    assert_eq!(verdict(workerd), ours, "{what}");
    ours
}

/// The message with another letter in one place, if it has such a place.
fn twin(message: &[u8], place: &str) -> Option<Vec<u8>> {
    let start = message.windows(place.len()).position(|w| w == place.as_bytes())? + place.len();
    let mut twin = message.to_vec();
    let at = start + twin.get(start..)?.iter().position(u8::is_ascii_alphanumeric)?;
    twin[at] = if twin[at] == b'x' { b'y' } else { b'x' };
    Some(twin)
}
