//! What an administrator does about each error: which box, in which console.

use super::{Error, TimedPart};
use crate::diagnostic::Diagnostic as _;

const ATTACK: &str = "Known identity providers never send this; it looks like an attempt to forge a \
    sign-in. Look at who sent it before you look at the settings.";

const AUDIENCE: &str = "Copy the expected value into the identity provider. Entra: Basic SAML \
    Configuration > Identifier (Entity ID); Okta: SAML Settings > Audience URI (SP Entity ID); \
    OneLogin: Configuration > Audience (EntityID); Google: Service provider details > Entity ID.";

const ACS_URL: &str = "Copy the expected value into the identity provider, character by character. \
    Entra: Basic SAML Configuration > Reply URL; Okta: SAML Settings > Single sign-on URL, with \"Use \
    this for Recipient URL and Destination URL\"; OneLogin: Configuration > ACS (Consumer) URL and \
    Recipient; Google: Service provider details > ACS URL.";

const CLOCK: &str = "Compare both times. If they differ by minutes, the clock of the identity provider \
    is wrong; if by more, the response is old: start the sign-in again instead of going back in the \
    browser.";

const SIGNING: &str = "Entra: Single sign-on > SAML Certificates > Signing Option; Okta: SAML Settings > \
    Advanced > Response and Assertion Signature; OneLogin: Configuration > SAML signature element; \
    Google: Service provider details > Signed response.";

const METADATA: &str = "Download the metadata again. Entra: Single sign-on > SAML Certificates > \
    Federation Metadata XML; Okta: Sign On > Metadata URL; OneLogin: More Actions > SAML Metadata; \
    Google: Service provider > Download metadata.";

const PROFILE: &str = "The identity provider sent something else than a sign-in for a browser. Choose a \
    SAML 2.0 web application with the browser (bearer) profile there, not a WS-Federation, SAML 1.1 or \
    attribute service.";

const POST: &str = "The form did not arrive as the identity provider sent it. Check that no proxy \
    rewrites or shortens form posts, and that the response is sent by HTTP-POST.";

const SLO_URL: &str = "Copy the expected value into the identity provider, character by character. \
    Entra: Basic SAML Configuration > Logout Url; Okta: SAML Settings > Advanced > Single Logout URL; \
    OneLogin: Configuration > Single Logout URL; Google has no single logout.";

const SLO_SIGNING: &str = "Only signed logout messages can end sessions. Okta: SAML Settings > Advanced > \
    Enable Single Logout signs them; AD FS and Keycloak sign them where the relying party or client has \
    signing on. Entra and OneLogin may leave their logout responses unsigned: then the session here has \
    ended, and only the page cannot say that the one there has too.";

