//! Whole requests through the rules, natively: a browser, an identity provider and the object
//! played by the harness.

mod admin;
mod browser;
mod gate;
pub(crate) mod harness;
mod identity_provider;
mod outage;
mod sign_in;
mod trickery;
