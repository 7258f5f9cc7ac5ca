//! Which prefix means which namespace at the place where the parser is (Namespaces in XML 1.0).

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::cmp::Ordering;

use super::characters::{has_scheme, is_uri_text};
use super::error::{ErrorKind, Fault};
use super::names;
use super::order::{KEY_BYTES, name_key};
use super::store::{NO_NAMESPACE, NamespaceData, XML_NAMESPACE, long, short};
use crate::limits::XmlLimits;

/// All declarations of the document, and which of them are in scope.
#[derive(Debug)]
pub(super) struct Scope<'i> {
    /// In document order, after [`NO_NAMESPACE`] and [`XML_NAMESPACE`].
    declarations: Vec<NamespaceData<'i>>,
    /// The innermost last.
    in_scope: Vec<InScope>,
}

/// A declaration and what to know it by.
#[derive(Debug)]
struct InScope {
    key: u64,
    /// Index of `declarations`.
    declaration: u32,
}

/// That of the prefix `xml`.
const XML_KEY: u64 = u64::from_be_bytes(*b"xml\0\0\0\0\0");

impl<'i> Scope<'i> {
    pub(super) fn new(input: &'i str) -> Self {
        // A piece of the input for the same reason as in `Name::prefix`.
        let nothing = input.split_at(0).0;
        let mut declarations = Vec::with_capacity(8);
        declarations.push(NamespaceData {
            element: 0,
            prefix: nothing,
            uri: Cow::Borrowed(nothing),
        });
        let xml = NamespaceData { element: 0, prefix: "xml", uri: Cow::Borrowed(names::XML) };
        declarations.push(xml);
        Self { declarations, in_scope: Vec::with_capacity(8) }
    }

    pub(super) fn into_declarations(self) -> Vec<NamespaceData<'i>> {
        self.declarations
    }

    /// How many declarations the document has had until now.
    pub(super) fn declared(&self) -> usize {
        self.declarations.len()
    }

    /// How many are in scope; [`Scope::leave`] takes this to return to an outer element.
    pub(super) fn depth(&self) -> usize {
        self.in_scope.len()
    }

    pub(super) fn leave(&mut self, depth: usize) {
        self.in_scope.truncate(depth);
    }

    /// Takes a declaration of the node `element`; it is in scope from now on.
    pub(super) fn declare(
        &mut self,
        element: u32,
        prefix: &'i str,
        uri: Cow<'i, str>,
        byte: usize,
        limits: &XmlLimits,
    ) -> Result<(), Fault> {
        if uri.len() > limits.max_namespace_bytes {
            return Err(ErrorKind::AttributeTooLong.at(byte));
        }
        let uri = match names::known(&uri) {
            Some(known) if !is_reserved(prefix, known) => Cow::Borrowed(known),
            _ => {
                check_namespace_name(prefix, &uri).map_err(|kind| kind.at(byte))?;
                uri
            }
        };
        if self.in_scope.len() >= limits.max_namespaces_in_scope {
            return Err(ErrorKind::TooManyNamespacesInScope.at(byte));
        }
        self.in_scope
            .push(InScope { key: key_of(prefix), declaration: short(self.declarations.len()) });
        self.declarations.push(NamespaceData { element, prefix, uri });
        Ok(())
    }

    /// The declaration that binds `prefix`, of which the key is `wanted`: innermost first, at most
    /// `max_namespaces_in_scope` looks. An empty prefix may be bound to nothing, any other has to be bound.
    pub(super) fn resolve(&self, prefix: &str, wanted: u64) -> Option<u32> {
        if wanted == XML_KEY {
            return Some(XML_NAMESPACE);
        }
        let is_bound = |found: &&InScope| {
            found.key == wanted
                && (prefix.len() < KEY_BYTES
                    || self
                        .declarations
                        .get(long(found.declaration))
                        .is_some_and(|declaration| declaration.prefix == prefix))
        };
        let found = self.in_scope.iter().rev().find(is_bound);
        found.map(|found| found.declaration).or_else(|| prefix.is_empty().then_some(NO_NAMESPACE))
    }

    /// The order of the namespace names of two declarations.
    pub(super) fn by_uri(&self, one: u32, other: u32) -> Ordering {
        // Most attributes are bound by the same declaration, which needs no look at its text.
        if one == other {
            return Ordering::Equal;
        }
        let uri =
            |declaration| self.declarations.get(long(declaration)).map_or("", |found| &found.uri);
        uri(one).cmp(uri(other))
    }

    /// The declarations from `first` on.
    pub(super) fn since(&self, first: usize) -> &[NamespaceData<'i>] {
        self.declarations.get(first..).unwrap_or_default()
    }
}

fn key_of(prefix: &str) -> u64 {
    name_key(prefix.as_bytes(), prefix.len())
}

/// What a prefix may be bound to (Namespaces 2.3, 3 and 5; and C-01 of the attacks).
///
/// A namespace name must have a scheme (RFC 3986, section 3) and only what a URI is written with. What
/// "relative" means is decided by the scheme because RFC 3986 decides it so (4.1, 4.2), and the
/// decision must not depend on what a URI library makes of it: libxml2 gave up on U+0080 and
/// canonicalized to nothing.
fn check_namespace_name(prefix: &str, uri: &str) -> Result<(), ErrorKind> {
    if is_reserved(prefix, uri) {
        return Err(ErrorKind::ReservedPrefix);
    }
    match uri {
        "" if prefix.is_empty() => Ok(()),
        "" => Err(ErrorKind::EmptyNamespaceName),
        _ if !is_uri_text(uri) => Err(ErrorKind::InvalidNamespaceName),
        _ if !has_scheme(uri) => Err(ErrorKind::RelativeNamespaceName),
        _ => Ok(()),
    }
}

fn is_reserved(prefix: &str, uri: &str) -> bool {
    match prefix {
        "xml" => uri != names::XML,
        "xmlns" => true,
        _ => uri == names::XML || uri == names::XMLNS,
    }
}
