//! SAML 2.0 web browser single sign-on (SAML Profiles 4.1): the service provider's side here, the
//! identity provider's in [`identity_provider`].
//!
//! A response travels this way, and there is no other:
//!
//! 1. [`decode_post_value`]: the form value to bytes;
//! 2. [`verify_response`]: bytes, what is expected, and the time to a [`VerifiedAssertion`]; with
//!    [`UnverifiedMessage`] and [`verify_message`] in two steps, where the Issuer decides what is expected;
//! 3. the caller stores [`VerifiedAssertion::replay_key`] once, and only then makes a session.
//!
//! [`explain()`] watches [`verify_response`] and tells a person check by check what it found.
//!
//! [`AuthnRequest`] makes the request before that, [`logout`] ends what both began. [`metadata`] reads what an identity provider says
//! about itself, and says the same about us.

mod assertion;
mod authn_request;
pub mod binding;
mod check;
mod conditions;
pub mod constants;
mod decryption;
mod error;
mod expected;
mod explain;
pub mod identity_provider;
pub mod logout;
mod message;
pub mod metadata;
mod ranking;
mod response;
mod statements;
mod subject;
mod text;
mod validate;
mod verify;

#[cfg(test)]
#[path = "../../../xmldsig/src/dsig/tests/forge.rs"]
mod forge;
#[cfg(test)]
mod tests;

pub use authn_request::{AuthnRequest, REQUEST_ID_ENTROPY_BYTES, request_id};
pub use binding::post::decode_value as decode_post_value;
pub use check::Check;
pub use error::{Error, TimedPart};
pub use expected::{
    DEFAULT_CLOCK_SKEW, ExpectedResponse, FurtherDemands, MAX_CLOCK_SKEW, ReplayKey,
    RequiredSignature, Solicitation, VerifiedAssertion,
};
pub use explain::{
    Claim, ClaimedAttribute, Claims, Explanation, Finding, Outcome, Privacy, Problem, Verdict,
    explain,
};
pub use message::UnverifiedMessage;
pub use verify::{verify_message, verify_response};
