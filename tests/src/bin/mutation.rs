//! Judges changed responses; `cargo xtask mutate` calls it.
//!
//! `mutation MUTANTS SEED SECONDS FOLDER [NUMBER]`: SECONDS may be 0 for no limit; FOLDER gets what
//! fails. With a NUMBER that one mutant is made and shown.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use deskgate_tests::mutation::{Plan, run, show};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize| arguments.get(at).and_then(|text| text.parse::<u64>().ok());
    let (Some(mutants), Some(seed), Some(seconds), Some(folder)) =
        (number(0), number(1), number(2), arguments.get(3).map(PathBuf::from))
    else {
        eprintln!("usage: mutation MUTANTS SEED SECONDS FOLDER [NUMBER]");
        return ExitCode::FAILURE;
    };
    if let Some(only) = number(4) {
        println!("{}", show(seed, only, &folder));
        return ExitCode::SUCCESS;
    }
    let until = (seconds > 0).then(|| Instant::now() + Duration::from_secs(seconds));
    let summary = run(&Plan { mutants, seed, until }, &folder);
    let is_right = summary.differences.is_empty();
    let mut counts = summary.counts.iter();
    // The line that `cargo xtask test` counts, then the details.
    println!(
        "{} mutation: {}",
        if is_right { "ok" } else { "not ok" },
        counts.next().map_or("", |line| line)
    );
    counts.chain(&summary.differences).for_each(|line| println!("   {line}"));
    if is_right { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
