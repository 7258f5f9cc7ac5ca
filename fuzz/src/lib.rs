//! Fuzz targets: each a function that takes any bytes and asserts what must hold for all of them.
//!
//! `cargo xtask fuzz` runs them under libFuzzer, compiled so that every step is counted;
//! `tests/smoke.rs` runs the seeds and some mutants of them with every `cargo xtask test`.
//! README.md says what each target asserts.

mod meter;
mod mutation;
pub mod seeds;
mod targets;
mod trusted;
pub mod worst;

pub use meter::{Allocations, Budget};
pub use mutation::Mutants;

/// One thing that is fuzzed.
#[derive(Debug)]
pub struct Target {
    /// How the command line calls it.
    pub name: &'static str,
    /// The file in `dictionaries/`, without `.dict`.
    pub dictionary: &'static str,
    /// Longest input that is worth trying: just beyond the limit of what is called, or where more
    /// bytes bring nothing but repetition.
    pub max_bytes: usize,
    budget: Budget,
    run: fn(&[u8]),
}

impl Target {
    /// Of the core.
    pub const ALL: &'static [Self] = targets::ALL;

    /// A target that lives elsewhere.
    #[must_use]
    pub const fn new(
        name: &'static str,
        dictionary: &'static str,
        max_bytes: usize,
        budget: Budget,
        run: fn(&[u8]),
    ) -> Self {
        Self { name, dictionary, max_bytes, budget, run }
    }

    /// The target of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        Self::ALL.iter().find(|target| target.name == name)
    }

    /// Makes what is made only once, so that it is not counted for the first input.
    pub fn prepare(&self) {
        (self.run)(b"");
    }

    /// Runs the target and checks that it did not work more than the length of `input` justifies.
    ///
    /// # Panics
    /// When something does not hold.
    pub fn run(&self, input: &[u8]) {
        self.budget.check(self.name, input.len(), || (self.run)(input));
    }
}

/// Without the name of a target in the environment, a program names those that it has, each with its
/// dictionary and its longest input, and ends. `cargo xtask fuzz` asks so.
pub fn announce(targets: &[Target]) {
    if std::env::var_os("DESKGATE_FUZZ_TARGET").is_none() {
        for target in targets {
            println!("target {} {} {}", target.name, target.dictionary, target.max_bytes);
        }
        std::process::exit(0);
    }
}
