//! The table of targets and what each may cost.

pub(crate) mod authn_request;
mod binding;
mod certificate;
mod cookie;
mod jose;
pub(crate) mod logout;
mod response;
mod settings;
mod xml;

use crate::{Budget, Target};

/// Every target of the core, each with what it may cost: steps and bytes allocated, for the shortest
/// input and for each byte.
///
/// The costs were measured on 2026-11-21 over the seeds, the inputs of worst.rs and what libFuzzer had
/// found until then, and doubled. They are those of a target, which calls what it tests more than once:
/// `response` parses its input six times.
pub(crate) const ALL: &[Target] = &[
    Target::new("parse", "xml", 32 * 1024, Budget::new([30_000, 100_000], [600, 300]), xml::parse),
    Target::new(
        "canonicalize",
        "xml",
        32 * 1024,
        Budget::new([30_000, 100_000], [450, 350]),
        xml::canonicalize,
    ),
    Target::new("dsig", "xml", 32 * 1024, Budget::new([10_000, 10_000], [200, 120]), xml::verify),
    Target::new(
        "response",
        "xml",
        32 * 1024,
        Budget::new([30_000, 100_000], [1_600, 1_100]),
        response::honest,
    ),
    Target::new(
        "rules",
        "xml",
        32 * 1024,
        Budget::new([30_000, 100_000], [1_600, 1_100]),
        response::credulous,
    ),
    Target::new(
        "authn_request",
        "xml",
        32 * 1024,
        Budget::new([300_000, 2_000_000], [1_600, 1_200]),
        authn_request::message,
    ),
    Target::new(
        "logout",
        "xml",
        32 * 1024,
        Budget::new([300_000, 2_000_000], [1_600, 1_200]),
        logout::message,
    ),
    Target::new(
        "metadata",
        "xml",
        32 * 1024,
        Budget::new([10_000, 20_000], [350, 250]),
        response::metadata,
    ),
    Target::new(
        "certificate",
        "certificate",
        72 * 1024,
        Budget::new([10_000, 10_000], [70, 60]),
        certificate::parse,
    ),
    Target::new(
        "inflate",
        "none",
        72 * 1024,
        Budget::new([420_000, 900_000], [300, 60]),
        binding::inflate,
    ),
    Target::new(
        "redirect",
        "http",
        16 * 1024,
        Budget::new([10_000, 10_000], [50, 40]),
        binding::redirect,
    ),
    Target::new("jws", "jose", 10 * 1024, Budget::new([10_000, 12_000], [25, 30]), jose::token),
    Target::new("jwks", "jose", 72 * 1024, Budget::new([20_000, 30_000], [80, 150]), jose::key_set),
    Target::new(
        "claims",
        "jose",
        10 * 1024,
        Budget::new([12_000, 20_000], [60, 150]),
        jose::claims,
    ),
    Target::new(
        "cookie",
        "http",
        20 * 1024,
        Budget::new([10_000, 30_000], [20, 130]),
        cookie::header,
    ),
    Target::new(
        "return_target",
        "http",
        4 * 1024,
        Budget::new([5_000, 5_000], [15, 15]),
        cookie::return_target,
    ),
    Target::new(
        "settings",
        "jose",
        32 * 1024,
        Budget::new([60_000, 30_000], [100, 120]),
        settings::desk,
    ),
];
