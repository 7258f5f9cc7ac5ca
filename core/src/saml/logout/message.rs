//! samlp:LogoutRequest and samlp:LogoutResponse as the schema has them (SAML Core 3.7.1, 3.7.2).

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use super::expected::MAX_SESSION_INDEXES;
use crate::diagnostic::Excerpt;
use crate::dsig::redirect::Message;
use crate::saml::Error;
use crate::saml::response::{Status, check_version, parse_issuer};
use crate::saml::subject::{Identifier, parse_identifier};
use crate::saml::text::{optional_date_time, required_date_time, required_id, trimmed_text};
use crate::time::UnixTime;
use crate::xml::{self, ContentError, Element, Sequence, names};

const REQUEST_ATTRIBUTES: [&str; 7] =
    ["ID", "Version", "IssueInstant", "Destination", "Consent", "Reason", "NotOnOrAfter"];

const RESPONSE_ATTRIBUTES: [&str; 6] =
    ["ID", "InResponseTo", "Version", "IssueInstant", "Destination", "Consent"];

/// What both have: RequestAbstractType and StatusResponseType (SAML Core 3.2.1, 3.2.2).
#[derive(Debug)]
pub(super) struct Head<'doc> {
    pub(super) id: &'doc str,
    pub(super) issue_instant: UnixTime,
    pub(super) destination: Option<&'doc str>,
    pub(super) issuer: Cow<'doc, str>,
    /// Whatever comes after Issuer, Signature?, Extensions?.
    rest: Sequence<'doc>,
}

/// A LogoutRequest whose structure is right.
#[derive(Debug)]
pub(super) struct Request<'doc> {
    pub(super) head: Head<'doc>,
    pub(super) not_on_or_after: Option<UnixTime>,
    pub(super) identifier: Identifier<'doc>,
    pub(super) session_indexes: Vec<String>,
}

/// A LogoutResponse whose structure is right.
#[derive(Debug)]
pub(super) struct Response<'doc> {
    pub(super) head: Head<'doc>,
    pub(super) in_response_to: Option<&'doc str>,
    pub(super) status: Status<'doc>,
}

/// Issuer, Signature?, Extensions?. The Issuer is required (SAML Profiles 4.4.4.1, 4.4.4.2).
pub(super) fn parse_head(element: Element<'_>, kind: Message) -> Result<Head<'_>, Error> {
    let (name, attributes): (_, &[&str]) = match kind {
        Message::Request => ("LogoutRequest", &REQUEST_ATTRIBUTES),
        Message::Response => ("LogoutResponse", &RESPONSE_ATTRIBUTES),
    };
    if !element.is(names::SAML_PROTOCOL, name) {
        let found = Excerpt::new(element.local_name());
        return Err(Error::NotALogoutMessage { expected: name, found });
    }
    check_version(element)?;
    xml::check_attributes(element, attributes)?;
    let mut rest = Sequence::of(element)?;
    let issuer = parse_issuer(rest.required(names::SAML_ASSERTION, "Issuer")?)?;
    rest.optional(names::DSIG, "Signature")?;
    rest.optional(names::SAML_PROTOCOL, "Extensions")?;
    Ok(Head {
        id: required_id(element)?,
        issue_instant: required_date_time(element, "IssueInstant")?,
        destination: element.attribute("Destination"),
        issuer,
        rest,
    })
}

impl<'doc> Request<'doc> {
    /// (NameID | EncryptedID), SessionIndex*. A BaseID is of no type that anybody knows.
    pub(super) fn parse(element: Element<'doc>) -> Result<Self, Error> {
        let mut head = parse_head(element, Message::Request)?;
        let identifier = parse_identifier(&mut head.rest)?;
        let mut session_indexes = Vec::new();
        while let Some(index) = head.rest.optional(names::SAML_PROTOCOL, "SessionIndex")? {
            if session_indexes.len() == MAX_SESSION_INDEXES {
                return Err(Error::TooManySessionIndexes);
            }
            session_indexes.push(trimmed_text(index)?.into_owned());
        }
        check_end(&head.rest)?;
        let not_on_or_after = optional_date_time(element, "NotOnOrAfter")?;
        Ok(Self { head, not_on_or_after, identifier, session_indexes })
    }
}

impl<'doc> Response<'doc> {
    /// Status.
    pub(super) fn parse(element: Element<'doc>) -> Result<Self, Error> {
        let mut head = parse_head(element, Message::Response)?;
        let status = Status::parse(head.rest.required(names::SAML_PROTOCOL, "Status")?)?;
        check_end(&head.rest)?;
        Ok(Self { head, in_response_to: element.attribute("InResponseTo"), status })
    }
}

/// Nothing follows (attacks S-05: an assertion that was captured elsewhere).
fn check_end(rest: &Sequence<'_>) -> Result<(), Error> {
    rest.peek().map_or(Ok(()), |element| Err(ContentError::unexpected(element).into()))
}
