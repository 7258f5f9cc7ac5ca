//! Whole requests through the rules, natively: a browser, an identity provider and the object
//! played by the harness.

mod admin;
mod break_glass;
mod bridge;
pub(crate) mod browser;
mod discovery;
mod encryption;
mod ending;
mod error_table;
mod fuzzed;
mod gate;
mod global_token_revocation;
mod handoff;
pub(crate) mod harness;
mod identity_provider;
mod idle;
mod kept;
mod keys;
mod outage;
mod people;
mod secrets;
mod service_tokens;
mod session_page;
mod sign_in;
mod single_logout;
mod trickery;
