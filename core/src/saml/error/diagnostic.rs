//! Code, class, expected and found of each error.

use alloc::format;
use alloc::string::{String, ToString as _};

use super::Error;
use crate::diagnostic::{Diagnostic, Excerpt, Kind};
use crate::remedy::Remedy;
use crate::saml::MAX_CLOCK_SKEW;
use crate::saml::constants::{NAME_ID_ENTITY, STATUS_SUCCESS, VERSION};
use crate::saml::logout::MAX_SESSION_INDEXES;

impl Diagnostic for Error {
    fn code(&self) -> &'static str {
        match self {
            Self::AssertionNotSigned => "saml.assertion_not_signed",
            Self::AudienceMismatch { .. } => "saml.audience_mismatch",
            Self::AuthnContextMismatch { .. } => "saml.authn_context_mismatch",
            Self::AuthnTooOld { .. } => "saml.authn_too_old",
            Self::CbcInUnsignedResponse => "saml.cbc_in_unsigned_response",
            Self::ClockSkewTooLarge { .. } => "saml.clock_skew_too_large",
            Self::DestinationMismatch { .. } => "saml.destination_mismatch",
            Self::Dsig(error) => error.code(),
            Self::EmptyExpectation => "saml.empty_expectation",
            Self::EmptyNameId => "saml.empty_name_id",
            Self::EncryptedAssertionWithoutKey => "saml.encrypted_assertion_without_key",
            Self::EncryptedAttribute => "saml.encrypted_attribute",
            Self::EntityNotFound { .. } => "saml.entity_not_found",
            Self::Expired { .. } => "saml.expired",
            Self::FormValueNotBase64 => "saml.form_value_not_base64",
            Self::FormValueTooLong { .. } => "saml.form_value_too_long",
            Self::InResponseToMismatch { .. } => "saml.in_response_to_mismatch",
            Self::InvalidTime { .. } => "saml.invalid_time",
            Self::IssuerFormat { .. } => "saml.issuer_format",
            Self::IssuerMismatch { .. } => "saml.issuer_mismatch",
            Self::LogoutDestinationMismatch { .. } => "saml.logout_destination_mismatch",
            Self::LogoutInResponseToMismatch { .. } => "saml.logout_in_response_to_mismatch",
            Self::LogoutNotSigned => "saml.logout_not_signed",
            Self::LogoutWithoutNameId => "saml.logout_without_name_id",
            Self::MetadataLocation { .. } => "saml.metadata_location",
            Self::MetadataWithoutSigningKey => "saml.metadata_without_signing_key",
            Self::MisplacedSignature { .. } => "saml.misplaced_signature",
            Self::MissingAuthnStatement => "saml.missing_authn_statement",
            Self::MissingConditions => "saml.missing_conditions",
            Self::MissingConfirmationData => "saml.missing_confirmation_data",
            Self::MissingConfirmationNotOnOrAfter => "saml.missing_confirmation_not_on_or_after",
            Self::MissingSubject => "saml.missing_subject",
            Self::NoAssertion => "saml.no_assertion",
            Self::NoBearerConfirmation => "saml.no_bearer_confirmation",
            Self::NoIssuer => "saml.no_issuer",
            Self::NotALogoutMessage { .. } => "saml.not_a_logout_message",
            Self::NotAResponse { .. } => "saml.not_a_response",
            Self::NotAnAssertion { .. } => "saml.not_an_assertion",
            Self::NotANameId { .. } => "saml.not_a_name_id",
            Self::NotCovered => "saml.not_covered",
            Self::NotEncrypted => "saml.not_encrypted",
            Self::NotSigned => "saml.not_signed",
            Self::NotUnsolicited { .. } => "saml.not_unsolicited",
            Self::NotYetValid { .. } => "saml.not_yet_valid",
            Self::ProcessingInstruction { .. } => "saml.processing_instruction",
            Self::RecipientMismatch { .. } => "saml.recipient_mismatch",
            Self::RedirectValue => "saml.redirect_value",
            Self::ResponseNotSigned => "saml.response_not_signed",
            Self::SeveralAssertions => "saml.several_assertions",
            Self::SeveralEntities => "saml.several_entities",
            Self::Status { .. } => "saml.status",
            Self::TooManySessionIndexes => "saml.too_many_session_indexes",
            Self::UnknownCondition { .. } => "saml.unknown_condition",
            Self::UnsupportedVersion { .. } => "saml.unsupported_version",
            Self::X509(error) => error.code(),
            Self::Xenc(error) => error.code(),
            Self::Xml(error) => error.code(),
            Self::XmlContent(error) => error.code(),
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::Dsig(error) => error.kind(),
            Self::X509(error) => error.kind(),
            Self::Xenc(error) => error.kind(),
            Self::Xml(error) => error.kind(),
            Self::XmlContent(error) => error.kind(),
            Self::ClockSkewTooLarge { .. } | Self::EmptyExpectation | Self::NotCovered => {
                Kind::Misuse
            }
            Self::Expired { .. } | Self::NotYetValid { .. } => Kind::Expired,
            Self::FormValueTooLong { .. } | Self::TooManySessionIndexes => Kind::LimitExceeded,
            Self::EmptyNameId
            | Self::FormValueNotBase64
            | Self::InvalidTime { .. }
            | Self::MetadataLocation { .. }
            | Self::LogoutWithoutNameId
            | Self::NotALogoutMessage { .. }
            | Self::NotAResponse { .. }
            | Self::NotAnAssertion { .. }
            | Self::NotANameId { .. }
            | Self::ProcessingInstruction { .. }
            | Self::RedirectValue => Kind::Malformed,
            Self::EncryptedAssertionWithoutKey
            | Self::EncryptedAttribute
            | Self::UnknownCondition { .. }
            | Self::UnsupportedVersion { .. } => Kind::Unsupported,
            Self::AssertionNotSigned
            | Self::CbcInUnsignedResponse
            | Self::LogoutNotSigned
            | Self::MetadataWithoutSigningKey
            | Self::MisplacedSignature { .. }
            | Self::NotSigned
            | Self::ResponseNotSigned
            | Self::SeveralAssertions => Kind::Untrusted,
            Self::AudienceMismatch { .. }
            | Self::AuthnContextMismatch { .. }
            | Self::AuthnTooOld { .. }
            | Self::DestinationMismatch { .. }
            | Self::EntityNotFound { .. }
            | Self::InResponseToMismatch { .. }
            | Self::IssuerFormat { .. }
            | Self::IssuerMismatch { .. }
            | Self::LogoutDestinationMismatch { .. }
            | Self::LogoutInResponseToMismatch { .. }
            | Self::MissingAuthnStatement
            | Self::MissingConditions
            | Self::MissingConfirmationData
            | Self::MissingConfirmationNotOnOrAfter
            | Self::MissingSubject
            | Self::NoAssertion
            | Self::NoBearerConfirmation
            | Self::NoIssuer
            | Self::NotEncrypted
            | Self::NotUnsolicited { .. }
            | Self::RecipientMismatch { .. }
            | Self::SeveralEntities
            | Self::Status { .. } => Kind::NotAllowed,
        }
    }

    fn expected(&self) -> Option<String> {
        match self {
            Self::Dsig(error) => error.expected(),
            Self::X509(error) => error.expected(),
            Self::Xenc(error) => error.expected(),
            Self::Xml(error) => error.expected(),
            Self::XmlContent(error) => error.expected(),
            Self::AudienceMismatch { expected, .. }
            | Self::AuthnContextMismatch { expected, .. }
            | Self::DestinationMismatch { expected, .. }
            | Self::EntityNotFound { expected: Some(expected) }
            | Self::InResponseToMismatch { expected, .. }
            | Self::IssuerMismatch { expected, .. }
            | Self::LogoutDestinationMismatch { expected, .. }
            | Self::LogoutInResponseToMismatch { expected, .. }
            | Self::RecipientMismatch { expected, .. } => Some(expected.to_string()),
            Self::AuthnTooOld { expected, .. } => Some(format!("{expected} or later")),
            Self::ClockSkewTooLarge { .. } => {
                Some(format!("at most {} seconds", MAX_CLOCK_SKEW.as_secs()))
            }
            Self::Expired { not_on_or_after, .. } => Some(format!("before {not_on_or_after}")),
            Self::FormValueTooLong { limit } => Some(format!("at most {limit} bytes")),
            Self::InvalidTime { .. } => Some("a time such as 2026-11-21T12:00:00Z".into()),
            Self::IssuerFormat { .. } => Some(NAME_ID_ENTITY.into()),
            Self::MetadataLocation { .. } => Some("an https URL".into()),
            Self::NotALogoutMessage { expected, .. } => Some((*expected).into()),
            Self::NotAResponse { .. } => Some("Response".into()),
            Self::NotAnAssertion { .. } => Some("Assertion".into()),
            Self::NotANameId { .. } => Some("NameID".into()),
            Self::NotUnsolicited { .. } => Some("a response without InResponseTo".into()),
            Self::NotYetValid { not_before, .. } => Some(format!("{not_before} or later")),
            Self::Status { .. } => Some(STATUS_SUCCESS.into()),
            Self::TooManySessionIndexes => Some(format!("at most {MAX_SESSION_INDEXES}")),
            Self::UnsupportedVersion { .. } => Some(VERSION.into()),
            _ => None,
        }
    }

    fn found(&self) -> Option<String> {
        match self {
            Self::Dsig(error) => error.found(),
            Self::X509(error) => error.found(),
            Self::Xenc(error) => error.found(),
            Self::Xml(error) => error.found(),
            Self::XmlContent(error) => error.found(),
            Self::AudienceMismatch { found, .. }
            | Self::AuthnContextMismatch { found, .. }
            | Self::DestinationMismatch { found, .. }
            | Self::InResponseToMismatch { found, .. }
            | Self::LogoutDestinationMismatch { found, .. }
            | Self::LogoutInResponseToMismatch { found, .. }
            | Self::RecipientMismatch { found, .. }
            | Self::UnsupportedVersion { found } => found.as_ref().map(Excerpt::to_string),
            Self::InvalidTime { found, .. }
            | Self::IssuerFormat { found }
            | Self::IssuerMismatch { found, .. }
            | Self::MetadataLocation { found }
            | Self::NotALogoutMessage { found, .. }
            | Self::NotAResponse { found }
            | Self::NotAnAssertion { found }
            | Self::NotANameId { found }
            | Self::NotUnsolicited { found }
            | Self::UnknownCondition { found } => Some(found.to_string()),
            Self::AuthnTooOld { found, .. } => Some(found.to_string()),
            Self::ClockSkewTooLarge { found } => Some(format!("{} seconds", found.as_secs())),
            Self::Expired { now, .. } | Self::NotYetValid { now, .. } => Some(now.to_string()),
            Self::MisplacedSignature { position } | Self::ProcessingInstruction { position } => {
                Some(position.to_string())
            }
            Self::Status { code, sub_code, message } => {
                let mut found = code.to_string();
                for part in [sub_code, message].into_iter().flatten() {
                    found.push_str("; ");
                    found.push_str(part.as_str());
                }
                Some(found)
            }
            _ => None,
        }
    }

    fn help(&self) -> &'static str {
        super::help::help(self)
    }

    fn remedy(&self) -> Option<Remedy> {
        super::help::remedy(self)
    }
}
