//! Reading element-only content in the order of a schema (XML Schema Part 1, xs:sequence).
//!
//! SAML and XML signatures say which child may stand where. A reader that takes "the first child of
//! that name" accepts what the schema forbids, and signature wrapping lives there (attacks X-16, S-01).
//! A [`Sequence`] only moves forward and ends with [`Sequence::end`].

use core::fmt;

use super::{Element, Node, Position};
use crate::diagnostic::{Diagnostic, Excerpt, Kind};
use alloc::borrow::Cow;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

/// A child, an attribute or a text that the schema does not allow in this place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContentError {
    /// What is wrong.
    pub kind: ContentErrorKind,
    /// Local name of the element whose content or attributes are wrong.
    pub parent: Excerpt,
    /// Where that is.
    pub position: Position,
}

/// What a [`ContentError`] is about.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContentErrorKind {
    /// A required attribute is not there.
    AttributeMissing(&'static str),
    /// An attribute without prefix that the schema does not know here.
    AttributeUnexpected(Excerpt),
    /// A required child element is not there, or something else stands in its place.
    ElementMissing {
        /// Local name of the required child.
        expected: &'static str,
        /// Local name of what stands there.
        found: Option<Excerpt>,
    },
    /// A child element that the schema does not allow in this place or in this number.
    ElementUnexpected(Excerpt),
    /// A processing instruction between elements.
    ProcessingInstruction,
    /// Text between elements.
    TextUnexpected,
}

impl ContentError {
    fn new(parent: Element<'_>, position: Position, kind: ContentErrorKind) -> Self {
        Self { kind, parent: Excerpt::new(parent.local_name()), position }
    }

    /// An error about `element` as a child that must not be where it is.
    #[must_use]
    pub fn unexpected(element: Element<'_>) -> Self {
        let kind = ContentErrorKind::ElementUnexpected(Excerpt::new(element.local_name()));
        Self::new(element.parent().unwrap_or(element), element.position(), kind)
    }
}

impl fmt::Display for ContentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parent = &self.parent;
        match &self.kind {
            ContentErrorKind::AttributeMissing(name) => {
                write!(f, "{parent} lacks the attribute {name}")
            }
            ContentErrorKind::AttributeUnexpected(name) => {
                write!(f, "{parent} has the unknown attribute {name}")
            }
            ContentErrorKind::ElementMissing { expected, found: None } => {
                write!(f, "{parent} lacks {expected}")
            }
            ContentErrorKind::ElementMissing { expected, found: Some(found) } => {
                write!(f, "{parent} has {found} where {expected} must be")
            }
            ContentErrorKind::ElementUnexpected(name) => {
                write!(f, "{parent} has {name} where it must not be")
            }
            ContentErrorKind::ProcessingInstruction => {
                write!(f, "{parent} has a processing instruction")
            }
            ContentErrorKind::TextUnexpected => write!(f, "{parent} has text between its elements"),
        }?;
        write!(f, " at {}", self.position)
    }
}

impl core::error::Error for ContentError {}

impl Diagnostic for ContentError {
    fn code(&self) -> &'static str {
        match self.kind {
            ContentErrorKind::AttributeMissing(_) => "xml.attribute_missing",
            ContentErrorKind::AttributeUnexpected(_) => "xml.attribute_unexpected",
            ContentErrorKind::ElementMissing { .. } => "xml.element_missing",
            ContentErrorKind::ElementUnexpected(_) => "xml.element_unexpected",
            ContentErrorKind::ProcessingInstruction => "xml.processing_instruction",
            ContentErrorKind::TextUnexpected => "xml.text_unexpected",
        }
    }

    fn kind(&self) -> Kind {
        Kind::Malformed
    }

    fn expected(&self) -> Option<String> {
        match self.kind {
            ContentErrorKind::AttributeMissing(name)
            | ContentErrorKind::ElementMissing { expected: name, .. } => Some(name.to_string()),
            _ => None,
        }
    }

    fn found(&self) -> Option<String> {
        match &self.kind {
            ContentErrorKind::AttributeUnexpected(name)
            | ContentErrorKind::ElementUnexpected(name)
            | ContentErrorKind::ElementMissing { found: Some(name), .. } => Some(name.to_string()),
            _ => None,
        }
    }

    fn help(&self) -> &'static str {
        "The document does not follow its schema. Identity providers send such documents only when \
         something between them and deskgate changed the text; send it unchanged."
    }
}

/// The child elements of one element, taken in order. Comments and white space between them are
/// skipped; other text and processing instructions are errors.
#[derive(Debug)]
pub struct Sequence<'doc> {
    parent: Element<'doc>,
    children: super::Children<'doc>,
    next: Option<Element<'doc>>,
}

