//! Why a message was refused.

mod diagnostic;
mod help;

use core::fmt;
use core::time::Duration;

use crate::diagnostic::Excerpt;
use crate::dsig;
use crate::time::UnixTime;
use crate::x509;
use crate::xenc;
use crate::xml::{self, Position};

/// Why a response, a metadata document or another SAML message was refused.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// The connection wants a signature on the Assertion, and only the Response has one.
    AssertionNotSigned,
    /// No AudienceRestriction names us, or there is none (SAML Core 2.5.1.4).
    AudienceMismatch {
        /// Our entity ID.
        expected: Excerpt,
        /// The first Audience of the restriction that does not name us.
        found: Option<Excerpt>,
    },
    /// AuthnContextClassRef is none of those that the connection asks for (SAML Core 3.3.2.2.1).
    AuthnContextMismatch {
        /// The first that it asks for.
        expected: Excerpt,
        /// What the assertion says, if anything.
        found: Option<Excerpt>,
    },
    /// The person signed in before the request that asked for a fresh sign-in (SAML Core 3.4.1).
    AuthnTooOld {
        /// When it was asked for.
        expected: UnixTime,
        /// AuthnInstant.
        found: UnixTime,
    },
    /// AES-CBC, which the connection allows, in a Response that is not signed: anyone could change it
    /// and learn the plaintext from the answers (attacks E-01).
    CbcInUnsignedResponse,
    /// The caller asked for more clock skew than [`super::MAX_CLOCK_SKEW`].
    ClockSkewTooLarge {
        /// What was asked for.
        found: Duration,
    },
    /// Destination is not our assertion consumer service (SAML Bindings 3.5.5.2).
    DestinationMismatch {
        /// Our assertion consumer service.
        expected: Excerpt,
        /// The Destination of the Response, if it has one.
        found: Option<Excerpt>,
    },
    /// A signature does not hold.
    Dsig(dsig::Error),
    /// A demand of the caller is empty, so that an empty value would meet it.
    EmptyExpectation,
    /// NameID without text (SAML Core 2.2.3).
    EmptyNameId,
    /// An assertion came encrypted and no configured key fits it.
    EncryptedAssertionWithoutKey,
    /// EncryptedAttribute is not supported (SAML Core 2.7.3.2), and leaving it out would be guessing.
    EncryptedAttribute,
    /// Metadata without usable identity provider of this entity ID (SAML Metadata 2.4.3).
    EntityNotFound {
        /// The entity ID that was asked for, if one was.
        expected: Option<Excerpt>,
    },
    /// NotOnOrAfter has passed.
    Expired {
        /// Which part of the message.
        part: TimedPart,
        /// Its bound.
        not_on_or_after: UnixTime,
        /// When it was looked at.
        now: UnixTime,
    },
    /// The form value is not base64 (SAML Bindings 3.5.4).
    FormValueNotBase64,
    /// The form value is longer than any response.
    FormValueTooLong {
        /// The most that is read, in bytes.
        limit: usize,
    },
    /// The response does not answer the request of this login (SAML Profiles 4.1.4.3).
    InResponseToMismatch {
        /// ID of the request that the browser was sent away with.
        expected: Excerpt,
        /// What the message answers, if it says so in a signed place.
        found: Option<Excerpt>,
    },
    /// A time that is not an xs:dateTime with a time zone (SAML Core 1.3.3).
    InvalidTime {
        /// Local name of the element.
        element: Excerpt,
        /// Name of the attribute.
        attribute: &'static str,
        /// Its text.
        found: Excerpt,
    },
    /// Issuer with a Format other than entity (SAML Profiles 4.1.4.2).
    IssuerFormat {
        /// The Format.
        found: Excerpt,
    },
    /// Issuer is not the identity provider of this connection.
    IssuerMismatch {
        /// Entity ID of the identity provider.
        expected: Excerpt,
        /// The Issuer of the message.
        found: Excerpt,
    },
    /// Destination of a logout message is not our single logout service, or is missing (SAML Bindings
    /// 3.4.5.2, 3.5.5.2).
    LogoutDestinationMismatch {
        /// Our single logout service.
        expected: Excerpt,
        /// The Destination, if there is one.
        found: Option<Excerpt>,
    },
    /// A logout response that does not answer our request (SAML Core 3.2.2).
    LogoutInResponseToMismatch {
        /// ID of the request.
        expected: Excerpt,
        /// The InResponseTo, if there is one.
        found: Option<Excerpt>,
    },
    /// A logout message without signature (SAML Profiles 4.4.3.2).
    LogoutNotSigned,
    /// A logout request that names nobody (SAML Core 3.7.1).
    LogoutWithoutNameId,
    /// An endpoint of metadata that is not an absolute http or https URL (attacks B-07).
    MetadataLocation {
        /// The URL.
        found: Excerpt,
    },
    /// Metadata lists no signing certificate: nothing that this identity provider says could be
    /// believed (CVE-2026-16443).
    MetadataWithoutSigningKey,
    /// A Signature that is neither a child of the message nor of its assertion.
    MisplacedSignature {
        /// Where it stands.
        position: Position,
    },
    /// No AuthnStatement: the assertion does not say that somebody signed in (SAML Profiles 4.1.4.2).
    MissingAuthnStatement,
    /// No Conditions, so no audience (SAML Profiles 4.1.4.2).
    MissingConditions,
    /// A bearer confirmation without SubjectConfirmationData (SAML Profiles 4.1.4.2).
    MissingConfirmationData,
    /// SubjectConfirmationData without NotOnOrAfter (SAML Profiles 4.1.4.2).
    MissingConfirmationNotOnOrAfter,
    /// No Subject (SAML Profiles 4.1.4.2).
    MissingSubject,
    /// The response brings no assertion.
    NoAssertion,
    /// No SubjectConfirmation with the method bearer (SAML Profiles 4.1.4.2).
    NoBearerConfirmation,
    /// No Issuer to choose a connection by.
    NoIssuer,
    /// The root of the message is not the logout message that its parameter promises.
    NotALogoutMessage {
        /// Local name of what belongs there.
        expected: &'static str,
        /// Local name of the root.
        found: Excerpt,
    },
    /// The root of the message is not samlp:Response.
    NotAResponse {
        /// Local name of the root.
        found: Excerpt,
    },
    /// What was encrypted or signed is not saml:Assertion.
    NotAnAssertion {
        /// Local name of it.
        found: Excerpt,
    },
    /// What was encrypted is not saml:NameID.
    NotANameId {
        /// Local name of it.
        found: Excerpt,
    },
    /// An element that is no child of the signed one was taken for signed.
    NotCovered,
    /// The connection wants encrypted assertions, and this one is in plain text.
    NotEncrypted,
    /// Neither Response nor Assertion is signed.
    NotSigned,
    /// A response that names a request where none was expected (SAML Profiles 4.1.5).
    NotUnsolicited {
        /// The request that it names.
        found: Excerpt,
    },
    /// NotBefore or IssueInstant lies ahead.
    NotYetValid {
        /// Which part of the message.
        part: TimedPart,
        /// Its bound.
        not_before: UnixTime,
        /// When it was looked at.
        now: UnixTime,
    },
    /// A processing instruction in a SAML message: canonical XML keeps it, readers differ on it.
    ProcessingInstruction {
        /// Where it stands.
        position: Position,
    },
    /// Recipient is not our assertion consumer service (SAML Profiles 4.1.4.2).
    RecipientMismatch {
        /// Our assertion consumer service.
        expected: Excerpt,
        /// The Recipient of the confirmation, if it has one.
        found: Option<Excerpt>,
    },
    /// A value of the redirect binding that cannot be inflated within bounds (SAML Bindings 3.4.4.1).
    RedirectValue,
    /// The connection wants a signature on the Response, and only the Assertion has one.
    ResponseNotSigned,
    /// More than one Assertion or EncryptedAssertion.
    SeveralAssertions,
    /// Metadata with several identity providers and no entity ID to choose one by.
    SeveralEntities,
    /// The identity provider answers that it did not sign anybody in (SAML Core 3.2.2.2).
    Status {
        /// Value of the top-level StatusCode.
        code: Excerpt,
        /// Value of the StatusCode inside it.
        sub_code: Option<Excerpt>,
        /// StatusMessage, for the administrator: Entra puts its AADSTS text here.
        message: Option<Excerpt>,
    },
    /// A logout request with more SessionIndex elements than [`super::logout::MAX_SESSION_INDEXES`].
    TooManySessionIndexes,
    /// A condition that is not understood (SAML Core 2.5.1.1).
    UnknownCondition {
        /// Local name of the condition.
        found: Excerpt,
    },
    /// Version other than 2.0.
    UnsupportedVersion {
        /// The Version, if there is one.
        found: Option<Excerpt>,
    },
    /// A certificate in metadata cannot be used.
    X509(x509::Error),
    /// What is encrypted cannot be decrypted.
    Xenc(xenc::Error),
    /// The document is not what the XML layer accepts.
    Xml(xml::Error),
    /// The message does not follow the SAML schema.
    XmlContent(xml::ContentError),
}