pub(super) fn help(error: &Error) -> &'static str {
    match error {
        Error::Dsig(error) => error.help(),
        Error::X509(error) => error.help(),
        Error::Xenc(error) => error.help(),
        Error::Xml(error) => error.help(),
        Error::XmlContent(error) => error.help(),

        Error::AssertionNotSigned
        | Error::CbcInUnsignedResponse
        | Error::NotSigned
        | Error::ResponseNotSigned => SIGNING,
        Error::AudienceMismatch { .. } => AUDIENCE,
        Error::AuthnContextMismatch { .. } => {
            "Let the identity provider ask for this way of signing in, or correct \
             require_authn_context of the connection. Entra says Password or X509 even after a second \
             factor; demand that there by Conditional Access instead. Okta: Sign On > Authentication \
             policy."
        }
        Error::AuthnTooOld { .. } => {
            "The identity provider answered from an older session although a fresh sign-in was asked \
             for. Okta: SAML Settings > Advanced > Honor Force Authentication, Yes. Or remove \
             force_authn from the connection."
        }
        Error::DestinationMismatch { .. } | Error::RecipientMismatch { .. } => ACS_URL,
        Error::FormValueNotBase64 | Error::FormValueTooLong { .. } | Error::RedirectValue => POST,
        Error::ClockSkewTooLarge { .. } | Error::EmptyExpectation | Error::NotCovered => {
            "This is a mistake of the program that calls deskgate, not of the identity provider."
        }
        Error::EmptyNameId => {
            "Choose a source for the NameID that every person has. Entra: Attributes & Claims > Unique \
             User Identifier; Okta: SAML Settings > Application username; OneLogin: Parameters > NameID \
             value; Google: Service provider details > Name ID."
        }
        Error::EncryptedAssertionWithoutKey => {
            "Switch assertion encryption off at the identity provider, or give it the encryption \
             certificate of this connection. Entra: Token encryption; Okta: SAML Settings > Advanced > \
             Assertion Encryption; OneLogin: Configuration > Encrypt assertion."
        }
        Error::NotEncrypted => {
            "Give the identity provider the encryption certificate in the metadata of this connection \
             and switch encryption on, or remove require_encrypted. Entra: Security > Token encryption; \
             Okta: SAML Settings > Advanced > Assertion Encryption; OneLogin: Configuration > Encrypt \
             assertion. Google cannot encrypt."
        }
        Error::EncryptedAttribute => {
            "Let the identity provider encrypt the whole assertion, or nothing."
        }
        Error::Expired { part: TimedPart::Certificate, .. }
        | Error::NotYetValid { part: TimedPart::Certificate, .. } => {
            "The certificate of the connection is outside its dates, and enforce_certificate_dates is \
             set. Make a new signing certificate at the identity provider, add it to the connection, \
             then make it the active one there. Entra: Single sign-on > SAML Certificates > Token \
             signing certificate > Edit; Okta: Sign On > SAML Signing Certificates; OneLogin: SSO > \
             X.509 Certificate > Change; Google: Service provider details > Certificate."
        }
        Error::Expired { part: TimedPart::IssueInstant, .. } => {
            "The response is older than the connection accepts. Start the sign-in again at the helpdesk \
             instead of going back in the browser."
        }
        Error::Expired { part: TimedPart::Session, .. } => {
            "The session at the identity provider has ended. Sign out there and sign in again."
        }
        Error::Expired { part: TimedPart::Metadata, .. } => METADATA,
        Error::Expired { .. } | Error::NotYetValid { .. } => CLOCK,
        Error::InResponseToMismatch { .. } => {
            "The answer belongs to another sign-in: an older tab, a second click, or another browser. \
             Start again at the helpdesk. If the sign-in began at the identity provider, allow \
             identity-provider-initiated sign-in for this connection."
        }
        Error::NotUnsolicited { .. } => {
            "The answer belongs to a sign-in that began here, but this browser does not have it any \
             more. Start again at the helpdesk, and check that the browser accepts its cookies."
        }
        Error::IssuerMismatch { .. } | Error::IssuerFormat { .. } | Error::NoIssuer => {
            "Copy the value that was found into the connection if it is your identity provider. Entra: \
             Set up > Microsoft Entra Identifier, https://sts.windows.net/<tenant>/ with the slash at \
             the end; Okta: Sign On > Issuer; OneLogin: SSO > Issuer URL; Google: Entity ID."
        }
        Error::LogoutDestinationMismatch { .. } => SLO_URL,
        Error::LogoutInResponseToMismatch { .. } => {
            "The answer belongs to another sign-out: an older tab, or one that took longer than ten \
             minutes. The session here has ended all the same."
        }
        Error::LogoutNotSigned => SLO_SIGNING,
        Error::LogoutWithoutNameId => {
            "Let the identity provider name the person in its logout requests by the NameID of the \
             sign-in."
        }
        Error::NotALogoutMessage { .. } => {
            "Something else than a logout message came to the single logout address. Sign-in responses \
             go to the address that ends in acs; check both at the identity provider."
        }
        Error::TooManySessionIndexes => {
            "Let the identity provider send a logout request without SessionIndex: it ends all sessions \
             of the person."
        }
        Error::MetadataLocation { .. }
        | Error::MetadataWithoutSigningKey
        | Error::EntityNotFound { .. }
        | Error::SeveralEntities => {
            "Use the metadata of one identity provider for SAML 2.0. Entra: Single sign-on > SAML \
             Certificates > Federation Metadata XML; Okta: Sign On > Metadata URL; Google: Service \
             provider > Download metadata. From a federation file, name the entity ID to take."
        }
        Error::Status { .. } => {
            "The identity provider refused, and its words are above. Often the person is not assigned \
             to the application (Entra: Users and groups; Okta: Assignments; OneLogin: Users; Google: \
             User access), or it does not know our entity ID or URL."
        }
        Error::InvalidTime { .. }
        | Error::MissingAuthnStatement
        | Error::MissingConditions
        | Error::MissingConfirmationData
        | Error::MissingConfirmationNotOnOrAfter
        | Error::MissingSubject
        | Error::NoAssertion
        | Error::NoBearerConfirmation
        | Error::NotAResponse { .. }
        | Error::UnknownCondition { .. }
        | Error::UnsupportedVersion { .. } => PROFILE,
        Error::MisplacedSignature { .. }
        | Error::NotAnAssertion { .. }
        | Error::NotANameId { .. }
        | Error::ProcessingInstruction { .. }
        | Error::SeveralAssertions => ATTACK,
    }
}
