//! What a message says about itself, read leniently and unverified: for showing, never for deciding.

use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use crate::diagnostic::Excerpt;
use crate::saml::check::Check;
use crate::saml::constants::STATUS_SUCCESS;
use crate::saml::expected::{ExpectedResponse, RequiredSignature, Solicitation};
use crate::time::UnixTime;
use crate::xml::{Element, names};

/// Most attributes, and most values of one, that are shown.
const MAX_SHOWN: usize = 100;

/// What a message says about itself. Nothing of it is verified.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Claims {
    /// Single values, in the order in which people look for them.
    pub values: Vec<(Claim, String)>,
    /// The attributes of the person.
    pub attributes: Vec<ClaimedAttribute>,
}

/// An attribute as the message has it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClaimedAttribute {
    /// Its Name.
    pub name: String,
    /// Its values.
    pub values: Vec<String>,
}

/// A single value that a message may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Claim {
    /// Local name of the root, where it is not Response.
    Root,
    /// ID of the Response.
    ResponseId,
    /// IssueInstant of the Response.
    ResponseIssueInstant,
    /// Issuer of the Response.
    ResponseIssuer,
    /// Destination of the Response.
    Destination,
    /// InResponseTo of the Response.
    InResponseTo,
    /// The status codes.
    Status,
    /// StatusMessage: the words of the identity provider.
    StatusMessage,
    /// Algorithm of the Signature of the Response.
    ResponseSignature,
    /// How many assertions there are, and whether they are encrypted.
    Assertions,
    /// ID of the Assertion.
    AssertionId,
    /// IssueInstant of the Assertion.
    AssertionIssueInstant,
    /// Issuer of the Assertion.
    AssertionIssuer,
    /// Algorithm of the Signature of the Assertion.
    AssertionSignature,
    /// NameID.
    NameId,
    /// Format of the NameID.
    NameIdFormat,
    /// Recipient of the first SubjectConfirmationData.
    Recipient,
    /// InResponseTo of the first SubjectConfirmationData.
    ConfirmationInResponseTo,
    /// NotOnOrAfter of the first SubjectConfirmationData.
    ConfirmationNotOnOrAfter,
    /// NotBefore of Conditions.
    NotBefore,
    /// NotOnOrAfter of Conditions.
    NotOnOrAfter,
    /// Every Audience.
    Audience,
    /// AuthnInstant.
    AuthnInstant,
    /// AuthnContextClassRef.
    AuthnContext,
    /// SessionNotOnOrAfter.
    SessionNotOnOrAfter,
}

impl Claim {
    /// Stable name for programs, in snake case.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.describe().0
    }

    /// Its label, for people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        self.describe().1
    }

    const fn describe(self) -> (&'static str, &'static str) {
        match self {
            Self::Root => ("root", "root element"),
            Self::ResponseId => ("response_id", "response"),
            Self::ResponseIssueInstant => ("response_issue_instant", "issued"),
            Self::ResponseIssuer => ("response_issuer", "issuer"),
            Self::Destination => ("destination", "destination"),
            Self::InResponseTo => ("in_response_to", "answers"),
            Self::Status => ("status", "status"),
            Self::StatusMessage => ("status_message", "its words"),
            Self::ResponseSignature => ("response_signature", "signed with"),
            Self::Assertions => ("assertions", "assertions"),
            Self::AssertionId => ("assertion_id", "assertion"),
            Self::AssertionIssueInstant => ("assertion_issue_instant", "issued"),
            Self::AssertionIssuer => ("assertion_issuer", "issuer"),
            Self::AssertionSignature => ("assertion_signature", "signed with"),
            Self::NameId => ("name_id", "NameID"),
            Self::NameIdFormat => ("name_id_format", "its format"),
            Self::Recipient => ("recipient", "recipient"),
            Self::ConfirmationInResponseTo => ("confirmation_in_response_to", "answers"),
            Self::ConfirmationNotOnOrAfter => ("confirmation_not_on_or_after", "usable until"),
            Self::NotBefore => ("not_before", "valid from"),
            Self::NotOnOrAfter => ("not_on_or_after", "valid until"),
            Self::Audience => ("audience", "audience"),
            Self::AuthnInstant => ("authn_instant", "signed in"),
            Self::AuthnContext => ("authn_context", "by"),
            Self::SessionNotOnOrAfter => ("session_not_on_or_after", "session until"),
        }
    }
}

