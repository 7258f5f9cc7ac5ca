//! Single logout (SAML Core 3.7, SAML Profiles 4.4), the service provider's side.
//!
//! A message of an identity provider travels this way, and there is no other:
//!
//! 1. [`peek_logout`] names the connection that it claims to belong to, unverified;
//! 2. [`verify_logout_request`] or [`verify_logout_response`] verify it against that connection;
//! 3. the caller uses up [`VerifiedLogoutRequest::id`] once, and only then ends sessions, those that
//!    [`is_same_person`] and `SessionIndex` name.
//!
//! By HTTP-POST the signature is inside the message, by HTTP-Redirect it is over the octets of the
//! query, and a signature inside such a message is not looked at (SAML Bindings 3.4.4.1). A message
//! without signature never ends a session (GHSA-pcgw-qcv5-h8ch).

mod carrier;
mod expected;
mod message;
mod person;
mod send;
mod verify;

pub use carrier::{Carrier, PeekedLogout, peek_logout};
pub use expected::{
    ExpectedLogout, LOGOUT_MESSAGE_LIFETIME, LogoutOutcome, MAX_SESSION_INDEXES,
    VerifiedLogoutRequest, VerifiedLogoutResponse,
};
pub use person::{is_index_unique, is_same_person};
pub use send::{LogoutRequest, LogoutResponse, LogoutStatus};
pub use verify::{is_issuer, verify_logout_request, verify_logout_response};
