//! A response as a checklist, for the person who has to find out why nobody gets in.
//!
//! The verifier itself makes the checks, and a journal writes down how each of them ended: there is no
//! second one that could say something else. What the message claims is read apart from that, leniently
//! and unverified, and is only ever shown.

mod claims;
mod redact;

use alloc::borrow::Cow;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

pub use self::claims::{Claim, ClaimedAttribute, Claims};
use super::check::{Check, Journal, Noted, note};
use super::expected::ExpectedResponse;
use super::{Error, binding, ranking, verify};
use crate::crypto::Crypto;
use crate::diagnostic::Diagnostic as _;
use crate::limits::XmlLimits;
use crate::remedy::{Console, Remedy};
use crate::time::UnixTime;
use crate::xml::{Document, Element};

/// A response, check by check.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Explanation {
    /// What comes of it.
    pub verdict: Verdict,
    /// One for each of [`Check::ALL`], in this order.
    pub findings: Vec<Finding>,
    /// What the message says about itself. Unverified, whatever the verdict is.
    pub claims: Claims,
    /// Whose console the identity provider has, as far as settings or claims give it away.
    pub identity_provider: Option<Console>,
    /// The helpdesk that the message is made for, if it is for one directly and not for a desk.
    pub helpdesk: Option<Console>,
}

/// What comes of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// [`super::verify_response`] accepts it.
    Accepted,
    /// [`super::verify_response`] refuses it, and this check is the reason that it gives.
    Refused(Check),
    /// Nothing is wrong so far, and nobody said what to expect.
    Undecided,
}

/// How one check ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// Which check.
    pub check: Check,
    /// How it ended.
    pub outcome: Outcome,
    /// What would be accepted, where it can be said in words.
    pub expected: Option<String>,
    /// What the message has.
    pub found: Option<String>,
    /// Why it failed.
    pub problem: Option<Problem>,
}

/// Why a check failed; the four parts of a [`crate::diagnostic::Diagnostic`] but expected and found.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// Stable code.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to change, and in which box of every console.
    pub help: &'static str,
    /// The same for whoever knows the console: [`Remedy::advice`] and [`Remedy::places`].
    pub remedy: Option<Remedy>,
}

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// The message does not have what is checked, and need not.
    Absent,
    /// It failed.
    Failed,
    /// It needs the settings of a connection.
    NeedsSettings,
    /// A check before it failed.
    NotReached,
    /// It passed.
    Passed,
}

/// Whether an explanation may leave the hands of whom it is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Privacy {
    /// Names, e-mail addresses, attribute values and the words of the identity provider are hidden.
    Redacted,
    /// Everything is shown.
    #[default]
    Shown,
}

