//! How a test says that it does not run.

use std::io::Write as _;

/// Says that a test does not run, past the capture of the test harness; `cargo xtask test` counts
/// these lines. Answers `None`, for the caller to return.
///
/// The line is written in one piece: standard error has no buffer, and other tests write meanwhile.
pub fn skip<T>(suite: &str, reason: &str) -> Option<T> {
    let thread = std::thread::current();
    let test = thread.name().unwrap_or_default();
    let line = format!("\nSKIPPED {suite} {test}: {reason}\n");
    // Nowhere to say it if standard error is closed.
    let _ = std::io::stderr().write_all(line.as_bytes());
    None
}
