//! AuthnRequest (SAML Core 3.4.1): what deskgate asks an identity provider for.

use alloc::format;
use alloc::string::String;
use core::fmt::Write as _;

use super::Error;
use super::binding::{post, redirect};
use super::constants::{BINDING_POST, VERSION};
use crate::crypto::Crypto;
use crate::dsig::redirect::Message;
use crate::dsig::{SigningKey, sign_enveloped};
use crate::time::UnixTime;
use crate::xml::{Writer, names};

/// Random bytes in a request ID: SAML Core 1.3.4 asks for 128 to 160 bits.
pub const REQUEST_ID_ENTROPY_BYTES: usize = 20;

/// A request to sign somebody in.
///
/// NameIDPolicy is not sent, RequestedAuthnContext only where asked for, and Subject never (saml2int
/// SP04, SP07): AD FS and Entra refuse formats and contexts that they are not set up for, Entra ignores
/// the configured claim as soon as a format is named, and Entra answers Subject with an error.
#[derive(Clone, Copy, Debug)]
pub struct AuthnRequest<'a> {
    /// `ID`, from [`request_id`].
    pub id: &'a str,
    /// `IssueInstant`.
    pub issue_instant: UnixTime,
    /// Entity ID of this service provider.
    pub sp_entity_id: &'a str,
    /// Where the answer shall be posted to; must be registered at the identity provider.
    pub acs_url: &'a str,
    /// Single sign-on URL of the identity provider.
    pub destination: &'a str,
    /// Ask for a fresh sign-in although the identity provider has a session.
    pub force_authn: bool,
    /// `AuthnContextClassRef`s to ask for, one of which it has to be (`Comparison="exact"`, the only one
    /// that Entra takes); none are asked for by default.
    pub authn_contexts: &'a [String],
}

/// An `ID` from 20 bytes of entropy: `_` and 40 hexadecimal digits. Entra refuses an ID that starts
/// with a digit.
#[must_use]
pub fn request_id(entropy: &[u8; REQUEST_ID_ENTROPY_BYTES]) -> String {
    let mut id = String::from("_");
    for byte in entropy {
        // Writing to a String cannot fail.
        let _ = write!(id, "{byte:02x}");
    }
    id
}

impl AuthnRequest<'_> {
    /// The unsigned message.
    #[must_use]
    pub fn to_xml(&self) -> String {
        let issue_instant = format!("{}", self.issue_instant);
        let mut writer = Writer::new();
        writer.start("samlp:AuthnRequest");
        writer.attribute("xmlns:samlp", names::SAML_PROTOCOL);
        writer.attribute("xmlns:saml", names::SAML_ASSERTION);
        writer.attribute("ID", self.id);
        writer.attribute("Version", VERSION);
        writer.attribute("IssueInstant", &issue_instant);
        writer.attribute("Destination", self.destination);
        if self.force_authn {
            writer.attribute("ForceAuthn", "true");
        }
        writer.attribute("ProtocolBinding", BINDING_POST);
        writer.attribute("AssertionConsumerServiceURL", self.acs_url);
        writer.start("saml:Issuer");
        writer.text(self.sp_entity_id);
        writer.end();
        self.write_authn_contexts(&mut writer);
        writer.end();
        writer.finish()
    }

    /// RequestedAuthnContext (SAML Core 3.3.2.2.1), the last child that is ever written.
    fn write_authn_contexts(&self, writer: &mut Writer) {
        if self.authn_contexts.is_empty() {
            return;
        }
        writer.start("samlp:RequestedAuthnContext");
        writer.attribute("Comparison", "exact");
        for class in self.authn_contexts {
            writer.start("saml:AuthnContextClassRef");
            writer.text(class);
            writer.end();
        }
        writer.end();
    }

    /// The address to redirect the browser to; signed over the query when a key is given.
    ///
    /// # Errors
    /// [`Error::Dsig`] when the key cannot sign.
    pub fn redirect_url(
        &self,
        relay_state: Option<&str>,
        signing_key: Option<&SigningKey<'_>>,
        crypto: &dyn Crypto,
    ) -> Result<String, Error> {
        let message = self.to_xml();
        let destination = self.destination;
        redirect::message_url(
            Message::Request,
            &message,
            destination,
            relay_state,
            signing_key,
            crypto,
        )
    }

    /// The `SAMLRequest` value of a form that posts itself to the destination; signed inside the
    /// message when a key is given.
    ///
    /// # Errors
    /// [`Error::Dsig`] when the key cannot sign.
    pub fn post_value(
        &self,
        signing_key: Option<&SigningKey<'_>>,
        crypto: &dyn Crypto,
    ) -> Result<String, Error> {
        let mut message = self.to_xml();
        if let Some(signing_key) = signing_key {
            message = sign_enveloped(&message, self.id, signing_key, crypto)?;
        }
        Ok(post::encode_value(&message))
    }
}
