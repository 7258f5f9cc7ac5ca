//! `deskgate keys rotate`.

use std::path::PathBuf;

use serde::Serialize;

use crate::admin::Admin;
use crate::desk_file;
use crate::failure::Failure;
use crate::output::{Output, Report};
use crate::page::Page;
use crate::secret;

const AFTER_HELP: &str = "\
Examples:
  DESKGATE_SECRET=... deskgate keys rotate --bridge announce desk.toml
  DESKGATE_SECRET=... deskgate keys rotate --bridge switch desk.toml      (days later)";

/// Change the key that signs for apps, in two steps
///
/// Helpdesks whose SAML identity provider deskgate is know its certificate. With announce a new key is
/// made and its certificate stands beside the current one in the metadata of every app, so that helpdesks
/// which read it know both. With switch the new key signs from then on, and the old one is forgotten: give
/// the new certificate (idp/<app>/certificate.pem) to helpdesks that have room for one only right after.
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Arguments {
    /// The step
    #[arg(long, value_name = "STEP")]
    bridge: Step,
    /// Send it to this address [default: the url in the settings]
    #[arg(long)]
    url: Option<String>,
    /// A file with the value of DESKGATE_SECRET [default: the environment variable]
    #[arg(long, value_name = "FILE")]
    secret_file: Option<PathBuf>,
    /// The settings
    #[arg(value_name = "desk.toml", default_value = "desk.toml")]
    file: PathBuf,
}

#[derive(Clone, Copy, clap::ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Step {
    /// Make the next key and publish its certificate beside the current one
    Announce,
    /// Sign with the announced key
    Switch,
}

#[derive(Serialize)]
struct Rotated {
    verdict: &'static str,
    url: String,
    step: Step,
    version: u64,
}

impl Report for Rotated {
    fn write(&self, page: &mut Page) {
        let url = &self.url;
        match self.step {
            Step::Announce => {
                page.accepted(format_args!("{url} publishes the next certificate for apps"));
            }
            Step::Switch => page.accepted(format_args!("{url} signs for apps with the new key")),
        }
        page.row("version", self.version);
    }
}

pub(crate) fn run(arguments: &Arguments, output: Output) -> Result<(), Failure> {
    let desk = desk_file::read(&arguments.file, arguments.url.as_deref())?;
    let secret = secret::read(arguments.secret_file.as_deref())?;
    let step = arguments.bridge;
    let version = Admin::new(&desk, &secret).rotate_bridge_key(step)?;
    output.show(&Rotated { verdict: "accepted", url: desk.url.to_string(), step, version });
    Ok(())
}
