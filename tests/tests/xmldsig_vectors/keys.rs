//! The keys of a row, and those inside its document. Trust is not the question here: a product never
//! takes a key from a message.

use deskgate_core::base64;
use deskgate_core::crypto::{EcCurve, KeyRules, PublicKey};
use deskgate_core::x509::Certificate;
use deskgate_core::xml::{Document, Element};
use deskgate_tests::corpus::{Corpus, Row};

/// The smallest RSA key of the corpus has 512 bits.
const RULES: KeyRules = KeyRules::dangerous_min_rsa_bits(512);

/// Each key once, those that the row names first.
pub(crate) fn of(corpus: &Corpus, row: &Row, document: &Document<'_>) -> Vec<PublicKey> {
    let named = ["keys", "files"].into_iter().flat_map(|setting| files(row, setting));
    let named = named.flat_map(|file| of_file(&corpus.read(file)));
    let mut keys = Vec::new();
    for key in named.chain(document.elements().flat_map(of_element)) {
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    keys
}

fn files<'r>(row: &'r Row, setting: &str) -> impl Iterator<Item = &'r str> {
    row.settings[setting].as_array().into_iter().flatten().filter_map(serde_json::Value::as_str)
}

/// Certificates or a public key, in PEM or DER; nothing for a secret of HMAC.
fn of_file(bytes: &[u8]) -> Vec<PublicKey> {
    let body: String = String::from_utf8_lossy(bytes)
        .lines()
        .skip_while(|line| !line.starts_with("-----BEGIN PUBLIC KEY"))
        .filter(|line| !line.starts_with("-----"))
        .collect();
    let spki = base64::decode(&body).unwrap_or_default();
    let certificates = Certificate::parse_all(bytes, RULES).unwrap_or_default();
    let certificates = certificates.iter().map(|certificate| certificate.public_key().clone());
    let keys = [&spki, bytes].into_iter().flat_map(|spki| PublicKey::from_spki_der(spki, RULES));
    certificates.chain(keys).collect()
}

/// X509Certificate, KeyValue (XML-DSig 1.1, section 4.5.2) and DEREncodedKeyValue (4.5.9).
fn of_element(element: Element<'_>) -> Option<PublicKey> {
    match element.local_name() {
        "X509Certificate" => {
            let certificate = Certificate::from_der(&binary(element)?, RULES).ok()?;
            Some(certificate.public_key().clone())
        }
        "DEREncodedKeyValue" => PublicKey::from_spki_der(&binary(element)?, RULES).ok(),
        "RSAKeyValue" => {
            let part = |name| binary(child(element, name)?);
            PublicKey::from_rsa_components(&part("Modulus")?, &part("Exponent")?, RULES).ok()
        }
        "ECKeyValue" => {
            let point = binary(child(element, "PublicKey")?)?;
            let (x, y) = point.strip_prefix(&[4])?.split_at((point.len() - 1) / 2);
            let curve = match x.len() {
                32 => EcCurve::P256,
                48 => EcCurve::P384,
                _ => EcCurve::P521,
            };
            PublicKey::from_ec_point(curve, x, y).ok()
        }
        _ => None,
    }
}

fn child<'doc>(parent: Element<'doc>, name: &str) -> Option<Element<'doc>> {
    parent.child_elements().find(|child| child.local_name() == name)
}

fn binary(element: Element<'_>) -> Option<Vec<u8>> {
    let text: String = element.text().ok()?.split_ascii_whitespace().collect();
    base64::decode(&text).ok()
}
