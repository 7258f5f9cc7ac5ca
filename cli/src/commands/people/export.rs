//! `deskgate people export`.

use std::io::{self, Write as _};

use super::{everybody, table};
use crate::failure::{Failure, Reason};
use crate::running_desk::RunningDesk;

/// Write the directory as CSV, for a spreadsheet or another desk
///
/// A text that a spreadsheet would take for a formula gets a ' in front, which import takes away again.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    desk: RunningDesk,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let text = table::write(&everybody(&arguments.desk)?);
    match io::stdout().write_all(text.as_bytes()) {
        // A reader that went away is no error.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            let help = "Write it to another place.";
            Err(Reason::new("cli.unwritable", "the table cannot be written", help)
                .found(error.to_string())
                .not_carried_out())
        }
        _ => Ok(()),
    }
}
