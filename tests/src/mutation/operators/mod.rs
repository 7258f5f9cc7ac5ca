//! What an attacker may try with a response that was accepted once.
//!
//! An operator has a number of instances on a document, so that the small bases get all of them; where
//! an instance leaves something open, the generator of the mutant decides.

mod attributes;
mod encoding;
mod ids;
mod namespaces;
mod signatures;
mod structure;
mod texts;
mod values;
mod wrapping;

pub(super) use encoding::Recoding;

use super::base::Other;
use super::edits::Edits;
use super::markup::Markup;
use crate::random::Random;

/// A document, and another one of the same identity provider about the attacker.
#[derive(Debug)]
pub(super) struct Subject<'a> {
    pub(super) markup: Markup<'a>,
    pub(super) donor: &'a Markup<'a>,
    /// What the identity provider said on other occasions.
    pub(super) others: &'a [Other],
}

/// One kind of change.
pub(super) struct Operator {
    pub(super) name: &'static str,
    /// How often it is taken, compared with the others.
    pub(super) weight: usize,
    pub(super) instances: fn(&Subject<'_>) -> usize,
    pub(super) make: fn(&Subject<'_>, usize, &mut Random) -> Option<Edits>,
}

/// All of them.
pub(super) fn all() -> Vec<&'static Operator> {
    let tables: [&'static [Operator]; 9] = [
        structure::OPERATORS,
        wrapping::OPERATORS,
        ids::OPERATORS,
        attributes::OPERATORS,
        namespaces::OPERATORS,
        texts::OPERATORS,
        signatures::OPERATORS,
        values::OPERATORS,
        encoding::OPERATORS,
    ];
    tables.into_iter().flatten().collect()
}

/// An instance number as two: which of `count`, and the rest.
const fn split(instance: usize, count: usize) -> (usize, usize) {
    let count = if count == 0 { 1 } else { count };
    (instance % count, instance / count)
}

const DS: &str = "http://www.w3.org/2000/09/xmldsig#";
const SAML: &str = "urn:oasis:names:tc:SAML:2.0:assertion";
const SAMLP: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
const XENC: &str = "http://www.w3.org/2001/04/xmlenc#";

/// Who the attacker wants to be.
const EVIL: &str = "admin@contoso.com";

/// The one operator that may sign in the attacker: by the attacker's own response.
pub(super) const BORROWING: &str = "part of the attacker's own response";
