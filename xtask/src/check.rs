//! `cargo xtask check`: everything that can be said about the source without running the product.
//!
//! All steps run, so that one call shows all that is wrong.

use std::process::{Command, ExitCode};

use anyhow::{Result, bail};

use crate::progress::Progress;
use crate::setup::{Need, Setup};
use crate::workspace::Workspace;
use crate::{build, instructions, panics, process, tidy};

/// How a step ended that could not say yes.
struct Complaint {
    step: &'static str,
    text: String,
}

pub(crate) fn run(
    workspace: &Workspace,
    progress: &Progress,
    setup: &Setup<'_>,
) -> Result<ExitCode> {
    setup.require(&[Need::WasmTarget, Need::BareMetalTarget, Need::Valgrind])?;
    let mut complaints = Vec::new();
    let mut steps = 0;
    let mut note = |step: &'static str, result: Result<()>| {
        steps += 1;
        if let Err(error) = result {
            complaints.push(Complaint { step, text: format!("{error:#}") });
        }
    };
    note("house rules", house_rules(workspace, progress));
    for (step, mut command) in cargo_steps(workspace) {
        note(step, process::run_step(progress, step, &mut command).map(drop));
    }
    note("the Worker builds", build::worker(workspace, progress, setup));
    note("the npm package builds", build::npm_package(workspace, progress, setup));
    note("no panic is reachable", panics::check(workspace, progress));
    note("instructions are as recorded", instructions::check(workspace, progress));

    for complaint in &complaints {
        eprintln!("\n==== {}\n{}", complaint.step, complaint.text);
    }
    if complaints.is_empty() {
        println!("check: all {steps} steps are clean");
        return Ok(ExitCode::SUCCESS);
    }
    let failed: Vec<&str> = complaints.iter().map(|complaint| complaint.step).collect();
    println!("\ncheck: {} of {steps} steps complain: {}", failed.len(), failed.join(", "));
    Ok(ExitCode::FAILURE)
}

fn cargo_steps(workspace: &Workspace) -> Vec<(&'static str, Command)> {
    let cargo = |arguments: &str| {
        let mut command = workspace.cargo();
        command.args(arguments.split(' '));
        command
    };
    let mut docs = cargo("doc --workspace --no-deps --keep-going --locked");
    docs.env("RUSTDOCFLAGS", "-D warnings");
    vec![
        ("formatting", cargo("fmt --all -- --check")),
        ("lints", cargo("clippy --workspace --all-targets --keep-going --locked -- -D warnings")),
        (
            "lints for WebAssembly",
            cargo(
                "clippy -p deskgate-edge -p deskgate-wasm -p deskgate-explain-wasm --target wasm32-unknown-unknown --locked -- -D warnings",
            ),
        ),
        ("documentation", docs),
        (
            "docs/ERRORS.md has every code",
            cargo("test -p deskgate-edge --lib --locked --quiet tests::error_table"),
        ),
        (
            "servers may have AWS-LC",
            cargo("check -p deskgate-origin --features aws-lc-rs --locked"),
        ),
        // wasm32-unknown-unknown ships std and proves nothing.
        (
            "the core needs no std",
            cargo("check -p deskgate-core --target thumbv7em-none-eabi --locked"),
        ),
    ]
}

fn house_rules(workspace: &Workspace, progress: &Progress) -> Result<()> {
    let step = progress.step("house rules");
    let report = tidy::inspect(workspace)?;
    for remark in &report.remarks {
        eprintln!("    {remark}");
    }
    if report.violations.is_empty() {
        step.done(&format!("{} files", report.files));
        return Ok(());
    }
    step.failed("");
    bail!("{}", report.violations.join("\n"));
}
