//! `deskgate people list`.

use deskgate_core::time::UnixTime;
use serde::Serialize;

use super::{Person, everybody};
use crate::failure::Failure;
use crate::output::{Output, Report};
use crate::page::Page;
use crate::running_desk::RunningDesk;

/// Show who is in the directory, and through which connection each came first
#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    desk: RunningDesk,
}

#[derive(Serialize)]
struct Directory {
    people: Vec<Person>,
}

impl Report for Directory {
    fn write(&self, page: &mut Page) {
        if self.people.is_empty() {
            page.note("Nobody is in the directory yet.");
        }
        for person in &self.people {
            let state = if person.disabled { "  disabled" } else { "" };
            page.heading(format_args!("{}{state}", person.email));
            let names = [person.given_name.as_deref(), person.family_name.as_deref()];
            let names: Vec<_> = names.into_iter().flatten().collect();
            page.row_if("name", Some(names.join(" ")).filter(|name| !name.is_empty()));
            page.row_if("username", person.username.as_ref());
            page.row_if("connection", person.pinned_connection.as_ref());
            page.row_if("identifier", person.pinned_id.as_ref());
            page.row_if("last sign-in", person.last_sign_in.map(UnixTime::from_seconds));
        }
    }
}

pub(super) fn run(arguments: &Arguments, output: Output) -> Result<(), Failure> {
    output.show(&Directory { people: everybody(&arguments.desk)? });
    Ok(())
}
