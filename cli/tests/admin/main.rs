//! The commands that speak to a running deskgate.

mod apply;
mod audit;
mod fake_desk;
mod versions;
