//! A strict XML parser and the tree that it makes, for messages that an attacker may have written.
//!
//! Accepted: XML 1.0 (fifth edition) that is namespace-well-formed (Namespaces in XML 1.0), in UTF-8,
//! within [`XmlLimits`](crate::limits::XmlLimits). Refused beyond what these require: every DTD, every
//! entity but the five built-in ones, other encodings and versions, and namespace names that are
//! relative or no URI. See [`ErrorKind`] for each rule and its section.
//!
//! Preserved, because canonicalization needs it: prefixes, namespace declarations where they are,
//! comments, processing instructions, and the order of each kind. Not preserved: the XML declaration,
//! attributes between namespace declarations, quotes, CDATA as such, and references.
//!
//! There is one parser for all of the product, and nothing recurses over its input.

mod attributes;
mod characters;
mod cursor;
mod error;
mod lanes;
pub mod names;
mod order;
mod parser;
mod scope;
mod sequence;
mod store;
mod tag;
#[cfg(test)]
mod tests;
mod tree;
mod values;
mod writer;

pub use characters::{is_id, is_nc_name};
pub use error::{Error, ErrorKind, Position};
pub(crate) use order::{by_key, name_key, repeated};
pub use sequence::{
    ContentError, ContentErrorKind, Sequence, check_attributes, required_attribute,
};
pub use tree::{Attribute, Attributes, Children, Document, Element, Node};
pub(crate) use tree::{Declaration, Event};
pub use writer::Writer;
