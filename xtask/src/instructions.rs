//! `cargo xtask instructions`: how many instructions the core takes for what it does most, counted by
//! callgrind and compared with core/benches/instructions.toml.
//!
//! A count is the same in every run and on every machine with this toolchain, so a change of 3 % is a
//! change of the program. With another compiler the numbers differ for no reason of ours: then nothing is
//! compared with the record, and that is said loudly. What only compares counts of one run is always
//! checked: growth on a straight line, and the worst inputs beside a normal one.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result, bail};
use serde::{Deserialize, Serialize};

use crate::process;
use crate::progress::{Progress, Step};
use crate::setup::{Need, Setup};
use crate::workspace::Workspace;

/// What to do with the counts.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Keep the counts as the ones to compare with from now on.
    #[arg(long)]
    record: bool,
}

const RECORD: &str = "core/benches/instructions.toml";

/// The function of core/benches/instructions.rs that is one run.
const COUNTED: &str = "--toggle-collect=*instructions_counted*";

/// Change of a count that has to be explained.
const MAX_CHANGE: f64 = 0.03;

/// How far a document's cost may be from the line through a shorter and a longer one.
const MAX_BEND: f64 = 0.10;

/// A response with many groups, from base64 to identity.
const NORMAL: &str = "response-50-KB";

/// How much more than a normal response parsing and canonicalization of the worst inputs may cost, for
/// each byte.
const MAX_WORST: f64 = 5.0;

#[derive(Debug, Deserialize, Serialize)]
struct Record {
    rustc: String,
    valgrind: String,
    /// By the name of the case.
    instructions: BTreeMap<String, u64>,
}

#[derive(Debug)]
struct Counted {
    name: String,
    /// Of the document, 0 where there is none.
    bytes: u64,
    instructions: u64,
}

pub(crate) fn run(
    workspace: &Workspace,
    progress: &Progress,
    setup: &Setup<'_>,
    options: &Options,
) -> Result<ExitCode> {
    setup.require(&[Need::Valgrind])?;
    let mut step = progress.step("instructions of the core");
    let counted = count(workspace, &mut step)?;
    for case in &counted {
        println!("    {:>10}  {}", case.instructions, case.name);
    }
    if options.record {
        let text = toml::to_string(&record_of(&counted)?)?;
        fs::write(workspace.path(RECORD), format!("{HEAD}{text}"))?;
        step.done(&format!("recorded in {RECORD}"));
        return Ok(ExitCode::SUCCESS);
    }
    compare(workspace, step, &counted)?;
    Ok(ExitCode::SUCCESS)
}

/// A step of `cargo xtask check`.
pub(crate) fn check(workspace: &Workspace, progress: &Progress) -> Result<()> {
    let mut step = progress.step("instructions of the core");
    let counted = count(workspace, &mut step)?;
    compare(workspace, step, &counted)
}

const HEAD: &str = "\
# Instructions that the core takes, without the work of the crypto provider. Written by
# `cargo xtask instructions --record`; `cargo xtask check` compares. A commit that changes a number by more
# than 3 % records it anew and says why.

";

fn record_of(counted: &[Counted]) -> Result<Record> {
    let instructions = counted.iter().map(|case| (case.name.clone(), case.instructions)).collect();
    Ok(Record { rustc: version("rustc")?, valgrind: version("valgrind")?, instructions })
}

fn version(program: &str) -> Result<String> {
    let version = process::probe(Command::new(program).arg("--version"));
    Ok(version.with_context(|| format!("{program} does not run"))?.trim().to_owned())
}

fn count(workspace: &Workspace, step: &mut Step) -> Result<Vec<Counted>> {
    let program = compile(workspace, step)?;
    let listed = process::probe(&mut Command::new(&program)).context("no list of cases")?;
    let case = |line: &str| {
        let mut words = line.strip_prefix("case ")?.split(' ');
        Some((words.next()?.to_owned(), words.next()?.parse().ok()?))
    };
    let mut counted = Vec::new();
    for (name, bytes) in listed.lines().filter_map(case) {
        let instructions = callgrind(step, &program, &name)?;
        counted.push(Counted { name, bytes, instructions });
    }
    Ok(counted)
}

/// With the cheap kind of link-time optimization: what ships has the other, and without any nothing small of xmldsig
/// would be inlined into the core (5 % more instructions). In one unit: how functions are divided among several, and
/// so what is inlined, changes with code that has nothing to do with them (by 10 %, it was seen).
fn compile(workspace: &Workspace, step: &mut Step) -> Result<PathBuf> {
    let mut cargo = workspace.cargo();
    cargo.args(["bench", "-p", "deskgate-core", "--bench", "instructions", "--no-run", "--locked"]);
    cargo.args(["--config", "profile.bench.lto=\"thin\""]);
    cargo.args(["--config", "profile.bench.codegen-units=1"]);
    let output = process::run(step, &mut cargo)?;
    let line = output.lines().rev().find(|line| line.contains("benches/instructions.rs"));
    let path =
        line.and_then(|line| line.split_once('(')).and_then(|(_, path)| path.split_once(')'));
    Ok(Path::new(path.context("cargo does not say where the program is")?.0).to_owned())
}

