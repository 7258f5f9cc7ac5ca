//! `cargo xtask`: everything that a developer or a build machine does with this repository.
//!
//! Each command first makes sure of what it needs (see `setup`), so none of them has a manual.

mod advisories;
mod bench;
mod build;
mod check;
mod conformance;
mod dev;
mod differential;
mod fuzz;
mod instructions;
mod mutate;
mod panics;
mod process;
mod progress;
mod setup;
mod size;
mod test;
mod tidy;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::progress::Progress;
use crate::setup::Setup;
use crate::workspace::Workspace;

/// Build, run and check deskgate.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// Never install anything: list what is missing and skip what needs it.
    #[arg(long, global = true)]
    no_install: bool,
}

#[derive(Subcommand)]
enum Command {
    /// Check the locked dependencies against a checkout of the RustSec advisory database.
    Advisories(advisories::Options),
    /// Measure deskgate and its peers on the same documents, and write docs/performance.md.
    Bench(bench::Options),
    /// Build the Worker and the npm package for WebAssembly.
    Build(build::Options),
    /// Check formatting, lints, documentation, no_std, architecture and house rules.
    Check,
    /// Run what other people's vectors and programs say, and print the counts of docs/CONFORMANCE.md.
    Conformance(differential::Options),
    /// Run the Worker with a demo helpdesk and a demo identity provider, and say where to click.
    Dev(dev::Options),
    /// Compare canonical forms with libxml2, and signatures with xmlsec1 and xml-crypto, on generated documents.
    Differential(differential::Options),
    /// Walk through sign-in and sign-out with a browser and SimpleSAMLphp.
    E2e,
    /// Fuzz the parsers and verifiers, with every step of theirs counted.
    Fuzz(fuzz::Options),
    /// Count the instructions of the core with callgrind, and compare them with the record.
    Instructions(instructions::Options),
    /// Change accepted responses in every way that an attacker may try.
    Mutate(mutate::Options),
    /// Compare what remains of panics in the release WebAssembly with docs/panics.toml.
    Panics,
    /// Install what the other commands need, and say what could not be installed.
    Setup,
    /// Print what each entry point of the npm package makes a page load, and what is in the Worker.
    Size,
    /// Run every test.
    Test,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<ExitCode> {
    let workspace = Workspace::locate();
    let progress = Progress::new();
    let setup = Setup::new(&workspace, &progress, !arguments.no_install);
    match &arguments.command {
        Command::Advisories(options) => advisories::run(&workspace, options),
        Command::Bench(options) => bench::run(&workspace, &progress, &setup, options),
        Command::Build(options) => build::run(&workspace, &progress, &setup, options),
        Command::Check => check::run(&workspace, &progress, &setup),
        Command::Conformance(options) => conformance::run(&workspace, &progress, &setup, options),
        Command::Dev(options) => dev::run(&workspace, &progress, &setup, options),
        Command::Differential(options) => differential::run(&workspace, &setup, options),
        Command::E2e => test::run_e2e(&workspace, &progress, &setup),
        Command::Fuzz(options) => fuzz::run(&workspace, &progress, &setup, options),
        Command::Instructions(options) => instructions::run(&workspace, &progress, &setup, options),
        Command::Mutate(options) => mutate::run(&workspace, options),
        Command::Panics => panics::run(&workspace, &progress, &setup),
        Command::Setup => setup.run(),
        Command::Size => size::run(&workspace, &progress, &setup),
        Command::Test => test::run(&workspace, &progress, &setup),
    }
}
