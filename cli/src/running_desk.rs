//! A desk that is asked or changed, and the right to do so.

use std::path::PathBuf;

use deskgate_core::crypto::SecretKey;
use deskgate_core::desk::Desk;

use crate::failure::Failure;
use crate::{desk_file, secret};

/// Which desk a command is for.
#[derive(clap::Args)]
pub(crate) struct RunningDesk {
    /// The settings of the desk
    #[arg(long = "desk", value_name = "FILE", default_value = "desk.toml")]
    pub(crate) settings: PathBuf,
    /// The address of the desk [default: the url in the settings]
    #[arg(long)]
    url: Option<String>,
    /// A file with the value of DESKGATE_SECRET [default: the environment variable]
    #[arg(long, value_name = "FILE")]
    secret_file: Option<PathBuf>,
}

impl RunningDesk {
    /// The settings of the desk, with the address that counts, and the secret of the deployment.
    pub(crate) fn open(&self) -> Result<(Desk, SecretKey), Failure> {
        let desk = desk_file::read(&self.settings, self.url.as_deref())?;
        Ok((desk, secret::read(self.secret_file.as_deref())?))
    }
}
