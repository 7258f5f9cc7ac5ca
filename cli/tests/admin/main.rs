//! The commands that speak to a running deskgate.

mod apply;
mod audit;
mod break_glass;
mod fake_desk;
mod keys;
mod people;
mod service_tokens;
mod sessions;
mod versions;
