//! For the server behind deskgate: who is calling, from the one header that can be believed.
//!
//! The edge gives every request of somebody who is signed in a token of its own, `Deskgate-Assertion`:
//! signed by the desk, made for one method, path and query of one origin, gone within a minute.
//! [`AssertionLayer`] lets nothing through without it, and a handler asks for the [`Caller`]:
//!
#![cfg_attr(feature = "axum", doc = "```")]
#![cfg_attr(not(feature = "axum"), doc = "```ignore")]
//! use axum::{Router, routing::get};
//! use deskgate_origin::{AssertionLayer, Caller, Verifier};
//!
//! async fn greet(caller: Caller) -> String {
//!     format!("Hello, {}", caller.person().name.as_deref().unwrap_or("you"))
//! }
//!
//! # fn main() -> Result<(), deskgate_origin::InvalidUrl> {
//! let verifier = Verifier::new("https://help.contoso.com", "https://tickets.internal")?;
//! let app: Router =
//!     Router::new().route("/", get(greet)).layer(AssertionLayer::new(verifier));
//! # Ok(())
//! # }
//! ```
//!
//! Nothing is configured but the two addresses, and there is no secret. The desk's public keys are
//! fetched when they are needed and then again in the background.
//!
//! # Without std
//! This crate is for servers. The bare check has no clock, no network and no std:
//! [`deskgate_core::session::verify_origin_token`], from the token, a key set, the request and the time.

/// The code on the page for people compiles.
#[cfg(all(doctest, feature = "axum"))]
#[doc = include_str!("../../docs/origins/axum.md")]
mod page {}

mod caller;
mod client;
mod groups;
mod jwks;
mod layer;
mod once;
mod refusal;
#[cfg(all(test, feature = "axum"))]
mod tests;
mod verifier;

pub use caller::Caller;
pub use client::{DeskClient, Get, HttpClient};
pub use deskgate_core::desk::InvalidUrl;
pub use layer::{AssertionLayer, AssertionService};
pub use refusal::Refusal;
pub use verifier::Verifier;