impl Claims {
    /// Of a whole message.
    pub(super) fn of_message(root: Element<'_>) -> Self {
        let mut claims = Self::default();
        if root.is(names::SAML_ASSERTION, "Assertion") {
            claims.add(Claim::Root, Some(root.local_name()));
            claims.add_assertion(root);
            return claims;
        }
        if !root.is(names::SAML_PROTOCOL, "Response") {
            claims.add(Claim::Root, Some(root.local_name()));
        }
        claims.add(Claim::ResponseId, root.attribute("ID"));
        claims.add(Claim::ResponseIssueInstant, root.attribute("IssueInstant"));
        claims.add_text(Claim::ResponseIssuer, child(root, names::SAML_ASSERTION, "Issuer"));
        claims.add(Claim::Destination, root.attribute("Destination"));
        claims.add(Claim::InResponseTo, root.attribute("InResponseTo"));
        claims.add_status(child(root, names::SAML_PROTOCOL, "Status"));
        claims.add_signature(Claim::ResponseSignature, root);

        let count = |name| {
            root.child_elements().filter(|child| child.is(names::SAML_ASSERTION, name)).count()
        };
        let (plain, encrypted) = (count("Assertion"), count("EncryptedAssertion"));
        let assertions = match (plain, encrypted) {
            (0, 0) => "none".to_string(),
            (plain, 0) => plain.to_string(),
            (0, encrypted) => format!("{encrypted}, encrypted"),
            (plain, encrypted) => format!("{plain}, and {encrypted} encrypted"),
        };
        claims.add(Claim::Assertions, Some(&assertions));
        if let Some(assertion) = child(root, names::SAML_ASSERTION, "Assertion") {
            claims.add_assertion(assertion);
        }
        claims
    }

    /// Of an assertion, as it came or decrypted.
    pub(super) fn add_assertion(&mut self, assertion: Element<'_>) {
        self.add(Claim::AssertionId, assertion.attribute("ID"));
        self.add(Claim::AssertionIssueInstant, assertion.attribute("IssueInstant"));
        self.add_text(
            Claim::AssertionIssuer,
            child_of(Some(assertion), names::SAML_ASSERTION, "Issuer"),
        );
        self.add_signature(Claim::AssertionSignature, assertion);

        let subject = child(assertion, names::SAML_ASSERTION, "Subject");
        let name_id = child_of(subject, names::SAML_ASSERTION, "NameID");
        self.add_text(Claim::NameId, name_id);
        self.add(Claim::NameIdFormat, name_id.and_then(|name_id| name_id.attribute("Format")));
        let confirmation = child_of(subject, names::SAML_ASSERTION, "SubjectConfirmation");
        let data = child_of(confirmation, names::SAML_ASSERTION, "SubjectConfirmationData");
        let of_data = |name| data.and_then(|data| data.attribute(name));
        self.add(Claim::Recipient, of_data("Recipient"));
        self.add(Claim::ConfirmationInResponseTo, of_data("InResponseTo"));
        self.add(Claim::ConfirmationNotOnOrAfter, of_data("NotOnOrAfter"));

        if let Some(conditions) = child(assertion, names::SAML_ASSERTION, "Conditions") {
            self.add(Claim::NotBefore, conditions.attribute("NotBefore"));
            self.add(Claim::NotOnOrAfter, conditions.attribute("NotOnOrAfter"));
            let audiences = children(conditions, "AudienceRestriction")
                .flat_map(|restriction| children(restriction, "Audience"));
            for audience in audiences.take(MAX_SHOWN) {
                self.add_text(Claim::Audience, Some(audience));
            }
        }
        if let Some(statement) = child(assertion, names::SAML_ASSERTION, "AuthnStatement") {
            self.add(Claim::AuthnInstant, statement.attribute("AuthnInstant"));
            let context = child(statement, names::SAML_ASSERTION, "AuthnContext");
            self.add_text(
                Claim::AuthnContext,
                child_of(context, names::SAML_ASSERTION, "AuthnContextClassRef"),
            );
            self.add(Claim::SessionNotOnOrAfter, statement.attribute("SessionNotOnOrAfter"));
        }
        let attributes = children(assertion, "AttributeStatement")
            .flat_map(|statement| children(statement, "Attribute"));
        self.attributes.extend(attributes.take(MAX_SHOWN).map(ClaimedAttribute::of));
    }

