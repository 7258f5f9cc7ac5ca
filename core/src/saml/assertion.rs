//! saml:Assertion as the schema has it (SAML Core 2.3.3), read from an element that is signed.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use super::Error;
use super::conditions::Conditions;
use super::response::{check_version, parse_issuer};
use super::statements::{Attributes, AuthnStatement};
use super::subject::Subject;
use super::text::{required_date_time, required_id};
use crate::diagnostic::Excerpt;
use crate::dsig::SignedElement;
use crate::identity::Attribute;
use crate::time::UnixTime;
use crate::xml::{self, Element, Sequence, names};

/// A saml:Assertion element that a verified signature covers. The only way to an [`Assertion`].
#[derive(Clone, Copy, Debug)]
pub(super) struct SignedAssertion<'doc>(Element<'doc>);

impl<'doc> SignedAssertion<'doc> {
    /// An Assertion with a signature of its own.
    pub(super) fn itself(signed: &SignedElement<'doc>) -> Result<Self, Error> {
        Self::of(signed.element())
    }

    /// An Assertion that is a child of a signed Response.
    pub(super) fn within(
        response: &SignedElement<'doc>,
        assertion: Element<'doc>,
    ) -> Result<Self, Error> {
        check_is_child(assertion, response)?;
        Self::of(assertion)
    }

    /// The root of what was decrypted from an EncryptedAssertion that is a child of a signed Response:
    /// the signature covers the ciphertext, and with it this text.
    pub(super) fn decrypted(
        response: &SignedElement<'_>,
        encrypted: Element<'_>,
        plaintext: Element<'doc>,
    ) -> Result<Self, Error> {
        check_is_child(encrypted, response)?;
        Self::of(plaintext)
    }

    fn of(element: Element<'doc>) -> Result<Self, Error> {
        if element.is(names::SAML_ASSERTION, "Assertion") {
            Ok(Self(element))
        } else {
            Err(Error::NotAnAssertion { found: Excerpt::new(element.local_name()) })
        }
    }
}

/// What is covered is what the signed element contains; anything else is a mistake in this module.
fn check_is_child(child: Element<'_>, of: &SignedElement<'_>) -> Result<(), Error> {
    if child.parent().is_some_and(|parent| parent == of.element()) {
        Ok(())
    } else {
        Err(Error::NotCovered)
    }
}

/// An Assertion that is signed and has the right structure; its conditions are not checked yet. Its attributes
/// are apart from it, because no rule reads them.
#[derive(Clone, Debug)]
pub(super) struct Assertion<'doc> {
    pub(super) id: &'doc str,
    pub(super) issue_instant: UnixTime,
    pub(super) issuer: Cow<'doc, str>,
    pub(super) subject: Subject<'doc>,
    pub(super) conditions: Conditions<'doc>,
    pub(super) authn_statements: Vec<AuthnStatement<'doc>>,
}

impl<'doc> Assertion<'doc> {
    /// Issuer, Signature?, Subject, Conditions, Advice?, statements.
    ///
    /// Subject and Conditions are optional in the schema and required for a sign-in (SAML Profiles
    /// 4.1.4.2). Advice is not looked into, whatever stands there (attacks S-15).
    ///
    /// `input` is the text of its document.
    pub(super) fn parse<'i>(
        signed: SignedAssertion<'doc>,
        input: &'i str,
    ) -> Result<(Self, Vec<Attribute<'i>>), Error> {
        let SignedAssertion(element) = signed;
        check_version(element)?;
        xml::check_attributes(element, &["ID", "Version", "IssueInstant"])?;
        let mut children = Sequence::of(element)?;
        let issuer = parse_issuer(children.required(names::SAML_ASSERTION, "Issuer")?)?;
        children.optional(names::DSIG, "Signature")?;
        let subject = children.optional(names::SAML_ASSERTION, "Subject")?;
        let conditions = children.optional(names::SAML_ASSERTION, "Conditions")?;
        children.optional(names::SAML_ASSERTION, "Advice")?;
        let (authn_statements, attributes) = parse_statements(children, input)?;
        let assertion = Self {
            id: required_id(element)?,
            issue_instant: required_date_time(element, "IssueInstant")?,
            issuer,
            subject: Subject::parse(subject.ok_or(Error::MissingSubject)?)?,
            conditions: Conditions::parse(conditions.ok_or(Error::MissingConditions)?)?,
            authn_statements,
        };
        Ok((assertion, attributes))
    }
}

/// (Statement | AuthnStatement | AuthzDecisionStatement | AttributeStatement)*. The first and third
/// say nothing about who signed in.
fn parse_statements<'doc, 'i>(
    mut children: Sequence<'doc>,
    input: &'i str,
) -> Result<(Vec<AuthnStatement<'doc>>, Vec<Attribute<'i>>), Error> {
    // Nearly always there is one.
    let mut authn_statements = Vec::with_capacity(1);
    let mut attributes = Attributes::of(input);
    while let Some(statement) = children.any()? {
        if statement.is(names::SAML_ASSERTION, "AuthnStatement") {
            authn_statements.push(AuthnStatement::parse(statement)?);
        } else if statement.is(names::SAML_ASSERTION, "AttributeStatement") {
            attributes.add_statement(statement)?;
        } else if !statement.is(names::SAML_ASSERTION, "AuthzDecisionStatement")
            && !statement.is(names::SAML_ASSERTION, "Statement")
        {
            return Err(xml::ContentError::unexpected(statement).into());
        }
    }
    Ok((authn_statements, attributes.into_list()))
}
