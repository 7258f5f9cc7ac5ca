//! Signatures: what a peer signs verifies here, what we sign verifies there, and what is changed by
//! one byte verifies nowhere. The peer is xmlsec1, and xml-crypto for the algorithms that xmlsec1 lacks.

use std::collections::BTreeMap;
use std::path::Path;

use deskgate_core::c14n::{Comments, Method};
use deskgate_core::crypto::{DigestAlgorithm, PublicKey, RustCrypto, SignatureAlgorithm};
use deskgate_core::dsig::{self, SignatureRules, SigningKey};
use deskgate_core::limits::XmlLimits;
use deskgate_core::xml::{Document, names};

use super::xml_crypto::XmlCrypto;
use super::xmlsec1::Xmlsec1;
use super::{Plan, Summary, generator, keep};
use crate::random::Random;
use crate::vectors;

/// One signature for so many documents: each costs three starts of xmlsec1, some ten milliseconds.
const DOCUMENTS_FOR_A_SIGNATURE: u64 = 250;
const MAX_DIFFERENCES: usize = 5;
/// Keeps the generators of both comparisons apart.
const SEED_OF_SIGNATURES: u64 = 0x5197;

/// An algorithm and a key of `tests/vectors/keys` that fits.
type Row = (SignatureAlgorithm, &'static str);

/// What of the table of algorithms xmlsec1 1.2 knows.
const XMLSEC1_ROWS: &[Row] = &[
    (SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha1), "rsa-2048"),
    (SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256), "rsa-2048"),
    (SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha384), "rsa-2048"),
    (SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha512), "other-rsa-2048"),
    (SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha1), "ec-p256"),
    (SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha256), "ec-p256"),
    (SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha384), "ec-p256"),
    (SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha512), "ec-p256"),
    (SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha1), "ec-p384"),
    (SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha256), "ec-p384"),
    (SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha384), "ec-p384"),
    (SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha512), "ec-p384"),
    (SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha1), "ec-p521"),
    (SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha256), "ec-p521"),
    (SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha384), "ec-p521"),
    (SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha512), "ec-p521"),
];

/// What it does not know.
const XML_CRYPTO_ROWS: &[Row] = &[
    (SignatureAlgorithm::Ed25519, "ed25519"),
    (SignatureAlgorithm::RsaPss(DigestAlgorithm::Sha1), "rsa-2048"),
    (SignatureAlgorithm::RsaPss(DigestAlgorithm::Sha256), "rsa-2048"),
    (SignatureAlgorithm::RsaPss(DigestAlgorithm::Sha384), "other-rsa-2048"),
    (SignatureAlgorithm::RsaPss(DigestAlgorithm::Sha512), "rsa-2048"),
];

/// SHA-1 is compared as well: connections may allow it.
const RULES: SignatureRules = SignatureRules { allow_sha1: true };

/// Where a twin differs from what was signed: the text before the byte.
const CHANGED: &[(&str, &str)] = &[
    ("text", "<d:Mark kind=\"text\">"),
    ("attribute", "<d:Mark kind=\""),
    ("namespace", "<d:Mark kind=\"text\">text</d:Mark><e:Mark xmlns:e=\"urn:"),
    ("ID", "<d:Signed ID=\""),
    ("Reference", "<ds:Reference URI=\"#"),
    ("DigestValue", "<ds:DigestValue>"),
    ("SignatureValue", "<ds:SignatureValue>"),
];

#[derive(Debug, Default)]
struct Counts {
    theirs: u64,
    ours: u64,
    twins: BTreeMap<&'static str, u64>,
}

/// Someone else's program that signs and verifies.
pub(super) trait Peer {
    /// For reports.
    fn name(&self) -> &'static str;

    /// Whether it reads every name and character that XML has.
    fn reads_all_xml(&self) -> bool;

    /// The canonicalizations that it has.
    fn methods(&self) -> &'static [Method];

    /// The document with its empty Signature filled, or what the program says.
    fn sign(&mut self, document: &str, key: &str) -> Result<String, String>;

    /// Whether the signature verifies with the certificate of `key`.
    fn verifies(&mut self, document: &str, key: &str) -> bool;
}

/// Compares signatures with xmlsec1, as many as belong to `plan`; what fails goes into `folder`.
///
/// # Panics
/// When xmlsec1 cannot be started.
#[must_use]
pub fn compare_with_xmlsec1(plan: &Plan, folder: &Path) -> Summary {
    keep(folder, "signature.xml", b"");
    compare(plan, folder, XMLSEC1_ROWS, &mut Xmlsec1 { folder })
}

