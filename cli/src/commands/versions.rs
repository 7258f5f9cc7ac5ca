//! `deskgate versions`.

use deskgate_core::time::UnixTime;
use serde::Serialize;

use crate::admin::{Admin, Version};
use crate::failure::Failure;
use crate::output::{Output, Report};
use crate::page::Page;
use crate::running_desk::RunningDesk;

const AFTER_HELP: &str = "\
Examples:
  DESKGATE_SECRET=... deskgate versions
  deskgate restore --version 3      (to return to one of them)";

/// Show which versions of the settings a running deskgate keeps, newest first
///
/// Each deskgate apply that changes something makes a version; the last 50 are kept. The first one
/// shown is in force.
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Arguments {
    #[command(flatten)]
    desk: RunningDesk,
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
    let (desk, secret) = arguments.desk.open()?;
    let versions = Admin::new(&desk, &secret).versions()?;
    output.show(&Versions { versions });
    Ok(())
}
