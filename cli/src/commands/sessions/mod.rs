//! `deskgate sessions`: who is signed in at a running deskgate.

mod end;
mod list;

use clap::Subcommand;
use deskgate_core::desk::Desk;
use deskgate_core::session::break_glass::BREAK_GLASS;
use serde::{Deserialize, Serialize};

use crate::commands::people::table::email;
use crate::failure::{Failure, Reason};
use crate::output::Output;

#[derive(Subcommand)]
pub(crate) enum Sessions {
    List(list::Arguments),
    End(end::Arguments),
}

/// Whose sessions are meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Whose {
    Connection(String),
    Email(String),
    Everybody,
    Subject(String),
}

/// A session in force.
#[derive(Deserialize, Serialize)]
pub(crate) struct Session {
    pub(crate) session: String,
    pub(crate) connection: String,
    pub(crate) subject: String,
    pub(crate) email: Option<String>,
    /// Seconds since 1970, like the next one.
    pub(crate) began_at: u64,
    pub(crate) expires_at: u64,
}

pub(super) fn run(command: Sessions, output: Output) -> Result<(), Failure> {
    match command {
        Sessions::List(arguments) => list::run(&arguments, output),
        Sessions::End(arguments) => end::run(&arguments, output),
    }
}

/// With an `@` it is an address, and a `sub` otherwise, which never has one.
fn person(text: &str) -> Result<Whose, Failure> {
    if !text.contains('@') {
        return Ok(Whose::Subject(text.to_owned()));
    }
    email(text).map(Whose::Email).map_err(|reason| reason.refused())
}

/// A name that is spelled wrong would end nothing, and nobody would notice.
fn connection(name: &str, desk: &Desk) -> Result<Whose, Failure> {
    if name == BREAK_GLASS || desk.connection(name).is_some() {
        return Ok(Whose::Connection(name.to_owned()));
    }
    let names: Vec<_> =
        desk.connections.iter().map(|connection| connection.name.as_str()).collect();
    Err(Reason::new(
        "cli.no_such_connection",
        "the settings have no connection of this name",
        "Write the name of a connection of the settings. Sessions of a connection that was removed have \
         ended with it.",
    )
    .found(name)
    .expected(names.join(", "))
    .refused())
}
