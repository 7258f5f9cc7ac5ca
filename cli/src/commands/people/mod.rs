//! `deskgate people`: the directory of a running deskgate.

mod add;
mod export;
mod import;
mod list;
mod state;
pub(super) mod table;

use clap::Subcommand;
use serde::{Deserialize, Serialize};

use crate::admin::Admin;
use crate::failure::Failure;
use crate::output::Output;
use crate::running_desk::RunningDesk;

#[derive(Subcommand)]
pub(crate) enum People {
    List(list::Arguments),
    Add(add::Arguments),
    /// Keep people from signing in with these addresses, and end their sessions
    Disable(state::Arguments),
    /// Let people sign in again whom disable kept out
    Enable(state::Arguments),
    /// Let the next sign-in with an address decide anew whose it is
    ///
    /// For an address that was given to somebody else, or a person who comes through another connection
    /// now. Sessions with it end.
    Unpin(state::Arguments),
    /// Forget people, and end their sessions
    ///
    /// Where people are added at their first sign-in, they can come back.
    Remove(state::Arguments),
    Import(import::Arguments),
    Export(export::Arguments),
}

/// Somebody in the directory.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Person {
    pub(crate) email: String,
    pub(crate) username: Option<String>,
    pub(crate) given_name: Option<String>,
    pub(crate) family_name: Option<String>,
    pub(crate) disabled: bool,
    pub(crate) pinned_connection: Option<String>,
    pub(crate) pinned_id: Option<String>,
    pub(crate) added_by: String,
    /// Seconds since 1970, like the next one.
    pub(crate) added_at: u64,
    pub(crate) last_sign_in: Option<u64>,
}

/// What an administrator may say about a person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Profile {
    pub(crate) email: String,
    pub(crate) username: Option<String>,
    pub(crate) given_name: Option<String>,
    pub(crate) family_name: Option<String>,
}

/// One change in the directory.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Change {
    Put(Profile),
    Disable(String),
    Enable(String),
    Remove(String),
    Unpin(String),
}

pub(super) fn run(command: People, output: Output) -> Result<(), Failure> {
    match command {
        People::List(arguments) => list::run(&arguments, output),
        People::Add(arguments) => add::run(&arguments, output),
        People::Disable(arguments) => state::run(&arguments, "disabled", Change::Disable, output),
        People::Enable(arguments) => state::run(&arguments, "enabled", Change::Enable, output),
        People::Unpin(arguments) => state::run(&arguments, "unpinned", Change::Unpin, output),
        People::Remove(arguments) => state::run(&arguments, "removed", Change::Remove, output),
        People::Import(arguments) => import::run(&arguments, output),
        People::Export(arguments) => export::run(&arguments),
    }
}

/// Everybody, page by page.
fn everybody(desk: &RunningDesk) -> Result<Vec<Person>, Failure> {
    let (desk, secret) = desk.open()?;
    Admin::new(&desk, &secret).people()
}
