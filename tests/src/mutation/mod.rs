//! What an attacker can make of responses that are accepted, and that none of it is accepted as
//! anything else.
//!
//! The base of a mutant is a response that signs somebody in; `operators` change it, once or twice. A
//! mutant may be accepted only if all that comes of it is the same: person, attributes, what is
//! remembered against replay, instants. For each kind of change that does so, `harmless` says why.
//!
//! A mutant is made from the seed of the run and its own number alone, so each can be made again.

mod base;
mod edits;
mod forge;
mod harmless;
mod infoset;
mod judge;
mod markup;
mod mutant;
mod operators;
mod report;
pub mod twins;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use self::judge::Outcome;
use self::mutant::{Generator, Mutant};
use self::report::Report;
pub use crate::differential::Summary;

/// Mutants that one thread takes at a time.
const BATCH: u64 = 256;
/// After so many failures a run tells nothing new.
const MAX_FAILURES: usize = 10;

/// What a run makes.
#[derive(Clone, Debug)]
pub struct Plan {
    /// How many mutants.
    pub mutants: u64,
    /// Where the generator begins; the systematic mutants are the same for every seed.
    pub seed: u64,
    /// When no new batch begins any more.
    pub until: Option<Instant>,
}

/// Judges the mutants of `plan`; those that fail go into `folder`.
///
/// # Panics
/// When a base is refused, or the folder cannot be written.
#[must_use]
pub fn run(plan: &Plan, folder: &Path) -> Summary {
    let bases = base::all();
    let donors = mutant::donors(&bases);
    let generator = Generator::new(&bases, &donors);
    judge::keep_panics();
    let next = AtomicU64::new(0);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let reports: Vec<Report> = std::thread::scope(|scope| {
        let workers: Vec<_> =
            (0..threads).map(|_| scope.spawn(|| work(plan, &generator, &next))).collect();
        workers.into_iter().map(|worker| worker.join().expect("panics are caught")).collect()
    });
    let _ = std::panic::take_hook();
    let mut report = Report::default();
    reports.into_iter().for_each(|other| report.add(other));
    let paths = |number: u64, mutant: &Mutant| keep(folder, number, mutant);
    report.summary(plan, &generator, bases.len(), paths)
}

fn work(plan: &Plan, generator: &Generator<'_>, next: &AtomicU64) -> Report {
    let mut report = Report::default();
    loop {
        let first = next.fetch_add(BATCH, Ordering::Relaxed);
        let is_late = plan.until.is_some_and(|until| Instant::now() >= until);
        if first >= plan.mutants || is_late || report.failures.len() >= MAX_FAILURES {
            return report;
        }
        for number in first..plan.mutants.min(first + BATCH) {
            let mutant = generator.mutant(plan.seed, number);
            let outcome = outcome(generator, number, &mutant);
            report.count(number, mutant, outcome);
        }
    }
}

fn outcome(generator: &Generator<'_>, number: u64, mutant: &Mutant) -> Outcome {
    let explains = number.is_multiple_of(judge::EXPLAINED);
    judge::judge(generator.base(mutant), mutant, explains)
}

/// Makes one mutant again and says all about it.
///
/// # Panics
/// When a base is refused, or the folder cannot be written.
#[must_use]
pub fn show(seed: u64, number: u64, folder: &Path) -> String {
    let bases = base::all();
    let donors = mutant::donors(&bases);
    let generator = Generator::new(&bases, &donors);
    let mutant = generator.mutant(seed, number);
    judge::keep_panics();
    let outcome = outcome(&generator, number, &mutant);
    let _ = std::panic::take_hook();
    let path = keep(folder, number, &mutant);
    let base = generator.base(&mutant);
    let original = if mutant.is_plaintext { &base.plaintext } else { &None };
    let original = original.as_ref().unwrap_or(&base.text);
    let change = edits::Edits::between(original, &mutant.text);
    let (range, by) = &change.replacements()[0];
    let from = &original[range.clone()];
    format!(
        "mutant {number} of seed {seed}\n  base {}\n  kinds {:?}\n  recoded {}\n  outcome {outcome:?}\n  in {}\n  from {from}\n  to   {by}",
        base.name,
        mutant.kinds,
        mutant.is_recoded,
        path.display(),
    )
}

fn keep(folder: &Path, number: u64, mutant: &Mutant) -> PathBuf {
    let path = folder.join(format!("mutant-{number}.xml"));
    std::fs::create_dir_all(folder).expect("the target folder is writable");
    std::fs::write(&path, &mutant.bytes).expect("the target folder is writable");
    path
}
