//! Responses signed by xmlsec1, validated natively, each with changed twins that must fail.

use std::time::Duration;

use deskgate_core::crypto::RustCrypto;
use deskgate_core::diagnostic::Diagnostic as _;
use deskgate_core::dsig::SignatureRules;
use deskgate_core::saml::{
    ExpectedResponse, FurtherDemands, RequiredSignature, Solicitation, verify_response,
};
use deskgate_core::time::UnixTime;
use deskgate_core::xenc::EncryptionRules;
use deskgate_tests::mutation::twins::{Twin, twins};
use deskgate_tests::vectors;
use serde_json::Value;

/// One line of `vectors/responses/index.json` with what all lines share.
struct Case {
    line: Value,
    common: Value,
    xml: String,
}

fn cases() -> Vec<Case> {
    let index: Value = serde_json::from_str(&vectors::text("responses/index.json")).expect("JSON");
    let lines = index["responses"].as_array().expect("an array").clone();
    lines
        .into_iter()
        .map(|line| {
            let xml =
                vectors::text(&format!("responses/{}.xml", line["name"].as_str().expect("a name")));
            Case { line, common: index["common"].clone(), xml }
        })
        .collect()
}

impl Case {
    fn name(&self) -> &str {
        self.line["name"].as_str().expect("a name")
    }

    fn is_accepted(&self) -> bool {
        self.line["expected"] == "ok"
    }

    /// The verdict on `xml`: `ok` or the code of the error.
    fn verdict(&self, xml: &[u8], seconds_later: u64) -> String {
        let text = |name: &str| {
            let own = self.line[name].as_str();
            own.or_else(|| self.common[name].as_str()).expect("a text")
        };
        let keys = [vectors::public_key(self.line["certificate"].as_str().expect("a name"))];
        let allow_sha1 = self.line["allow_sha1"] == true;
        let expected = ExpectedResponse {
            idp_entity_id: text("idp_entity_id"),
            keys: &keys,
            audience: text("audience"),
            acs_url: text("acs_url"),
            solicitation: match self.line["in_response_to"].as_str() {
                Some(id) => Solicitation::InResponseTo(id),
                None => Solicitation::Unsolicited,
            },
            clock_skew: Duration::from_secs(180),
            signature_rules: SignatureRules { allow_sha1 },
            required_signature: RequiredSignature::Either,
            decryption_keys: &[],
            encryption_rules: EncryptionRules::default(),
            further: FurtherDemands::default(),
        };
        let now = UnixTime::parse(text("now")).expect("a time");
        let now = now.saturating_add(Duration::from_secs(seconds_later));
        match verify_response(xml, &expected, now, &RustCrypto::new()) {
            Ok(_) => "ok".to_owned(),
            Err(error) => error.code().to_owned(),
        }
    }
}

#[test]
fn every_stored_response_has_its_verdict() {
    let wrong: Vec<String> = cases()
        .iter()
        .map(|case| (case.name(), case.verdict(case.xml.as_bytes(), 0), &case.line["expected"]))
        .filter(|(_, verdict, expected)| *verdict != **expected)
        .map(|(name, verdict, expected)| format!("{name}: {verdict} instead of {expected}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_changed_byte_of_an_accepted_response_changes_who_signs_in() {
    // Every byte of the small ones would take minutes; a prime step visits all parts of all of them.
    const STEP: usize = 37;
    for case in cases().iter().filter(|case| case.is_accepted() && case.xml.len() < 10_000) {
        for at in (0..case.xml.len()).step_by(STEP) {
            let mut changed = case.xml.clone().into_bytes();
            changed[at] ^= 1;
            if case.verdict(&changed, 0) == "ok" {
                // Only what no signature covers may differ, and then nothing of it is read as identity.
                let context = &case.xml[at.saturating_sub(20)..(at + 20).min(case.xml.len())];
                assert!(
                    is_outside_of_signatures(&case.xml, at),
                    "{} at {at}: {context}",
                    case.name()
                );
            }
        }
    }
}

#[test]
fn one_changed_letter_of_what_is_signed_is_refused_for_it() {
    let mut wrong = Vec::new();
    for (seed, case) in (0..).zip(cases().iter().filter(|case| case.is_accepted())) {
        let twins = twins(&case.xml, 24, seed);
        assert!(twins.len() > 3 * 24, "{}", case.name());
        for Twin { part, at, text } in twins {
            let code = case.verdict(text.as_bytes(), 0);
            if !part.explains(&code) {
                wrong
                    .push(format!("{} with another letter at {at}, {part:?}: {code}", case.name()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whether `at` is in KeyInfo, which nobody reads, or in the Response around a signed Assertion.
fn is_outside_of_signatures(xml: &str, at: usize) -> bool {
    let within = |from: &str, to: &str| {
        let start = xml[..at].rfind(from);
        start.is_some_and(|start| !xml[start..at].contains(to))
    };
    let assertion = xml.find("Assertion ").unwrap_or_default();
    let response_signed = xml[..assertion].contains("Signature");
    within("KeyInfo>", "/KeyInfo>")
        || within("KeyInfo>", "ds:/KeyInfo>")
        || (!response_signed && at < assertion)
}

#[test]
fn accepted_responses_expire() {
    for case in cases().iter().filter(|case| case.is_accepted()) {
        // NotOnOrAfter is an hour after `now`; the clock may differ by 180 s.
        assert_eq!(case.verdict(case.xml.as_bytes(), 3600 + 179), "ok", "{}", case.name());
        let late = case.verdict(case.xml.as_bytes(), 3600 + 181);
        assert!(late.starts_with("saml."), "{}: {late}", case.name());
    }
}
