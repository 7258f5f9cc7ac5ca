//! Whole requests through the rules, natively: a browser, an identity provider and the object
//! played by the harness.

mod admin;
mod browser;
mod error_table;
mod gate;
pub(crate) mod harness;
mod identity_provider;
mod outage;
mod sign_in;
mod single_logout;
mod trickery;
