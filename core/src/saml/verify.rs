//! From the bytes of a Response to a verified sign-in.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec::Vec;

use super::assertion::{Assertion, SignedAssertion};
use super::check::{Check, Journal, NoJournal, Noted, note, note_optional};
use super::decryption;
use super::error::Error;
use super::expected::{ExpectedResponse, ReplayKey, Solicitation, VerifiedAssertion};
use super::message::{self, UnverifiedMessage, note_message};
use super::response::{Content, UnverifiedResponse};
use super::statements::AuthnStatement;
use super::subject::Identifier;
use super::{ranking, validate};
use crate::crypto::Crypto;
use crate::dsig::{self, SignedElement};
use crate::identity::{Identity, NameId};
use crate::time::UnixTime;
use crate::xml::{Document, Element, names};

/// Verifies a samlp:Response that came by HTTP-POST, after [`super::decode_post_value`].
///
/// In this order; the first step that fails is the answer, and of the rules of the last step the one that
/// says most about what to change, which is what stays wrong before what is a matter of time:
///
/// 1. `expected` makes sense: keys, names and a clock skew within bounds.
/// 2. The bytes are one XML document of the strict subset, without processing instructions.
/// 3. No two IDs are equal, and every Signature is a child of the Response or of its Assertion.
/// 4. The root is a Response of the schema with Version 2.0 (SAML Core 3.2.2).
/// 5. Its status is Success (SAML Core 3.2.2.2) and it brings exactly one assertion.
/// 6. Every signature on Response and Assertion verifies with a configured key, and those that the
///    connection demands are there (SAML Core 5.4). At least one of them covers the Assertion.
/// 7. An encrypted assertion is decrypted; then steps 2, 3 and 6 hold for its text.
/// 8. The Assertion, read from the signed element alone, has the schema's structure (SAML Core 2.3.3).
/// 9. Issuer, Destination, Audience, SubjectConfirmation with Recipient and InResponseTo, and all time
///    windows hold (SAML Profiles 4.1.4.2, 4.1.4.3).
///
/// What is left to the caller is one-time use: see [`VerifiedAssertion::replay_key`].
///
/// # Errors
/// [`Error`], one variant for each rule.
pub fn verify_response<'i>(
    xml: &'i [u8],
    expected: &ExpectedResponse<'_>,
    now: UnixTime,
    crypto: &dyn Crypto,
) -> Result<VerifiedAssertion<'i>, Error> {
    verify(xml, expected, now, crypto, &mut NoJournal)
}

/// The same for a message that was parsed before, because somebody had to know its Issuer.
///
/// # Errors
/// As [`verify_response`].
pub fn verify_message<'i>(
    message: &UnverifiedMessage<'i>,
    expected: &ExpectedResponse<'_>,
    now: UnixTime,
    crypto: &dyn Crypto,
) -> Result<VerifiedAssertion<'i>, Error> {
    validate::check_expected(expected)?;
    verify_document(&message.document, expected, now, crypto, &mut NoJournal)
}

/// The one verifier, with somebody who may watch.
pub(super) fn verify<'i>(
    xml: &'i [u8],
    expected: &ExpectedResponse<'_>,
    now: UnixTime,
    crypto: &dyn Crypto,
    journal: &mut dyn Journal,
) -> Result<VerifiedAssertion<'i>, Error> {
    note(journal, Check::Settings, validate::check_expected(expected))?;
    let document = note_message(xml, journal)?;
    verify_document(&document, expected, now, crypto, journal)
}

/// From step 4 on.
fn verify_document<'i>(
    document: &Document<'i>,
    expected: &ExpectedResponse<'_>,
    now: UnixTime,
    crypto: &dyn Crypto,
    journal: &mut dyn Journal,
) -> Result<VerifiedAssertion<'i>, Error> {
    let (response, content) = read_response(document, journal)?;
    let signatures = Signatures { expected, now, crypto };
    let signed_response =
        signatures.verify_if_signed(response.element, Check::ResponseSignature, journal)?;
    let signed_response = signed_response.as_ref();

    match content {
        Content::Assertion(assertion) => {
            let plain = validate::check_encrypted(expected).map(|()| None::<()>);
            note_optional(journal, Check::Decryption, plain)?;
            journal.note(Check::DecryptedText, Noted::Absent);
            let signed = signatures.signed_assertion(signed_response, assertion, journal)?;
            let input = document.input();
            validate_assertion(signed, input, &response, expected, now, crypto, journal)
        }
        Content::EncryptedAssertion(encrypted) => {
            let plaintext =
                decryption::decrypt_assertion(encrypted, signed_response, expected, crypto);
            let plaintext = note(journal, Check::Decryption, plaintext)?;
            let document = message::parse(&plaintext);
            let document = note(journal, Check::DecryptedText, document)?;
            let root = document.root();
            journal.decrypted(root);
            let signed = signatures.signed_plaintext(signed_response, encrypted, root, journal)?;
            let input = document.input();
            validate_assertion(signed, input, &response, expected, now, crypto, journal)
                .map(VerifiedAssertion::into_owned)
        }
    }
}

