//! The checks that [`super::verify_response`] makes, by name, so that somebody can watch.

use super::Error;
use crate::xml::Element;

/// One check of a response. [`Check::ALL`] has them in the order in which they are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Check {
    /// The form value is base64 (SAML Bindings 3.5.4).
    Encoding,
    /// What is expected of the response makes sense.
    Settings,
    /// One XML document of the strict subset.
    WellFormed,
    /// No processing instruction.
    ProcessingInstructions,
    /// No two IDs are equal (SAML Core 1.3.4).
    Ids,
    /// Signatures stand where the schemas have them.
    SignaturePlaces,
    /// The root is a Response of the schema with Version 2.0 (SAML Core 3.2.2).
    ResponseStructure,
    /// The status is Success (SAML Core 3.2.2.2).
    Status,
    /// There is an assertion.
    AssertionPresent,
    /// The signature of the Response, if it has one.
    ResponseSignature,
    /// Decryption of an encrypted assertion.
    Decryption,
    /// The decrypted text is a document with the same rules as the Response.
    DecryptedText,
    /// The signature of the Assertion, if it has one.
    AssertionSignature,
    /// What has to be signed is signed, and a signature covers the Assertion.
    RequiredSignatures,
    /// The Assertion has the structure of the schema (SAML Core 2.3.3).
    AssertionStructure,
    /// Issuer of the Response, if it has one (SAML Profiles 4.1.4.2).
    ResponseIssuer,
    /// Issuer of the Assertion (SAML Profiles 4.1.4.2).
    AssertionIssuer,
    /// Destination (SAML Bindings 3.5.5.2).
    Destination,
    /// Audience (SAML Core 2.5.1.4).
    Audience,
    /// Recipient, InResponseTo and time window of a bearer confirmation (SAML Profiles 4.1.4.2).
    SubjectConfirmation,
    /// Time window of Conditions (SAML Core 2.5.1.2).
    ConditionsWindow,
    /// IssueInstant of the Response does not lie ahead.
    ResponseIssueInstant,
    /// IssueInstant of the Assertion does not lie ahead, nor too long ago where that counts.
    AssertionIssueInstant,
    /// SessionNotOnOrAfter has not passed (SAML Core 2.7.2).
    SessionEnd,
    /// Somebody signed in (SAML Profiles 4.1.4.2).
    AuthnStatement,
    /// They signed in in a way that the connection asks for (SAML Core 3.3.2.2.1).
    AuthnContext,
    /// They signed in since the request, where the connection asks for that (SAML Core 3.4.1).
    AuthnInstant,
    /// The NameID can be read, decrypted where it has to be.
    NameId,
}

impl Check {
    /// All checks in their order.
    pub const ALL: [Self; 28] = [
        Self::Encoding,
        Self::Settings,
        Self::WellFormed,
        Self::ProcessingInstructions,
        Self::Ids,
        Self::SignaturePlaces,
        Self::ResponseStructure,
        Self::Status,
        Self::AssertionPresent,
        Self::ResponseSignature,
        Self::Decryption,
        Self::DecryptedText,
        Self::AssertionSignature,
        Self::RequiredSignatures,
        Self::AssertionStructure,
        Self::ResponseIssuer,
        Self::AssertionIssuer,
        Self::Destination,
        Self::Audience,
        Self::SubjectConfirmation,
        Self::ConditionsWindow,
        Self::ResponseIssueInstant,
        Self::AssertionIssueInstant,
        Self::SessionEnd,
        Self::AuthnStatement,
        Self::AuthnContext,
        Self::AuthnInstant,
        Self::NameId,
    ];

    /// Stable name for programs, in snake case.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.describe().0
    }

    /// What is checked, for people.
    #[must_use]
    pub const fn title(self) -> &'static str {
        self.describe().1
    }

    const fn describe(self) -> (&'static str, &'static str) {
        match self {
            Self::Encoding => ("encoding", "the form value is base64"),
            Self::Settings => ("settings", "the settings make sense"),
            Self::WellFormed => ("well_formed", "one well-formed XML document"),
            Self::ProcessingInstructions => {
                ("processing_instructions", "no processing instructions")
            }
            Self::Ids => ("ids", "every ID is there once"),
            Self::SignaturePlaces => {
                ("signature_places", "signatures stand only where SAML has them")
            }
            Self::ResponseStructure => ("response_structure", "a SAML 2.0 response"),
            Self::Status => ("status", "the identity provider says success"),
            Self::AssertionPresent => ("assertion_present", "it brings an assertion"),
            Self::ResponseSignature => ("response_signature", "signature of the response"),
            Self::Decryption => ("decryption", "the assertion can be decrypted"),
            Self::DecryptedText => ("decrypted_text", "the decrypted text is one document"),
            Self::AssertionSignature => ("assertion_signature", "signature of the assertion"),
            Self::RequiredSignatures => ("required_signatures", "what has to be signed is signed"),
            Self::AssertionStructure => ("assertion_structure", "a SAML 2.0 assertion"),
            Self::ResponseIssuer => ("response_issuer", "issuer of the response"),
            Self::AssertionIssuer => ("assertion_issuer", "issuer of the assertion"),
            Self::Destination => ("destination", "destination"),
            Self::Audience => ("audience", "audience"),
            Self::SubjectConfirmation => {
                ("subject_confirmation", "who may present it: address, request and time")
            }
            Self::ConditionsWindow => ("conditions_window", "time window of the conditions"),
            Self::ResponseIssueInstant => {
                ("response_issue_instant", "the response is not from the future")
            }
            Self::AssertionIssueInstant => {
                ("assertion_issue_instant", "the assertion is not from the future, nor too old")
            }
            Self::SessionEnd => ("session_end", "the session there has not ended"),
            Self::AuthnStatement => ("authn_statement", "it says that somebody signed in"),
            Self::AuthnContext => ("authn_context", "they signed in in a way that is asked for"),
            Self::AuthnInstant => ("authn_instant", "they signed in afresh"),
            Self::NameId => ("name_id", "the NameID can be read"),
        }
    }
}

/// How one check ended.
#[derive(Clone, Copy, Debug)]
pub(super) enum Noted<'a> {
    /// The message does not have what is checked, and need not.
    Absent,
    Failed(&'a Error),
    Passed,
}

/// Whoever watches a verification. It is told, and can change nothing.
pub(super) trait Journal {
    fn note(&mut self, check: Check, noted: Noted<'_>);

    /// The root of what was decrypted, not yet verified.
    fn decrypted(&mut self, assertion: Element<'_>);
}

/// Nobody watches.
#[derive(Debug)]
pub(super) struct NoJournal;

impl Journal for NoJournal {
    fn note(&mut self, _: Check, _: Noted<'_>) {}
    fn decrypted(&mut self, _: Element<'_>) {}
}

/// Tells how a check ended, and hands its result on unchanged.
pub(super) fn note<T>(
    journal: &mut dyn Journal,
    check: Check,
    result: Result<T, Error>,
) -> Result<T, Error> {
    journal.note(check, result.as_ref().map_or_else(Noted::Failed, |_| Noted::Passed));
    result
}

/// The same where what is checked may be absent.
pub(super) fn note_optional<T>(
    journal: &mut dyn Journal,
    check: Check,
    result: Result<Option<T>, Error>,
) -> Result<Option<T>, Error> {
    let noted = match &result {
        Ok(None) => Noted::Absent,
        Ok(Some(_)) => Noted::Passed,
        Err(error) => Noted::Failed(error),
    };
    journal.note(check, noted);
    result
}
