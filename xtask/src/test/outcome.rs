//! Reading how many tests passed from what the test programs write.

use std::fmt;

/// How many tests ended how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Outcome {
    pub(super) passed: usize,
    pub(super) failed: usize,
    pub(super) skipped: usize,
}

/// The languages in which test programs report.
#[derive(Clone, Copy, Debug)]
pub(super) enum Format {
    /// `test result: ok. 7 passed; 0 failed; 0 ignored; ...` for each test binary. A test that skips
    /// itself writes a `SKIPPED` line and counts as passed there, so it is taken off again.
    Cargo,
    /// `ok NAME`, `not ok NAME` and `SKIPPED ...` lines.
    Lines,
    /// The summary of `node --test`: `# pass 3`, `# fail 0`, `# skipped 0`.
    NodeTest,
}

impl Outcome {
    /// From the whole output; a program that ends badly without naming a failure counts as one.
    pub(super) fn read(format: Format, output: &str, succeeded: bool) -> Self {
        let announced = output.lines().filter(|line| skipped_line(line).is_some()).count();
        let mut outcome = match format {
            Format::Cargo => {
                let results =
                    || output.lines().filter_map(|line| line.strip_prefix("test result: "));
                let sum =
                    |word: &str| results().map(|line| number_before(line, word)).sum::<usize>();
                Self {
                    passed: sum("passed").saturating_sub(announced),
                    failed: sum("failed"),
                    skipped: sum("ignored") + announced,
                }
            }
            Format::Lines => {
                let count =
                    |start: &str| output.lines().filter(|line| line.starts_with(start)).count();
                Self { passed: count("ok "), failed: count("not ok "), skipped: announced }
            }
            Format::NodeTest => {
                let sum = |start: &str| {
                    output
                        .lines()
                        .filter_map(|line| line.strip_prefix(start))
                        .filter_map(|n| n.parse::<usize>().ok())
                        .sum()
                };
                Self { passed: sum("# pass "), failed: sum("# fail "), skipped: sum("# skipped ") }
            }
        };
        let nothing_ran = outcome.passed + outcome.skipped == 0;
        if outcome.failed == 0 && (!succeeded || nothing_ran) {
            outcome.failed = 1;
        }
        outcome
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)
    }
}

/// `SKIPPED suite: reason`, also when it came in the middle of another program's line.
pub(super) fn skipped_line(line: &str) -> Option<&str> {
    let skipped = &line[line.find("SKIPPED ")?..];
    skipped.contains(": ").then_some(skipped)
}

/// What a person needs to see of a run that failed.
pub(super) fn without_successes(output: &str) -> String {
    let is_success = |line: &str| {
        (line.starts_with("test ") && line.ends_with(" ... ok"))
            || ["ok ", "   Compiling ", "running ", "     Running ", "test result: ok"]
                .iter()
                .any(|start| line.starts_with(start))
    };
    output
        .lines()
        .filter(|line| !line.is_empty() && !is_success(line))
        .collect::<Vec<_>>()
        .join("\n")
}

fn number_before(line: &str, word: &str) -> usize {
    let words: Vec<&str> = line.split([' ', ';', '.']).filter(|part| !part.is_empty()).collect();
    let at = words.iter().position(|part| *part == word).unwrap_or(0);
    at.checked_sub(1).and_then(|before| words[before].parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(format: Format, output: &str, succeeded: bool, expected: &str) {
        assert_eq!(Outcome::read(format, output, succeeded).to_string(), expected);
    }

    #[test]
    fn cargo_results_are_summed_over_binaries() {
        let output = "test a ... ok\ntest result: ok. 7 passed; 0 failed; 1 ignored; 0 measured\n\
                      test result: FAILED. 2 passed; 3 failed; 0 ignored; 0 measured\n";
        check(Format::Cargo, output, false, "9 passed, 3 failed, 1 skipped");
    }

    #[test]
    fn a_test_that_skips_itself_did_not_pass() {
        let output = "test a ... SKIPPED corpus: not beside the checkout\nok\n\
                      test result: ok. 2 passed; 0 failed; 0 ignored\n";
        check(Format::Cargo, output, true, "1 passed, 0 failed, 1 skipped");
    }

    #[test]
    fn a_suite_that_does_not_start_is_a_failure() {
        check(Format::Cargo, "error[E0433]: cannot find", false, "0 passed, 1 failed, 0 skipped");
        check(Format::Lines, "", true, "0 passed, 1 failed, 0 skipped");
        check(Format::NodeTest, "# pass 2\n# fail 0\n", false, "2 passed, 1 failed, 0 skipped");
    }

    #[test]
    fn node_reports_are_read() {
        check(
            Format::Lines,
            "ok a\nnot ok b\nSKIPPED c: d\n",
            false,
            "1 passed, 1 failed, 1 skipped",
        );
        check(
            Format::NodeTest,
            "# pass 3\n# fail 0\n# skipped 1\n",
            true,
            "3 passed, 0 failed, 1 skipped",
        );
    }
}
