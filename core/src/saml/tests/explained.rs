//! The checklist says what the verifier says, of any bytes, and shows nobody's name when asked not to.

use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::message::{ACS_URL, AUDIENCE, EVERY_WAY, IDP, Message, NOW, PERSON, Signed, expected};
use crate::base64;
use crate::diagnostic::Diagnostic as _;
use crate::remedy::{Console, Remedy};
use crate::saml::forge::{CRYPTO, public_key};
use crate::saml::{
    Check, Claim, Error, ExpectedResponse, Explanation, Finding, Outcome, Privacy, Verdict,
    VerifiedAssertion, explain,
};
use crate::time::UnixTime;

/// Verifier and checklist come to the same, whatever the message is. Every message that other tests
/// verify comes by here too.
#[track_caller]
pub(super) fn check_agrees(
    message: &[u8],
    demands: &ExpectedResponse<'_>,
    now: UnixTime,
    result: &Result<VerifiedAssertion<'_>, Error>,
) {
    let explanation = explain(message, Some((demands, now)), &CRYPTO, Privacy::Shown);
    let checks: Vec<Check> = explanation.findings.iter().map(|finding| finding.check).collect();
    assert_eq!(checks, Check::ALL);
    let first = first_failed(&explanation);
    match result {
        Ok(_) => {
            assert_eq!(explanation.verdict, Verdict::Accepted);
            let is_good = |f: &Finding| matches!(f.outcome, Outcome::Passed | Outcome::Absent);
            assert!(explanation.findings.iter().all(is_good), "{explanation:#?}");
        }
        // Bytes that do not look like XML are taken for base64 first.
        Err(_) if first.is_some_and(|finding| finding.check == Check::Encoding) => {}
        Err(error) => {
            let Verdict::Refused(check) = explanation.verdict else { panic!("{explanation:#?}") };
            let reason = finding(&explanation, check);
            assert_eq!(reason.problem.as_ref().unwrap().code, error.code());
            assert_eq!(reason.found, error.found());
        }
    }
}

fn first_failed(explanation: &Explanation) -> Option<&Finding> {
    explanation.findings.iter().find(|finding| finding.outcome == Outcome::Failed)
}

fn explained(message: &str, privacy: Privacy) -> Explanation {
    let keys = [public_key("rsa")];
    explain(message.as_bytes(), Some((&expected(&keys), NOW)), &CRYPTO, privacy)
}

fn without_settings(message: &[u8]) -> Explanation {
    explain(message, None, &CRYPTO, Privacy::Shown)
}

fn finding(explanation: &Explanation, check: Check) -> &Finding {
    explanation.findings.iter().find(|finding| finding.check == check).unwrap()
}

fn outcomes(explanation: &Explanation, outcome: Outcome) -> usize {
    explanation.findings.iter().filter(|finding| finding.outcome == outcome).count()
}

#[test]
fn a_good_response_passes_every_check_and_shows_both_sides() {
    for signed in EVERY_WAY {
        let explanation = explained(&Message::new().signed(signed), Privacy::Shown);
        assert_eq!(explanation.verdict, Verdict::Accepted);
        let audience = finding(&explanation, Check::Audience);
        assert_eq!(audience.expected.as_deref(), Some(AUDIENCE));
        assert_eq!(audience.found.as_deref(), Some(AUDIENCE));
        let signature = finding(&explanation, Check::ResponseSignature).outcome;
        assert_eq!(signature == Outcome::Absent, signed == Signed::Assertion);
    }
}

#[test]
fn the_form_value_is_taken_too() {
    let value = base64::encode(Message::new().signed(Signed::Assertion).as_bytes());
    let explanation = explained(&value, Privacy::Shown);
    assert_eq!(explanation.verdict, Verdict::Accepted);
    assert_eq!(finding(&explanation, Check::Encoding).outcome, Outcome::Passed);
}

#[test]
fn every_wrong_setting_is_found_at_once_and_the_first_is_the_verdict() {
    let mut message = Message::new();
    message.conditions = message.conditions.replace(AUDIENCE, "urn:other");
    message.confirmation = message.confirmation.replace(ACS_URL, "https://old.contoso.com/acs");
    message.issuer = "<Issuer>https://sts.windows.net/other/</Issuer>".to_string();
    let explanation = explained(&message.signed(Signed::Assertion), Privacy::Shown);
    assert_eq!(explanation.verdict, Verdict::Refused(Check::AssertionIssuer));
    let code = |check| finding(&explanation, check).problem.as_ref().map(|problem| problem.code);
    assert_eq!(code(Check::AssertionIssuer), Some("saml.issuer_mismatch"));
    assert_eq!(code(Check::Audience), Some("saml.audience_mismatch"));
    assert_eq!(code(Check::SubjectConfirmation), Some("saml.recipient_mismatch"));
    assert_eq!(finding(&explanation, Check::ConditionsWindow).outcome, Outcome::Passed);
    assert_eq!(finding(&explanation, Check::NameId).outcome, Outcome::NotReached);
}

#[test]
fn nothing_is_said_of_an_assertion_that_nobody_signed() {
    let message = Message::new().signed(Signed::Nothing);
    let explanation = explained(&message, Privacy::Shown);
    assert_eq!(explanation.verdict, Verdict::Refused(Check::RequiredSignatures));
    assert_eq!(finding(&explanation, Check::Audience).outcome, Outcome::NotReached);
    assert_eq!(finding(&explanation, Check::NameId).outcome, Outcome::NotReached);
}

