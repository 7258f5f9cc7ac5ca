//! A message as it came: bytes that are one document of the strict subset. Nothing in it is trusted.

use alloc::borrow::Cow;
use alloc::string::String;

use super::check::{Check, Journal, NoJournal, note};
use super::error::Error;
use super::response::{Content, UnverifiedResponse, parse_issuer};
use crate::dsig;
use crate::limits::XmlLimits;
use crate::xml::{Document, Element, names};

/// A message whose form is right (steps 2 and 3 of [`super::verify_response`]) and of which nothing
/// else is known, so that it is parsed once by those who have to look at it before they can say what
/// they expect of it.
#[derive(Debug)]
pub struct UnverifiedMessage<'i> {
    pub(super) document: Document<'i>,
}

impl<'i> UnverifiedMessage<'i> {
    /// From the bytes, after [`super::decode_post_value`].
    ///
    /// # Errors
    /// [`Error`] of the first of these steps that fails.
    pub fn parse(xml: &'i [u8]) -> Result<Self, Error> {
        parse(xml).map(|document| Self { document })
    }

    /// The Issuer that a Response claims, to choose among configured connections for an unsolicited
    /// one. Whatever is chosen then verifies with its own keys and entity ID.
    ///
    /// # Errors
    /// [`Error`] when this is not a Response with an Issuer in it or in its plain Assertion.
    pub fn issuer(&self) -> Result<String, Error> {
        let response = UnverifiedResponse::parse(self.document.root())?;
        if let Some(issuer) = response.issuer {
            return Ok(issuer.into_owned());
        }
        let Some(Content::Assertion(assertion)) = response.content else {
            return Err(Error::NoIssuer);
        };
        let issuer =
            assertion.child_elements().next().filter(|e| e.is(names::SAML_ASSERTION, "Issuer"));
        parse_issuer(issuer.ok_or(Error::NoIssuer)?).map(Cow::into_owned)
    }
}

/// Steps 2 and 3: a tree in which no two IDs are equal and every Signature stands where the SAML
/// schemas have one.
pub(super) fn parse(xml: &[u8]) -> Result<Document<'_>, Error> {
    note_message(xml, &mut NoJournal)
}

/// The same, watched.
pub(super) fn note_message<'i>(
    xml: &'i [u8],
    journal: &mut dyn Journal,
) -> Result<Document<'i>, Error> {
    let document = Document::parse(xml, &XmlLimits::MESSAGE).map_err(Error::from);
    let document = note(journal, Check::WellFormed, document)?;
    note(journal, Check::ProcessingInstructions, check_processing_instructions(&document))?;
    note(journal, Check::Ids, dsig::check_ids(&document).map_err(Error::from))?;
    note(journal, Check::SignaturePlaces, check_signature_places(&document))?;
    Ok(document)
}

/// Canonical XML keeps processing instructions, and readers differ on them.
fn check_processing_instructions(document: &Document<'_>) -> Result<(), Error> {
    match document.has_processing_instruction() {
        Some(position) => Err(Error::ProcessingInstruction { position }),
        None => Ok(()),
    }
}

fn check_signature_places(document: &Document<'_>) -> Result<(), Error> {
    for signature in dsig::signatures(document) {
        if !is_signature_place(signature, document.root()) {
            return Err(Error::MisplacedSignature { position: signature.position() });
        }
    }
    Ok(())
}

/// A Signature is a child of the root, or of an Assertion that is a child of the root. In any other
/// place (Object, Extensions, Advice, Subject) it is the leftover of a wrapping attack (S-07).
fn is_signature_place(signature: Element<'_>, root: Element<'_>) -> bool {
    let Some(parent) = signature.parent() else { return false };
    parent == root
        || (parent.is(names::SAML_ASSERTION, "Assertion")
            && parent.parent().is_some_and(|grandparent| grandparent == root))
}
