//! `cargo xtask differential`: canonical forms against libxml2, signatures against xmlsec1 and xml-crypto,
//! on generated documents.

use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result};

use crate::setup::{Need, Setup};
use crate::workspace::Workspace;

/// What the comparison asks.
pub(crate) const NEEDS: &[Need] = &[Need::Libxml2, Need::Xmlsec, Need::Node, Need::TestPackages];

/// How much is compared.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// How many documents are canonicalized; one signature is compared for every 250 of them.
    #[arg(long, default_value_t = 125_000)]
    documents: u64,
    /// Where the generator begins; the same seed makes the same documents.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Stop after so many seconds; 0 for no limit.
    #[arg(long, default_value_t = 0)]
    seconds: u64,
}

impl Options {
    /// The run that belongs to `cargo xtask test`.
    pub(crate) const QUICK: Self = Self { documents: 2_000, seed: 1, seconds: 0 };
}

pub(crate) fn run(workspace: &Workspace, setup: &Setup<'_>, options: &Options) -> Result<ExitCode> {
    setup.require(NEEDS)?;
    let status = command(workspace, options).status().context("cannot start the comparison")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The comparison of tests/src/bin/differential.rs; what fails goes below the target folder.
pub(crate) fn command(workspace: &Workspace, options: &Options) -> Command {
    let mut command = workspace.cargo();
    let program =
        ["run", "--quiet", "--locked", "-p", "deskgate-tests", "--bin", "differential", "--"];
    let numbers = [options.documents, options.seed, options.seconds];
    command.args(program).args(numbers.map(|number| number.to_string()));
    command.arg(workspace.target().join("differential"));
    command
}
