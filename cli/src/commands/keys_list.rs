//! `deskgate keys list`.

use deskgate_core::time::UnixTime;
use serde::{Deserialize, Serialize};

use crate::admin::Admin;
use crate::failure::Failure;
use crate::output::{Output, Report};
use crate::page::Page;
use crate::running_desk::RunningDesk;

/// What browsers hold sealed ends after 15 minutes, and a deployment takes a while to be everywhere.
const FALLBACK_NEEDED_SECONDS: u64 = 60 * 60;

const AFTER_HELP: &str = "\
Examples:
  DESKGATE_SECRET=... deskgate keys list";

/// Show the keys of a running deskgate, and under which secret they are sealed
///
/// Private keys never leave the desk. While the secret of the deployment changes, this says when
/// DESKGATE_SECRET_FALLBACK is no longer needed; a desk that was asleep seals its keys anew because of
/// this question.
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Arguments {
    #[command(flatten)]
    desk: RunningDesk,
}

/// As the desk tells it.
#[derive(Deserialize, Serialize)]
pub(crate) struct Keys {
    keys: Vec<Key>,
    secret: Secret,
}

#[derive(Deserialize, Serialize)]
struct Key {
    kid: String,
    purpose: Purpose,
    /// Seconds since 1970.
    used_from: Option<u64>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
enum Purpose {
    Bridge,
    Saml,
    Tokens,
}

#[derive(Deserialize, Serialize)]
struct Secret {
    /// Since when everything is sealed under the secret in force, in seconds since 1970; `None` while it
    /// is not.
    sealed_since: Option<u64>,
    fallback: Fallback,
}

#[derive(Clone, Copy, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
enum Fallback {
    None,
    Opens,
    Same,
    Unusable,
}

#[derive(Serialize)]
struct Listed {
    #[serde(flatten)]
    keys: Keys,
    /// When `DESKGATE_SECRET_FALLBACK` may go, in seconds since 1970.
    fallback_needed_until: Option<u64>,
}

impl Report for Listed {
    fn write(&self, page: &mut Page) {
        let Keys { keys, secret } = &self.keys;
        for Key { kid, purpose, used_from } in keys {
            let what = match purpose {
                Purpose::Bridge => "apps",
                Purpose::Saml => "requests",
                Purpose::Tokens => "tokens",
            };
            match used_from {
                Some(from) => page.row(what, format_args!("{kid} from {}", time(*from))),
                None => page.row(what, format_args!("{kid} announced")),
            }
        }
        match secret.sealed_since {
            Some(since) => page.row(
                "secret",
                format_args!("everything is sealed under DESKGATE_SECRET since {}", time(since)),
            ),
            None => page.row(
                "secret",
                "this desk is still sealed under another secret; keep DESKGATE_SECRET_FALLBACK",
            ),
        }
        match (secret.fallback, self.fallback_needed_until) {
            (Fallback::None, _) => {}
            (Fallback::Opens, None) => page.row("fallback", "opens what is sealed under it"),
            (Fallback::Opens, Some(until)) => page.row(
                "fallback",
                format_args!(
                    "opens what is sealed under it; when the secret was changed, not needed after {}",
                    time(until)
                ),
            ),
            (Fallback::Same, _) => page.row("fallback", "the same as DESKGATE_SECRET"),
            (Fallback::Unusable, _) => page.row(
                "fallback",
                "is no secret of deskgate and not used: 32 bytes as base64url are expected",
            ),
        }
    }
}

fn time(seconds: u64) -> UnixTime {
    UnixTime::from_seconds(seconds)
}

pub(crate) fn run(arguments: &Arguments, output: Output) -> Result<(), Failure> {
    let (desk, secret) = arguments.desk.open()?;
    let keys = Admin::new(&desk, &secret).keys()?;
    let fallback_needed_until = match (keys.secret.fallback, keys.secret.sealed_since) {
        (Fallback::Opens, Some(since)) => Some(since + FALLBACK_NEEDED_SECONDS),
        _ => None,
    };
    output.show(&Listed { keys, fallback_needed_until });
    Ok(())
}
