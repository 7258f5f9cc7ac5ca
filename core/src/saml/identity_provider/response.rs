//! Writing the Response to an app (SAML Core 3.3.3, SAML Profiles 4.1.4.2).

use alloc::string::{String, ToString as _};
use core::time::Duration;

use super::{Error, Status};
use crate::crypto::Crypto;
use crate::dsig::{SigningKey, sign_enveloped};
use crate::identity::Attribute;
use crate::saml::constants::{CONFIRMATION_BEARER, STATUS_SUCCESS, VERSION};
use crate::time::UnixTime;
use crate::xenc::{self, ENCRYPTION_ENTROPY_BYTES, Recipient};
use crate::xml::{Writer, names};

/// How long an answer can be used: the browser posts it at once.
pub const RESPONSE_LIFETIME: Duration = Duration::from_secs(5 * 60);

/// How far the clock of an app may be behind ours. Not written into SubjectConfirmationData, where
/// NotBefore is forbidden (SAML Profiles 4.1.4.2).
const NOT_BEFORE_MARGIN: Duration = Duration::from_secs(3 * 60);

/// What every answer to an app says. Written as valid from `issue_instant` on.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "a new value has to be given by every caller")]
pub struct Response<'a> {
    /// `ID`, from [`request_id`](crate::saml::request_id): never used before.
    pub id: &'a str,
    /// `IssueInstant`.
    pub issue_instant: UnixTime,
    /// Our entity ID towards this app.
    pub idp_entity_id: &'a str,
    /// The assertion consumer service of the app's settings: Destination and Recipient.
    pub acs_url: &'a str,
    /// `ID` of the request that is answered, or `None` when the person started here.
    pub in_response_to: Option<&'a str>,
}

/// What an app is told about a person who signed in. All of it comes from a verified session.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "a new value has to be given by every caller")]
pub struct IssuedAssertion<'a> {
    /// `ID`, from [`request_id`](crate::saml::request_id): never used before.
    pub id: &'a str,
    /// Entity ID of the app: the only Audience.
    pub sp_entity_id: &'a str,
    /// The text of the NameID.
    pub name_id: &'a str,
    /// Its Format.
    pub name_id_format: &'a str,
    /// When the company's identity provider authenticated the person.
    pub authn_instant: UnixTime,
    /// Names the session towards the app.
    pub session_index: &'a str,
    /// When our session ends.
    pub session_not_on_or_after: Option<UnixTime>,
    /// From [`RequestedAuthnContext::answer`](super::RequestedAuthnContext::answer).
    pub authn_context_class: &'a str,
    /// By the names of the app; those without value are left out.
    pub attributes: &'a [Attribute<'a>],
}

impl Response<'_> {
    /// The answer with an assertion, both signed: apps differ in which of the two signatures they
    /// want. With a recipient the signed assertion is encrypted; without one `entropy` is not used.
    ///
    /// # Errors
    /// [`Error::Saml`] when the key cannot sign, when nothing can be encrypted to the recipient, or
    /// when an ID is no NCName.
    pub fn with_assertion(
        &self,
        assertion: &IssuedAssertion<'_>,
        recipient: Option<(&Recipient<'_>, &[u8; ENCRYPTION_ENTROPY_BYTES])>,
        signing_key: &SigningKey<'_>,
        crypto: &dyn Crypto,
    ) -> Result<String, Error> {
        let signed = assertion.write(self);
        let signed = sign_enveloped(&signed, assertion.id, signing_key, crypto)?;
        let mut xml = self.begin();
        xml.start("samlp:Status").start("samlp:StatusCode").attribute("Value", STATUS_SUCCESS);
        xml.end().end();
        match recipient {
            None => {
                xml.element(&signed);
            }
            Some((recipient, entropy)) => {
                let encrypted = xenc::encrypt(&signed, recipient, entropy, crypto)?;
                xml.start("saml:EncryptedAssertion").element(&encrypted).end();
            }
        }
        Ok(sign_enveloped(&xml.finish(), self.id, signing_key, crypto)?)
    }

    /// The answer without one, signed. `message` is for the person who reads the app's log.
    ///
    /// # Errors
    /// [`Error::Saml`] when the key cannot sign, or the ID is no NCName.
    pub fn with_status(
        &self,
        status: Status,
        message: &str,
        signing_key: &SigningKey<'_>,
        crypto: &dyn Crypto,
    ) -> Result<String, Error> {
        let mut xml = self.begin();
        xml.start("samlp:Status");
        xml.start("samlp:StatusCode").attribute("Value", status.top_level_code());
        xml.start("samlp:StatusCode").attribute("Value", status.code()).end().end();
        xml.start("samlp:StatusMessage").text(message).end().end();
        Ok(sign_enveloped(&xml.finish(), self.id, signing_key, crypto)?)
    }

    fn begin(&self) -> Writer {
        let mut xml = Writer::new();
        xml.start("samlp:Response").attribute("xmlns:samlp", names::SAML_PROTOCOL);
        xml.attribute("xmlns:saml", names::SAML_ASSERTION);
        xml.attribute("ID", self.id).attribute("Version", VERSION);
        xml.attribute("IssueInstant", &self.issue_instant.to_string());
        xml.attribute("Destination", self.acs_url);
        self.in_response_to(&mut xml);
        xml.start("saml:Issuer").text(self.idp_entity_id).end();
        xml
    }

    /// An answer to nothing says nothing about a request, in no place (SAML Profiles 4.1.5).
    fn in_response_to(&self, xml: &mut Writer) {
        if let Some(id) = self.in_response_to {
            xml.attribute("InResponseTo", id);
        }
    }

    fn not_on_or_after(&self) -> String {
        self.issue_instant.saturating_add(RESPONSE_LIFETIME).to_string()
    }
}

