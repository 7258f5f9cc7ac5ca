//! `deskgate restore`.

use serde::Serialize;

use crate::admin::Admin;
use crate::failure::Failure;
use crate::output::{Output, Report};
use crate::page::Page;
use crate::running_desk::RunningDesk;

const AFTER_HELP: &str = "\
Examples:
  DESKGATE_SECRET=... deskgate restore --version 3";

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
    #[command(flatten)]
    desk: RunningDesk,
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
    let (desk, secret) = arguments.desk.open()?;
    let restored = arguments.version;
    let version = Admin::new(&desk, &secret).restore(restored)?;
    output.show(&Restored { verdict: "accepted", url: desk.url.to_string(), restored, version });
    Ok(())
}
