//! The real Worker in workerd, driven over HTTP as browsers, identity providers and attackers do.

mod admin;
mod bridge;
mod encryption;
mod failures;
mod gate;
mod global_token_revocation;
mod handoff;
mod headers;
mod interop;
mod kept;
mod open;
mod origin_servers;
mod replay;
mod return_targets;
mod secrets;
mod service_tokens;
mod sessions;
mod setting;
mod sign_in;
mod single_logout;
mod streams;