/// What can be said about a message when nothing is expected of it: steps 2 to 5.
pub(super) fn inspect(xml: &[u8], journal: &mut dyn Journal) -> Result<(), Error> {
    let document = note_message(xml, journal)?;
    read_response(&document, journal).map(drop)
}

/// Steps 4 and 5.
fn read_response<'doc>(
    document: &'doc Document<'_>,
    journal: &mut dyn Journal,
) -> Result<(UnverifiedResponse<'doc>, Content<'doc>), Error> {
    let response = UnverifiedResponse::parse(document.root());
    let response = note(journal, Check::ResponseStructure, response)?;
    note(journal, Check::Status, validate::check_status(&response.status))?;
    let content = response.content.ok_or(Error::NoAssertion);
    let content = note(journal, Check::AssertionPresent, content)?;
    Ok((response, content))
}

/// Step 6.
struct Signatures<'a> {
    expected: &'a ExpectedResponse<'a>,
    now: UnixTime,
    crypto: &'a dyn Crypto,
}

impl Signatures<'_> {
    /// The verified signature of `element`, `None` only when it has no Signature at all.
    fn verify_if_signed<'doc>(
        &self,
        element: Element<'doc>,
        check: Check,
        journal: &mut dyn Journal,
    ) -> Result<Option<SignedElement<'doc>>, Error> {
        let is_signed = element.child_elements().any(|child| child.is(names::DSIG, "Signature"));
        let signed = is_signed.then(|| self.verify_signed(element)).transpose();
        note_optional(journal, check, signed)
    }

    fn verify_signed<'doc>(&self, element: Element<'doc>) -> Result<SignedElement<'doc>, Error> {
        let ExpectedResponse { keys, signature_rules, .. } = self.expected;
        let signed = dsig::verify(element, keys, signature_rules, self.crypto)?;
        validate::check_certificate_dates(signed.key_index(), self.expected, self.now)?;
        Ok(signed)
    }

    fn signed_assertion<'doc>(
        &self,
        response: Option<&SignedElement<'doc>>,
        assertion: Element<'doc>,
        journal: &mut dyn Journal,
    ) -> Result<SignedAssertion<'doc>, Error> {
        let own = self.verify_if_signed(assertion, Check::AssertionSignature, journal)?;
        let required = self.check_required(response.is_some(), own.is_some());
        let covered = required.and_then(|()| match (own, response) {
            (Some(own), _) => SignedAssertion::itself(&own),
            (None, Some(response)) => SignedAssertion::within(response, assertion),
            (None, None) => Err(Error::NotSigned),
        });
        note(journal, Check::RequiredSignatures, covered)
    }

    #[cold]
    fn signed_plaintext<'doc>(
        &self,
        response: Option<&SignedElement<'_>>,
        encrypted: Element<'_>,
        plaintext: Element<'doc>,
        journal: &mut dyn Journal,
    ) -> Result<SignedAssertion<'doc>, Error> {
        let own = self.verify_if_signed(plaintext, Check::AssertionSignature, journal)?;
        let required = self.check_required(response.is_some(), own.is_some());
        let covered = required.and_then(|()| match (own, response) {
            (Some(own), _) => SignedAssertion::itself(&own),
            (None, Some(response)) => SignedAssertion::decrypted(response, encrypted, plaintext),
            (None, None) => Err(Error::NotSigned),
        });
        note(journal, Check::RequiredSignatures, covered)
    }

    fn check_required(&self, response: bool, assertion: bool) -> Result<(), Error> {
        validate::check_required_signature(self.expected.required_signature, response, assertion)
    }
}

/// Steps 8 and 9, and the result: everything in it comes from the signed assertion, but the ID of the
/// Response.
fn validate_assertion<'i>(
    signed: SignedAssertion<'_>,
    input: &'i str,
    response: &UnverifiedResponse<'_>,
    expected: &ExpectedResponse<'_>,
    now: UnixTime,
    crypto: &dyn Crypto,
    journal: &mut dyn Journal,
) -> Result<VerifiedAssertion<'i>, Error> {
    let parsed = Assertion::parse(signed, input);
    let (mut assertion, attributes) = note(journal, Check::AssertionStructure, parsed)?;
    // No rule reads it.
    let identifier = core::mem::replace(&mut assertion.subject.identifier, Identifier::None);
    let rules = check_rules(&assertion, response, expected, now, journal)?;
    let Rules { confirmed_until, oldest_end, session_not_on_or_after, authn } = rules;
    // Last and alone: nothing is decrypted for a response that is refused anyway.
    let name_id = note_optional(journal, Check::NameId, name_id(identifier, expected, crypto))?;

    let bounds = [assertion.conditions.not_on_or_after, oldest_end];
    let not_on_or_after = bounds.into_iter().flatten().fold(confirmed_until, UnixTime::min);
    Ok(VerifiedAssertion {
        identity: Identity { issuer: String::from(&*assertion.issuer), name_id, attributes },
        replay_key: ReplayKey {
            issuer: String::from(&*assertion.issuer),
            assertion_id: assertion.id.to_owned(),
            expires_at: not_on_or_after.saturating_add(expected.clock_skew),
        },
        assertion_id: assertion.id.to_owned(),
        response_id: response.id.to_owned(),
        in_response_to: match expected.solicitation {
            Solicitation::InResponseTo(id) => Some(id.to_owned()),
            Solicitation::Unsolicited => None,
        },
        session_index: authn.session_index.map(str::to_owned),
        session_not_on_or_after,
        authn_instant: authn.authn_instant,
        authn_context_class: authn.authn_context_class.as_deref().map(str::to_owned),
        not_on_or_after,
    })
}

