//! `deskgate service-tokens new`.

use deskgate_core::session::service_token::{MAX_DAYS, check_name, check_rules, service_token_id};
use serde::Serialize;

use super::{Change, ServiceToken, new_secret, random, show_secret};
use crate::admin::Admin;
use crate::failure::{Failure, OrRefused as _};
use crate::output::{Output, Report};
use crate::page::Page;
use crate::running_desk::RunningDesk;

const AFTER_HELP: &str = "\
Examples:
  deskgate service-tokens new nightly-export --paths /api/ --methods GET
  deskgate service-tokens new zendesk-webhook --paths /hooks/zendesk --methods POST --days 90

The script sends the two headers that are printed, or ID and secret as user and password of HTTP Basic:
  curl -H 'Deskgate-Client-Id: ...' -H 'Deskgate-Client-Secret: ...' https://help.contoso.com/api/
  curl --user ID:SECRET https://help.contoso.com/hooks/zendesk";

/// Let a script or a webhook pass the gate
///
/// It passes with an ID and a secret, on these paths only, until they expire. The server behind the desk
/// learns that it is this script and no person.
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Arguments {
    /// What to call it: lower-case letters, digits and hyphens
    name: String,
    /// A path that it may use, or a folder such as /api/ with everything below; several, or with commas
    #[arg(long, required = true, value_delimiter = ',', value_name = "PATH")]
    paths: Vec<String>,
    /// A method that it may use; several, or with commas [default: any]
    #[arg(long, value_delimiter = ',', value_name = "METHOD")]
    methods: Vec<String>,
    /// Days until the secret expires
    #[arg(long, default_value_t = 365, value_parser = clap::value_parser!(u16).range(1..=i64::from(MAX_DAYS)))]
    days: u16,
    #[command(flatten)]
    desk: RunningDesk,
}

#[derive(Serialize)]
struct Added {
    verdict: &'static str,
    name: String,
    id: String,
    secret: String,
    paths: Vec<String>,
    methods: Vec<String>,
    expires_at: u64,
}

impl Report for Added {
    fn write(&self, page: &mut Page) {
        let (name, paths) = (&self.name, self.paths.join(", "));
        page.accepted(format_args!("{name} may pass to {paths} within 30 seconds"));
        show_secret(page, &self.id, &self.secret, self.expires_at);
    }
}

pub(super) fn run(arguments: &Arguments, output: Output) -> Result<(), Failure> {
    check_name(&arguments.name).or_refused()?;
    check_rules(&arguments.paths, &arguments.methods).or_refused()?;
    let (desk, deployment_secret) = arguments.desk.open()?;
    let (secret, secret_sha256) = new_secret()?;
    let id = service_token_id(*random()?);
    let change = Change::Add {
        name: arguments.name.clone(),
        id,
        secret_sha256,
        paths: arguments.paths.clone(),
        methods: arguments.methods.clone(),
        days: arguments.days,
    };
    let token = Admin::new(&desk, &deployment_secret).change_service_tokens(&change)?;
    let ServiceToken { name, id, paths, methods, expires_at, .. } = token;
    let secret = secret.to_string();
    output.show(&Added { verdict: "accepted", name, id, secret, paths, methods, expires_at });
    Ok(())
}
