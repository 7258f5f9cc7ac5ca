//! `deskgate people disable`, `enable`, `unpin` and `remove`: one word about some people.

use serde::Serialize;

use super::Change;
use super::table::email;
use crate::admin::Admin;
use crate::failure::Failure;
use crate::output::{Output, Report};
use crate::page::Page;
use crate::running_desk::RunningDesk;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// E-mail addresses; all are changed, or none when one is not in the directory
    #[arg(required = true)]
    emails: Vec<String>,
    #[command(flatten)]
    desk: RunningDesk,
}

#[derive(Serialize)]
struct Changed<'a> {
    verdict: &'static str,
    state: &'static str,
    emails: &'a [String],
}

impl Report for Changed<'_> {
    fn write(&self, page: &mut Page) {
        page.accepted(format_args!("{}: {}", self.state, self.emails.join(", ")));
    }
}

pub(super) fn run(
    arguments: &Arguments,
    state: &'static str,
    change: fn(String) -> Change,
    output: Output,
) -> Result<(), Failure> {
    let emails = arguments.emails.iter().map(|text| email(text));
    let emails: Vec<String> = emails.collect::<Result<_, _>>().map_err(|r| r.refused())?;
    let changes: Vec<Change> = emails.iter().cloned().map(change).collect();
    let (desk, secret) = arguments.desk.open()?;
    Admin::new(&desk, &secret).change_people(&changes)?;
    output.show(&Changed { verdict: "accepted", state, emails: &emails });
    Ok(())
}
