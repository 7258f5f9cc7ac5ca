//! From the bytes of a Response to a verified sign-in.

use alloc::borrow::ToOwned as _;
use alloc::string::String;

use super::assertion::{Assertion, SignedAssertion};
use super::decryption;
use super::error::Error;
use super::expected::{ExpectedResponse, ReplayKey, Solicitation, VerifiedAssertion};
use super::response::{Content, UnverifiedResponse, parse_issuer};
use super::subject::Identifier;
use super::validate;
use crate::crypto::Crypto;
use crate::dsig::{self, SignedElement};
use crate::identity::{Identity, NameId};
use crate::limits::XmlLimits;
use crate::time::UnixTime;
use crate::xml::{Document, Element, names};

/// Verifies a samlp:Response that came by HTTP-POST, after [`super::decode_post_value`].
///
/// In this order; the first step that fails is the answer:
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
pub fn verify_response(
    xml: &[u8],
    expected: &ExpectedResponse<'_>,
    now: UnixTime,
    crypto: &dyn Crypto,
) -> Result<VerifiedAssertion, Error> {
    validate::check_expected(expected)?;
    let document = parse_message(xml)?;
    let response = UnverifiedResponse::parse(document.root())?;
    validate::check_status(&response.status)?;
    let content = response.content.ok_or(Error::NoAssertion)?;
    let signatures = Signatures { expected, crypto };
    let signed_response = signatures.verify_if_signed(response.element)?;

    match content {
        Content::Assertion(assertion) => {
            let signed = signatures.signed_assertion(signed_response.as_ref(), assertion)?;
            validate_assertion(&Assertion::parse(signed)?, &response, expected, now, crypto)
        }
        Content::EncryptedAssertion(encrypted) => {
            let plaintext = decryption::decrypt_assertion(
                encrypted,
                signed_response.as_ref(),
                expected,
                crypto,
            )?;
            let document = parse_message(&plaintext)?;
            let signed = signatures.signed_plaintext(
                signed_response.as_ref(),
                encrypted,
                document.root(),
            )?;
            validate_assertion(&Assertion::parse(signed)?, &response, expected, now, crypto)
        }
    }
}

/// The Issuer that a message claims, unverified, to choose among configured connections for an
/// unsolicited response. Whatever is chosen then verifies with its own keys and entity ID.
///
/// # Errors
/// [`Error`] when the bytes are not a Response with an Issuer in it or in its plain Assertion.
pub fn peek_issuer(xml: &[u8]) -> Result<String, Error> {
    let document = parse_message(xml)?;
    let response = UnverifiedResponse::parse(document.root())?;
    if let Some(issuer) = response.issuer {
        return Ok(issuer);
    }
    let Some(Content::Assertion(assertion)) = response.content else {
        return Err(Error::NoIssuer);
    };
    let issuer =
        assertion.child_elements().next().filter(|e| e.is(names::SAML_ASSERTION, "Issuer"));
    parse_issuer(issuer.ok_or(Error::NoIssuer)?)
}

/// Steps 2 and 3: a tree in which no two IDs are equal and every Signature stands where the SAML
/// schemas have one.
fn parse_message(xml: &[u8]) -> Result<Document<'_>, Error> {
    let document = Document::parse(xml, &XmlLimits::MESSAGE)?;
    if let Some(position) = document.has_processing_instruction() {
        return Err(Error::ProcessingInstruction { position });
    }
    dsig::check_ids(&document)?;
    for signature in dsig::signatures(&document) {
        if !is_signature_place(signature, document.root()) {
            return Err(Error::MisplacedSignature { position: signature.position() });
        }
    }
    Ok(document)
}

/// A Signature is a child of the root, or of an Assertion that is a child of the root. In any other
/// place (Object, Extensions, Advice, Subject) it is the leftover of a wrapping attack (S-07).
fn is_signature_place(signature: Element<'_>, root: Element<'_>) -> bool {
    let Some(parent) = signature.parent() else { return false };
    parent == root
        || (parent.is(names::SAML_ASSERTION, "Assertion")
            && parent.parent().is_some_and(|grandparent| grandparent == root))
}

/// Step 6.
struct Signatures<'a> {
    expected: &'a ExpectedResponse<'a>,
    crypto: &'a dyn Crypto,
}