impl<'doc> Sequence<'doc> {
    /// Starts before the first child of `parent`.
    ///
    /// # Errors
    /// [`ContentError`] as every other step: when text or a processing instruction comes first.
    pub fn of(parent: Element<'doc>) -> Result<Self, ContentError> {
        let mut sequence = Self { parent, children: parent.children(), next: None };
        sequence.advance()?;
        Ok(sequence)
    }

    /// Moves to the next child element.
    fn advance(&mut self) -> Result<(), ContentError> {
        loop {
            // Nearly always one element follows the other.
            self.next = self.children.next_element();
            if self.next.is_some() {
                return Ok(());
            }
            let Some(node) = self.children.next() else { return Ok(()) };
            let kind = match node {
                Node::Element(_) | Node::Comment(_) => continue,
                Node::ProcessingInstruction { .. } => ContentErrorKind::ProcessingInstruction,
                Node::Text(text) => {
                    if text.bytes().all(|b| matches!(b, b' ' | b'\t' | b'\r' | b'\n')) {
                        continue;
                    }
                    ContentErrorKind::TextUnexpected
                }
            };
            return Err(ContentError::new(self.parent, self.parent.position(), kind));
        }
    }

    /// The next child, without taking it.
    #[must_use]
    pub fn peek(&self) -> Option<Element<'doc>> {
        self.next
    }

    /// Takes the next child, whatever it is.
    ///
    /// # Errors
    /// [`ContentError`] for what stands between it and the one after it.
    pub fn any(&mut self) -> Result<Option<Element<'doc>>, ContentError> {
        let taken = self.next;
        if taken.is_some() {
            self.advance()?;
        }
        Ok(taken)
    }

    /// Takes the next child when it has this name (`minOccurs="0"`).
    ///
    /// # Errors
    /// [`ContentError`] for what stands between it and the one after it.
    pub fn optional(
        &mut self,
        namespace: &str,
        local_name: &str,
    ) -> Result<Option<Element<'doc>>, ContentError> {
        match self.next {
            Some(element) if element.is(namespace, local_name) => self.any(),
            _ => Ok(None),
        }
    }

    /// Takes the next child, which must have this name.
    ///
    /// # Errors
    /// [`ContentError`] when it is missing or something else stands there.
    pub fn required(
        &mut self,
        namespace: &str,
        local_name: &'static str,
    ) -> Result<Element<'doc>, ContentError> {
        if let Some(element) = self.optional(namespace, local_name)? {
            return Ok(element);
        }
        let found = self.next.map(|element| Excerpt::new(element.local_name()));
        let position = self.next.unwrap_or(self.parent).position();
        let kind = ContentErrorKind::ElementMissing { expected: local_name, found };
        Err(ContentError::new(self.parent, position, kind))
    }

    /// Takes the next children that have this name, and no attributes, and in which nothing but one text is, as
    /// far as such ones come, and adds their texts to `texts`. A text in which something was replaced ends it too.
    ///
    /// `input` is the text of the document, [`Document::input`](super::Document::input), which outlives the tree.
    ///
    /// # Errors
    /// [`ContentError`] for what stands between them.
    pub fn plain_texts<'i>(
        &mut self,
        namespace: &str,
        local_name: &str,
        input: &'i str,
        texts: &mut Vec<Cow<'i, str>>,
    ) -> Result<(), ContentError> {
        while let Some(element) = self.next
            && element.is(namespace, local_name)
            && let Some(text) = element.plain_text(input)
        {
            texts.push(Cow::Borrowed(text));
            self.advance()?;
        }
        Ok(())
    }

    /// Ends the sequence: no child may be left.
    ///
    /// # Errors
    /// [`ContentError`] naming the first one left.
    pub fn end(self) -> Result<(), ContentError> {
        self.next.map_or(Ok(()), |element| Err(ContentError::unexpected(element)))
    }
}

/// The value of an attribute that the schema requires (`use="required"`).
///
/// # Errors
/// [`ContentError`] when it is not there.
pub fn required_attribute<'doc>(
    element: Element<'doc>,
    name: &'static str,
) -> Result<&'doc str, ContentError> {
    element.attribute(name).ok_or_else(|| {
        ContentError::new(element, element.position(), ContentErrorKind::AttributeMissing(name))
    })
}

/// Refuses attributes without prefix that are not in `known`.
///
/// Attributes of foreign namespaces are let through and never read: `xsi:schemaLocation` and
/// `xml:lang` are allowed everywhere by the schema language itself.
///
/// # Errors
/// [`ContentError`] naming the first unknown one.
pub fn check_attributes(element: Element<'_>, known: &[&str]) -> Result<(), ContentError> {
    for attribute in element.attributes() {
        if attribute.has_no_namespace() && !known.iter().any(|name| attribute.is_local(name)) {
            let kind = ContentErrorKind::AttributeUnexpected(Excerpt::new(attribute.local_name()));
            return Err(ContentError::new(element, element.position(), kind));
        }
    }
    Ok(())
}
