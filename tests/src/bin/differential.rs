//! Compares canonical forms with libxml2 and signatures with xmlsec1 and xml-crypto; `cargo xtask differential` calls it.
//!
//! `differential DOCUMENTS SEED SECONDS FOLDER`: SECONDS may be 0 for no limit; FOLDER gets what fails.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use deskgate_tests::differential::{Plan, Summary, canonical, signatures};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize| arguments.get(at).and_then(|text| text.parse::<u64>().ok());
    let (Some(documents), Some(seed), Some(seconds), Some(folder)) =
        (number(0), number(1), number(2), arguments.get(3).map(PathBuf::from))
    else {
        eprintln!("usage: differential DOCUMENTS SEED SECONDS FOLDER");
        return ExitCode::FAILURE;
    };
    let until = (seconds > 0).then(|| Instant::now() + Duration::from_secs(seconds));
    let plan = Plan { documents, seed, until };
    let results = [
        report("signatures", &signatures::compare_with_xmlsec1(&plan, &folder)),
        report("RSA-PSS and Ed25519", &signatures::compare_with_xml_crypto(&plan, &folder)),
        report("canonical forms", &canonical::compare(&plan, &folder)),
    ];
    if results == [true; 3] { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The lines that `cargo xtask test` counts, then the details.
fn report(name: &str, summary: &Summary) -> bool {
    let is_equal = summary.differences.is_empty();
    let mut counts = summary.counts.iter();
    println!(
        "{} {name}: {}",
        if is_equal { "ok" } else { "not ok" },
        counts.next().map_or("", |s| s)
    );
    counts.chain(&summary.differences).for_each(|line| println!("   {line}"));
    is_equal
}
