//! Certificates as carriers of public keys (RFC 5280).
//!
//! An identity provider's certificate is trusted because an administrator pinned it, so nothing here
//! builds chains. Subject, validity and fingerprints are for people to compare with what the
//! identity provider's screen shows; an expired certificate is a warning, not an error.

mod certificate;
mod error;
mod input;
mod issue;
mod name;
mod structure;

pub use certificate::{Certificate, to_pem};
pub use error::Error;
pub use input::{MAX_CERTIFICATES, MAX_INPUT_BYTES};
pub use issue::self_signed;

#[cfg(test)]
mod tests;
