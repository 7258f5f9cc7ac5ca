//! Text for people: headings, aligned rows and warnings, with colours that vanish off a terminal.

use std::fmt::{self, Display};

use anstyle::{AnsiColor, Style};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const GOOD: Style = AnsiColor::Green.on_default().bold();
const BAD: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();

/// Columns that labels get; the longest label in use has 13 characters.
const LABEL_COLUMNS: usize = 14;

/// Columns that the outcomes of checks get; the longest has 14 characters.
const MARK_COLUMNS: usize = 16;

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    Absent,
    Failed,
    NeedsSettings,
    NotReached,
    Passed,
}

impl Mark {
    const fn look(self) -> (Style, &'static str) {
        match self {
            Self::Absent => (DIM, "not there"),
            Self::Failed => (BAD, "FAILED"),
            Self::NeedsSettings => (WARNING, "needs settings"),
            Self::NotReached => (DIM, "not reached"),
            Self::Passed => (GOOD, "passed"),
        }
    }
}

/// A text that grows line by line.
#[derive(Debug, Default)]
pub(crate) struct Page {
    text: String,
}

impl Page {
    /// A verdict that is good.
    pub(crate) fn accepted(&mut self, what: impl Display) {
        self.line(format_args!("{GOOD}accepted{GOOD:#}  {what}"));
    }

    /// A verdict that is not.
    pub(crate) fn refused(&mut self, word: &str, what: impl Display) {
        self.line(format_args!("{BAD}{word}{BAD:#}  {what}"));
    }

    /// Neither.
    pub(crate) fn undecided(&mut self, what: impl Display) {
        self.line(format_args!("{WARNING}undecided{WARNING:#}  {what}"));
    }

    /// A check of a list.
    pub(crate) fn item(&mut self, mark: Mark, what: impl Display) {
        let (style, word) = mark.look();
        self.line(format_args!("  {style}{word:MARK_COLUMNS$}{style:#}{what}"));
    }

    /// What there is to say about a check.
    pub(crate) fn detail(&mut self, label: &str, value: impl Display) {
        self.line(format_args!("    {DIM}{label:LABEL_COLUMNS$}{DIM:#}{value}"));
    }

    pub(crate) fn detail_if(&mut self, label: &str, value: Option<impl Display>) {
        if let Some(value) = value {
            self.detail(label, value);
        }
    }

    pub(crate) fn heading(&mut self, text: impl Display) {
        self.line(format_args!("{BOLD}{text}{BOLD:#}"));
    }

    pub(crate) fn row(&mut self, label: &str, value: impl Display) {
        self.line(format_args!("  {DIM}{label:LABEL_COLUMNS$}{DIM:#}{value}"));
    }

    pub(crate) fn row_if(&mut self, label: &str, value: Option<impl Display>) {
        if let Some(value) = value {
            self.row(label, value);
        }
    }

    /// What to do at one place of a guide.
    pub(crate) fn step(&mut self, action: &str, what: Option<impl Display>) {
        if let Some(what) = what {
            self.line(format_args!("      {DIM}{action:8}{DIM:#}{what}"));
        }
    }

    pub(crate) fn warning(&mut self, text: impl Display) {
        self.line(format_args!("  {WARNING}warning{WARNING:#}       {text}"));
    }

    pub(crate) fn note(&mut self, text: impl Display) {
        self.line(format_args!("{DIM}{text}{DIM:#}"));
    }

    pub(crate) fn line(&mut self, text: impl Display) {
        self.text.push_str(&text.to_string());
        self.text.push('\n');
    }

    pub(crate) fn blank(&mut self) {
        self.text.push('\n');
    }
}

impl Display for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
