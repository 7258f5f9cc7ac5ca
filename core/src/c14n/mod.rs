//! Canonical XML: the interface, on which signatures are built while the methods are being written.

use alloc::vec::Vec;
use core::fmt;

use crate::diagnostic::{Diagnostic, Kind};
use crate::xml::Element;

/// A canonicalization method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Exclusive XML Canonicalization 1.0.
    Exclusive10,
    /// Canonical XML 1.0.
    Inclusive10,
    /// Canonical XML 1.1.
    Inclusive11,
}

/// Whether comments are part of the canonical form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comments {
    /// They are.
    Keep,
    /// They are not.
    Omit,
}

impl Method {
    /// The method of a URI.
    #[must_use]
    pub fn from_uri(_uri: &str) -> Option<(Self, Comments)> {
        None
    }
}

/// How an element is made canonical.
#[derive(Clone, Debug)]
pub struct Canonicalization<'a> {
    /// The method.
    pub method: Method,
    /// What happens to comments.
    pub comments: Comments,
    /// PrefixList of InclusiveNamespaces, exclusive only.
    pub prefix_list: Vec<&'a str>,
}

/// Takes canonical bytes.
pub trait Sink {
    /// The next bytes.
    fn write(&mut self, bytes: &[u8]);
}

impl Sink for Vec<u8> {
    fn write(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

/// Why no canonical form could be made.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// The method is not there yet.
    Unsupported,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this canonicalization is not supported")
    }
}

impl core::error::Error for Error {}

impl Diagnostic for Error {
    fn code(&self) -> &'static str {
        "c14n.unsupported"
    }

    fn kind(&self) -> Kind {
        Kind::Unsupported
    }

    fn help(&self) -> &'static str {
        "Use a canonicalization that is supported."
    }
}

/// Writes the canonical form of `apex` without `without`.
///
/// # Errors
/// [`Error`].
pub fn canonicalize(
    _apex: Element<'_>,
    _how: &Canonicalization<'_>,
    _without: Option<Element<'_>>,
    _sink: &mut dyn Sink,
) -> Result<(), Error> {
    Err(Error::Unsupported)
}
