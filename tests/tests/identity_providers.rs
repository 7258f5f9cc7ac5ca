//! Responses in the shapes of real identity providers, made without anything of ours: `tests/idp`.
//!
//! Each is read with the settings of a connection as an administrator leaves them, and says who signed in;
//! each accepted one has twins with one byte changed.

use std::time::Duration;

use deskgate_core::crypto::{PrivateKey, RustCrypto};
use deskgate_core::diagnostic::Diagnostic as _;
use deskgate_core::dsig::SignatureRules;
use deskgate_core::remedy::Console;
use deskgate_core::saml::{
    ExpectedResponse, FurtherDemands, Privacy, RequiredSignature, Solicitation, VerifiedAssertion,
    decode_post_value, explain, verify_response,
};
use deskgate_core::session::{AttributeNames, Person};
use deskgate_core::time::UnixTime;
use deskgate_core::xenc::EncryptionRules;
use deskgate_tests::vectors;
use serde_json::Value;

/// RSA private keys decrypt here; a test has nobody who measures time.
const CRYPTO: RustCrypto = RustCrypto::with_dangerous_rsa_private_operations();

struct Case {
    line: Value,
    common: Value,
    xml: String,
    decryption_keys: [PrivateKey; 1],
}

fn cases() -> Vec<Case> {
    let read = |path: &str| {
        std::fs::read_to_string(vectors::repository("tests/idp").join(path)).expect(path)
    };
    let index: Value = serde_json::from_str(&read("index.json")).expect("JSON");
    let common = &index["common"];
    let key = vectors::private_key(common["decryption_key"].as_str().expect("a name"));
    let lines = index["responses"].as_array().expect("an array");
    lines
        .iter()
        .map(|line| Case {
            xml: read(&format!("responses/{}.xml", line["file"].as_str().expect("a name"))),
            line: line.clone(),
            common: common.clone(),
            decryption_keys: [key.clone()],
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

    /// Hands what the connection of this case expects, and the time, to `look`.
    fn with_expected<T>(&self, look: impl FnOnce(&ExpectedResponse<'_>, UnixTime) -> T) -> T {
        let common = |name: &str| self.common[name].as_str().expect("a text");
        let connection = &self.line["connection"];
        let keys = [vectors::public_key(common("certificate"))];
        let contexts: Vec<String> =
            connection["authn_context"].as_str().map(str::to_owned).into_iter().collect();
        let expected = ExpectedResponse {
            // A connection has no white space in its entity ID.
            idp_entity_id: self.line["idp_entity_id"].as_str().expect("a text").trim(),
            keys: &keys,
            audience: common("audience"),
            acs_url: common("acs_url"),
            solicitation: match self.line["in_response_to"].as_str() {
                Some(id) => Solicitation::InResponseTo(id),
                None => Solicitation::Unsolicited,
            },
            clock_skew: Duration::from_secs(180),
            signature_rules: SignatureRules { allow_sha1: connection["allow_sha1"] == true },
            required_signature: RequiredSignature::Either,
            decryption_keys: &self.decryption_keys,
            encryption_rules: EncryptionRules { allow_cbc: connection["allow_cbc"] == true },
            further: FurtherDemands { authn_contexts: &contexts, ..FurtherDemands::default() },
        };
        look(&expected, UnixTime::parse(common("now")).expect("a time"))
    }

    fn verify<'i>(&self, xml: &'i [u8]) -> Result<VerifiedAssertion<'i>, String> {
        let verify = |expected: &ExpectedResponse<'_>, now| {
            verify_response(xml, expected, now, &CRYPTO).map_err(|error| error.code().to_owned())
        };
        self.with_expected(verify)
    }

    fn person(&self, xml: &[u8]) -> Result<Person, String> {
        let verified = self.verify(xml)?;
        Ok(Person::from_identity(&verified.identity, &AttributeNames::default()))
    }
}