impl IssuedAssertion<'_> {
    /// A document of its own, so that its signature holds wherever it is put.
    fn write(&self, response: &Response<'_>) -> String {
        let mut xml = Writer::new();
        xml.start("saml:Assertion").attribute("xmlns:saml", names::SAML_ASSERTION);
        xml.attribute("ID", self.id).attribute("Version", VERSION);
        xml.attribute("IssueInstant", &response.issue_instant.to_string());
        xml.start("saml:Issuer").text(response.idp_entity_id).end();
        self.subject(&mut xml, response);
        self.conditions(&mut xml, response);
        self.authn_statement(&mut xml, response);
        self.attribute_statement(&mut xml);
        xml.finish()
    }

    fn subject(&self, xml: &mut Writer, response: &Response<'_>) {
        xml.start("saml:Subject");
        xml.start("saml:NameID").attribute("Format", self.name_id_format).text(self.name_id).end();
        xml.start("saml:SubjectConfirmation").attribute("Method", CONFIRMATION_BEARER);
        xml.start("saml:SubjectConfirmationData");
        response.in_response_to(xml);
        xml.attribute("NotOnOrAfter", &response.not_on_or_after());
        xml.attribute("Recipient", response.acs_url);
        xml.end().end().end();
    }

    fn conditions(&self, xml: &mut Writer, response: &Response<'_>) {
        let not_before = response.issue_instant.saturating_sub(NOT_BEFORE_MARGIN);
        xml.start("saml:Conditions").attribute("NotBefore", &not_before.to_string());
        xml.attribute("NotOnOrAfter", &response.not_on_or_after());
        xml.start("saml:AudienceRestriction").start("saml:Audience").text(self.sp_entity_id);
        xml.end().end().end();
    }

    /// An upstream clock that is ahead must not make the app see a sign-in of the future.
    fn authn_statement(&self, xml: &mut Writer, response: &Response<'_>) {
        let authn_instant = self.authn_instant.min(response.issue_instant);
        xml.start("saml:AuthnStatement").attribute("AuthnInstant", &authn_instant.to_string());
        xml.attribute("SessionIndex", self.session_index);
        if let Some(bound) = self.session_not_on_or_after {
            xml.attribute("SessionNotOnOrAfter", &bound.to_string());
        }
        xml.start("saml:AuthnContext").start("saml:AuthnContextClassRef");
        xml.text(self.authn_context_class).end().end().end();
    }

    /// The schema wants no statement without attributes (SAML Core 2.7.3). NameFormat is left out, as
    /// Entra does: Jitbit's names are URIs beside plain words, and no helpdesk asks for one.
    fn attribute_statement(&self, xml: &mut Writer) {
        let mut attributes = self.attributes.iter().filter(|a| !a.values.is_empty()).peekable();
        if attributes.peek().is_none() {
            return;
        }
        xml.start("saml:AttributeStatement");
        for attribute in attributes {
            xml.start("saml:Attribute").attribute("Name", &attribute.name);
            for value in &attribute.values {
                xml.start("saml:AttributeValue").text(value).end();
            }
            xml.end();
        }
        xml.end();
    }
}
