//! Strict XML, canonicalization, XML signatures and the cryptography under them: bytes in, a signed element out.
//!
//! Nothing of SAML is here, and nothing of sign-in: `deskgate-core` stands on this crate and shows its
//! modules as its own. It is a crate because it is what a sign-in spends its time in: in WebAssembly it is
//! compiled for speed, the rest for size.
//!
//! 1. [`xml::Document::parse`]: bytes to a tree, nothing trusted.
//! 2. [`c14n::canonicalize`]: an element of it to the octets that a digest is computed of.
//! 3. [`dsig::verify`]: an element and configured keys to a [`dsig::SignedElement`], by what [`crypto`] offers.
//!
//! Everything is a pure function of its arguments. There is no I/O, no clock, no global, no log.
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
#[cfg(any(test, feature = "aws-lc-rs"))]
extern crate std;

pub mod base64;
pub mod c14n;
pub mod crypto;
pub mod diagnostic;
pub mod dsig;
pub mod limits;
pub mod remedy;
pub mod xml;
