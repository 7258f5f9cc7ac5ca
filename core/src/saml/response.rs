//! samlp:Response as the schema has it (SAML Core 3.2.2, 3.3.3). Nothing here is trusted: what a
//! Response says about itself may lead to a refusal, never to an acceptance.

use alloc::borrow::Cow;

use super::text::{required_date_time, required_id, trimmed_text};
use super::{Error, constants};
use crate::diagnostic::Excerpt;
use crate::time::UnixTime;
use crate::xml::{self, Element, Sequence, names};

/// A Response whose structure is right.
#[derive(Clone, Debug)]
pub(super) struct UnverifiedResponse<'doc> {
    pub(super) element: Element<'doc>,
    pub(super) id: &'doc str,
    pub(super) in_response_to: Option<&'doc str>,
    pub(super) destination: Option<&'doc str>,
    pub(super) issue_instant: UnixTime,
    pub(super) issuer: Option<Cow<'doc, str>>,
    pub(super) is_signed: bool,
    pub(super) status: Status<'doc>,
    pub(super) content: Option<Content<'doc>>,
}

/// The one thing that a Response brings.
#[derive(Clone, Copy, Debug)]
pub(super) enum Content<'doc> {
    Assertion(Element<'doc>),
    EncryptedAssertion(Element<'doc>),
}

/// samlp:Status (SAML Core 3.2.2.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Status<'doc> {
    pub(super) code: &'doc str,
    pub(super) sub_code: Option<&'doc str>,
    pub(super) message: Option<Cow<'doc, str>>,
}

const ATTRIBUTES: [&str; 6] =
    ["ID", "InResponseTo", "Version", "IssueInstant", "Destination", "Consent"];

impl<'doc> UnverifiedResponse<'doc> {
    /// Issuer?, Signature?, Extensions?, Status, one Assertion or EncryptedAssertion.
    pub(super) fn parse(element: Element<'doc>) -> Result<Self, Error> {
        if !element.is(names::SAML_PROTOCOL, "Response") {
            return Err(Error::NotAResponse { found: Excerpt::new(element.local_name()) });
        }
        check_version(element)?;
        xml::check_attributes(element, &ATTRIBUTES)?;
        let mut children = Sequence::of(element)?;
        let issuer =
            children.optional(names::SAML_ASSERTION, "Issuer")?.map(parse_issuer).transpose()?;
        let is_signed = children.optional(names::DSIG, "Signature")?.is_some();
        children.optional(names::SAML_PROTOCOL, "Extensions")?;
        let status = Status::parse(children.required(names::SAML_PROTOCOL, "Status")?)?;
        let content = parse_content(&mut children)?;
        children.end()?;
        Ok(Self {
            element,
            id: required_id(element)?,
            in_response_to: element.attribute("InResponseTo"),
            destination: element.attribute("Destination"),
            issue_instant: required_date_time(element, "IssueInstant")?,
            issuer,
            is_signed,
            status,
            content,
        })
    }
}

/// Exactly one assertion, whole or encrypted (attacks S-04): with two, signature and reader may mean
/// different ones (CVE-2022-41912).
fn parse_content<'doc>(children: &mut Sequence<'doc>) -> Result<Option<Content<'doc>>, Error> {
    let mut content = None;
    loop {
        let next = if let Some(element) = children.optional(names::SAML_ASSERTION, "Assertion")? {
            Content::Assertion(element)
        } else if let Some(element) =
            children.optional(names::SAML_ASSERTION, "EncryptedAssertion")?
        {
            Content::EncryptedAssertion(element)
        } else {
            return Ok(content);
        };
        if content.replace(next).is_some() {
            return Err(Error::SeveralAssertions);
        }
    }
}

/// `Version` must be 2.0 (SAML Core 4.1.3.2); looked at first, as a SAML 1.1 message has another
/// structure.
pub(super) fn check_version(element: Element<'_>) -> Result<(), Error> {
    match element.attribute("Version") {
        Some(constants::VERSION) => Ok(()),
        other => Err(Error::UnsupportedVersion { found: other.map(Excerpt::new) }),
    }
}

/// saml:Issuer: text, and a Format that is absent or `entity` (SAML Core 2.2.5, Profiles 4.1.4.2).
pub(super) fn parse_issuer(element: Element<'_>) -> Result<Cow<'_, str>, Error> {
    xml::check_attributes(
        element,
        &["Format", "NameQualifier", "SPNameQualifier", "SPProvidedID"],
    )?;
    if let Some(format) = element.attribute("Format")
        && format != constants::NAME_ID_ENTITY
    {
        return Err(Error::IssuerFormat { found: Excerpt::new(format) });
    }
    trimmed_text(element)
}

impl<'doc> Status<'doc> {
    /// StatusCode, StatusMessage?, StatusDetail?.
    pub(super) fn parse(element: Element<'doc>) -> Result<Self, Error> {
        xml::check_attributes(element, &[])?;
        let mut children = Sequence::of(element)?;
        let code = children.required(names::SAML_PROTOCOL, "StatusCode")?;
        let message = children.optional(names::SAML_PROTOCOL, "StatusMessage")?;
        children.optional(names::SAML_PROTOCOL, "StatusDetail")?;
        children.end()?;

        let value = xml::required_attribute(code, "Value")?;
        let mut codes = Sequence::of(code)?;
        let sub_code = codes.optional(names::SAML_PROTOCOL, "StatusCode")?;
        codes.end()?;
        let sub_code = sub_code.map(|code| xml::required_attribute(code, "Value")).transpose()?;
        let message = message.map(Element::text).transpose()?;
        Ok(Self { code: value, sub_code, message })
    }

    pub(super) fn is_success(&self) -> bool {
        self.code == constants::STATUS_SUCCESS
    }

    /// Code, code below it, and message, to be told.
    pub(super) fn excerpts(&self) -> (Excerpt, Option<Excerpt>, Option<Excerpt>) {
        let message = self.message.as_deref().map(|message| Excerpt::new(message.trim()));
        (Excerpt::new(self.code), self.sub_code.map(Excerpt::new), message)
    }
}
