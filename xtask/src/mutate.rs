//! `cargo xtask mutate`: responses that are accepted, changed in every way that an attacker may try.

use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result};

use crate::workspace::Workspace;

/// From so many mutants on the core is compiled optimized for them, which takes as long as judging half
/// a million; overflow is checked as ever.
const WORTH_OPTIMIZING: u64 = 200_000;

/// How much is tried.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// How many mutants are judged.
    #[arg(long, default_value_t = 1_000_000)]
    mutants: u64,
    /// Where the generator begins; the same seed makes the same mutants.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Stop after so many seconds; 0 for no limit.
    #[arg(long, default_value_t = 0)]
    seconds: u64,
    /// Make only the mutant with this number, and show it.
    #[arg(long)]
    only: Option<u64>,
}

impl Options {
    /// The run that belongs to `cargo xtask test`.
    pub(crate) const QUICK: Self = Self { mutants: 5_000, seed: 1, seconds: 0, only: None };
}

pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<ExitCode> {
    let status = command(workspace, options).status().context("cannot start the mutations")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The program of tests/src/bin/mutation.rs; what fails goes below the target folder.
pub(crate) fn command(workspace: &Workspace, options: &Options) -> Command {
    let mut command = workspace.cargo();
    command.args(["run", "--quiet", "--locked", "-p", "deskgate-tests", "--bin", "mutation"]);
    if options.only.is_none() && options.mutants >= WORTH_OPTIMIZING {
        for name in ["deskgate-xmldsig", "deskgate-core", "deskgate-tests"] {
            command.args(["--config", &format!("profile.dev.package.{name}.opt-level=2")]);
        }
    }
    command.arg("--");
    let numbers = [options.mutants, options.seed, options.seconds];
    command.args(numbers.map(|number| number.to_string()));
    command.arg(workspace.target().join("mutation"));
    command.args(options.only.map(|number| number.to_string()));
    command
}
