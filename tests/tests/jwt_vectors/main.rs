//! Other people's tokens and key sets, with their verdicts.
//!
//! Most tokens of test suites have no `exp`, no issuer and a short shared secret, so a verifier with
//! our rules would refuse nearly all of them, and no other rule would be tried. A row is therefore
//! decided in two steps: the token as it is, with the row's key however weak, up to its signature; and
//! its claims, completed where the row's own library did not look, signed again and verified with all
//! rules. The first refusal is our verdict.
//!
//! `tests/vectors/jwt/exceptions.toml` lists rows with another verdict, each with its reason. A row
//! that begins to agree must leave the list.

#[path = "claims.rs"]
mod claims;
#[path = "cookbook.rs"]
mod cookbook;
#[path = "signature.rs"]
mod signature;
#[path = "wycheproof.rs"]
mod wycheproof;

use std::collections::BTreeMap;
use std::io::Write as _;

use deskgate_core::crypto::{AwsLc, Crypto, RustCrypto};
use deskgate_core::diagnostic::Diagnostic as _;
use deskgate_core::jose::{JwkKind, JwkSet};
use deskgate_tests::corpus::{Corpus, Row};
use deskgate_tests::exceptions::Exceptions;
use deskgate_tests::workerd_crypto::WorkerdCrypto;

/// `Ok`, or the code of the refusal.
type Verdict = Result<(), &'static str>;

/// Not captured by the test harness: what ran, and what did not, must be seen.
fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

#[test]
fn verdicts_agree_with_the_corpus() {
    let Some(corpus) = Corpus::open("jwt_vectors") else { return };
    let exceptions = Exceptions::read("jwt/exceptions.toml");
    let workerd = WorkerdCrypto::start("jwt_vectors in workerd");
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    let rows = corpus.rows("JW-");
    for row in &rows {
        let verdict = all_providers(workerd.as_ref(), |crypto| verdict(&corpus, row, crypto));
        let actual = verdict.err().unwrap_or("accept");
        let agrees = verdict.is_ok() == must_accept(row);
        let outcome = match (agrees, exceptions.of(&row.id)) {
            (true, None) => format!("agreed: {actual}"),
            (false, Some((index, expected))) if expected == actual => {
                format!("exception: {}", exceptions.reason(index))
            }
            (true, Some(_)) => {
                wrong.push(format!("{} agrees ({actual}): it must leave the exceptions", row.id));
                continue;
            }
            (false, _) => {
                let Row { id, expected, reason, local, .. } = row;
                wrong.push(format!("{id} {expected}: {actual} | {reason} | {local}"));
                continue;
            }
        };
        *counts.entry(outcome).or_default() += 1;
    }
    say(&format!("jwt_vectors: {} rows, {} wrong", rows.len(), wrong.len()));
    for (outcome, count) in &counts {
        say(&format!("  {count:3} {outcome}"));
    }
    let seen: Vec<String> = rows.iter().map(|row| row.id.clone()).collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert_eq!(exceptions.ids_not_in(&seen), Vec::<String>::new());
    assert!(rows.len() >= 190, "the corpus had 190 rows");
}

/// What upstream accepts by a flaw that the corpus names is to be refused.
fn must_accept(row: &Row) -> bool {
    row.expected == "accept" && !row.strict_profile.starts_with("reject")
}

/// What the provider in Rust says, and AWS-LC, and that of the Worker inside workerd as well, if it is there.
#[track_caller]
fn all_providers(
    workerd: Option<&WorkerdCrypto>,
    verdict: impl Fn(&dyn Crypto) -> Verdict,
) -> Verdict {
    let ours = verdict(&RustCrypto::new());
    assert_eq!(verdict(&AwsLc::new()), ours);
    if let Some(workerd) = workerd {
        assert_eq!(verdict(workerd), ours);
    }
    ours
}

fn verdict(corpus: &Corpus, row: &Row, crypto: &dyn Crypto) -> Verdict {
    let file = corpus.read(&row.local);
    if row.settings["what"] == "jwks" {
        return JwkSet::parse(&file, JwkKind::ALL).map(|_| ()).map_err(|error| error.code());
    }
    if row.scope == "jose" {
        return cookbook::verdict(&file, crypto);
    }
    let token = String::from_utf8_lossy(&file);
    signature::verdict(&token, row, corpus, crypto)?;
    if row.scope == "jwt" { claims::verdict(&token, row, crypto) } else { Ok(()) }
}
