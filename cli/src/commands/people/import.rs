//! `deskgate people import`.

use std::ffi::OsString;

use serde::Serialize;

use super::{Change, table};
use crate::admin::Admin;
use crate::failure::Failure;
use crate::input::Input;
use crate::output::{Output, Report};
use crate::page::Page;
use crate::running_desk::RunningDesk;

/// People in one request; it stays well below the greatest body of the admin route.
const BATCH: usize = 1000;

const AFTER_HELP: &str = "\
The first line names the columns: email, and in any order username, given_name, family_name. What
deskgate people export writes can be read again; its other columns are left as they are.

Example:
  deskgate people import people.csv";

/// Add people from a CSV file, or correct what is known of them
///
/// The whole file is checked first: when a line is wrong, nobody is added.
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Arguments {
    /// The file; - for standard input
    #[arg(value_name = "people.csv")]
    file: OsString,
    #[command(flatten)]
    desk: RunningDesk,
}

#[derive(Serialize)]
struct Imported {
    verdict: &'static str,
    people: usize,
}

impl Report for Imported {
    fn write(&self, page: &mut Page) {
        page.accepted("everybody in the file is in the directory");
        page.row("people", self.people);
    }
}

pub(super) fn run(arguments: &Arguments, output: Output) -> Result<(), Failure> {
    let input = Input::from(arguments.file.clone());
    let profiles = table::read(&input.read()?, &input.name())?;
    let (desk, secret) = arguments.desk.open()?;
    let admin = Admin::new(&desk, &secret);
    let people = profiles.len();
    let changes: Vec<Change> = profiles.into_iter().map(Change::Put).collect();
    for (index, batch) in changes.chunks(BATCH).enumerate() {
        if output.is_for_people() && people > BATCH {
            eprintln!("sending {} of {people} ...", (index * BATCH + batch.len()));
        }
        admin.change_people(batch)?;
    }
    output.show(&Imported { verdict: "accepted", people });
    Ok(())
}
