//! House rules that no compiler knows: the architecture's arrows, forbidden words, what may not be
//! in a tracked file, what the lists of attacks and of requirements promise.

mod direction;
mod promises;
mod words;

use std::fs;

use anyhow::{Context as _, Result};

use crate::process::probe;
use crate::workspace::Workspace;

/// What the inspection found.
#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(crate) files: usize,
    /// Each fails the check.
    pub(crate) violations: Vec<String>,
    /// Worth a look in review.
    pub(crate) remarks: Vec<String>,
}

/// A text file of the repository.
struct Source {
    /// From the root, with slashes.
    path: String,
    text: String,
}

/// Above this many lines of code, a file usually has two subjects.
const SOFT_CEILING: usize = 350;

/// Looks at every file that is tracked, or new and not ignored.
pub(crate) fn inspect(workspace: &Workspace) -> Result<Report> {
    let mut git = workspace.command("git");
    git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    let listing = probe(&mut git).context("git does not list the files of this checkout")?;
    let mut report = Report::default();
    let mut sources = Vec::new();
    for path in listing.split('\0').filter(|path| !path.is_empty()) {
        // Binary files, and files deleted but still tracked, have no text.
        let Ok(text) = fs::read_to_string(workspace.path(path)) else { continue };
        let source = Source { path: path.to_owned(), text };
        report.files += 1;
        report.violations.extend(words::violations(&source));
        report.violations.extend(direction::violations(&source));
        let lines = source.lines_of_code();
        if path.ends_with(".rs") && lines > SOFT_CEILING {
            report
                .remarks
                .push(format!("{path}: {lines} lines of code (soft ceiling {SOFT_CEILING})"));
        }
        sources.push(source);
    }
    report.violations.extend(promises::violations(&sources));
    Ok(report)
}

impl Source {
    /// The text without the unit tests at its end, which may use what the code above may not.
    fn product_text(&self) -> &str {
        if is_test_file(&self.path) {
            return "";
        }
        self.text
            .find("\n#[cfg(test)]\nmod tests {")
            .map_or(self.text.as_str(), |at| &self.text[..at])
    }

    /// Not counted: blank lines, comments, unit tests.
    fn lines_of_code(&self) -> usize {
        let is_code = |line: &&str| !line.trim().is_empty() && !line.trim().starts_with("//");
        self.product_text().lines().filter(is_code).count()
    }
}

fn is_test_file(path: &str) -> bool {
    path.ends_with("/tests.rs") || path.contains("/tests/")
}
