//! `cargo xtask test`: every suite there is, and one line at the end that says how it went.

mod outcome;

use std::fs;
use std::process::{Command, ExitCode};

use anyhow::Result;

use self::outcome::{Format, Outcome};
use crate::progress::Progress;
use crate::setup::{Need, Setup};
use crate::workspace::Workspace;
use crate::{bench, build, differential, mutate, process};

/// A program that runs tests and reports on them in its own way.
struct Suite {
    name: &'static str,
    /// What must be on this machine; otherwise the suite is skipped.
    needs: &'static [Need],
    format: Format,
    command: fn(&Workspace) -> Command,
}

/// The crates, among them the Worker in workerd and the corpus. Tests whose second opinion or corpus
/// is absent say so themselves.
const RUST: Suite = Suite {
    name: "rust",
    needs: &[],
    format: Format::Cargo,
    command: |workspace| {
        let mut command = workspace.cargo();
        command.args(["test", "--workspace", "--locked", "--no-fail-fast"]);
        command
    },
};

/// The npm package in Node.js, workerd and Chromium, and behind Express, Fastify and Hono.
const NPM_PACKAGE: Suite = Suite {
    name: "npm-package",
    needs: &[Need::Node, Need::WasmTarget, Need::EdgePackages, Need::NpmPackages],
    format: Format::NodeTest,
    command: |workspace| {
        let mut command = workspace.command("node");
        command.args(["--test", "--test-reporter=tap"]).current_dir(workspace.path("wasm-pkg"));
        command
    },
};

/// A browser, the Worker, and identity providers and helpdesks of others: the journeys of people.
const BROWSER: Suite = Suite {
    name: "e2e",
    needs: &[
        Need::Node,
        Need::WasmTarget,
        Need::EdgePackages,
        Need::TestPackages,
        Need::Chromium,
        Need::SimpleSamlPhp,
    ],
    format: Format::Lines,
    command: |workspace| {
        let mut command = workspace.command("node");
        command.arg("tests/e2e/run.mjs");
        command
    },
};

/// Generated documents: our canonical forms and signatures, and those of other programs.
const DIFFERENTIAL: Suite = Suite {
    name: "differential",
    needs: differential::NEEDS,
    format: Format::Lines,
    command: |workspace| differential::command(workspace, &differential::Options::QUICK),
};

/// Changed responses, and that none of them signs in anybody else.
const MUTATION: Suite = Suite {
    name: "mutation",
    needs: &[],
    format: Format::Lines,
    command: |workspace| mutate::command(workspace, &mutate::Options::QUICK),
};

/// The benchmark and those peers that are there anyway: that all of it runs, with the right verdicts.
const BENCHMARK: Suite = Suite {
    name: "bench",
    needs: bench::NEEDS,
    format: Format::Lines,
    command: bench::quick_command,
};

/// Programs of others that judge what we make and make what we judge, or stand behind the Worker.
const SECOND_OPINIONS: &[Need] = &[
    Need::NpmPackages,
    Need::TestPackages,
    Need::Xmlsec,
    Need::Xmllint,
    Need::PyJwt,
    Need::Python3Saml,
    Need::SimpleSamlPhp,
    Need::Flask,
    Need::Django,
    Need::Go,
    Need::Nginx,
    Need::Envoy,
];

const BUILD_NEEDS: &[Need] = &[Need::Node, Need::WasmTarget, Need::EdgePackages];

const SUITES: [Suite; 6] = [RUST, DIFFERENTIAL, MUTATION, BENCHMARK, NPM_PACKAGE, BROWSER];

/// Runs all suites.
pub(crate) fn run(
    workspace: &Workspace,
    progress: &Progress,
    setup: &Setup<'_>,
) -> Result<ExitCode> {
    for need in setup.try_for(SECOND_OPINIONS) {
        println!("{}", setup.explain(need));
    }
    run_suites(workspace, progress, setup, &SUITES)
}

/// `cargo xtask e2e`: only the browser journeys.
pub(crate) fn run_e2e(
    workspace: &Workspace,
    progress: &Progress,
    setup: &Setup<'_>,
) -> Result<ExitCode> {
    for need in setup.try_for(&[Need::Xmlsec, Need::Python3Saml]) {
        println!("{}", setup.explain(need));
    }
    run_suites(workspace, progress, setup, &[BROWSER])
}

fn run_suites(
    workspace: &Workspace,
    progress: &Progress,
    setup: &Setup<'_>,
    suites: &[Suite],
) -> Result<ExitCode> {
    let mut total = prepare(workspace, progress, setup)?;
    for suite in suites {
        total.add(&run_suite(workspace, progress, setup, suite)?);
    }
    // Exactly this line, and nothing after it: build machines read it.
    println!("{total}");
    Ok(if total.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Builds what the suites run. What cannot be built here makes them skip; what does not compile fails.
fn prepare(workspace: &Workspace, progress: &Progress, setup: &Setup<'_>) -> Result<Outcome> {
    let missing = setup.try_for(BUILD_NEEDS);
    if !missing.is_empty() {
        println!("the Worker and the npm package cannot be built here:");
        missing.iter().for_each(|need| println!("{}", setup.explain(*need)));
        return Ok(Outcome::default());
    }
    let mut programs = workspace.cargo();
    programs.args(["build", "--locked", "-p", "deskgate", "-p", "deskgate-demo"]);
    let results = [
        build::worker(workspace, progress, setup),
        build::npm_package(workspace, progress, setup),
        build::host_crypto(workspace, progress, setup),
        bench::prepare_quick(workspace, progress, setup),
        process::run_step(progress, "compile the command line and the demo", &mut programs)
            .map(drop),
    ];
    let mut outcome = Outcome::default();
    for error in results.into_iter().filter_map(Result::err) {
        println!("{error:#}");
        outcome.failed += 1;
    }
    Ok(outcome)
}

fn run_suite(
    workspace: &Workspace,
    progress: &Progress,
    setup: &Setup<'_>,
    suite: &Suite,
) -> Result<Outcome> {
    let missing = setup.try_for(suite.needs);
    if !missing.is_empty() {
        let names: Vec<&str> = missing.iter().map(|need| need.requirement().name).collect();
        println!("SKIPPED {}: missing here: {}", suite.name, names.join(", "));
        missing.iter().for_each(|need| println!("{}", setup.explain(*need)));
        return Ok(Outcome { skipped: 1, ..Outcome::default() });
    }
    let mut step = progress.step(format!("test: {}", suite.name));
    let mut command = (suite.command)(workspace);
    command.env("CARGO_TARGET_DIR", workspace.target());
    let finished = process::finish(&mut step, &mut command)?;
    let outcome = Outcome::read(suite.format, &finished.output, finished.status.success());
    let log = workspace.target().join(format!("test-{}.log", suite.name));
    fs::write(&log, &finished.output)?;
    for line in finished.output.lines().filter_map(outcome::skipped_line) {
        println!("{line}");
    }
    if outcome.failed == 0 {
        step.done(&outcome.to_string());
    } else {
        step.failed(&format!("{outcome}; all of it is in {}", log.display()));
        println!("{}", outcome::without_successes(&finished.output));
    }
    Ok(outcome)
}
