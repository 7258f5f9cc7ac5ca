//! SAML 2.0 web browser single sign-on, the identity provider's side (SAML Profiles 4.1): deskgate as
//! identity provider of an app, after it was itself a service provider towards the company.
//!
//! 1. [`read_redirect`] or [`read_post`]: what the app sent, and what is expected of it, to a
//!    [`ReceivedRequest`]. A request with [`ReceivedRequest::unmet`] is answered with that status at
//!    once.
//! 2. The caller signs the person in, as ever.
//! 3. [`Response::with_assertion`] or [`Response::with_status`]: the answer, signed, for a form that
//!    posts itself to the app's assertion consumer service, and nowhere else.
//!
//! [`IdentityProvider`] writes the metadata that the app imports.
//!
//! Accepted: requests by HTTP-Redirect and HTTP-POST, answers by HTTP-POST. The address of the answer
//! comes from the settings; what the request says about it can only lead to a refusal. Not read:
//! Extensions, AttributeConsumingServiceIndex (an app gets the attributes of its settings), Consent,
//! ProviderName, AllowCreate (whom an app knows is decided by its provisioning).

mod authn_context;
mod error;
mod metadata;
mod request;
mod response;
mod status;
#[cfg(test)]
mod tests;

pub use authn_context::{MAX_CLASSES_BYTES, RequestedAuthnContext};
pub use error::Error;
pub use metadata::IdentityProvider;
pub use request::{
    ExpectedRequest, MAX_RELAY_STATE_BYTES, MAX_REQUEST_AGE, ReceivedRequest, RequestSignature,
    read_post, read_redirect,
};
pub use response::{IssuedAssertion, RESPONSE_LIFETIME, Response};
pub use status::Status;
