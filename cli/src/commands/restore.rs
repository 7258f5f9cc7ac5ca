//! `deskgate restore`.

use std::path::PathBuf;

use serde::Serialize;

use crate::admin::Admin;
use crate::desk_file;
use crate::failure::Failure;
use crate::output::{Output, Report};
use crate::page::Page;
use crate::secret;

const AFTER_HELP: &str = "\
Examples:
  DESKGATE_SECRET=... deskgate restore --version 3 desk.toml";

/// Return a running deskgate to an earlier version of its settings
///
/// The earlier settings become the newest version, whole, and are in force within 30 seconds; the
/// versions between stay. Your desk.toml is not changed.
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Arguments {
    /// The version to return to, as deskgate versions shows it
    #[arg(long)]
    version: u64,
    /// Send it to this address [default: the url in the settings]
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
struct Restored {
    verdict: &'static str,
    url: String,
    restored: u64,
    version: u64,
}

impl Report for Restored {
    fn write(&self, page: &mut Page) {
        let Self { url, restored, .. } = self;
        page.accepted(format_args!("{url} has the settings of version {restored} again"));
        page.row("version", self.version);
    }
}

pub(crate) fn run(arguments: &Arguments, output: Output) -> Result<(), Failure> {
    let desk = desk_file::read(&arguments.file, arguments.url.as_deref())?;
    let secret = secret::read(arguments.secret_file.as_deref())?;
    let restored = arguments.version;
    let version = Admin::new(&desk, &secret).restore(restored)?;
    output.show(&Restored { verdict: "accepted", url: desk.url.to_string(), restored, version });
    Ok(())
}
