//! `deskgate service-tokens list`.

use deskgate_core::time::UnixTime;
use serde::Serialize;

use super::ServiceToken;
use crate::admin::Admin;
use crate::failure::Failure;
use crate::input;
use crate::output::{Output, Report};
use crate::page::Page;
use crate::running_desk::RunningDesk;

/// From so many days before the end on the list warns.
const WARNING_DAYS: u64 = 30;

const SECONDS_A_DAY: u64 = 24 * 3600;

/// Show which scripts may pass, where, until when, and when each did last
#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    desk: RunningDesk,
}

#[derive(Serialize)]
struct Listed {
    service_tokens: Vec<ServiceToken>,
    #[serde(skip)]
    now: UnixTime,
}

impl Report for Listed {
    fn write(&self, page: &mut Page) {
        if self.service_tokens.is_empty() {
            page.note("No script may pass.");
        }
        for token in &self.service_tokens {
            page.heading(&token.name);
            page.row("id", &token.id);
            page.row("paths", token.paths.join(", "));
            let methods = Some(token.methods.join(", ")).filter(|methods| !methods.is_empty());
            page.row("methods", methods.unwrap_or_else(|| "any".to_owned()));
            page.row("created", UnixTime::from_seconds(token.created_at));
            page.row("expires", UnixTime::from_seconds(token.expires_at));
            let former = token.former_secret_until.map(UnixTime::from_seconds);
            page.row_if("former secret", former.filter(|until| *until > self.now));
            page.row("last used", token.last_used_on.map_or_else(|| "never".to_owned(), day));
            if let Some(warning) = warning(token, self.now) {
                page.warning(warning);
            }
        }
    }
}

fn day(seconds: u64) -> String {
    let text = UnixTime::from_seconds(seconds).to_string();
    text.get(..10).unwrap_or(&text).to_owned()
}

fn warning(token: &ServiceToken, now: UnixTime) -> Option<String> {
    let command = format!("deskgate service-tokens rotate {}", token.name);
    match token.expires_at.saturating_sub(now.seconds()).div_ceil(SECONDS_A_DAY) {
        0 => Some(format!("it has expired: {command}")),
        days if days <= WARNING_DAYS => {
            let word = if days == 1 { "day" } else { "days" };
            Some(format!("it expires in {days} {word}: {command}"))
        }
        _ => None,
    }
}

pub(super) fn run(arguments: &Arguments, output: Output) -> Result<(), Failure> {
    let (desk, secret) = arguments.desk.open()?;
    let service_tokens = Admin::new(&desk, &secret).service_tokens()?;
    output.show(&Listed { service_tokens, now: input::clock() });
    Ok(())
}
