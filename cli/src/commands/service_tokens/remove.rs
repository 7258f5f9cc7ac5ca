//! `deskgate service-tokens remove`.

use serde::Serialize;

use super::Change;
use crate::admin::Admin;
use crate::failure::Failure;
use crate::output::{Output, Report};
use crate::page::Page;
use crate::running_desk::RunningDesk;

/// Let a script pass no longer
///
/// Its token is refused within 30 seconds, wherever in the world it is used.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The name of the service token
    name: String,
    #[command(flatten)]
    desk: RunningDesk,
}

#[derive(Serialize)]
struct Removed {
    verdict: &'static str,
    name: String,
    id: String,
}

impl Report for Removed {
    fn write(&self, page: &mut Page) {
        page.accepted(format_args!("{} passes no longer", self.name));
        page.note("Its token is refused everywhere within 30 seconds.");
    }
}

pub(super) fn run(arguments: &Arguments, output: Output) -> Result<(), Failure> {
    let (desk, secret) = arguments.desk.open()?;
    let change = Change::Remove(arguments.name.clone());
    let token = Admin::new(&desk, &secret).change_service_tokens(&change)?;
    output.show(&Removed { verdict: "accepted", name: token.name, id: token.id });
    Ok(())
}