/// The parts of a message that have a time window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TimedPart {
    /// The certificate of the key that signed.
    Certificate,
    /// saml:Conditions.
    Conditions,
    /// IssueInstant of a message or Assertion.
    IssueInstant,
    /// NotOnOrAfter of a LogoutRequest.
    LogoutRequest,
    /// validUntil of metadata.
    Metadata,
    /// SessionNotOnOrAfter of an AuthnStatement.
    Session,
    /// SubjectConfirmationData.
    SubjectConfirmation,
}

impl TimedPart {
    /// As administrators know it from the message.
    fn name(self) -> &'static str {
        match self {
            Self::Certificate => "the signing certificate",
            Self::Conditions => "Conditions",
            Self::IssueInstant => "IssueInstant",
            Self::LogoutRequest => "LogoutRequest",
            Self::Metadata => "validUntil",
            Self::Session => "SessionNotOnOrAfter",
            Self::SubjectConfirmation => "SubjectConfirmationData",
        }
    }
}

impl From<dsig::Error> for Error {
    fn from(error: dsig::Error) -> Self {
        Self::Dsig(error)
    }
}

impl From<x509::Error> for Error {
    fn from(error: x509::Error) -> Self {
        Self::X509(error)
    }
}

impl From<xenc::Error> for Error {
    fn from(error: xenc::Error) -> Self {
        Self::Xenc(error)
    }
}

