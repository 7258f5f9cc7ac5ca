//! The logout messages that deskgate sends. All of them are signed, whatever the connection says about
//! sign-in requests: identity providers refuse others (SAML Profiles 4.4.3.1, 4.4.3.4).

use alloc::format;
use alloc::string::String;

use super::expected::LOGOUT_MESSAGE_LIFETIME;
use crate::crypto::Crypto;
use crate::dsig::redirect::Message;
use crate::dsig::{SigningKey, sign_enveloped};
use crate::identity::NameId;
use crate::saml::Error;
use crate::saml::binding::{post, redirect};
use crate::saml::constants::{STATUS_RESPONDER, STATUS_SUCCESS, VERSION};
use crate::time::UnixTime;
use crate::xml::{Writer, names};

/// samlp:LogoutRequest (SAML Core 3.7.1): our person wants to be signed out there too.
#[derive(Clone, Copy, Debug)]
pub struct LogoutRequest<'a> {
    /// `ID`, an NCName.
    pub id: &'a str,
    /// `IssueInstant`; `NotOnOrAfter` is [`LOGOUT_MESSAGE_LIFETIME`] later.
    pub issue_instant: UnixTime,
    /// Entity ID of this service provider.
    pub sp_entity_id: &'a str,
    /// Single logout service of the identity provider.
    pub destination: &'a str,
    /// The person, exactly as the assertion named them, qualifiers and all (saml2int SP29).
    pub name_id: &'a NameId,
    /// `SessionIndex` of that assertion.
    pub session_index: Option<&'a str>,
}

/// samlp:LogoutResponse (SAML Core 3.7.2): how the request of an identity provider went here.
#[derive(Clone, Copy, Debug)]
pub struct LogoutResponse<'a> {
    /// `ID`, an NCName.
    pub id: &'a str,
    /// `IssueInstant`.
    pub issue_instant: UnixTime,
    /// Entity ID of this service provider.
    pub sp_entity_id: &'a str,
    /// Where the identity provider wants answers.
    pub destination: &'a str,
    /// `ID` of its request.
    pub in_response_to: &'a str,
    /// How it went.
    pub status: LogoutStatus,
}

/// The top-level StatusCode of our answers (SAML Core 3.2.2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogoutStatus {
    /// The sessions could not be ended everywhere, through no fault of the request.
    Responder,
    /// The sessions have ended, or there were none.
    Success,
}

impl LogoutRequest<'_> {
    /// The unsigned message.
    #[must_use]
    pub fn to_xml(&self) -> String {
        let not_on_or_after = self.issue_instant.saturating_add(LOGOUT_MESSAGE_LIFETIME);
        let mut writer = Writer::new();
        writer.start("samlp:LogoutRequest");
        write_attributes(&mut writer, self.id, self.issue_instant, self.destination);
        writer.attribute("NotOnOrAfter", &format!("{not_on_or_after}"));
        writer.start("saml:Issuer").text(self.sp_entity_id).end();
        writer.start("saml:NameID");
        let name_id = self.name_id;
        for (name, value) in [
            ("Format", &name_id.format),
            ("NameQualifier", &name_id.name_qualifier),
            ("SPNameQualifier", &name_id.sp_name_qualifier),
        ] {
            if let Some(value) = value {
                writer.attribute(name, value);
            }
        }
        writer.text(&name_id.value).end();
        if let Some(session_index) = self.session_index {
            writer.start("samlp:SessionIndex").text(session_index).end();
        }
        writer.finish()
    }

    /// The address to redirect the browser to, with the signature over its query.
    ///
    /// # Errors
    /// [`Error::Dsig`] when the key cannot sign.
    pub fn redirect_url(
        &self,
        signing_key: &SigningKey<'_>,
        crypto: &dyn Crypto,
    ) -> Result<String, Error> {
        let (message, key) = (self.to_xml(), Some(signing_key));
        redirect::message_url(Message::Request, &message, self.destination, None, key, crypto)
    }

    /// The `SAMLRequest` value of a form that posts itself to the destination, signed inside.
    ///
    /// # Errors
    /// [`Error::Dsig`] when the key cannot sign.
    pub fn post_value(
        &self,
        signing_key: &SigningKey<'_>,
        crypto: &dyn Crypto,
    ) -> Result<String, Error> {
        Ok(post::encode_value(&sign_enveloped(&self.to_xml(), self.id, signing_key, crypto)?))
    }
}

impl LogoutResponse<'_> {
    /// The unsigned message.
    #[must_use]
    pub fn to_xml(&self) -> String {
        let mut writer = Writer::new();
        writer.start("samlp:LogoutResponse");
        write_attributes(&mut writer, self.id, self.issue_instant, self.destination);
        writer.attribute("InResponseTo", self.in_response_to);
        writer.start("saml:Issuer").text(self.sp_entity_id).end();
        writer.start("samlp:Status").start("samlp:StatusCode").attribute(
            "Value",
            match self.status {
                LogoutStatus::Responder => STATUS_RESPONDER,
                LogoutStatus::Success => STATUS_SUCCESS,
            },
        );
        writer.finish()
    }

    /// The address to redirect the browser to, with the signature over its query. The RelayState of
    /// the request goes back unread (SAML Bindings 3.4.3).
    ///
    /// # Errors
    /// [`Error::Dsig`] when the key cannot sign.
    pub fn redirect_url(
        &self,
        relay_state: Option<&str>,
        signing_key: &SigningKey<'_>,
        crypto: &dyn Crypto,
    ) -> Result<String, Error> {
        let (message, key) = (self.to_xml(), Some(signing_key));
        let destination = self.destination;
        redirect::message_url(Message::Response, &message, destination, relay_state, key, crypto)
    }

    /// The `SAMLResponse` value of a form that posts itself to the destination, signed inside.
    ///
    /// # Errors
    /// [`Error::Dsig`] when the key cannot sign.
    pub fn post_value(
        &self,
        signing_key: &SigningKey<'_>,
        crypto: &dyn Crypto,
    ) -> Result<String, Error> {
        Ok(post::encode_value(&sign_enveloped(&self.to_xml(), self.id, signing_key, crypto)?))
    }
}

/// What both begin with.
fn write_attributes(writer: &mut Writer, id: &str, issue_instant: UnixTime, destination: &str) {
    writer.attribute("xmlns:samlp", names::SAML_PROTOCOL);
    writer.attribute("xmlns:saml", names::SAML_ASSERTION);
    writer.attribute("ID", id);
    writer.attribute("Version", VERSION);
    writer.attribute("IssueInstant", &format!("{issue_instant}"));
    writer.attribute("Destination", destination);
}
