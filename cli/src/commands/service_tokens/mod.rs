//! `deskgate service-tokens`: scripts and webhooks that pass the gate of a running deskgate.

mod list;
mod new;
mod remove;
mod rotate;

use clap::Subcommand;
use deskgate_core::base64;
use deskgate_core::crypto::RustCrypto;
use deskgate_core::session::service_token::{
    CLIENT_ID_HEADER, CLIENT_SECRET_HEADER, secret_digest, service_token_secret,
};
use deskgate_core::time::UnixTime;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::failure::{Failure, Reason};
use crate::output::Output;
use crate::page::Page;

#[derive(Subcommand)]
pub(crate) enum ServiceTokens {
    New(new::Arguments),
    List(list::Arguments),
    Rotate(rotate::Arguments),
    Remove(remove::Arguments),
}

/// A token as the desk tells of it. Times are seconds since 1970.
#[derive(Deserialize, Serialize)]
pub(crate) struct ServiceToken {
    pub(crate) name: String,
    pub(crate) id: String,
    pub(crate) paths: Vec<String>,
    /// Empty: any.
    pub(crate) methods: Vec<String>,
    pub(crate) created_at: u64,
    pub(crate) expires_at: u64,
    /// Until when the secret before the last rotation is good.
    pub(crate) former_secret_until: Option<u64>,
    /// The first second of that day.
    pub(crate) last_used_on: Option<u64>,
}

/// What is sent to the desk: never a secret.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Change {
    Add {
        name: String,
        id: String,
        secret_sha256: String,
        paths: Vec<String>,
        methods: Vec<String>,
        days: u16,
    },
    Remove(String),
    Rotate {
        name: String,
        secret_sha256: String,
        grace_seconds: u64,
    },
}

pub(super) fn run(command: ServiceTokens, output: Output) -> Result<(), Failure> {
    match command {
        ServiceTokens::New(arguments) => new::run(&arguments, output),
        ServiceTokens::List(arguments) => list::run(&arguments, output),
        ServiceTokens::Rotate(arguments) => rotate::run(&arguments, output),
        ServiceTokens::Remove(arguments) => remove::run(&arguments, output),
    }
}

fn random<const N: usize>() -> Result<Zeroizing<[u8; N]>, Failure> {
    let mut bytes = Zeroizing::new([0; N]);
    getrandom::fill(&mut *bytes).map_err(|error| {
        Reason::new("cli.no_randomness", "the system gives no random bytes", "Use another machine.")
            .found(error.to_string())
            .not_carried_out()
    })?;
    Ok(bytes)
}

/// A secret, and what the desk keeps of it. It is made here, so that it travels nowhere but into the script.
fn new_secret() -> Result<(Zeroizing<String>, String), Failure> {
    let secret = service_token_secret(&*random()?);
    let digest = secret_digest(&secret, &RustCrypto::new());
    Ok((secret, base64::encode_url(digest.as_bytes())))
}

/// An ID and its secret: the only time that it is shown.
fn show_secret(page: &mut Page, id: &str, secret: &str, expires_at: u64) {
    page.blank();
    page.line(format_args!("  {CLIENT_ID_HEADER}: {id}"));
    page.line(format_args!("  {CLIENT_SECRET_HEADER}: {secret}"));
    page.blank();
    page.row("expires", UnixTime::from_seconds(expires_at));
    page.note("The secret is shown this once and kept nowhere: give it to the script now.");
}
