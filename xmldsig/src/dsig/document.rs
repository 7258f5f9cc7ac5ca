//! What is looked at once in the whole document: IDs and the places of signatures.

use super::Error;
use crate::diagnostic::Excerpt;
use crate::xml::{Attribute, Document, Element, names, repeated};

/// Names of attributes that some reader takes for an ID. SAML has `ID`, XML-DSig `Id`, SAML 1.x
/// `AssertionID`, XML `xml:id`; libraries look for all of them, in any namespace.
const ID_NAMES: [&str; 4] = ["ID", "Id", "id", "AssertionID"];

/// Refuses a document in which two attributes that could be IDs have the same value.
///
/// [`super::verify()`] does not search by ID, so this protects what comes after: a helpdesk or log
/// that reads the message again (attacks R5, S-10).
///
/// # Errors
/// [`Error::DuplicateId`].
pub fn check_ids(document: &Document<'_>) -> Result<(), Error> {
    let is_id = |attribute: &Attribute<'_>| ID_NAMES.iter().any(|name| attribute.is_local(name));
    let ids = document.attributes().filter(is_id).map(Attribute::value);
    repeated(ids).map_or(Ok(()), |id| Err(Error::DuplicateId(Excerpt::new(id))))
}

/// All ds:Signature elements, in document order, wherever they stand.
pub fn signatures<'doc>(document: &'doc Document<'_>) -> impl Iterator<Item = Element<'doc>> {
    document.elements().filter(|element| element.is(names::DSIG, "Signature"))
}
