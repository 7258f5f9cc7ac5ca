//! What may pass the gate, and what happens to a request that may not.
//!
//! Decisions are made on the very bytes that are forwarded, and the default is protected: a path is
//! public only by configuration, a header reaches the origin only when no server could take it for
//! ours. Nothing here reads a token; that is [`crate::session`].

mod error;
pub mod fresh;
pub mod headers;
pub mod paths;
pub mod request;

pub use error::Error;
pub use fresh::FreshPath;
pub use headers::HeaderRules;
pub use paths::PublicPaths;
pub use request::{RequestFacts, WithoutSession};
