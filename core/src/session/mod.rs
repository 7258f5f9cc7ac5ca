//! From a verified identity to a session, and from a session to one token per request.
//!
//! | token | `typ` | algorithm | `aud` | lives |
//! | --- | --- | --- | --- | --- |
//! | session, in a cookie | `deskgate-session+jwt` | EdDSA | the desk | at most 7 days, 10 h by default |
//! | origin token, in a header | `deskgate-origin+jwt` | EdDSA | the origin | 60 s, one method and path |
//! | admin token, from the command line | `deskgate-admin+jwt` | HS256 | the desk | 60 s, one request |
//! | break-glass link, from the command line | `deskgate-break-glass+jwt` | HS256 | the desk | 15 min, once |
//!
//! Scripts have a [`service_token`] instead, which is no JWT: it can be taken back, and says nothing.
//!
//! Each has its own `typ` and each verifier demands its own, so that none serves in place of another.
//! What identity providers say about a person stands under one claim, `identity`, with a fixed set of
//! members: no attribute name can become a claim of ours.

pub mod admin_token;
pub mod break_glass;
pub mod cookie;
mod email_address;
mod error;
mod logout_request;
mod origin_headers;
pub mod origin_token;
mod person;
mod return_target;
pub mod revocation;
pub mod seal;
mod secrets;
pub mod service_token;
#[expect(clippy::module_inception, reason = "the session is the subject of this module")]
mod session;
mod subject;
mod transaction;

pub use email_address::{NoEmail, email_address};
pub use error::Error;
pub use logout_request::{LOGOUT_LIFETIME, check_logout_request_id, logout_request_id};
pub use origin_headers::{HeaderValue, OriginHeader, origin_headers};
pub use origin_token::{
    ExpectedOriginToken, MAX_KEY_CACHE, MAX_ORIGIN_TOKEN_LIFETIME, NewOriginToken, OriginRequest,
    OriginToken, OriginTokenMint, mint_origin_token, verify_origin_token,
    verify_origin_token_of_any_request,
};
pub use person::{AttributeNames, Person};
pub use return_target::{MAX_RETURN_TARGET_BYTES, ReturnTarget};
pub use secrets::Secrets;
pub use session::{
    MAX_SESSION_LIFETIME, MIN_SESSION_IDLE, NewSession, PAST_SESSION_KNOWN, Session, mint_session,
    verify_past_session, verify_session,
};
pub use subject::subject;
pub use transaction::{MAX_PENDING_LOGINS, PendingLogins, TRANSACTION_LIFETIME, Transaction};