impl From<xml::Error> for Error {
    fn from(error: xml::Error) -> Self {
        Self::Xml(error)
    }
}

impl From<xml::ContentError> for Error {
    fn from(error: xml::ContentError) -> Self {
        Self::XmlContent(error)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::Dsig(error) => return error.fmt(f),
            Self::X509(error) => return error.fmt(f),
            Self::Xenc(error) => return error.fmt(f),
            Self::Xml(error) => return error.fmt(f),
            Self::XmlContent(error) => return error.fmt(f),
            Self::Expired { part, not_on_or_after, now } => {
                let part = part.name();
                return write!(f, "{part} ended at {not_on_or_after}, and it is {now}");
            }
            Self::InvalidTime { element, attribute, .. } => {
                return write!(f, "{attribute} of {element} is not a time");
            }
            Self::MisplacedSignature { position } => {
                return write!(f, "a signature stands in the wrong place at {position}");
            }
            Self::NotYetValid { part, not_before, now } => {
                let part = part.name();
                return write!(f, "{part} begins at {not_before}, and it is {now}");
            }
            Self::ProcessingInstruction { position } => {
                return write!(f, "the message has a processing instruction at {position}");
            }
            Self::Status { code, .. } => {
                return write!(f, "the identity provider answered {code} instead of a sign-in");
            }
            Self::AssertionNotSigned => "the assertion is not signed, only the response is",
            Self::AudienceMismatch { .. } => "the assertion is meant for another service provider",
            Self::AuthnContextMismatch { .. } => "they signed in in a way that is not asked for",
            Self::AuthnTooOld { .. } => "they did not sign in afresh",
            Self::CbcInUnsignedResponse => "AES-CBC is only read inside a signed response",
            Self::ClockSkewTooLarge { .. } => "the clock skew is larger than allowed",
            Self::DestinationMismatch { .. } => "the response is addressed to another URL",
            Self::EmptyExpectation => "an expected value is empty",
            Self::EmptyNameId => "the NameID is empty",
            Self::EncryptedAssertionWithoutKey => "the assertion is encrypted and no key fits it",
            Self::EncryptedAttribute => "an attribute is encrypted by itself",
            Self::EntityNotFound { .. } => "the metadata has no such identity provider",
            Self::FormValueNotBase64 => "the form value is not base64",
            Self::FormValueTooLong { .. } => "the form value is too long",
            Self::InResponseToMismatch { .. } => "the response does not answer this request",
            Self::IssuerFormat { .. } => "the issuer is not named as an entity",
            Self::IssuerMismatch { .. } => "the issuer is another identity provider",
            Self::LogoutDestinationMismatch { .. } => {
                "the logout message is addressed to another URL"
            }
            Self::LogoutInResponseToMismatch { .. } => {
                "the logout response does not answer this request"
            }
            Self::LogoutNotSigned => "the logout message is not signed",
            Self::LogoutWithoutNameId => "the logout request names nobody",
            Self::MetadataLocation { .. } => "an endpoint in the metadata is not a web address",
            Self::MetadataWithoutSigningKey => "the metadata has no signing certificate",
            Self::MissingAuthnStatement => "the assertion has no AuthnStatement",
            Self::MissingConditions => "the assertion has no Conditions",
            Self::MissingConfirmationData => "the confirmation has no SubjectConfirmationData",
            Self::MissingConfirmationNotOnOrAfter => "the confirmation has no NotOnOrAfter",
            Self::MissingSubject => "the assertion has no Subject",
            Self::NoAssertion => "the response brings no assertion",
            Self::NoBearerConfirmation => "the subject has no bearer confirmation",
            Self::NoIssuer => "the response has no issuer",
            Self::NotALogoutMessage { .. } => "the message is another one than its name says",
            Self::NotAResponse { .. } => "the message is not a SAML 2.0 response",
            Self::NotAnAssertion { .. } => "the signed or decrypted element is not an assertion",
            Self::NotANameId { .. } => "the decrypted element is not a NameID",
            Self::NotCovered => "the element is not part of what was signed",
            Self::NotEncrypted => "the assertion is not encrypted",
            Self::NotSigned => "neither response nor assertion is signed",
            Self::NotUnsolicited { .. } => "the response answers a request that is not known here",
            Self::RecipientMismatch { .. } => "the assertion may be presented at another URL only",
            Self::RedirectValue => "the value is not a deflated message",
            Self::ResponseNotSigned => "the response is not signed, only the assertion is",
            Self::SeveralAssertions => "the response brings several assertions",
            Self::SeveralEntities => "the metadata has several identity providers",
            Self::TooManySessionIndexes => "the logout request names too many sessions",
            Self::UnknownCondition { .. } => "the assertion has an unknown condition",
            Self::UnsupportedVersion { .. } => "the message is not SAML 2.0",
        };
        f.write_str(text)
    }
}

impl core::error::Error for Error {}
