//! Where results go: text for people, JSON for programs.

use std::io::{self, IsTerminal as _, Write as _};
use std::process::ExitCode;

use serde::Serialize;

use crate::failure::{Failure, Reason};
use crate::page::Page;

/// The form of the output that the caller asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    json: bool,
}

/// What a command has found, in both forms.
pub(crate) trait Report: Serialize {
    fn write(&self, page: &mut Page);
}

#[derive(Serialize)]
struct FailureJson<'a> {
    verdict: &'static str,
    #[serde(flatten)]
    first: &'a Reason,
    /// All of them, where there are several.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    problems: &'a [Reason],
}

impl Output {
    /// Commands that answer with a verdict are run by programs more often than by people, so they
    /// give JSON whenever the output is no terminal.
    pub(crate) fn new(json: bool, is_verdict: bool) -> Self {
        Self { json: json || (is_verdict && !io::stdout().is_terminal()) }
    }

    /// Prints a result. A reader that went away is no error.
    pub(crate) fn show(self, report: &impl Report) {
        if self.json {
            print_json(report);
        } else {
            let mut page = Page::default();
            report.write(&mut page);
            let _ = write!(anstream::stdout(), "{page}");
        }
    }

    /// Whether people read the output, and want to see what is going on.
    pub(crate) const fn is_for_people(self) -> bool {
        !self.json
    }

    /// Prints a failure and gives the exit status.
    pub(crate) fn fail(self, failure: &Failure) -> ExitCode {
        let (verdict, reasons, status) = match failure {
            Failure::Shown => return ExitCode::from(1),
            Failure::Refused(reasons) => ("rejected", reasons.as_slice(), 1),
            Failure::NotCarriedOut(reason) => {
                ("not_carried_out", std::slice::from_ref(reason.as_ref()), 2)
            }
        };
        if self.json {
            if let Some(first) = reasons.first() {
                let problems = if reasons.len() > 1 { reasons } else { &[] };
                print_json(&FailureJson { verdict, first, problems });
            }
        } else {
            let mut page = Page::default();
            write_reasons(&mut page, status, reasons);
            // A refusal is the result that was asked for; anything else is about the command.
            let _ = match failure {
                Failure::Refused(_) | Failure::Shown => write!(anstream::stdout(), "{page}"),
                Failure::NotCarriedOut(_) => write!(anstream::stderr(), "{page}"),
            };
        }
        ExitCode::from(status)
    }
}

fn print_json(value: &impl Serialize) {
    if let Ok(json) = serde_json::to_string(value) {
        let _ = writeln!(io::stdout(), "{json}");
    }
}

fn write_reasons(page: &mut Page, status: u8, reasons: &[Reason]) {
    let word = if status == 1 { "refused" } else { "error" };
    if reasons.len() > 1 {
        page.refused(word, format_args!("{} problems", reasons.len()));
    }
    for reason in reasons {
        if reasons.len() > 1 {
            page.blank();
            page.heading(format_args!("{}{}", at(reason), reason.message));
        } else {
            page.refused(word, format_args!("{}{}", at(reason), reason.message));
        }
        page.row_if("found", reason.found.as_deref().map(quoted_if_padded));
        page.row_if("expected", reason.expected.as_ref());
        page.row("what to do", &reason.help);
        page.row("code", &reason.code);
    }
}

/// A space at an end is what is wrong, and not seen.
pub(crate) fn quoted_if_padded(text: &str) -> String {
    if text.trim() == text && !text.is_empty() { text.into() } else { format!("{text:?}") }
}

fn at(reason: &Reason) -> String {
    reason.at.as_ref().map(|at| format!("{at}: ")).unwrap_or_default()
}