#[test]
fn without_settings_only_what_needs_none_is_checked() {
    let message = Message::new().signed(Signed::Assertion);
    let explanation = without_settings(message.as_bytes());
    assert_eq!(explanation.verdict, Verdict::Undecided);
    assert_eq!(finding(&explanation, Check::AssertionPresent).outcome, Outcome::Passed);
    assert_eq!(finding(&explanation, Check::AssertionSignature).outcome, Outcome::NeedsSettings);
    assert_eq!(explanation.claims.value(Claim::NameId), Some(PERSON));
    assert_eq!(explanation.claims.value(Claim::AssertionIssuer), Some(IDP));
}

#[test]
fn any_bytes_are_explained() {
    let message = Message::new().signed(Signed::Assertion);
    for (bytes, check, code) in [
        (&b""[..], Check::Encoding, "saml.form_value_not_base64"),
        (b"!", Check::Encoding, "saml.form_value_not_base64"),
        (b"\xff\xfe", Check::Encoding, "saml.form_value_not_base64"),
        (b"bm90IHhtbA==", Check::WellFormed, "xml.text_outside_root"),
        (&message.as_bytes()[..message.len() / 2], Check::WellFormed, "xml.unexpected_end"),
        (b"<html/>", Check::ResponseStructure, "saml.not_a_response"),
    ] {
        let explanation = without_settings(bytes);
        assert_eq!(explanation.verdict, Verdict::Refused(check));
        let failed = first_failed(&explanation).unwrap();
        assert_eq!(failed.problem.as_ref().unwrap().code, code);
        assert_eq!(outcomes(&explanation, Outcome::NeedsSettings), 0);
    }
}

#[test]
fn every_beginning_of_a_response_is_explained() {
    let message = Message::new().signed(Signed::Assertion);
    for end in (1..message.len()).step_by(13) {
        let explanation = explained(&message[..end], Privacy::Redacted);
        assert!(matches!(explanation.verdict, Verdict::Refused(_)), "{end}");
    }
}

#[test]
fn a_redacted_explanation_names_nobody() {
    let mut refused = Message::new();
    refused.status = format!(
        "<samlp:Status><samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Responder\"/>\
         <samlp:StatusMessage>AADSTS50105: Simon ({PERSON}) is not assigned</samlp:StatusMessage>\
         </samlp:Status>"
    );
    for message in [Message::new(), refused] {
        let text = message.signed(Signed::Assertion);
        for explanation in [
            explained(&text, Privacy::Redacted),
            explain(text.as_bytes(), None, &CRYPTO, Privacy::Redacted),
        ] {
            let shown = format!("{explanation:?}");
            for personal in [PERSON, "Simon", "\"B.\"", "everyone"] {
                assert!(!shown.contains(personal), "{personal} in {shown}");
            }
            assert!(shown.contains(IDP), "{shown}");
        }
        let shown: String = format!("{:?}", explained(&text, Privacy::Shown));
        assert!(shown.contains("Simon"));
    }
}

#[test]
fn a_failed_check_names_the_console_of_the_identity_provider() {
    let mut message = Message::new();
    message.conditions = message.conditions.replace(AUDIENCE, "https://contoso.zendesk.com");
    let explanation = explained(&message.signed(Signed::Assertion), Privacy::Redacted);
    // From the settings: IDP is one of Entra.
    assert_eq!(explanation.identity_provider, Some(Console::Entra));
    assert_eq!(explanation.helpdesk, Some(Console::Zendesk));
    let remedy = finding(&explanation, Check::Audience).problem.as_ref().unwrap().remedy.unwrap();
    assert_eq!(remedy, Remedy::Audience);
    let places = remedy.places(explanation.identity_provider, explanation.helpdesk);
    let consoles: Vec<_> = places.iter().map(|place| place.console).collect();
    assert_eq!(consoles, [Console::Entra, Console::Zendesk, Console::Desk]);
}

#[test]
fn without_settings_the_message_says_whose_console_it_is() {
    let of = |issuer: &str, attributes: &str| {
        let mut message = Message::new();
        message.issuer = format!("<Issuer>{issuer}</Issuer>");
        message.response_issuer.clear();
        message.attribute_statement = attributes.to_string();
        without_settings(message.signed(Signed::Nothing).as_bytes()).identity_provider
    };
    assert_eq!(of("http://www.okta.com/exk1", ""), Some(Console::Okta));
    assert_eq!(of("https://idp.contoso.com/", ""), None);
    let user = "<AttributeStatement><Attribute Name=\"User.email\"/></AttributeStatement>";
    assert_eq!(of("https://idp.contoso.com/", user), Some(Console::OneLogin));
}

/// A captured response is always old by the time somebody asks.
#[test]
fn the_reason_is_what_stays_wrong_not_that_it_is_late() {
    let mut message = Message::new();
    message.authn_statement.clear();
    let text = message.signed(Signed::Assertion);
    let keys = [public_key("rsa")];
    let later = NOW.saturating_add(core::time::Duration::from_secs(7 * 86_400));
    let demands = (&expected(&keys), later);
    let explanation = explain(text.as_bytes(), Some(demands), &CRYPTO, Privacy::Shown);
    assert_eq!(explanation.verdict, Verdict::Refused(Check::AuthnStatement));
    assert_eq!(finding(&explanation, Check::ConditionsWindow).outcome, Outcome::Failed);
}
