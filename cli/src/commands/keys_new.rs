//! `deskgate keys new`: the one secret of a deployment.

use std::io::{self, IsTerminal as _};

use deskgate_core::base64;
use serde::Serialize;
use zeroize::Zeroizing;

use crate::failure::{Failure, Reason};
use crate::output::{Output, Report};
use crate::page::Page;

const SECRET_BYTES: usize = 32;

const HOW_TO_SET: &str = "
This is the value of DESKGATE_SECRET: everything the desk keeps is sealed with it. Set it with

  wrangler secret put DESKGATE_SECRET

and keep a copy in a password safe: deskgate apply needs it too. To replace one that is in use, read
docs/secret.md first. Or without showing it:

  deskgate keys new | tee ~/deskgate.secret | wrangler secret put DESKGATE_SECRET";

/// Print a new value for DESKGATE_SECRET: 32 random bytes as base64url
///
/// The value goes to standard output, alone on its line, so that it can be piped into
/// `wrangler secret put DESKGATE_SECRET`.
#[derive(clap::Args)]
pub(crate) struct Arguments {}

#[derive(Serialize)]
struct Secret {
    name: &'static str,
    value: String,
}

impl Report for Secret {
    fn write(&self, page: &mut Page) {
        page.line(&self.value);
    }
}

pub(crate) fn run(_: &Arguments, output: Output) -> Result<(), Failure> {
    let mut bytes = Zeroizing::new([0; SECRET_BYTES]);
    getrandom::fill(bytes.as_mut()).map_err(|error| {
        Reason::new("cli.no_randomness", "the system gives no random bytes", "Use another machine.")
            .found(error.to_string())
            .not_carried_out()
    })?;
    let value = base64::encode_url(bytes.as_ref());
    output.show(&Secret { name: "DESKGATE_SECRET", value });
    if output.is_for_people() && io::stdout().is_terminal() {
        eprintln!("{HOW_TO_SET}");
    }
    Ok(())
}
