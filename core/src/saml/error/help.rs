//! What an administrator does about each error: which box, in which console.

use super::{Error, TimedPart};
use crate::diagnostic::Diagnostic as _;
use crate::remedy::Remedy;

const ATTACK: &str = "Known identity providers never send this; it looks like an attempt to forge a \
    sign-in. Look at who sent it before you look at the settings.";

const CLOCK: &str = "Compare both times. If they differ by minutes, the clock of the identity provider \
    is wrong; if by more, the response is old: start the sign-in again instead of going back in the \
    browser.";

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
        | Error::ResponseNotSigned => Remedy::Signing.help(),
        Error::AudienceMismatch { .. } => Remedy::Audience.help(),
        Error::AuthnContextMismatch { .. } => Remedy::AuthnContext.help(),
        Error::AuthnTooOld { .. } => Remedy::FreshSignIn.help(),
        Error::DestinationMismatch { .. } | Error::RecipientMismatch { .. } => {
            Remedy::AcsUrl.help()
        }
        Error::FormValueNotBase64 | Error::FormValueTooLong { .. } | Error::RedirectValue => POST,
        Error::ClockSkewTooLarge { .. } | Error::EmptyExpectation | Error::NotCovered => {
            "This is a mistake of the program that calls deskgate, not of the identity provider."
        }
        Error::EmptyNameId => Remedy::NameId.help(),
        Error::EncryptedAssertionWithoutKey => Remedy::EncryptionCertificate.help(),
        Error::NotEncrypted => Remedy::Encryption.help(),
        Error::EncryptedAttribute => {
            "Let the identity provider encrypt the whole assertion, or nothing."
        }
        Error::Expired { part: TimedPart::Certificate, .. }
        | Error::NotYetValid { part: TimedPart::Certificate, .. } => {
            Remedy::CertificateDates.help()
        }
        Error::Expired { part: TimedPart::IssueInstant, .. } => {
            "The response is older than the connection accepts. Start the sign-in again at the helpdesk \
             instead of going back in the browser."
        }
        Error::Expired { part: TimedPart::Session, .. } => {
            "The session at the identity provider has ended. Sign out there and sign in again."
        }
        Error::Expired { part: TimedPart::Metadata, .. } => Remedy::Metadata.help(),
        Error::Expired { .. } | Error::NotYetValid { .. } => CLOCK,
        Error::InResponseToMismatch { .. } => Remedy::StartUrl.help(),
        Error::NotUnsolicited { .. } => {
            "The answer belongs to a sign-in that began here, but this browser does not have it any \
             more. Start again at the helpdesk, and check that the browser accepts its cookies."
        }
        Error::IssuerMismatch { .. } | Error::IssuerFormat { .. } | Error::NoIssuer => {
            Remedy::Issuer.help()
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
        | Error::SeveralEntities => Remedy::Metadata.help(),
        Error::Status { .. } => Remedy::Assignment.help(),
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

/// The same for whoever knows which console it is. [`help`] says the text of the remedy then.
pub(super) fn remedy(error: &Error) -> Option<Remedy> {
    Some(match error {
        Error::Dsig(error) => return error.remedy(),
        Error::X509(error) => return error.remedy(),
        Error::Xenc(error) => return error.remedy(),
        Error::AssertionNotSigned
        | Error::CbcInUnsignedResponse
        | Error::NotSigned
        | Error::ResponseNotSigned => Remedy::Signing,
        Error::AudienceMismatch { .. } => Remedy::Audience,
        Error::AuthnContextMismatch { .. } => Remedy::AuthnContext,
        Error::AuthnTooOld { .. } => Remedy::FreshSignIn,
        Error::DestinationMismatch { .. } | Error::RecipientMismatch { .. } => Remedy::AcsUrl,
        Error::EmptyNameId => Remedy::NameId,
        Error::EncryptedAssertionWithoutKey => Remedy::EncryptionCertificate,
        Error::EntityNotFound { .. }
        | Error::Expired { part: TimedPart::Metadata, .. }
        | Error::MetadataLocation { .. }
        | Error::MetadataWithoutSigningKey
        | Error::SeveralEntities => Remedy::Metadata,
        Error::Expired { part: TimedPart::Certificate, .. }
        | Error::NotYetValid { part: TimedPart::Certificate, .. } => Remedy::CertificateDates,
        Error::InResponseToMismatch { .. } => Remedy::StartUrl,
        Error::IssuerFormat { .. } | Error::IssuerMismatch { .. } | Error::NoIssuer => {
            Remedy::Issuer
        }
        Error::NotEncrypted => Remedy::Encryption,
        Error::Status { .. } => Remedy::Assignment,
        _ => return None,
    })
}
