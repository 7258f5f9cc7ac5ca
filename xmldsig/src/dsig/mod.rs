//! XML signatures, exactly the SAML profile of them (SAML Core 5.4), nothing more.
//!
//! Accepted: one enveloped `ds:Signature` that is a direct child of the element it signs, with one
//! Reference to that element's own `ID`, the enveloped-signature transform and then exclusive or
//! inclusive C14N, algorithms of the table in [`crate::crypto`], keys from configuration only.
//! Refused: everything else that XML Signature allows: Object, several References, other
//! transforms, empty and external URIs, HMAC, parameters inside SignatureMethod.
//!
//! * [`verify()`] checks the signature of one element and answers with a [`SignedElement`], the only
//!   thing that SAML reads claims from.
//! * [`check_ids`] and [`signatures`] look at the whole document once.
//! * [`sign_enveloped`] makes such signatures; [`redirect`] makes and checks the other kind, over
//!   the octets of a query (SAML Bindings 3.4.4.1).

mod canonicalization;
mod document;
mod error;
pub mod redirect;
mod reference;
mod sign;
mod signature;
mod verify;

#[cfg(test)]
pub(crate) mod tests;

pub use document::{check_ids, signatures};
pub use error::Error;
pub use sign::{SigningKey, sign_enveloped};
pub use verify::{MAX_TRUSTED_KEYS, SignatureRules, SignedElement, verify};
