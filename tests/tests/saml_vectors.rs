//! Other people's SAML responses, with their verdicts, through the path of `deskgate saml verify`.
//!
//! The corpus is not part of the project: it stands beside the checkout, or where `DESKGATE_SHARED`
//! says. Legacy switches (SHA-1, small RSA keys, CBC) are set as the row has them, so that the check a
//! row is about decides. What the row's own library did not check (say, the audience) is taken from the
//! message: the row says nothing about it.
//!
//! `tests/vectors/saml/exceptions.toml` lists rows with another verdict, each with its reason. A row
//! that begins to agree must leave the list.

use std::collections::BTreeMap;
use std::io::Write as _;

use deskgate_core::diagnostic::Diagnostic as _;
use deskgate_core::saml::{VerifiedAssertion, verify_response};
use deskgate_tests::corpus::Corpus;
use deskgate_tests::exceptions::Exceptions;
use deskgate_tests::mutation::twins::{Part, Twin, twins};
use deskgate_tests::saml_rows::{CRYPTO, Expected, Row, Verdict, read_manifest};

/// Not captured by the test harness: the counts are the result.
fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

#[test]
fn verdicts_agree_with_the_corpus() {
    let Some(corpus) = Corpus::open("saml_vectors") else { return };
    let corpus = corpus.path("");
    let exceptions = Exceptions::read("saml/exceptions.toml");
    let mut report = Report::default();
    for row in read_manifest(&corpus) {
        report.add(&row, &row.verdict(&corpus), &exceptions);
    }
    report.missing = exceptions.ids_not_in(&report.seen);
    report.print(&exceptions);
    assert!(report.wrong.is_empty(), "\n{}", report.wrong.join("\n"));
    assert!(report.missing.is_empty(), "exceptions for unknown rows: {:?}", report.missing);
}

/// Twins of every part of every accepted row.
const TWINS: usize = 24;

#[test]
fn one_changed_letter_of_an_accepted_row_is_refused_for_it() {
    let Some(corpus) = Corpus::open("saml_vectors") else { return };
    let corpus = corpus.path("");
    let mut counts: BTreeMap<Part, usize> = BTreeMap::new();
    let (mut rows, mut wrong) = (0, Vec::new());
    for row in read_manifest(&corpus) {
        let Ok(message) = row.message(&corpus) else { continue };
        let demands = row.demands(&message, &corpus);
        let verify = |xml: &[u8]| {
            verify_response(xml, &demands.expected(), demands.now, &CRYPTO)
                .map(VerifiedAssertion::into_owned)
        };
        if verify(&message).is_err() {
            continue;
        }
        rows += 1;
        let text = String::from_utf8(message).expect("accepted, so UTF-8");
        for Twin { part, at, text } in twins(&text, TWINS, rows) {
            *counts.entry(part).or_default() += 1;
            let code = verify(text.as_bytes()).map_or_else(|error| error.code(), |_| "ok");
            if !part.explains(code) {
                wrong.push(format!("{} with another letter at {at}, {part:?}: {code}", row.id));
            }
        }
    }
    say(&format!("saml_vectors: one-byte twins of {rows} accepted rows, refused: {counts:?}"));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(counts.len() == 5, "{counts:?}");
}

#[derive(Default)]
struct Report {
    accepted: usize,
    rejected: BTreeMap<String, Vec<String>>,
    excepted: BTreeMap<usize, usize>,
    seen: Vec<String>,
    wrong: Vec<String>,
    missing: Vec<String>,
}

impl Report {
    fn add(&mut self, row: &Row, verdict: &Verdict, exceptions: &Exceptions) {
        self.seen.push(row.id.clone());
        let (agrees, actual) = match verdict {
            Verdict::Accepted { name_id } => {
                let name_id = name_id.as_deref();
                let right_person = |expected: &Option<String>| {
                    expected.is_none() || expected.as_deref() == name_id
                };
                assert!(
                    row.attacker_identity.is_none() || row.attacker_identity.as_deref() != name_id,
                    "BREAK-IN: {} signs in the attacker",
                    row.id
                );
                let agrees = match row.expected {
                    Expected::Accept => right_person(&row.expect_name_id),
                    Expected::Reject => false,
                    Expected::RejectOrSignedIdentity => {
                        row.signed_identity.is_some() && right_person(&row.signed_identity)
                    }
                };
                (agrees, "accept")
            }
            Verdict::Rejected(error) => (row.expected != Expected::Accept, error.code()),
        };
        match (agrees, exceptions.of(&row.id)) {
            (true, None) => match verdict {
                Verdict::Rejected(error) => {
                    let line = format!("{} {error} | {} | {}", row.id, row.reason, row.local);
                    self.rejected.entry(actual.to_owned()).or_default().push(line);
                }
                _ => self.accepted += 1,
            },
            (false, Some((index, expected))) if expected == actual => {
                *self.excepted.entry(index).or_default() += 1;
            }
            (true, Some(_)) => self
                .wrong
                .push(format!("{}: agrees ({actual}), so it must leave exceptions.toml", row.id)),
            (false, _) => {
                let detail = match verdict {
                    Verdict::Rejected(error) => format!(
                        "{error}; expected {:?}; found {:?}",
                        error.expected(),
                        error.found()
                    ),
                    other => format!("{other:?}"),
                };
                self.wrong.push(format!(
                    "{} {:?}: {actual} ({detail}) | {} | {} | {} | {}",
                    row.id, row.expected, row.scope, row.reason, row.local, row.sig_check
                ));
            }
        }
    }

    fn print(&self, exceptions: &Exceptions) {
        let rejected: usize = self.rejected.values().map(Vec::len).sum();
        let excepted: usize = self.excepted.values().sum();
        say(&format!(
            "saml_vectors: {} rows; agreed: {} accepted, {rejected} rejected; {excepted} exceptions; \
             {} wrong",
            self.seen.len(),
            self.accepted,
            self.wrong.len()
        ));
        for (index, count) in &self.excepted {
            say(&format!("  {count:3} exceptions: {}", exceptions.reason(*index)));
        }
        let verbose = std::env::var_os("DESKGATE_VECTORS_VERBOSE").is_some();
        for (code, rows) in &self.rejected {
            say(&format!("  {:3} rejected: {code}", rows.len()));
            for row in rows.iter().filter(|_| verbose) {
                say(&format!("        {row}"));
            }
        }
    }
}
