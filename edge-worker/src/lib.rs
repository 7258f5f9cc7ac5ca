//! deskgate at the edge: the rules of the Cloudflare Worker and of its Durable Object.
//!
//! A thin shim in JavaScript, `worker.mjs`, moves bytes: it gives the head of each request to
//! [`handle`], does what the returned instruction says, and comes back with what it fetched. All
//! decisions are made here, and all of them natively testable; what the platform has to do is
//! behind the traits of `host`.
// Compiled with libFuzzer's own main function, for `cargo xtask fuzz`.
#![cfg_attr(fuzzing, no_main)]

mod audit;
mod desk_object;
mod entry;
mod error;
mod exports;
mod gate;
mod host;
mod http;
mod isolate;
mod json;
mod lines;
mod loaded_desk;
mod pages;
mod reference;
mod refusals;
mod relay;
mod renewal;
mod routes;
mod secret;
mod service_token;
mod snapshot;
mod step;
#[cfg(test)]
mod tests;
mod visit;
mod watch;
mod ways_around;

pub use exports::{
    Pending, desk_alarm, desk_object, handle, origin_unreachable, refreshed, relay, renewal, start,
    still_passes, take_body, take_pending,
};
