//! `deskgate sessions list`.

use deskgate_core::time::UnixTime;
use serde::Serialize;

use super::{Session, Whose, connection, person};
use crate::admin::Admin;
use crate::failure::Failure;
use crate::output::{Output, Report};
use crate::page::Page;
use crate::running_desk::RunningDesk;

/// Show who is signed in, since when and through which connection
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Only the sessions of this person: an e-mail address, or the sub of a session
    #[arg(long, value_name = "PERSON", conflicts_with = "connection")]
    user: Option<String>,
    /// Only the sessions that began through this connection
    #[arg(long, value_name = "NAME")]
    connection: Option<String>,
    #[command(flatten)]
    desk: RunningDesk,
}

#[derive(Serialize)]
struct Listed {
    sessions: Vec<Session>,
}

impl Report for Listed {
    fn write(&self, page: &mut Page) {
        if self.sessions.is_empty() {
            page.note("Nobody is signed in.");
        }
        for session in &self.sessions {
            page.heading(session.email.as_deref().unwrap_or("without address"));
            page.row("connection", &session.connection);
            page.row("signed in", UnixTime::from_seconds(session.began_at));
            page.row("until", UnixTime::from_seconds(session.expires_at));
            page.row("sub", &session.subject);
        }
    }
}

pub(super) fn run(arguments: &Arguments, output: Output) -> Result<(), Failure> {
    let (desk, secret) = arguments.desk.open()?;
    let whose = match (&arguments.user, &arguments.connection) {
        (Some(user), _) => person(user)?,
        (None, Some(name)) => connection(name, &desk)?,
        (None, None) => Whose::Everybody,
    };
    output.show(&Listed { sessions: Admin::new(&desk, &secret).sessions(&whose)? });
    Ok(())
}
