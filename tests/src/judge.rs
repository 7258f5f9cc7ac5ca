//! Programs of other people that judge what we make.

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::skip::skip;
use crate::vectors::repository;

/// Python with PyJWT, as Debian packages it.
pub const PYTHON: &str = "/usr/bin/python3";

/// Runs a program with JSON on its standard input; `None` when it is not there or lacks its library
/// (exit code 3).
///
/// # Panics
/// When the program says no.
#[track_caller]
pub fn judge(program: &str, script: &str, input: &Value) -> Option<String> {
    let spawned = Command::new(program)
        .arg(repository(script))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut child) = spawned else {
        return skip(script, &format!("{program} is not installed"));
    };
    let mut stdin = child.stdin.take().expect("a pipe");
    // One that lacks its library ends without reading.
    let _ = stdin.write_all(input.to_string().as_bytes());
    drop(stdin);
    let output = child.wait_with_output().expect("the program ends");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    match output.status.code() {
        Some(0) => Some(said),
        Some(3) => skip(script, said.trim()),
        code => panic!(
            "{script} ended with {code:?}: {said}{}",
            String::from_utf8_lossy(&output.stderr)
        ),
    }
}