    /// The first value of this kind.
    #[must_use]
    pub fn value(&self, claim: Claim) -> Option<&str> {
        self.values.iter().find(|(of, _)| *of == claim).map(|(_, value)| value.as_str())
    }

    /// What the message has for a check.
    pub(super) fn answer(&self, check: Check) -> Option<String> {
        let value = |claim| self.value(claim).map(String::from);
        match check {
            Check::Status => value(Claim::Status),
            Check::AssertionPresent | Check::Decryption => value(Claim::Assertions),
            Check::ResponseSignature => value(Claim::ResponseSignature),
            Check::AssertionSignature => value(Claim::AssertionSignature),
            Check::ResponseIssuer => value(Claim::ResponseIssuer),
            Check::AssertionIssuer => value(Claim::AssertionIssuer),
            Check::Destination => value(Claim::Destination),
            Check::Audience => {
                let all = self.values.iter().filter(|(claim, _)| *claim == Claim::Audience);
                let all: Vec<&str> = all.map(|(_, value)| value.as_str()).collect();
                (!all.is_empty()).then(|| all.join(", "))
            }
            Check::SubjectConfirmation => self.confirmation(),
            Check::ConditionsWindow => self.window(),
            Check::ResponseIssueInstant => value(Claim::ResponseIssueInstant),
            Check::AssertionIssueInstant => value(Claim::AssertionIssueInstant),
            Check::SessionEnd => value(Claim::SessionNotOnOrAfter),
            Check::AuthnStatement => value(Claim::AuthnInstant),
            Check::AuthnContext => value(Claim::AuthnContext),
            Check::AuthnInstant => value(Claim::AuthnInstant),
            Check::NameId => value(Claim::NameId),
            _ => None,
        }
    }

    fn confirmation(&self) -> Option<String> {
        let recipient = self.value(Claim::Recipient)?;
        let mut text = format!("at {recipient}");
        if let Some(request) = self.value(Claim::ConfirmationInResponseTo) {
            text.push_str(&format!(", in answer to {request}"));
        }
        if let Some(end) = self.value(Claim::ConfirmationNotOnOrAfter) {
            text.push_str(&format!(", until {end}"));
        }
        Some(text)
    }

    fn window(&self) -> Option<String> {
        match (self.value(Claim::NotBefore), self.value(Claim::NotOnOrAfter)) {
            (Some(begin), Some(end)) => Some(format!("from {begin} until {end}")),
            (Some(begin), None) => Some(format!("from {begin}")),
            (None, Some(end)) => Some(format!("until {end}")),
            (None, None) => None,
        }
    }

    fn add(&mut self, claim: Claim, value: Option<&str>) {
        if let Some(value) = value {
            self.values.push((claim, Excerpt::new(value.trim()).into()));
        }
    }

    fn add_text(&mut self, claim: Claim, element: Option<Element<'_>>) {
        if let Some(text) = element.and_then(|element| element.text().ok()) {
            self.add(claim, Some(&text));
        }
    }

