//! `deskgate people disable`, `enable`, `unpin` and `remove`: one word about some people.

use serde::Serialize;

use super::table::email;
use super::{Change, Place};
use crate::admin::Admin;
use crate::failure::Failure;
use crate::output::{Output, Report};
use crate::page::Page;

const AFTER_HELP: &str = "\
What each does:
  disable   Nobody signs in with the address until it is enabled; sessions with it end.
  enable    The person may sign in again.
  unpin     The next sign-in with the address decides anew whose it is. For an address that was given
            to somebody else, or a person who comes through another connection now. Sessions with
            it end.
  remove    The directory forgets the person, whose sessions end; where people are added at their
            first sign-in, they can come back.";

/// Change the state of people in the directory
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Arguments {
    /// E-mail addresses; all are changed, or none when one is not in the directory
    #[arg(required = true)]
    emails: Vec<String>,
    #[command(flatten)]
    place: Place,
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
    let (desk, secret) = arguments.place.open()?;
    Admin::new(&desk, &secret).change_people(&changes)?;
    output.show(&Changed { verdict: "accepted", state, emails: &emails });
    Ok(())
}