fn callgrind(step: &mut Step, program: &Path, case: &str) -> Result<u64> {
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null", COUNTED]);
    let output = process::run(step, valgrind.arg(program).arg(case))?;
    let line = output.lines().find_map(|line| line.split_once("Collected : "));
    let instructions = line.and_then(|(_, number)| number.trim().parse().ok());
    instructions.with_context(|| format!("valgrind counted nothing of {case}"))
}

fn compare(workspace: &Workspace, step: Step, counted: &[Counted]) -> Result<()> {
    let text = fs::read_to_string(workspace.path(RECORD)).context(RECORD)?;
    let record: Record = toml::from_str(&text).context(RECORD)?;
    let here = record_of(counted)?;
    let is_comparable = (&record.rustc, &record.valgrind) == (&here.rustc, &here.valgrind);
    let mut complaints = [bends(counted), worst(counted)].concat();
    if is_comparable {
        complaints.extend(changes(&record, &here));
    }
    if !complaints.is_empty() {
        step.failed("");
        bail!("{}", complaints.join("\n"));
    }
    if is_comparable {
        step.done(&format!("{} counts, none changed by 3 %", counted.len()));
    } else {
        let Record { rustc, valgrind, .. } = record;
        step.done(&format!(
            "NOT COMPARED: recorded with {rustc} and {valgrind}, here are {} and {}. Whoever changes the \
             toolchain of this repository runs `cargo xtask instructions --record` before and after",
            here.rustc, here.valgrind
        ));
    }
    Ok(())
}

fn changes(record: &Record, here: &Record) -> Vec<String> {
    let names = record.instructions.keys().chain(here.instructions.keys());
    let names: std::collections::BTreeSet<&String> = names.collect();
    let change = |name: &&String| {
        let (before, now) = (record.instructions.get(*name), here.instructions.get(*name));
        let (Some(&before), Some(&now)) = (before, now) else {
            return Some(format!("{name}: counted or recorded, but not both; {ANEW}"));
        };
        let change = ratio(now, before) - 1.0;
        (change.abs() > MAX_CHANGE).then(|| {
            format!("{name}: {now} instructions, {:+.1} % of {before}; {ANEW}", change * 100.0)
        })
    };
    names.iter().filter_map(change).collect()
}

const ANEW: &str =
    "if that is meant, `cargo xtask instructions --record` and say why in the commit";

/// Of each three documents that grow, whether the middle one lies on the line through the others.
fn bends(counted: &[Counted]) -> Vec<String> {
    let growing: Vec<&Counted> =
        counted.iter().filter(|case| case.name.starts_with("growth-")).collect();
    let bend = |three: &[&Counted]| {
        let [short, middle, long] = three else { return None };
        let slope = ratio(long.instructions - short.instructions, long.bytes - short.bytes);
        let expected = float(short.instructions) + slope * float(middle.bytes - short.bytes);
        let off = float(middle.instructions) / expected - 1.0;
        let name = &middle.name;
        (off.abs() > MAX_BEND).then(|| format!("{name}: {:.0} % off a straight line", off * 100.0))
    };
    growing.windows(3).filter_map(bend).collect()
}

fn worst(counted: &[Counted]) -> Vec<String> {
    let per_byte = |case: &Counted| ratio(case.instructions, case.bytes);
    let Some(normal) = counted.iter().find(|case| case.name == NORMAL).map(per_byte) else {
        return vec![format!("{NORMAL} was not counted")];
    };
    let worst = counted.iter().filter(|case| PROMISED.contains(&case.name.as_str()));
    worst
        .map(|case| (&case.name, per_byte(case) / normal))
        .filter(|(_, times)| *times > MAX_WORST)
        .map(|(name, times)| format!("{name}: {times:.1} times a normal response, for each byte"))
        .collect()
}

/// The documents at the limits that may cost [`MAX_WORST`] times a normal one; see docs/performance.md about the others,
/// which are held to what was recorded of them.
const PROMISED: [&str; 5] = [
    "worst-deepest",
    "worst-longest-names",
    "worst-most-attributes",
    "worst-most-elements",
    "worst-most-namespaces",
];

fn ratio(one: u64, other: u64) -> f64 {
    float(one) / float(other)
}

#[expect(clippy::cast_precision_loss, reason = "counts below 2^53")]
fn float(number: u64) -> f64 {
    number as f64
}
