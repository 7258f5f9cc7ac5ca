//! `deskgate audit`.

use deskgate_core::time::UnixTime;
use serde::Serialize;

use crate::admin::{Admin, Event};
use crate::failure::{Failure, Reason};
use crate::output::{Output, Report};
use crate::page::Page;
use crate::running_desk::RunningDesk;

const AFTER_HELP: &str = "\
Examples:
  DESKGATE_SECRET=... deskgate audit
  deskgate audit --secret-file deskgate.secret --reference C6YX-B0NP";

/// Show what happened at a running deskgate, newest first
///
/// A person whose sign-in fails sees a reference. This command shows what stands behind it: the code,
/// what was expected and found, and what to change. The newest 200 events are shown.
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Arguments {
    /// Only the events with this reference
    #[arg(long)]
    reference: Option<String>,
    #[command(flatten)]
    desk: RunningDesk,
}

#[derive(Serialize)]
struct Audit {
    events: Vec<Event>,
}

impl Report for Audit {
    fn write(&self, page: &mut Page) {
        for (index, event) in self.events.iter().enumerate() {
            if index > 0 {
                page.blank();
            }
            page.heading(format_args!("{}  {}", UnixTime::from_seconds(event.at), event.event));
            let rows = [
                ("reference", Some(&event.reference).filter(|text| !text.is_empty())),
                ("connection", event.connection.as_ref()),
                ("code", event.code.as_ref()),
                ("found", event.found.as_ref()),
                ("expected", event.expected.as_ref()),
                ("what to do", event.help.as_ref()),
                ("subject", event.subject.as_ref()),
                ("session", event.session.as_ref()),
                ("assertion", event.assertion.as_ref()),
                ("app", event.app.as_ref()),
                ("token", event.token.as_ref()),
                ("address", Some(&event.client_address).filter(|text| !text.is_empty())),
            ];
            for (label, value) in rows {
                page.row_if(label, value);
            }
        }
    }
}

pub(crate) fn run(arguments: &Arguments, output: Output) -> Result<(), Failure> {
    let (desk, secret) = arguments.desk.open()?;
    let mut events = Admin::new(&desk, &secret).audit_log()?;
    if let Some(reference) = &arguments.reference {
        events.retain(|event| event.reference.eq_ignore_ascii_case(reference.trim()));
        if events.is_empty() {
            let message = "no event has this reference";
            let help = "Compare it with the page. Older events are in the log of the Worker: search \
                        there for the reference.";
            return Err(Reason::new("cli.unknown_reference", message, help).refused());
        }
    }
    output.show(&Audit { events });
    Ok(())
}
