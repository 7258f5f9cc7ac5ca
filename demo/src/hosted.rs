//! Helpdesks that run elsewhere: one takes Zendesk's tokens, one is a SAML service provider as Help
//! Scout and Jitbit are. They know deskgate by what an administrator would copy into their settings.

mod account;
mod service_provider;
#[cfg(test)]
mod tests;
mod zendesk;

pub(crate) use service_provider::ServiceProvider;
pub(crate) use zendesk::Zendesk;

use std::time::SystemTime;

use askama::Template;
use deskgate_core::time::UnixTime;

/// The start page of somebody who is signed in.
#[derive(Template)]
#[template(path = "hosted/signed_in.html")]
struct SignedIn<'a> {
    product: &'static str,
    name: &'a str,
    email: &'a str,
    facts: &'a [(String, String)],
    how: &'static str,
}

/// The start page of everybody else.
#[derive(Template)]
#[template(path = "hosted/signed_out.html")]
struct SignedOut {
    product: &'static str,
    how: &'static str,
}

/// Why somebody is not signed in.
#[derive(Template)]
#[template(path = "hosted/refused.html")]
struct Refused {
    product: &'static str,
    reason: String,
    help: String,
}

fn now() -> UnixTime {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    UnixTime::from_seconds(since.as_secs())
}