impl Signatures<'_> {
    /// The verified signature of `element`, `None` only when it has no Signature at all.
    fn verify_if_signed<'doc>(
        &self,
        element: Element<'doc>,
    ) -> Result<Option<SignedElement<'doc>>, Error> {
        if !element.child_elements().any(|child| child.is(names::DSIG, "Signature")) {
            return Ok(None);
        }
        let ExpectedResponse { keys, signature_rules, .. } = self.expected;
        Ok(Some(dsig::verify(element, keys, signature_rules, self.crypto)?))
    }

    fn signed_assertion<'doc>(
        &self,
        response: Option<&SignedElement<'doc>>,
        assertion: Element<'doc>,
    ) -> Result<SignedAssertion<'doc>, Error> {
        let own = self.verify_if_signed(assertion)?;
        self.check_required(response.is_some(), own.is_some())?;
        match (own, response) {
            (Some(own), _) => SignedAssertion::itself(&own),
            (None, Some(response)) => SignedAssertion::within(response, assertion),
            (None, None) => Err(Error::NotSigned),
        }
    }

    fn signed_plaintext<'doc>(
        &self,
        response: Option<&SignedElement<'_>>,
        encrypted: Element<'_>,
        plaintext: Element<'doc>,
    ) -> Result<SignedAssertion<'doc>, Error> {
        let own = self.verify_if_signed(plaintext)?;
        self.check_required(response.is_some(), own.is_some())?;
        match (own, response) {
            (Some(own), _) => SignedAssertion::itself(&own),
            (None, Some(response)) => SignedAssertion::decrypted(response, encrypted, plaintext),
            (None, None) => Err(Error::NotSigned),
        }
    }

    fn check_required(&self, response: bool, assertion: bool) -> Result<(), Error> {
        validate::check_required_signature(self.expected.required_signature, response, assertion)
    }
}

/// Step 9, and the result: everything in it comes from the signed assertion, but the ID of the
/// Response.
fn validate_assertion(
    assertion: &Assertion<'_>,
    response: &UnverifiedResponse<'_>,
    expected: &ExpectedResponse<'_>,
    now: UnixTime,
    crypto: &dyn Crypto,
) -> Result<VerifiedAssertion, Error> {
    let skew = expected.clock_skew;
    if let Some(issuer) = &response.issuer {
        validate::check_issuer(issuer, expected)?;
    }
    validate::check_issuer(&assertion.issuer, expected)?;
    validate::check_destination(response, expected)?;
    validate::check_audience(&assertion.conditions, expected)?;
    let confirmed_until = validate::check_subject_confirmation(assertion, response, expected, now)?;
    validate::check_conditions_window(&assertion.conditions, now, skew)?;
    validate::check_issue_instant(response.issue_instant, now, skew)?;
    validate::check_issue_instant(assertion.issue_instant, now, skew)?;
    let session_not_on_or_after = validate::check_session_end(&assertion.authn_statements, now)?;
    let authn = assertion.authn_statements.first().ok_or(Error::MissingAuthnStatement)?;
    let name_id = name_id(assertion, expected, crypto)?;

    let not_on_or_after = assertion
        .conditions
        .not_on_or_after
        .map_or(confirmed_until, |end| end.min(confirmed_until));
    Ok(VerifiedAssertion {
        identity: Identity {
            issuer: assertion.issuer.clone(),
            name_id,
            attributes: assertion.attributes.clone(),
        },
        replay_key: ReplayKey {
            issuer: assertion.issuer.clone(),
            assertion_id: assertion.id.to_owned(),
            expires_at: not_on_or_after.saturating_add(skew),
        },
        assertion_id: assertion.id.to_owned(),
        response_id: response.id.to_owned(),
        in_response_to: match expected.solicitation {
            Solicitation::InResponseTo(id) => Some(id.to_owned()),
            Solicitation::Unsolicited => None,
        },
        session_index: authn.session_index.clone(),
        session_not_on_or_after,
        authn_instant: authn.authn_instant,
        authn_context_class: authn.authn_context_class.clone(),
        not_on_or_after,
    })
}

/// The NameID, decrypted where it has to be.
fn name_id(
    assertion: &Assertion<'_>,
    expected: &ExpectedResponse<'_>,
    crypto: &dyn Crypto,
) -> Result<Option<NameId>, Error> {
    match &assertion.subject.identifier {
        Identifier::None => Ok(None),
        Identifier::NameId(name_id) => Ok(Some(name_id.clone())),
        Identifier::EncryptedId(encrypted) => {
            decryption::decrypt_name_id(*encrypted, expected, crypto).map(Some)
        }
    }
}
