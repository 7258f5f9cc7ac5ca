//! `cargo xtask fuzz`: the targets of fuzz/ under libFuzzer, on the stable toolchain.
//!
//! fuzz/instrument.sh, as Cargo's wrapper around rustc, gives the compiler the flags that cargo-fuzz
//! would give a nightly one. What libFuzzer learns is kept below the target folder from run to run.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result, bail};

use crate::process;
use crate::progress::Progress;
use crate::setup::{Need, Setup};
use crate::workspace::Workspace;

/// What is fuzzed and for how long.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Seconds for each target.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// Only this target; the names stand in fuzz/README.md.
    #[arg(long)]
    target: Option<String>,
    /// Run one input once, such as the file that a failed run left; with --target.
    #[arg(long, requires = "target")]
    input: Option<PathBuf>,
}

/// The programs with libFuzzer inside, as cargo selects them. Each knows its targets.
const PROGRAMS: [[&str; 2]; 2] = [["--bin", "core"], ["--test", "gate_request"]];

/// What a program says about one of its targets.
struct Target {
    name: String,
    /// Of fuzz/dictionaries; none where there is no such file.
    dictionary: PathBuf,
    max_bytes: String,
}

pub(crate) fn run(
    workspace: &Workspace,
    progress: &Progress,
    setup: &Setup<'_>,
    options: &Options,
) -> Result<ExitCode> {
    setup.require(&[Need::CxxCompiler])?;
    let (mut ran, mut failed) = (0, 0);
    for selection in PROGRAMS {
        let program = compile(workspace, progress, selection)?;
        for target in targets(workspace, &program)? {
            if options.target.as_ref().is_some_and(|wanted| *wanted != target.name) {
                continue;
            }
            ran += 1;
            if let Some(input) = &options.input {
                let status = prepare(workspace, &program, &target)?.arg(input).status()?;
                return Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE });
            }
            let is_fine = fuzz(workspace, progress, &program, &target, options.seconds)?;
            failed += usize::from(!is_fine);
        }
        if ran > 0 && options.target.is_some() {
            break;
        }
    }
    if ran == 0 {
        bail!("there is no such target; fuzz/README.md names them");
    }
    println!("fuzz: {ran} targets, {failed} failed, {} s each", options.seconds);
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Below the target folder, so that the wrapper's crates never mix with the others.
fn folder(workspace: &Workspace) -> PathBuf {
    workspace.target().join("fuzz")
}

fn compile(workspace: &Workspace, progress: &Progress, selection: [&str; 2]) -> Result<PathBuf> {
    let host = process::probe(Command::new("rustc").args(["--print", "host-tuple"]))
        .context("cannot ask rustc for its host")?;
    let cargo = || {
        let mut cargo = workspace.cargo();
        cargo.args(["build", "--locked", "-p", "deskgate-fuzz", "--profile", "fuzz"]);
        // With --target, build scripts and macros are compiled apart from what is fuzzed.
        cargo.args(["--features", "libfuzzer", "--target", host.trim()]).args(selection);
        cargo.env("RUSTC_WRAPPER", workspace.path("fuzz/instrument.sh"));
        cargo.env("CARGO_TARGET_DIR", folder(workspace));
        cargo
    };
    let label = format!("compile {} for fuzzing", selection[1]);
    process::run_step(progress, &label, &mut cargo())?;
    // Once more, compiling nothing, to learn where the program is.
    let messages = process::probe(cargo().arg("--message-format=json")).unwrap_or_default();
    let executable = messages
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter(|message| message["target"]["name"] == selection[1])
        .find_map(|message| message["executable"].as_str().map(PathBuf::from));
    executable.context("cargo does not say where the program is")
}

fn targets(workspace: &Workspace, program: &Path) -> Result<Vec<Target>> {
    let listed = process::probe(&mut workspace.command(program)).context("no list of targets")?;
    let target = |line: &str| {
        let mut words = line.strip_prefix("target ")?.split(' ').map(str::to_owned);
        let (name, dictionary, max_bytes) = (words.next()?, words.next()?, words.next()?);
        let dictionary = workspace.path(&format!("fuzz/dictionaries/{dictionary}.dict"));
        Some(Target { name, dictionary, max_bytes })
    };
    Ok(listed.lines().filter_map(target).collect())
}

/// The program, told its target; it writes the seeds before it reads them.
fn prepare(workspace: &Workspace, program: &Path, target: &Target) -> Result<Command> {
    let artifacts = folder(workspace).join("artifacts").join(&target.name);
    fs::create_dir_all(&artifacts)?;
    let mut command = workspace.command(program);
    command.env("DESKGATE_FUZZ_TARGET", &target.name);
    command.args(["-timeout=10", "-rss_limit_mb=1024"]);
    command.arg(format!("-max_len={}", target.max_bytes));
    command.arg(format!("-artifact_prefix={}/", artifacts.display()));
    if target.dictionary.is_file() {
        command.arg(format!("-dict={}", target.dictionary.display()));
    }
    Ok(command)
}

fn fuzz(
    workspace: &Workspace,
    progress: &Progress,
    program: &Path,
    target: &Target,
    seconds: u64,
) -> Result<bool> {
    let name = &target.name;
    let found = folder(workspace).join("corpus").join(name);
    let seeds = folder(workspace).join("seeds").join(name);
    fs::create_dir_all(&found)?;
    // Seeds of an earlier version of the sources would only be confusing.
    let _ = fs::remove_dir_all(&seeds);
    fs::create_dir_all(&seeds)?;
    let mut command = prepare(workspace, program, target)?;
    command.env("DESKGATE_FUZZ_SEEDS", &seeds);
    command.arg(format!("-max_total_time={seconds}")).args([&found, &seeds]);
    let mut step = progress.step(format!("fuzz {name}"));
    let finished = process::finish(&mut step, &mut command)?;
    if finished.status.success() {
        step.done(&summary(&finished.output));
        return Ok(true);
    }
    step.failed("");
    let lines: Vec<&str> = finished.output.lines().collect();
    println!("{}", lines[lines.len().saturating_sub(40)..].join("\n"));
    println!("run it again: cargo xtask fuzz --target {name} --input FILE");
    Ok(false)
}

/// `103942 runs, 1315 edges, most 45 % of the steps and 46 % of the bytes allowed`.
fn summary(output: &str) -> String {
    let last = |start: &str| output.lines().rev().find_map(|line| line.strip_prefix(start));
    let word_after = |line: &str, word: &str| {
        let mut words = line.split_whitespace().skip_while(|found| *found != word);
        words.nth(1).unwrap_or("?").to_owned()
    };
    let percent = |start: &str| {
        last(start).and_then(|line| line.split_whitespace().next()).unwrap_or("0").to_owned()
    };
    let runs = last("Done ").and_then(|line| line.split(' ').next()).unwrap_or("?");
    let edges = output
        .lines()
        .rev()
        .find(|line| line.contains("\tDONE "))
        .map_or_else(|| "?".to_owned(), |line| word_after(line, "cov:"));
    format!(
        "{runs} runs, {edges} edges, at most {} % of the steps and {} % of the bytes allowed",
        percent("most steps: "),
        percent("most bytes allocated: "),
    )
}
