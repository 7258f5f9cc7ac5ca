//! Steps with a spinner on a terminal, and plain lines everywhere else.

use std::io::{IsTerminal as _, stderr};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// In a log, a long step says this often that it is alive.
const HEARTBEAT: Duration = Duration::from_secs(30);

/// Reports on steps, one after another.
#[derive(Debug)]
pub(crate) struct Progress {
    terminal: bool,
}

/// One step in progress.
#[derive(Debug)]
pub(crate) struct Step {
    label: String,
    begun: Instant,
    last_line: Instant,
    spinner: Option<ProgressBar>,
}

impl Progress {
    pub(crate) fn new() -> Self {
        Self { terminal: stderr().is_terminal() }
    }

    /// Begins a step.
    pub(crate) fn step(&self, label: impl Into<String>) -> Step {
        let label = label.into();
        let spinner = self.terminal.then(|| {
            let style = ProgressStyle::with_template(
                "{spinner:.cyan} {prefix} {elapsed:.dim} {wide_msg:.dim}",
            );
            let spinner = ProgressBar::new_spinner().with_prefix(label.clone());
            spinner.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
            spinner.enable_steady_tick(Duration::from_millis(120));
            spinner
        });
        if spinner.is_none() {
            eprintln!("..  {label}");
        }
        let now = Instant::now();
        Step { label, begun: now, last_line: now, spinner }
    }

    /// A step with nothing to do.
    pub(crate) fn nothing_to_do(&self, label: &str) {
        eprintln!("ok  {label} (up to date)");
    }
}

impl Step {
    /// Shows what the step is doing now.
    pub(crate) fn note(&mut self, line: &str) {
        if let Some(spinner) = &self.spinner {
            spinner.set_message(line.trim().to_owned());
        } else if self.last_line.elapsed() > HEARTBEAT && !line.trim().is_empty() {
            self.last_line = Instant::now();
            eprintln!("    {} s: {}", self.begun.elapsed().as_secs(), line.trim());
        }
    }

    /// Ends the step well; `detail` may be empty.
    pub(crate) fn done(self, detail: &str) {
        self.end("ok ", detail);
    }

    /// Ends the step badly.
    pub(crate) fn failed(self, detail: &str) {
        self.end("FAILED", detail);
    }

    fn end(self, mark: &str, detail: &str) {
        if let Some(spinner) = &self.spinner {
            spinner.finish_and_clear();
        }
        let separator = if detail.is_empty() { "" } else { ": " };
        eprintln!(
            "{mark} {}{separator}{detail} ({:.1} s)",
            self.label,
            self.begun.elapsed().as_secs_f32()
        );
    }
}