/// The same with xml-crypto.
///
/// # Panics
/// When Node.js cannot be started.
#[must_use]
pub fn compare_with_xml_crypto(plan: &Plan, folder: &Path) -> Summary {
    compare(plan, folder, XML_CRYPTO_ROWS, &mut XmlCrypto::start())
}

fn compare(plan: &Plan, folder: &Path, rows: &[Row], peer: &mut dyn Peer) -> Summary {
    let mut counts = Counts::default();
    let mut differences = Vec::new();
    // Each algorithm with each key at least twice.
    let signatures = (plan.documents / DOCUMENTS_FOR_A_SIGNATURE).max(2 * rows.len() as u64);
    for (number, row) in (0..signatures).zip(rows.iter().cycle()) {
        if differences.len() >= MAX_DIFFERENCES || plan.is_over() {
            break;
        }
        let mut case = Case {
            random: Random::of(plan.seed ^ SEED_OF_SIGNATURES, number),
            algorithm: row.0,
            key: row.1,
            public_key: vectors::public_key(row.1),
            peer,
        };
        for result in [case.signed_there(&mut counts), case.signed_here(&mut counts)] {
            if let Err((what, document)) = result {
                let path = keep(folder, &format!("signature-{number}.xml"), document.as_bytes());
                differences.push(format!("{} with {}: {what}\n  {path}", row.0.xml_uri(), row.1));
            }
        }
    }
    Summary { counts: counts.lines(peer.name()), differences }
}

impl Counts {
    fn lines(&self, peer: &str) -> Vec<String> {
        let twins: u64 = self.twins.values().sum();
        let kinds: Vec<String> =
            self.twins.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
        vec![
            format!(
                "{} documents signed by {peer} verify here, {} signed here verify there, {twins} with one byte \
                 changed verify nowhere",
                self.theirs, self.ours
            ),
            format!("changed in: {}", kinds.join(", ")),
        ]
    }
}

/// What differs, and the document.
type Verdict = Result<(), (String, String)>;

struct Case<'a> {
    random: Random,
    algorithm: SignatureAlgorithm,
    key: &'static str,
    public_key: PublicKey,
    peer: &'a mut dyn Peer,
}

