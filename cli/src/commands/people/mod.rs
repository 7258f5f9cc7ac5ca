//! `deskgate people`: the directory of a running deskgate.

mod add;
mod export;
mod import;
mod list;
mod state;
pub(super) mod table;

use std::path::PathBuf;

use clap::Subcommand;
use deskgate_core::crypto::SecretKey;
use deskgate_core::desk::Desk;
use serde::{Deserialize, Serialize};

use crate::admin::Admin;
use crate::desk_file;
use crate::failure::Failure;
use crate::output::Output;
use crate::secret;

#[derive(Subcommand)]
pub(crate) enum People {
    List(list::Arguments),
    Add(add::Arguments),
    Disable(state::Arguments),
    Enable(state::Arguments),
    Unpin(state::Arguments),
    Remove(state::Arguments),
    Import(import::Arguments),
    Export(export::Arguments),
}

/// Where the directory is.
#[derive(clap::Args)]
pub(super) struct Place {
    /// Ask at this address [default: the url in the settings]
    #[arg(long)]
    url: Option<String>,
    /// A file with the value of DESKGATE_SECRET [default: the environment variable]
    #[arg(long, value_name = "FILE")]
    secret_file: Option<PathBuf>,
    /// The settings of the desk
    #[arg(long = "desk", value_name = "desk.toml", default_value = "desk.toml")]
    file: PathBuf,
}

impl Place {
    pub(super) fn open(&self) -> Result<(Desk, SecretKey), Failure> {
        let desk = desk_file::read(&self.file, self.url.as_deref())?;
        Ok((desk, secret::read(self.secret_file.as_deref())?))
    }
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
fn everybody(place: &Place) -> Result<Vec<Person>, Failure> {
    let (desk, secret) = place.open()?;
    Admin::new(&desk, &secret).people()
}
