//! The verification core of deskgate: SAML responses in, verified identities and signed tokens out.
//!
//! Everything here is a pure function of its arguments: bytes, keys, policy, the time and entropy
//! come in; a verified value or an error goes out. There is no I/O, no clock, no global, no log.
//!
//! The order of use is the order of the modules, and the types enforce it:
//!
//! 1. [`xml::Document::parse`]: bytes to a tree, nothing trusted.
//! 2. [`dsig::verify`]: a tree and configured keys to a [`dsig::SignedElement`].
//! 3. [`saml::verify_response`]: the two above and every rule of the web browser SSO profile, to a
//!    [`saml::VerifiedAssertion`] with its [`identity::Identity`].
//! 4. [`session`]: the identity becomes a session token, and for each request an origin token.
#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::as_conversions,
        clippy::std_instead_of_core,
        clippy::alloc_instead_of_core
    )
)]

extern crate alloc;
#[cfg(test)]
extern crate std;

pub use deskgate_xmldsig::{base64, c14n, crypto, diagnostic, dsig, limits, remedy, xml};

pub mod desk;
pub mod helpdesk;
pub mod identity;
pub mod jose;
pub mod policy;
pub mod preset;
pub mod saml;
pub mod session;
pub mod time;
pub mod x509;
pub mod xenc;
