//! `deskgate apply`.

use deskgate_core::crypto::{RustCrypto, SecretKey};
use deskgate_core::desk::Desk;
use serde::Serialize;

use crate::admin::{Admin, Current};
use crate::changes::{Change, changes};
use crate::failure::Failure;
use crate::output::{Output, Report};
use crate::page::Page;
use crate::running_desk::RunningDesk;

const AFTER_HELP: &str = "\
Examples:
  DESKGATE_SECRET=... deskgate apply
  deskgate apply --secret-file deskgate.secret --dry-run
  deskgate apply --url http://127.0.0.1:8787      (the same desk on your own machine)";

/// Send a desk.toml to a running deskgate
///
/// Checks the settings first, shows what changes, and sends them over. They are in force within 30
/// seconds; nobody is signed out. The right to do so is the secret of the deployment, which does not
/// travel: it signs a token that is good for this one request. With --url the desk at that address gets
/// them, and has the address as its url from then on.
///
/// When the secret of the deployment is lost, nothing that the desk keeps can be opened any more. Give the
/// Worker a new one and use --lost-secret --yes: the desk makes all its keys anew, ends all sessions and
/// takes these settings. Helpdesks whose SAML identity provider deskgate is, and identity providers that
/// verify its requests or encrypt for it, need the new certificates. People, service tokens, the audit log
/// and what was used once stay. Where the secret is not lost, it is refused and changes nothing.
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Arguments {
    /// Show what would change, and send nothing
    #[arg(long)]
    dry_run: bool,
    /// Begin anew at a desk whose secret is lost: everybody signs in again, and helpdesks and identity
    /// providers need its new certificates
    #[arg(long, requires = "yes", conflicts_with = "dry_run")]
    lost_secret: bool,
    /// Do it, having read what it does
    #[arg(long, requires = "lost_secret")]
    yes: bool,
    #[command(flatten)]
    desk: RunningDesk,
}

#[derive(Serialize)]
struct Applied {
    verdict: &'static str,
    url: String,
    version: Option<u64>,
    sent: bool,
    is_first: bool,
    changes: Vec<Change>,
}

impl Report for Applied {
    fn write(&self, page: &mut Page) {
        let url = &self.url;
        match (self.sent, self.is_first, self.changes.is_empty()) {
            (true, true, _) => page.accepted(format_args!("{url} has its first settings")),
            (true, false, _) => page.accepted(format_args!("{url} has the new settings")),
            (false, true, _) => {
                page.accepted(format_args!("{url} would get its first settings; nothing was sent"));
            }
            (false, false, true) => page.accepted(format_args!("{url} has these settings already")),
            (false, false, false) => {
                page.accepted(format_args!("{url} would get these changes; nothing was sent"));
            }
        }
        page.row_if("version", self.version);
        // The first settings are all new, and stand in the file.
        if !self.is_first {
            for change in &self.changes {
                change.write(page);
            }
        }
    }
}

#[derive(Serialize)]
struct StartedOver {
    verdict: &'static str,
    url: String,
    version: u64,
}

impl Report for StartedOver {
    fn write(&self, page: &mut Page) {
        page.accepted(format_args!("{} has new keys and these settings", self.url));
        page.row("version", self.version);
        page.row("next", "everybody signs in again; give helpdesks and identity providers the");
        page.row("", "new certificates, where deskgate guide has you copy one");
    }
}

pub(crate) fn run(arguments: &Arguments, output: Output) -> Result<(), Failure> {
    let (desk, secret) = arguments.desk.open()?;
    let progress = |text: String| {
        if output.is_for_people() {
            eprintln!("{text}");
        }
    };
    let admin = Admin::new(&desk, &secret);
    if arguments.lost_secret {
        progress(format!("sending {} ...", arguments.desk.settings.display()));
        let version = admin.start_over(&desk.to_json())?;
        output.show(&StartedOver { verdict: "accepted", url: desk.url.to_string(), version });
        return Ok(());
    }
    progress(format!("asking {} for its settings ...", desk.url));
    let current = admin.current()?;
    let applied = apply(arguments, &desk, &secret, &admin, current, progress)?;
    output.show(&applied);
    Ok(())
}

fn apply(
    arguments: &Arguments,
    desk: &Desk,
    secret: &SecretKey,
    admin: &Admin<'_>,
    current: Option<Current>,
    progress: impl Fn(String),
) -> Result<Applied, Failure> {
    let shown = desk.to_json_redacted();
    let mut changes = changes(current.as_ref().map(|current| &current.settings), &shown);
    // A desk does not tell the secrets that it has, only whether all is the same.
    let fingerprint = desk.fingerprint(secret, &RustCrypto::new());
    if changes.is_empty() && current.as_ref().is_some_and(|c| c.fingerprint != fingerprint) {
        changes.push(Change::of_a_secret());
    }
    let is_first = current.is_none();
    let mut version = current.map(|current| current.version);
    let sent = !arguments.dry_run && (is_first || !changes.is_empty());
    if sent {
        progress(format!("sending {} ...", arguments.desk.settings.display()));
        version = Some(admin.apply(&desk.to_json())?);
    }
    let url = desk.url.to_string();
    Ok(Applied { verdict: "accepted", url, version, sent, is_first, changes })
}
