//! What the suites below `tests/` share: an identity provider, the Worker in workerd, an origin behind
//! it and a browser in front of it.
//!
//! The suites use only what a real deployment has: HTTP, cookies, forms and the settings route. The one
//! exception is `worker::Worker::set`, which moves the clock and breaks the Durable Object.

pub mod browser;
pub mod canonical;
pub mod corpus;
pub mod differential;
pub mod exceptions;
pub mod html;
pub mod issuer;
pub mod judge;
pub mod mutation;
pub mod origin;
pub mod random;
pub mod saml_rows;
pub mod sign_in;
pub mod skip;
pub mod vectors;
pub mod wire;
pub mod worker;
pub mod workerd_crypto;
