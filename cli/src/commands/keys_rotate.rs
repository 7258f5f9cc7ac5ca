//! `deskgate keys rotate`.

use serde::Serialize;

use crate::admin::Admin;
use crate::failure::{Failure, Reason};
use crate::output::{Output, Report};
use crate::page::Page;
use crate::running_desk::RunningDesk;

const AFTER_HELP: &str = "\
Examples:
  DESKGATE_SECRET=... deskgate keys rotate --bridge announce
  DESKGATE_SECRET=... deskgate keys rotate --bridge switch      (days later)
  DESKGATE_SECRET=... deskgate keys rotate --tokens --now --yes (in an emergency)";

/// Change the key that signs for apps in two steps, or the keys for tokens in an emergency
///
/// Helpdesks whose SAML identity provider deskgate is know its certificate. With announce a new key is
/// made and its certificate stands beside the current one in the metadata of every app, so that helpdesks
/// which read it know both. With switch the new key signs from then on, and the old one is forgotten: give
/// the new certificate (`idp/<app>/certificate.pem`) to helpdesks that have room for one only right after.
///
/// The keys that sign sessions and origin tokens change by themselves (keys.rotation_days). With --tokens
/// --now a new one signs at once and the others are forgotten, for when somebody may have a copy of one:
/// everybody has to sign in again, within 30 seconds, and origin servers refuse requests until they have
/// read the new keys, mostly for seconds and at most for five minutes.
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
#[group(id = "which", required = true, multiple = false, args = ["bridge", "tokens"])]
pub(crate) struct Arguments {
    /// A step of changing the key that signs for apps
    #[arg(long, value_name = "STEP")]
    bridge: Option<Step>,
    /// The keys that sign sessions and origin tokens
    #[arg(long, requires = "now")]
    tokens: bool,
    /// At once: everybody has to sign in again
    #[arg(long, requires = "tokens")]
    now: bool,
    /// Do it, having read what it does
    #[arg(long, requires = "tokens")]
    yes: bool,
    #[command(flatten)]
    desk: RunningDesk,
}

#[derive(Clone, Copy, clap::ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Step {
    /// Make the next key and publish its certificate beside the current one
    Announce,
    /// Sign with the announced key
    Switch,
    /// Forget all keys for tokens
    #[value(skip)]
    TokensNow,
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
            Step::TokensNow => page.accepted(format_args!(
                "{url} has forgotten its keys for tokens: everybody signs in again within 30 seconds"
            )),
        }
        page.row("version", self.version);
    }
}

pub(crate) fn run(arguments: &Arguments, output: Output) -> Result<(), Failure> {
    let (desk, secret) = arguments.desk.open()?;
    let step = arguments.bridge.unwrap_or(Step::TokensNow);
    if arguments.bridge.is_none() && !arguments.yes {
        return Err(not_confirmed());
    }
    let version = Admin::new(&desk, &secret).rotate_keys(step)?;
    output.show(&Rotated { verdict: "accepted", url: desk.url.to_string(), step, version });
    Ok(())
}

fn not_confirmed() -> Failure {
    Reason::new(
        "cli.not_confirmed",
        "everybody would have to sign in again, and what they are writing may be lost",
        "The keys for tokens change by themselves. If somebody may have a copy of one, add --yes.",
    )
    .refused()
}
