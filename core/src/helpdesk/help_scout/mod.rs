//! Help Scout: restricted Docs sites, and the Beacon in secure mode. (Its staff signs in by SAML.)

pub mod beacon;
pub mod docs;