#[test]
fn every_shape_has_its_verdict() {
    let cases = cases();
    for case in &cases {
        let verdict = case.verify(case.xml.as_bytes()).map_or_else(|code| code, |_| "ok".into());
        assert_eq!(case.line["expected"], verdict.as_str(), "{}", case.name());
    }
    let accepted = cases.iter().filter(|case| case.is_accepted()).count();
    println!("identity providers: {} shapes, {accepted} accepted", cases.len());
}

#[test]
fn every_shape_says_who_signed_in() {
    for case in cases().iter().filter(|case| case.is_accepted()) {
        let person = case.person(case.xml.as_bytes()).expect("accepted");
        let expected = &case.line["person"];
        for (name, found) in [
            ("email", &person.email),
            ("name", &person.name),
            ("given_name", &person.given_name),
            ("family_name", &person.family_name),
        ] {
            assert_eq!(expected[name].as_str(), found.as_deref(), "{name} of {}", case.name());
        }
        let groups = expected["groups"].as_u64().unwrap_or(0);
        assert_eq!(person.groups.len() as u64, groups, "{}", case.name());
        assert_eq!(person.groups_omitted, expected["groups_omitted"] == true, "{}", case.name());
    }
}

/// A prime step visits all parts of all of them: every byte would take minutes.
#[test]
fn no_changed_byte_of_a_shape_changes_who_signs_in() {
    const STEP: usize = 41;
    let (mut twins, mut harmless) = (0, 0);
    for case in cases().iter().filter(|case| case.is_accepted() && case.xml.len() < 12_000) {
        let identity = case.verify(case.xml.as_bytes()).expect("accepted").identity;
        for at in (0..case.xml.len()).step_by(STEP) {
            let mut changed = case.xml.clone().into_bytes();
            changed[at] ^= 1;
            twins += 1;
            if let Ok(verified) = case.verify(&changed) {
                assert_eq!(verified.identity, identity, "{} at {at}", case.name());
                harmless += 1;
            }
        }
    }
    println!("identity providers: {twins} twins, {harmless} of them with the same identity");
}

/// What the twins cannot show, for they rarely meet it: a value by which people are told apart.
#[test]
fn no_changed_value_of_a_shape_signs_in() {
    for case in cases().iter().filter(|case| case.is_accepted()) {
        for value in
            ["B.Simon@contoso.com", "Simon<", "https://help.contoso.com/deskgate/metadata<"]
        {
            for (at, _) in case.xml.match_indices(value) {
                let mut changed = case.xml.clone().into_bytes();
                changed[at] ^= 1;
                let verdict = case.verify(&changed).map(|verified| verified.assertion_id);
                let code = verdict.expect_err("refused");
                assert_eq!(code, "dsig.digest_mismatch", "{} at {at}", case.name());
            }
        }
    }
}

#[test]
fn every_shape_survives_the_form_in_any_wrapping() {
    for case in cases().iter().filter(|case| case.is_accepted()) {
        let value = deskgate_core::base64::encode(case.xml.as_bytes());
        let wrapped: Vec<_> = value.as_bytes().chunks(76).collect();
        for separator in ["\r\n", "\n"] {
            let separator = separator.as_bytes();
            let text = String::from_utf8(wrapped.join(separator)).expect("ASCII");
            let xml = decode_post_value(&text).expect("accepted");
            assert_eq!(xml, case.xml.as_bytes(), "{}", case.name());
        }
    }
}

#[test]
fn every_shape_gives_its_console_away() {
    for case in cases() {
        let console = match case.name().split('-').next() {
            Some("entra") => Console::Entra,
            Some("okta") => Console::Okta,
            Some("onelogin") => Console::OneLogin,
            Some("google") => Console::Google,
            Some("adfs") => Console::AdFs,
            _ => Console::Keycloak,
        };
        let explanation = explain(case.xml.as_bytes(), None, &CRYPTO, Privacy::Redacted);
        assert_eq!(explanation.identity_provider, Some(console), "{}", case.name());
    }
}
