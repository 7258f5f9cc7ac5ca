//! `deskgate sessions end`.

use serde::Serialize;

use super::{Whose, connection, person};
use crate::admin::Admin;
use crate::failure::Failure;
use crate::output::{Output, Report};
use crate::page::Page;
use crate::running_desk::RunningDesk;

const AFTER_HELP: &str = "\
Examples:
  deskgate sessions end --user b.simon@contoso.com
      A laptop was lost. The person may sign in again; to prevent that, use deskgate people disable.
  deskgate sessions end --connection contoso
      Something is wrong at the identity provider of contoso.
  deskgate sessions end --everybody";

/// End sessions: of a person, of a connection, or of everybody
///
/// They are over within 30 seconds, wherever in the world they are used. Nobody is kept from signing in
/// again, and the identity provider, where people stay signed in, is not told.
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
#[group(id = "whose", required = true, multiple = false, args = ["user", "connection", "everybody"])]
pub(crate) struct Arguments {
    /// Those of this person: an e-mail address, or the sub of a session
    #[arg(long, value_name = "PERSON")]
    user: Option<String>,
    /// Those that began through this connection; break-glass for those of break-glass links
    #[arg(long, value_name = "NAME")]
    connection: Option<String>,
    /// Those of everybody, also the administrator's own
    #[arg(long)]
    everybody: bool,
    #[command(flatten)]
    desk: RunningDesk,
}

#[derive(Serialize)]
struct Ended {
    verdict: &'static str,
    whose: Whose,
    /// As far as they were known; others have ended too.
    sessions: u64,
}

impl Report for Ended {
    fn write(&self, page: &mut Page) {
        let sessions = if self.sessions == 1 { "session" } else { "sessions" };
        let of = match &self.whose {
            Whose::Connection(name) => format!("through {name}"),
            Whose::Email(person) | Whose::Subject(person) => format!("of {person}"),
            Whose::Everybody => "of everybody".to_owned(),
        };
        page.accepted(format_args!("ended {} {sessions} {of}", self.sessions));
        page.note("They are over everywhere within 30 seconds.");
    }
}

pub(super) fn run(arguments: &Arguments, output: Output) -> Result<(), Failure> {
    let (desk, secret) = arguments.desk.open()?;
    let whose = match (&arguments.user, &arguments.connection) {
        (Some(user), _) => person(user)?,
        (None, Some(name)) => connection(name, &desk)?,
        (None, None) => Whose::Everybody,
    };
    let sessions = Admin::new(&desk, &secret).end_sessions(&whose)?;
    output.show(&Ended { verdict: "accepted", whose, sessions });
    Ok(())
}
