//! `deskgate service-tokens rotate`.

use std::time::Duration;

use deskgate_core::session::service_token::MAX_GRACE;
use deskgate_core::time::UnixTime;
use serde::Serialize;

use super::{Change, ServiceToken, new_secret, show_secret};
use crate::admin::Admin;
use crate::failure::Failure;
use crate::output::{Output, Report};
use crate::page::Page;
use crate::running_desk::RunningDesk;

const AFTER_HELP: &str = "\
Examples:
  deskgate service-tokens rotate nightly-export
      Both secrets are good for a day: give the new one to the script in that time.
  deskgate service-tokens rotate nightly-export --grace 0
      Somebody else may have the secret.";

/// Give a script another secret, which lives as long as the first one did
///
/// The ID stays. The secret until now is good for a while longer, and a secret from before that ends at once.
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Arguments {
    /// The name of the service token
    name: String,
    /// How long the secret until now stays good: 0, hours or days, at most 30d
    #[arg(long, default_value = "24h", value_parser = grace, value_name = "TIME")]
    grace: Duration,
    #[command(flatten)]
    desk: RunningDesk,
}

#[derive(Serialize)]
struct Rotated {
    verdict: &'static str,
    name: String,
    id: String,
    secret: String,
    expires_at: u64,
    former_secret_until: Option<u64>,
}

impl Report for Rotated {
    fn write(&self, page: &mut Page) {
        page.accepted(format_args!("{} has another secret within 30 seconds", self.name));
        show_secret(page, &self.id, &self.secret, self.expires_at);
        match self.former_secret_until.map(UnixTime::from_seconds) {
            Some(until) => page.note(format_args!("The secret until now is good until {until}.")),
            None => page.note("The secret until now is over everywhere within 30 seconds."),
        }
    }
}

fn grace(text: &str) -> Result<Duration, String> {
    let wrong = || "write 0, or hours or days such as 24h or 7d, at most 30d".to_owned();
    let unit = match text.as_bytes().last() {
        Some(b'h') => 3600,
        Some(b'd') => 24 * 3600,
        _ if text == "0" => return Ok(Duration::ZERO),
        _ => return Err(wrong()),
    };
    let number = text.get(..text.len() - 1).unwrap_or_default();
    let number: u32 = number.parse().map_err(|_| wrong())?;
    let grace = Duration::from_secs(u64::from(number) * unit);
    if grace <= MAX_GRACE { Ok(grace) } else { Err(wrong()) }
}

pub(super) fn run(arguments: &Arguments, output: Output) -> Result<(), Failure> {
    let (desk, deployment_secret) = arguments.desk.open()?;
    let (secret, secret_sha256) = new_secret()?;
    let change = Change::Rotate {
        name: arguments.name.clone(),
        secret_sha256,
        grace_seconds: arguments.grace.as_secs(),
    };
    let token = Admin::new(&desk, &deployment_secret).change_service_tokens(&change)?;
    let ServiceToken { name, id, expires_at, former_secret_until, .. } = token;
    let secret = secret.to_string();
    let verdict = "accepted";
    output.show(&Rotated { verdict, name, id, secret, expires_at, former_secret_until });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grace_is_hours_or_days() {
        let check = |text: &str, seconds: Option<u64>| {
            assert_eq!(grace(text).ok().map(|grace| grace.as_secs()), seconds, "{text}");
        };
        check("0", Some(0));
        check("24h", Some(24 * 3600));
        check("7d", Some(7 * 24 * 3600));
        check("30d", Some(30 * 24 * 3600));
        for text in ["", "h", "24", "24m", "-1h", "31d", "721h", "1.5h", "9999999999d", "1ä"] {
            check(text, None);
        }
    }
}