impl Case<'_> {
    fn signed_there(&mut self, counts: &mut Counts) -> Verdict {
        let template = self.template();
        let document = self.document(&template);
        let signed = self
            .peer
            .sign(&document, self.key)
            .map_err(|error| (format!("{} does not sign: {error}", self.peer.name()), document))?;
        self.check_verifies(&signed)?;
        counts.theirs += 1;
        self.check_twin(&signed, counts)
    }

    fn signed_here(&mut self, counts: &mut Counts) -> Verdict {
        // Nothing of ours is ever signed with SHA-1 or RSA-PSS.
        if self.algorithm.uses_sha1() || matches!(self.algorithm, SignatureAlgorithm::RsaPss(_)) {
            return Ok(());
        }
        let document = self.document("");
        let key = vectors::private_key(self.key);
        let signing_key = SigningKey { algorithm: self.algorithm, key: &key, certificate: None };
        let crypto = RustCrypto::with_dangerous_rsa_private_operations();
        let signed = dsig::sign_enveloped(&document, "_signed", &signing_key, &crypto)
            .map_err(|error| (format!("we do not sign: {error}"), document))?;
        self.check_verifies(&signed)?;
        counts.ours += 1;
        self.check_twin(&signed, counts)
    }

    fn check_verifies(&mut self, signed: &str) -> Verdict {
        if let Err(error) = self.verify_here(signed) {
            return Err((format!("refused here: {error}"), signed.to_owned()));
        }
        if !self.peer.verifies(signed, self.key) {
            return Err((format!("refused by {}", self.peer.name()), signed.to_owned()));
        }
        Ok(())
    }

    fn check_twin(&mut self, signed: &str, counts: &mut Counts) -> Verdict {
        let (kind, before) = self.random.pick(CHANGED);
        let twin = self
            .changed_after(signed, before)
            .ok_or_else(|| (format!("no {kind} to change"), signed.to_owned()))?;
        if self.verify_here(&twin).is_ok() {
            return Err((format!("taken here with a changed {kind}"), twin));
        }
        if self.peer.verifies(&twin, self.key) {
            return Err((format!("taken by {} with a changed {kind}", self.peer.name()), twin));
        }
        *counts.twins.entry(kind).or_default() += 1;
        Ok(())
    }

    /// With another letter for one of the first letters after `before`. Base64 has significant bits only
    /// there; at its end xmlsec1 takes several spellings of the same bytes.
    fn changed_after(&mut self, signed: &str, before: &str) -> Option<String> {
        let mut bytes = signed.as_bytes().to_vec();
        let at = signed.find(before)? + before.len() + self.random.below(4);
        // xmlsec1 breaks lines in base64.
        let at = at + bytes.get(at..)?.iter().position(u8::is_ascii_alphanumeric)?;
        let letter = bytes.get_mut(at)?;
        *letter = if *letter == b'x' { b'y' } else { b'x' };
        String::from_utf8(bytes).ok()
    }

    fn verify_here(&self, signed: &str) -> Result<(), String> {
        let document = Document::parse(signed.as_bytes(), &XmlLimits::METADATA)
            .map_err(|error| error.to_string())?;
        let element = document
            .elements()
            .find(|element| element.is("urn:deskgate:differential", "Signed"))
            .ok_or("no Signed")?;
        let keys = std::slice::from_ref(&self.public_key);
        let crypto = RustCrypto::with_dangerous_rsa_private_operations();
        let verified = dsig::verify(element, keys, &RULES, &crypto);
        verified.map(drop).map_err(|error| error.to_string())
    }

    /// A signed element among and around generated ones. Comments are everywhere: a Reference without
    /// XPointer does not select them (XML-DSig 4.4.3.3), and both sides have to know that.
    fn document(&mut self, signature: &str) -> String {
        let [before, inside, after] = ["before", "inside", "after"].map(|ids| {
            if self.peer.reads_all_xml() {
                let mut text = String::new();
                generator::element(&mut self.random, ids, &mut text);
                text
            } else {
                let number = self.random.below(1_000_000);
                format!(
                    "<p:{ids} b=\"&#9;{number}\" a=\"\"><!-- {number} -->&lt;{number}</p:{ids}>"
                )
            }
        });
        format!(
            "<r:Root xmlns:r=\"urn:r\" xmlns:p=\"urn:b\" xmlns:d=\"urn:deskgate:differential\" xmlns:xs=\"urn:a\" \
             xml:lang=\"en\">{before}<d:Signed ID=\"_signed\">{signature}<d:Mark kind=\"text\">text</d:Mark>\
             <e:Mark xmlns:e=\"urn:mark\"/>{inside}</d:Signed>{after}</r:Root>"
        )
    }

    /// An empty signature for the peer to fill.
    fn template(&mut self) -> String {
        let methods = self.peer.methods();
        let info = self.random.pick(methods).uri(Comments::Omit);
        let transform = self.random.pick(methods);
        let list = if transform == Method::Exclusive10 && self.random.chance(50) {
            format!(
                "<ec:InclusiveNamespaces xmlns:ec=\"{}\" PrefixList=\"xs p\"/>",
                names::EXC_C14N
            )
        } else {
            String::new()
        };
        let digest = self.random.pick(&DigestAlgorithm::ALL).xml_uri();
        format!(
            "<ds:Signature xmlns:ds=\"{dsig}\"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm=\"{info}\"/>\
             <ds:SignatureMethod Algorithm=\"{algorithm}\"/><ds:Reference URI=\"#_signed\"><ds:Transforms>\
             <ds:Transform Algorithm=\"{dsig}enveloped-signature\"/><ds:Transform Algorithm=\"{transform}\">{list}\
             </ds:Transform></ds:Transforms><ds:DigestMethod Algorithm=\"{digest}\"/><ds:DigestValue/>\
             </ds:Reference></ds:SignedInfo><ds:SignatureValue/></ds:Signature>",
            dsig = names::DSIG,
            algorithm = self.algorithm.xml_uri(),
            transform = transform.uri(Comments::Omit),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_algorithm_is_compared() {
        let rows = || XMLSEC1_ROWS.iter().chain(XML_CRYPTO_ROWS);
        let is_compared = |row: &SignatureAlgorithm| rows().any(|(known, _)| known == row);
        let others: Vec<_> =
            SignatureAlgorithm::ALL.into_iter().filter(|row| !is_compared(row)).collect();
        assert_eq!(others, []);
    }
}
