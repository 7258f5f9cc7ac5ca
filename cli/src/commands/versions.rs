//! `deskgate versions`.

use std::path::PathBuf;

use deskgate_core::time::UnixTime;
use serde::Serialize;

use crate::admin::{Admin, Version};
use crate::desk_file;
use crate::failure::Failure;
use crate::output::{Output, Report};
use crate::page::Page;
use crate::secret;

const AFTER_HELP: &str = "\
Examples:
  DESKGATE_SECRET=... deskgate versions desk.toml
  deskgate restore --version 3 desk.toml      (to return to one of them)";

/// Show which versions of the settings a running deskgate keeps, newest first
///
/// Each deskgate apply that changes something makes a version; the last 50 are kept. The first one
/// shown is in force.
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Arguments {
    /// Ask at this address [default: the url in the settings]
    #[arg(long)]
    url: Option<String>,
    /// A file with the value of DESKGATE_SECRET [default: the environment variable]
    #[arg(long, value_name = "FILE")]
    secret_file: Option<PathBuf>,
    /// The settings
    #[arg(value_name = "desk.toml", default_value = "desk.toml")]
    file: PathBuf,
}

#[derive(Serialize)]
struct Versions {
    versions: Vec<Version>,
}

impl Report for Versions {
    fn write(&self, page: &mut Page) {
        for Version { version, applied_at } in &self.versions {
            page.row(&version.to_string(), UnixTime::from_seconds(*applied_at));
        }
    }
}

pub(crate) fn run(arguments: &Arguments, output: Output) -> Result<(), Failure> {
    let desk = desk_file::read(&arguments.file, arguments.url.as_deref())?;
    let secret = secret::read(arguments.secret_file.as_deref())?;
    let versions = Admin::new(&desk, &secret).versions()?;
    output.show(&Versions { versions });
    Ok(())
}
