//! What commands read: files, standard input, the clock.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use deskgate_core::time::UnixTime;

use crate::failure::{Failure, Reason};

/// Far above every limit of the core, so that its messages are seen; below what hurts.
const MAX_INPUT_BYTES: u64 = 16 * 1024 * 1024;

/// A file or, as `-`, standard input.
#[derive(Clone, Debug)]
pub(crate) struct Input(PathBuf);

impl From<OsString> for Input {
    fn from(path: OsString) -> Self {
        Self(path.into())
    }
}

impl Input {
    /// Its name in messages.
    pub(crate) fn name(&self) -> String {
        if self.is_standard_input() {
            "standard input".into()
        } else {
            self.0.display().to_string()
        }
    }

    /// Its path; for standard input the one where it should be kept.
    pub(crate) fn path_or(&self, path: &str) -> String {
        if self.is_standard_input() { path.into() } else { self.0.display().to_string() }
    }

    /// Everything in it.
    pub(crate) fn read(&self) -> Result<Vec<u8>, Failure> {
        if self.is_standard_input() {
            read_all(io::stdin().lock(), &self.name())
        } else {
            read_file(&self.0)
        }
    }

    fn is_standard_input(&self) -> bool {
        self.0.as_os_str() == "-"
    }
}

/// The whole file.
pub(crate) fn read_file(path: &Path) -> Result<Vec<u8>, Failure> {
    let name = path.display().to_string();
    match File::open(path) {
        Ok(file) => read_all(file, &name),
        Err(error) => Err(unreadable(&name, &error)),
    }
}

fn read_all(reader: impl Read, name: &str) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let mut bounded = reader.take(MAX_INPUT_BYTES + 1);
    bounded.read_to_end(&mut bytes).map_err(|error| unreadable(name, &error))?;
    if bytes.len() as u64 > MAX_INPUT_BYTES {
        let reason = Reason::new("cli.input_too_large", format!("{name} is too large"), WRONG_FILE)
            .expected("at most 16 MiB");
        return Err(reason.not_carried_out());
    }
    Ok(bytes)
}

const WRONG_FILE: &str = "Check that this is the right file.";

fn unreadable(name: &str, error: &io::Error) -> Failure {
    let help = match error.kind() {
        io::ErrorKind::NotFound => "Check the path; it is relative to the current directory.",
        io::ErrorKind::PermissionDenied => "Check who may read it.",
        _ => WRONG_FILE,
    };
    Reason::new("cli.unreadable_file", format!("cannot read {name}"), help)
        .found(error.to_string())
        .not_carried_out()
}

/// The time of the machine: the command line is where the core's `now` comes from.
pub(crate) fn clock() -> UnixTime {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    UnixTime::from_seconds(since_epoch.as_secs())
}

/// For arguments that are a point in time.
pub(crate) fn parse_time(text: &str) -> Result<UnixTime, String> {
    UnixTime::parse(text).map_err(|error| error.to_string())
}
