//! Why a command does not end well, in the four parts of every message: what is wrong, what was
//! found, what is expected, what to do.

use deskgate_core::diagnostic::Diagnostic;
use serde::Serialize;

/// How a command ends when it does not end with exit status 0.
#[derive(Debug)]
pub(crate) enum Failure {
    /// What was read is refused, for these reasons (at least one): exit status 1.
    Refused(Vec<Reason>),
    /// What was read is refused, and the report that was shown says why: exit status 1.
    Shown,
    /// The command could not be carried out: exit status 2.
    NotCarriedOut(Box<Reason>),
}

/// One thing that is wrong.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Reason {
    /// The field of desk.toml, or the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) at: Option<String>,
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) expected: Option<String>,
    pub(crate) found: Option<String>,
    pub(crate) help: String,
}

impl Reason {
    /// An error of the command line itself.
    pub(crate) fn new(code: &str, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            at: None,
            code: code.into(),
            message: message.into(),
            expected: None,
            found: None,
            help: help.into(),
        }
    }

    pub(crate) fn found(mut self, found: impl Into<String>) -> Self {
        self.found = Some(found.into());
        self
    }

    pub(crate) fn expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self
    }

    pub(crate) fn at(mut self, at: impl Into<String>) -> Self {
        self.at = Some(at.into());
        self
    }

    /// An error of the core.
    pub(crate) fn of(error: &dyn Diagnostic) -> Self {
        Self {
            at: None,
            code: error.code().into(),
            message: error.to_string(),
            expected: error.expected(),
            found: error.found(),
            help: error.help().into(),
        }
    }

    pub(crate) fn refused(self) -> Failure {
        Failure::Refused(vec![self])
    }

    pub(crate) fn not_carried_out(self) -> Failure {
        Failure::NotCarriedOut(Box::new(self))
    }
}

/// For `?` on the errors of the core: what was read is refused.
pub(crate) trait OrRefused<T> {
    fn or_refused(self) -> Result<T, Failure>;
    fn or_refused_at(self, at: &str) -> Result<T, Failure>;
}

impl<T, E: Diagnostic> OrRefused<T> for Result<T, E> {
    fn or_refused(self) -> Result<T, Failure> {
        self.map_err(|error| Reason::of(&error).refused())
    }

    fn or_refused_at(self, at: &str) -> Result<T, Failure> {
        self.map_err(|error| Reason::of(&error).at(at).refused())
    }
}
