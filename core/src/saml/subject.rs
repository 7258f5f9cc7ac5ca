//! saml:Subject (SAML Core 2.4): whom the assertion is about, and who may present it.

use alloc::string::String;
use alloc::vec::Vec;

use super::text::{optional_date_time, trimmed_text};
use super::{Error, constants};
use crate::identity::NameId;
use crate::time::UnixTime;
use crate::xml::{self, Element, Sequence, names};

/// A Subject of a signed assertion.
#[derive(Clone, Debug)]
pub(super) struct Subject<'doc> {
    pub(super) identifier: Identifier<'doc>,
    /// The bearer confirmations; other methods are not for browsers and are ignored.
    pub(super) confirmations: Vec<BearerConfirmation<'doc>>,
}

/// How the Subject names the person.
#[derive(Clone, Debug)]
pub(super) enum Identifier<'doc> {
    EncryptedId(Element<'doc>),
    NameId(NameId),
    /// Attributes alone name the person (saml2int SP13).
    None,
}

/// A SubjectConfirmation whose Method is bearer (SAML Profiles 3.3).
#[derive(Clone, Debug)]
pub(super) struct BearerConfirmation<'doc> {
    /// `None` where SubjectConfirmationData is missing, which the profile forbids.
    pub(super) data: Option<ConfirmationData<'doc>>,
}

/// saml:SubjectConfirmationData (SAML Core 2.4.1.2). `Address` is not read: people behind proxies
/// and phones change theirs between two requests.
#[derive(Clone, Copy, Debug)]
pub(super) struct ConfirmationData<'doc> {
    pub(super) recipient: Option<&'doc str>,
    pub(super) in_response_to: Option<&'doc str>,
    pub(super) not_before: Option<UnixTime>,
    pub(super) not_on_or_after: Option<UnixTime>,
}

impl<'doc> Subject<'doc> {
    /// (BaseID | NameID | EncryptedID)?, SubjectConfirmation*.
    pub(super) fn parse(element: Element<'doc>) -> Result<Self, Error> {
        xml::check_attributes(element, &[])?;
        let mut children = Sequence::of(element)?;
        let identifier = parse_identifier(&mut children)?;
        // Nearly always there is one.
        let mut confirmations = Vec::with_capacity(1);
        while let Some(confirmation) =
            children.optional(names::SAML_ASSERTION, "SubjectConfirmation")?
        {
            confirmations.extend(BearerConfirmation::parse(confirmation)?);
        }
        children.end()?;
        Ok(Self { identifier, confirmations })
    }
}

/// (NameID | EncryptedID)?.
pub(super) fn parse_identifier<'doc>(
    children: &mut Sequence<'doc>,
) -> Result<Identifier<'doc>, Error> {
    if let Some(name_id) = children.optional(names::SAML_ASSERTION, "NameID")? {
        return parse_name_id(name_id).map(Identifier::NameId);
    }
    if let Some(encrypted) = children.optional(names::SAML_ASSERTION, "EncryptedID")? {
        return Ok(Identifier::EncryptedId(encrypted));
    }
    Ok(Identifier::None)
}

/// saml:NameID (SAML Core 2.2.3). An empty one would make everybody the same person.
pub(super) fn parse_name_id(element: Element<'_>) -> Result<NameId, Error> {
    xml::check_attributes(
        element,
        &["Format", "NameQualifier", "SPNameQualifier", "SPProvidedID"],
    )?;
    let value = trimmed_text(element)?;
    if value.is_empty() {
        return Err(Error::EmptyNameId);
    }
    let attribute = |name| element.attribute(name).map(String::from);
    Ok(NameId {
        value: value.into_owned(),
        format: attribute("Format"),
        name_qualifier: attribute("NameQualifier"),
        sp_name_qualifier: attribute("SPNameQualifier"),
    })
}

impl<'doc> BearerConfirmation<'doc> {
    /// (BaseID | NameID | EncryptedID)?, SubjectConfirmationData?. `None` for other methods.
    fn parse(element: Element<'doc>) -> Result<Option<Self>, Error> {
        xml::check_attributes(element, &["Method"])?;
        let method = xml::required_attribute(element, "Method")?;
        let mut children = Sequence::of(element)?;
        for name in ["BaseID", "NameID", "EncryptedID"] {
            if children.optional(names::SAML_ASSERTION, name)?.is_some() {
                break;
            }
        }
        let data = children.optional(names::SAML_ASSERTION, "SubjectConfirmationData")?;
        children.end()?;
        if method != constants::CONFIRMATION_BEARER {
            return Ok(None);
        }
        let data = data.map(ConfirmationData::parse).transpose()?;
        Ok(Some(Self { data }))
    }
}

impl<'doc> ConfirmationData<'doc> {
    fn parse(element: Element<'doc>) -> Result<Self, Error> {
        xml::check_attributes(
            element,
            &["NotBefore", "NotOnOrAfter", "Recipient", "InResponseTo", "Address"],
        )?;
        Ok(Self {
            recipient: element.attribute("Recipient"),
            in_response_to: element.attribute("InResponseTo"),
            not_before: optional_date_time(element, "NotBefore")?,
            not_on_or_after: optional_date_time(element, "NotOnOrAfter")?,
        })
    }
}
