//! What is known of the systems that a desk stands between, as data: identity providers and
//! helpdesks, what each sends and expects, and where each value is found in its console.
//!
//! A preset fills in what an administrator would otherwise look up; everything in it can be set by
//! hand. Adding one is one small file with a row here.

pub mod console;
pub mod helpdesk;
pub mod identity_provider;
mod profile;
mod provisioning;

pub use helpdesk::Helpdesk;
pub use identity_provider::IdentityProvider;
pub use profile::{NameIdSource, ProfileField};
pub use provisioning::Provisioning;
