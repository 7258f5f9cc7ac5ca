//! What is known of the systems that a desk stands between, as data: helpdesks, and what each expects.
//!
//! A preset fills in what an administrator would otherwise look up; everything in it can be set by
//! hand. Adding one is one small file with a row here.

pub mod helpdesk;
mod profile;
mod provisioning;

pub use helpdesk::Helpdesk;
pub use profile::{NameIdSource, ProfileField};
pub use provisioning::Provisioning;