/// Explains a response: its XML, or the base64 form value of it.
///
/// Without `expected` only those checks are made that need no settings. Takes any bytes: whatever is
/// wrong with them is the answer.
#[must_use]
pub fn explain(
    message: &[u8],
    expected: Option<(&ExpectedResponse<'_>, UnixTime)>,
    crypto: &dyn Crypto,
    privacy: Privacy,
) -> Explanation {
    let mut notes = Notes::default();
    let verified = make_checks(message, expected, crypto, &mut notes);
    let verdict = match (verified, notes.most_specific_failure()) {
        (Ok(Some(_)), _) => Verdict::Accepted,
        (Ok(None), _) => Verdict::Undecided,
        (Err(_), Some(check)) => Verdict::Refused(check),
        // Every error is noted by the check that found it.
        (Err(_), None) => Verdict::Refused(Check::Encoding),
    };
    let mut explanation = Explanation {
        verdict,
        findings: notes.findings(expected),
        identity_provider: identity_provider(&notes.claims, expected),
        helpdesk: helpdesk(&notes.claims),
        claims: notes.claims,
    };
    if privacy == Privacy::Redacted {
        redact::redact(&mut explanation);
    }
    explanation
}

/// The settings know better than the message, which may be from somebody else.
fn identity_provider(
    claims: &Claims,
    expected: Option<(&ExpectedResponse<'_>, UnixTime)>,
) -> Option<Console> {
    let configured =
        expected.and_then(|(expected, _)| Console::of_entity_id(expected.idp_entity_id));
    let claimed = || {
        let issuers = [Claim::AssertionIssuer, Claim::ResponseIssuer];
        issuers.into_iter().find_map(|claim| Console::of_entity_id(claims.value(claim)?))
    };
    let names = || claims.attributes.iter().map(|attribute| attribute.name.as_str());
    configured.or_else(claimed).or_else(|| Console::of_attributes(names()))
}

fn helpdesk(claims: &Claims) -> Option<Console> {
    let names = [Claim::Destination, Claim::Recipient, Claim::Audience];
    names.into_iter().find_map(|claim| Console::of_service_provider(claims.value(claim)?))
}

/// `None` when nothing is expected.
fn make_checks(
    message: &[u8],
    expected: Option<(&ExpectedResponse<'_>, UnixTime)>,
    crypto: &dyn Crypto,
    notes: &mut Notes,
) -> Result<Option<()>, Error> {
    let xml = if is_xml(message) {
        notes.note(Check::Encoding, Noted::Absent);
        Cow::Borrowed(message)
    } else {
        Cow::Owned(note(notes, Check::Encoding, decode(message))?)
    };
    if let Ok(document) = Document::parse(&xml, &XmlLimits::MESSAGE) {
        notes.claims = Claims::of_message(document.root());
    }
    match expected {
        Some((expected, now)) => {
            verify::verify(&xml, expected, now, crypto, notes).map(drop).map(Some)
        }
        None => verify::inspect(&xml, notes).map(|()| None),
    }
}

/// XML begins with `<`, which base64 does not have; a byte order mark may stand before it.
fn is_xml(message: &[u8]) -> bool {
    let text = message.strip_prefix(b"\xef\xbb\xbf").unwrap_or(message);
    text.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'<')
}

fn decode(message: &[u8]) -> Result<Vec<u8>, Error> {
    let value = core::str::from_utf8(message).map_err(|_| Error::FormValueNotBase64)?;
    binding::post::decode_value(value)
}

/// What the journal wrote down.
#[derive(Debug, Default)]
struct Notes {
    noted: Vec<(Check, Note)>,
    claims: Claims,
}

#[derive(Debug)]
enum Note {
    Absent,
    Failed(Error),
    Passed,
}

impl Journal for Notes {
    fn note(&mut self, check: Check, noted: Noted<'_>) {
        let note = match noted {
            Noted::Absent => Note::Absent,
            Noted::Failed(error) => Note::Failed(error.clone()),
            Noted::Passed => Note::Passed,
        };
        self.noted.push((check, note));
    }

    fn decrypted(&mut self, assertion: Element<'_>) {
        self.claims.add_assertion(assertion);
    }
}

impl Notes {
    /// As the verifier chooses it.
    fn most_specific_failure(&self) -> Option<Check> {
        let failures = self.noted.iter().filter_map(|(check, note)| match note {
            Note::Failed(error) => Some((*check, error)),
            _ => None,
        });
        ranking::most_specific(failures).map(|(check, _)| check)
    }

    fn findings(&self, expected: Option<(&ExpectedResponse<'_>, UnixTime)>) -> Vec<Finding> {
        let unmade = if expected.is_none() && self.most_specific_failure().is_none() {
            Outcome::NeedsSettings
        } else {
            Outcome::NotReached
        };
        Check::ALL
            .into_iter()
            .map(|check| {
                let note = self.noted.iter().find(|(noted, _)| *noted == check);
                self.finding(check, note.map(|(_, note)| note), unmade, expected)
            })
            .collect()
    }

    fn finding(
        &self,
        check: Check,
        note: Option<&Note>,
        unmade: Outcome,
        expected: Option<(&ExpectedResponse<'_>, UnixTime)>,
    ) -> Finding {
        let demand = expected.and_then(|(expected, now)| claims::demand(check, expected, now));
        let (outcome, error) = match note {
            Some(Note::Absent) => (Outcome::Absent, None),
            Some(Note::Failed(error)) => (Outcome::Failed, Some(error)),
            Some(Note::Passed) => (Outcome::Passed, None),
            None => (unmade, None),
        };
        let claimed = self.claims.answer(check);
        let problem = error.map(|error| Problem {
            code: error.code(),
            message: error.to_string(),
            help: error.help(),
            remedy: error.remedy(),
        });
        let (expected, found) = match error {
            Some(error) => (error.expected().or(demand), error.found()),
            None => (demand, claimed),
        };
        Finding { check, outcome, expected, found, problem }
    }
}