/// What step 9 found out.
struct Rules<'a> {
    confirmed_until: UnixTime,
    oldest_end: Option<UnixTime>,
    session_not_on_or_after: Option<UnixTime>,
    authn: &'a AuthnStatement<'a>,
}

/// Step 9. All rules are looked at, so that whoever watches sees every setting that is wrong at once,
/// and the most specific failure is the answer.
fn check_rules<'a>(
    assertion: &'a Assertion<'_>,
    response: &UnverifiedResponse<'_>,
    expected: &ExpectedResponse<'_>,
    now: UnixTime,
    journal: &mut dyn Journal,
) -> Result<Rules<'a>, Error> {
    let skew = expected.clock_skew;
    let conditions = &assertion.conditions;
    let mut looked = Looked { journal, failures: Vec::new() };
    let response_issuer =
        response.issuer.as_ref().map(|issuer| validate::check_issuer(issuer, expected)).transpose();
    looked.at_optional(Check::ResponseIssuer, response_issuer);
    looked.at(Check::AssertionIssuer, validate::check_issuer(&assertion.issuer, expected));
    looked.at(Check::Destination, validate::check_destination(response, expected));
    looked.at(Check::Audience, validate::check_audience(conditions, expected));
    let confirmed_until = validate::check_subject_confirmation(assertion, response, expected, now);
    let confirmed_until = looked.at(Check::SubjectConfirmation, confirmed_until);
    let window = validate::check_conditions_window(conditions, now, skew);
    looked.at(Check::ConditionsWindow, window);
    let response_instant = validate::check_issue_instant(response.issue_instant, now, skew);
    looked.at(Check::ResponseIssueInstant, response_instant);
    let oldest_end = validate::check_issue_instant(assertion.issue_instant, now, skew)
        .and_then(|()| validate::check_age(assertion.issue_instant, expected, now));
    let oldest_end = looked.at(Check::AssertionIssueInstant, oldest_end);
    let session_end = validate::check_session_end(&assertion.authn_statements, now);
    let session_end = looked.at(Check::SessionEnd, session_end);
    let authn = assertion.authn_statements.first().ok_or(Error::MissingAuthnStatement);
    let authn = looked.at(Check::AuthnStatement, authn);
    let context = authn.map(|authn| validate::check_authn_context(authn, expected));
    looked.at_optional(Check::AuthnContext, context.transpose().map(Option::flatten));
    let fresh = authn.map(|authn| validate::check_authn_instant(authn, expected));
    looked.at_optional(Check::AuthnInstant, fresh.transpose().map(Option::flatten));

    looked.answer()?;
    // Nothing failed, so all of them are there; were one not, this would refuse.
    let (Some(confirmed_until), Some(oldest_end), Some(session_not_on_or_after), Some(authn)) =
        (confirmed_until, oldest_end, session_end, authn)
    else {
        return Err(Error::NotCovered);
    };
    Ok(Rules { confirmed_until, oldest_end, session_not_on_or_after, authn })
}

/// The rules of step 9 that were looked at. A failure goes here at once, so that none can be forgotten, and
/// so that the first sign-in of an isolate has no code to compile that drops a dozen results in every order.
struct Looked<'j> {
    journal: &'j mut dyn Journal,
    failures: Vec<(Check, Error)>,
}

impl Looked<'_> {
    /// What the rule found out, if it holds.
    fn at<T>(&mut self, check: Check, result: Result<T, Error>) -> Option<T> {
        note(self.journal, check, result).map_err(|error| self.failures.push((check, error))).ok()
    }

    /// The same where what is checked may be absent.
    fn at_optional<T>(&mut self, check: Check, result: Result<Option<T>, Error>) {
        if let Err(error) = note_optional(self.journal, check, result) {
            self.failures.push((check, error));
        }
    }

    fn answer(self) -> Result<(), Error> {
        ranking::most_specific(self.failures).map_or(Ok(()), |(_, error)| Err(error))
    }
}

/// The NameID, decrypted where it has to be.
fn name_id(
    identifier: Identifier<'_>,
    expected: &ExpectedResponse<'_>,
    crypto: &dyn Crypto,
) -> Result<Option<NameId>, Error> {
    match identifier {
        Identifier::None => Ok(None),
        Identifier::NameId(name_id) => Ok(Some(name_id)),
        Identifier::EncryptedId(encrypted) => {
            let ExpectedResponse { decryption_keys, encryption_rules, .. } = expected;
            decryption::decrypt_name_id(encrypted, decryption_keys, encryption_rules, crypto)
                .map(Some)
        }
    }
}
