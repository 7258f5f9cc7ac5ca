//! Which canonicalization a CanonicalizationMethod or Transform names.

use alloc::vec::Vec;

use super::Error;
use crate::c14n::{Canonicalization, Comments, Method};
use crate::diagnostic::Excerpt;
use crate::xml::{self, Element, Sequence, names};

/// Longest PrefixList that is read. Okta sends one prefix (`xs`), the longest list of real identity
/// providers has four (attacks 2.9 proposes 64).
const MAX_PREFIX_LIST: usize = 64;

/// Reads the algorithm and, for exclusive C14N, its InclusiveNamespaces (Exclusive C14N 4).
///
/// # Errors
/// [`Error::UnsupportedCanonicalization`] for algorithms outside the profile; there is no default.
pub(super) fn parse(element: Element<'_>) -> Result<Canonicalization<'_>, Error> {
    xml::check_attributes(element, &["Algorithm"])?;
    let uri = xml::required_attribute(element, "Algorithm")?;
    let (method, comments) = Method::from_uri(uri)
        .ok_or_else(|| Error::UnsupportedCanonicalization(Excerpt::new(uri)))?;
    let mut children = Sequence::of(element)?;
    let mut prefix_list = Vec::new();
    if method == Method::Exclusive10
        && let Some(inclusive) = children.optional(names::EXC_C14N, "InclusiveNamespaces")?
    {
        xml::check_attributes(inclusive, &["PrefixList"])?;
        let list = xml::required_attribute(inclusive, "PrefixList")?;
        prefix_list.extend(list.split(' ').filter(|p| !p.is_empty()).take(MAX_PREFIX_LIST + 1));
        if prefix_list.len() > MAX_PREFIX_LIST {
            return Err(Error::UnsupportedCanonicalization(Excerpt::new(list)));
        }
        Sequence::of(inclusive)?.end()?;
    }
    children.end()?;
    Ok(Canonicalization { method, comments, prefix_list })
}

/// Whether comments would be part of the canonical form.
pub(super) fn keeps_comments(canonicalization: &Canonicalization<'_>) -> bool {
    canonicalization.comments == Comments::Keep
}
