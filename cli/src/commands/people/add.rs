//! `deskgate people add`.

use serde::Serialize;

use super::table::email;
use super::{Change, Profile};
use crate::admin::Admin;
use crate::failure::Failure;
use crate::output::{Output, Report};
use crate::page::Page;
use crate::running_desk::RunningDesk;

const AFTER_HELP: &str = "\
Example:
  deskgate people add b.simon@contoso.com --username bsimon --given-name B. --family-name Simon";

/// Add a person to the directory, or correct what is known of them
///
/// The first sign-in with this e-mail address ties the person to the connection and the identifier
/// through which they come then.
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Arguments {
    /// The e-mail address that the identity provider sends
    email: String,
    /// The name of the account at the helpdesk, where it goes by user names (Jitbit)
    #[arg(long)]
    username: Option<String>,
    /// The given name
    #[arg(long)]
    given_name: Option<String>,
    /// The family name
    #[arg(long)]
    family_name: Option<String>,
    #[command(flatten)]
    desk: RunningDesk,
}

#[derive(Serialize)]
struct Added {
    verdict: &'static str,
    email: String,
}

impl Report for Added {
    fn write(&self, page: &mut Page) {
        page.accepted(format_args!("{} is in the directory", self.email));
    }
}

pub(super) fn run(arguments: &Arguments, output: Output) -> Result<(), Failure> {
    let profile = Profile {
        email: email(&arguments.email).map_err(|reason| reason.refused())?,
        username: arguments.username.clone(),
        given_name: arguments.given_name.clone(),
        family_name: arguments.family_name.clone(),
    };
    let email = profile.email.clone();
    let (desk, secret) = arguments.desk.open()?;
    Admin::new(&desk, &secret).change_people(&[Change::Put(profile)])?;
    output.show(&Added { verdict: "accepted", email });
    Ok(())
}
