//! The statements of an assertion (SAML Core 2.7): how the person signed in, and their attributes.

use alloc::borrow::Cow;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::Error;
use super::text::{optional_date_time, part_of, required_date_time, trimmed_text};
use crate::identity::Attribute;
use crate::time::UnixTime;
use crate::xml::{self, Element, Sequence, names};

/// saml:AuthnStatement (SAML Core 2.7.2).
#[derive(Clone, Debug)]
pub(super) struct AuthnStatement<'doc> {
    pub(super) authn_instant: UnixTime,
    pub(super) session_index: Option<&'doc str>,
    pub(super) session_not_on_or_after: Option<UnixTime>,
    pub(super) authn_context_class: Option<Cow<'doc, str>>,
}

impl<'doc> AuthnStatement<'doc> {
    /// SubjectLocality?, AuthnContext.
    pub(super) fn parse(element: Element<'doc>) -> Result<Self, Error> {
        xml::check_attributes(element, &["AuthnInstant", "SessionIndex", "SessionNotOnOrAfter"])?;
        let mut children = Sequence::of(element)?;
        children.optional(names::SAML_ASSERTION, "SubjectLocality")?;
        let context = children.required(names::SAML_ASSERTION, "AuthnContext")?;
        children.end()?;
        let class =
            Sequence::of(context)?.optional(names::SAML_ASSERTION, "AuthnContextClassRef")?;
        Ok(Self {
            authn_instant: required_date_time(element, "AuthnInstant")?,
            session_index: element.attribute("SessionIndex"),
            session_not_on_or_after: optional_date_time(element, "SessionNotOnOrAfter")?,
            authn_context_class: class.map(trimmed_text).transpose()?,
        })
    }
}

/// The attributes of all AttributeStatements in document order, equal names merged.
///
/// Merging is the rule here (attacks M-10): identity providers repeat an attribute for each group,
/// and nobody reads "the first" or "the last" of two. Names are compared byte for byte.
#[derive(Debug)]
pub(super) struct Attributes<'doc, 'i> {
    /// The text of the document, in which names and values stand.
    input: &'i str,
    list: Vec<Attribute<'i>>,
    index_of_name: BTreeMap<Name<'doc>, usize>,
}

/// The name of an attribute. Compared by length and end first, because names of claims begin alike, and
/// WebAssembly compares one byte at a time.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Name<'doc> {
    bytes: usize,
    end: u64,
    whole: &'doc str,
}

impl<'doc> Name<'doc> {
    fn new(whole: &'doc str) -> Self {
        let end = whole.as_bytes().last_chunk().map_or(0, |end| u64::from_le_bytes(*end));
        Self { bytes: whole.len(), end, whole }
    }
}

impl<'doc, 'i> Attributes<'doc, 'i> {
    /// None so far.
    pub(super) fn of(input: &'i str) -> Self {
        Self { input, list: Vec::new(), index_of_name: BTreeMap::new() }
    }

    /// Adds the attributes of a saml:AttributeStatement (SAML Core 2.7.3).
    ///
    /// An attribute that only an encrypted copy names cannot be left out silently: policy might
    /// depend on it (attacks E-10).
    pub(super) fn add_statement(&mut self, element: Element<'doc>) -> Result<(), Error> {
        xml::check_attributes(element, &[])?;
        self.list.reserve_exact(element.child_elements().count());
        let mut children = Sequence::of(element)?;
        while children.peek().is_some() {
            if children.optional(names::SAML_ASSERTION, "EncryptedAttribute")?.is_some() {
                return Err(Error::EncryptedAttribute);
            }
            self.add(children.required(names::SAML_ASSERTION, "Attribute")?)?;
        }
        Ok(())
    }

    fn add(&mut self, element: Element<'doc>) -> Result<(), Error> {
        xml::check_attributes(element, &["Name", "NameFormat", "FriendlyName"])?;
        let name = xml::required_attribute(element, "Name")?;
        // A person may be in a thousand groups: no list is copied while it grows. A value is two nodes.
        let mut values = Vec::with_capacity(element.descendants().div_ceil(2));
        let mut children = Sequence::of(element)?;
        loop {
            // Nearly all of them.
            const VALUE: &str = "AttributeValue";
            children.plain_texts(names::SAML_ASSERTION, VALUE, self.input, &mut values)?;
            if children.peek().is_none() {
                break;
            }
            let value = parse_value(children.required(names::SAML_ASSERTION, VALUE)?)?;
            values.extend(value.map(|value| part_of(self.input, value)));
        }
        let index = self.index_of_name.entry(Name::new(name)).or_insert(self.list.len());
        if let Some(known) = self.list.get_mut(*index) {
            known.values.append(&mut values);
        } else {
            let name = part_of(self.input, Cow::Borrowed(name));
            self.list.push(Attribute { name, values });
        }
        Ok(())
    }

    /// The merged list.
    pub(super) fn into_list(self) -> Vec<Attribute<'i>> {
        self.list
    }
}

/// The text of an AttributeValue (SAML Core 2.7.3.1.1).
///
/// A value made of elements (the NameID in eduPersonTargetedID) and a nil value say nothing that
/// identity could use: they are left out, and nothing inside them is looked at.
fn parse_value(element: Element<'_>) -> Result<Option<Cow<'_, str>>, Error> {
    let is_nil = element.attributes().any(|attribute| {
        attribute.local_name() == "nil"
            && attribute.namespace() == names::XSI
            && matches!(attribute.value(), "true" | "1")
    });
    if is_nil {
        return Ok(None);
    }
    if element.child_elements().next().is_some() {
        return Ok(None);
    }
    Ok(Some(element.text()?))
}
