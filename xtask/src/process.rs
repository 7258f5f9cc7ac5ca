//! Running other programs: their output becomes the progress of a step, and is shown when they fail.

use std::io::{BufRead as _, BufReader, pipe};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::progress::{Progress, Step};

/// Lines shown of a program that failed; the beginning is rarely what matters.
const SHOWN_LINES: usize = 120;

/// How a program ended and all that it wrote, standard output and error in one.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) status: ExitStatus,
    pub(crate) output: String,
}

/// Runs `command` as one step of its own.
pub(crate) fn run_step(progress: &Progress, label: &str, command: &mut Command) -> Result<String> {
    let mut step = progress.step(label);
    match run(&mut step, command) {
        Ok(output) => {
            step.done("");
            Ok(output)
        }
        Err(error) => {
            step.failed("");
            Err(error)
        }
    }
}

/// Runs `command` as a part of `step`.
pub(crate) fn run(step: &mut Step, command: &mut Command) -> Result<String> {
    let finished = finish(step, command)?;
    if !finished.status.success() {
        bail!(
            "{} ended with {}:\n{}",
            shown(command),
            finished.status,
            last_lines(&finished.output)
        );
    }
    Ok(finished.output)
}

/// Runs `command` to its end, whatever its exit status.
pub(crate) fn finish(step: &mut Step, command: &mut Command) -> Result<Finished> {
    let (reader, writer) = pipe()?;
    command.stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer);
    let mut child = command.spawn().with_context(|| format!("cannot start {}", shown(command)))?;
    // The command keeps its copies of the pipe's end; while they live the reader sees no end.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut output = String::new();
    let mut reader = BufReader::new(reader);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line)? > 0 {
        let text = String::from_utf8_lossy(&line);
        step.note(&text);
        output.push_str(&text);
        line.clear();
    }
    Ok(Finished { status: child.wait()?, output })
}

/// Whether `command` runs and succeeds; its output when it does.
pub(crate) fn probe(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

fn last_lines(output: &str) -> String {
    let is_progress = |line: &&str| {
        let word = line.trim_start().split(' ').next().unwrap_or_default();
        ["Checking", "Compiling", "Documenting", "Downloaded", "Downloading"].contains(&word)
    };
    let lines: Vec<&str> = output.lines().filter(|line| !is_progress(line)).collect();
    lines[lines.len().saturating_sub(SHOWN_LINES)..].join("\n")
}

fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default();
    let words = std::iter::once(program).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