    fn add_status(&mut self, status: Option<Element<'_>>) {
        let Some(status) = status else { return };
        let code = child(status, names::SAML_PROTOCOL, "StatusCode");
        let sub_code = child_of(code, names::SAML_PROTOCOL, "StatusCode");
        let mut text = String::new();
        for code in [code, sub_code].into_iter().flatten() {
            if !text.is_empty() {
                text.push_str("; ");
            }
            text.push_str(Excerpt::new(code.attribute("Value").unwrap_or_default()).as_str());
        }
        self.add(Claim::Status, Some(&text));
        self.add_text(Claim::StatusMessage, child(status, names::SAML_PROTOCOL, "StatusMessage"));
    }

    fn add_signature(&mut self, claim: Claim, signed: Element<'_>) {
        let signature = child(signed, names::DSIG, "Signature");
        let info = signature.and_then(|signature| child(signature, names::DSIG, "SignedInfo"));
        let method = info.and_then(|info| child(info, names::DSIG, "SignatureMethod"));
        self.add(claim, method.and_then(|method| method.attribute("Algorithm")));
    }
}

impl ClaimedAttribute {
    fn of(element: Element<'_>) -> Self {
        let text = |value: Element<'_>| match value.text() {
            Ok(text) => Excerpt::new(&text).into(),
            Err(_) => "(elements)".to_string(),
        };
        Self {
            name: Excerpt::new(element.attribute("Name").unwrap_or_default()).into(),
            values: children(element, "AttributeValue").take(MAX_SHOWN).map(text).collect(),
        }
    }
}

fn child<'doc>(parent: Element<'doc>, namespace: &str, name: &str) -> Option<Element<'doc>> {
    parent.child_elements().find(|child| child.is(namespace, name))
}

fn child_of<'doc>(
    parent: Option<Element<'doc>>,
    namespace: &str,
    name: &str,
) -> Option<Element<'doc>> {
    parent.and_then(|parent| child(parent, namespace, name))
}

/// Children of the assertion namespace.
fn children<'doc>(
    parent: Element<'doc>,
    name: &'static str,
) -> impl Iterator<Item = Element<'doc>> {
    parent.child_elements().filter(move |child| child.is(names::SAML_ASSERTION, name))
}

/// What the settings want of a check, in words.
pub(super) fn demand(
    check: Check,
    expected: &ExpectedResponse<'_>,
    now: UnixTime,
) -> Option<String> {
    let text = |text: &str| Some(Excerpt::new(text).into());
    match check {
        Check::Status => text(STATUS_SUCCESS),
        Check::RequiredSignatures => text(match expected.required_signature {
            RequiredSignature::Assertion => "a signed assertion",
            RequiredSignature::Both => "a signed response and a signed assertion",
            RequiredSignature::Either => "a signed response or a signed assertion",
            RequiredSignature::Response => "a signed response",
        }),
        Check::ResponseIssuer | Check::AssertionIssuer => text(expected.idp_entity_id),
        Check::Destination => text(expected.acs_url),
        Check::Audience => text(expected.audience),
        Check::SubjectConfirmation => Some(match expected.solicitation {
            Solicitation::InResponseTo(request) => format!(
                "at {}, in answer to {}, not before {now}",
                Excerpt::new(expected.acs_url),
                Excerpt::new(request)
            ),
            Solicitation::Unsolicited => {
                format!(
                    "at {}, in answer to nothing, not before {now}",
                    Excerpt::new(expected.acs_url)
                )
            }
        }),
        Check::ConditionsWindow => {
            Some(format!("{now}, give or take {} seconds", expected.clock_skew.as_secs()))
        }
        Check::ResponseIssueInstant | Check::AssertionIssueInstant => {
            Some(format!("not later than {}", now.saturating_add(expected.clock_skew)))
        }
        Check::SessionEnd => Some(format!("later than {now}")),
        Check::AuthnContext => {
            let allowed = expected.further.authn_contexts;
            (!allowed.is_empty()).then(|| Excerpt::new(&allowed.join(", ")).into())
        }
        Check::AuthnInstant => {
            expected.further.authenticated_since.map(|since| format!("{since} or later"))
        }
        _ => None,
    }
}
