//! `cargo xtask bench`: deskgate and its peers on the same documents in one run, by `bench/run.mjs`, which
//! writes the table and the picture of docs/performance.md.

mod peers;

use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context as _, Result};
use clap::Args;

use crate::progress::Progress;
use crate::setup::{Need, Setup};
use crate::workspace::Workspace;
use crate::{build, process};

/// How much to measure.
#[derive(Args)]
pub(crate) struct Options {
    /// Only see that everything runs and gives the right verdicts, without the peers that take minutes to build.
    #[arg(long)]
    quick: bool,
    /// Measure only this part: cold, gate, growth, startup or validation. Builds no peers but takes those that
    /// are there, and leaves docs/performance.md as it is.
    #[arg(long, value_name = "PART", conflicts_with = "quick")]
    #[arg(value_parser = ["cold", "gate", "growth", "startup", "validation"])]
    only: Vec<String>,
}

/// What the programs and Workers under measurement are made with.
pub(crate) const NEEDS: &[Need] =
    &[Need::Node, Need::WasmTarget, Need::EdgePackages, Need::TestPackages];

/// What only a whole run needs.
const PEERS: &[Need] = &[Need::Xmlsec, Need::XmlsecHeaders, Need::PythonVenv, Need::Wrk];

pub(crate) fn run(
    workspace: &Workspace,
    progress: &Progress,
    setup: &Setup<'_>,
    options: &Options,
) -> Result<ExitCode> {
    setup.require(NEEDS)?;
    build::worker(workspace, progress, setup)?;
    let mut command = if options.quick {
        prepare_quick(workspace, progress, setup)?;
        quick_command(workspace)
    } else {
        compile(workspace, progress, setup, &["--release"])?;
        if options.only.is_empty() {
            setup.require(PEERS)?;
            build::npm_package(workspace, progress, setup)?;
            peers::prepare(workspace, progress)?;
        }
        command(workspace)
    };
    command.args(options.only.iter().flat_map(|part| ["--only", part]));
    // Its own lines are the progress.
    let status = command.stdin(Stdio::null()).status().context("cannot start node")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Builds what the quick run needs beside the Worker. Without optimization: nothing is timed.
pub(crate) fn prepare_quick(
    workspace: &Workspace,
    progress: &Progress,
    setup: &Setup<'_>,
) -> Result<()> {
    compile(workspace, progress, setup, &[])
}

/// The quick run, after [`prepare_quick`].
pub(crate) fn quick_command(workspace: &Workspace) -> Command {
    let mut command = command(workspace);
    command.arg("--quick");
    command
}

fn compile(
    workspace: &Workspace,
    progress: &Progress,
    setup: &Setup<'_>,
    profile: &[&str],
) -> Result<()> {
    build::bench(workspace, progress, setup)?;
    let mut cargo = workspace.cargo();
    cargo.args(["build", "--locked", "-p", "deskgate-bench"]).args(profile);
    process::run_step(progress, "compile deskgate-bench", &mut cargo).map(drop)
}

fn command(workspace: &Workspace) -> Command {
    let mut command = workspace.command("node");
    command.arg("bench/run.mjs").arg("--target").arg(workspace.target());
    command
}
