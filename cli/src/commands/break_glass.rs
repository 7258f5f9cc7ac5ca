//! `deskgate break-glass`.

use std::time::Duration;

use deskgate_core::crypto::RustCrypto;
use deskgate_core::diagnostic::Excerpt;
use deskgate_core::session::break_glass::{is_owner, mint_break_glass};
use deskgate_core::time::UnixTime;
use serde::Serialize;

use crate::failure::{Failure, OrRefused as _, Reason};
use crate::input;
use crate::output::{Output, Report};
use crate::page::Page;
use crate::running_desk::RunningDesk;

const AFTER_HELP: &str = "\
Example:
  DESKGATE_SECRET=... deskgate break-glass --email owner@contoso.com

Give the link to nobody else: whoever opens it first is the owner for an hour. Its use is recorded in
the audit log as break_glass.used.";

/// Make a link that signs an owner in while the identity provider does not work
///
/// The link is made on this machine, without any network, works once, and only for addresses that
/// owners in the settings of the desk names.
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Arguments {
    /// The owner who is to sign in
    #[arg(long)]
    email: String,
    /// Minutes until the link stops to work, at most 15
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u8).range(1..=15))]
    minutes: u8,
    #[command(flatten)]
    desk: RunningDesk,
}

#[derive(Serialize)]
struct Link {
    link: String,
    email: String,
    expires_at: String,
}

impl Report for Link {
    fn write(&self, page: &mut Page) {
        page.line(&self.link);
    }
}

pub(crate) fn run(arguments: &Arguments, output: Output) -> Result<(), Failure> {
    let (desk, secret) = arguments.desk.open()?;
    if !is_owner(&desk.owners, &arguments.email) {
        let help =
            "Add the address to owners in desk.toml and apply it while you can, or name an owner.";
        return Err(Reason::new("cli.not_an_owner", "this is no owner of the desk", help)
            .found(Excerpt::new(&arguments.email))
            .expected(desk.owners.join(", "))
            .refused());
    }
    let mut entropy = [0; 16];
    getrandom::fill(&mut entropy).map_err(|error| {
        Reason::new("cli.no_randomness", "the system gives no random bytes", "Use another machine.")
            .found(error.to_string())
            .not_carried_out()
    })?;
    let (now, lifetime) = (input::clock(), Duration::from_secs(60 * u64::from(arguments.minutes)));
    let (email, crypto) = (arguments.email.clone(), RustCrypto::new());
    let token = mint_break_glass(desk.issuer(), &email, lifetime, now, entropy, &secret, &crypto)
        .or_refused()?;
    let expires_at: UnixTime = now.saturating_add(lifetime);
    let link = format!("{}?token={token}", desk.url_of("break-glass"));
    if output.is_for_people() {
        eprintln!("Open this once, until {expires_at}:");
    }
    output.show(&Link { link, email, expires_at: expires_at.to_string() });
    Ok(())
}
