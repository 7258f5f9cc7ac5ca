//! deskgate as identity provider, judged by service providers that nobody here wrote, each configured
//! as the helpdesks are: what they ask for is read, what is answered is accepted, and everything with
//! one byte changed, for somebody else or out of its time is refused by them.

mod answer;
mod helpdesk;

use deskgate_core::crypto::RustCrypto;
use deskgate_core::saml::identity_provider::{
    ReceivedRequest, RequestSignature, read_post, read_redirect,
};
use deskgate_tests::judge::{PYTHON, judge};
use deskgate_tests::vectors;
use serde_json::{Value, json};

use crate::answer::{Answer, ENCRYPTED, Message, READABLE, now};
use crate::helpdesk::{HELPDESKS, Helpdesk};

const LIBRARIES: [(&str, &str); 4] = [
    (PYTHON, "tests/interop/service_providers/python3_saml.py"),
    ("node", "tests/interop/service_providers/node_saml.mjs"),
    ("node", "tests/interop/service_providers/samlify.mjs"),
    ("php", "tests/interop/service_providers/simplesamlphp.php"),
];

fn settings(helpdesk: &Helpdesk) -> Value {
    json!({
        "idp": {
            "entity_id": helpdesk.idp_entity_id(),
            "sso_url": helpdesk.sso_url(),
            "certificate": helpdesk.certificate_text(),
            "metadata": helpdesk.metadata(),
        },
        "sp": {
            "entity_id": helpdesk.audience,
            "acs_url": helpdesk.acs_url,
            "key": vectors::text("keys/other-rsa-2048.key"),
            "certificate": vectors::certificate_pem("other-rsa-2048"),
        },
        "name_id_format": helpdesk.name_id_format,
    })
}

/// Lets each library of `libraries` that is installed read the messages of each helpdesk.
#[track_caller]
fn check(libraries: &[(&str, &str)], messages: impl Fn(&Helpdesk) -> Vec<Message>) {
    for (program, script) in libraries {
        for helpdesk in &HELPDESKS {
            let messages = messages(helpdesk);
            let mut input = settings(helpdesk);
            input["messages"] = messages.iter().map(Message::to_json).collect();
            let Some(said) = judge(program, script, &input) else { return };
            let findings: Vec<Value> = serde_json::from_str(&said).expect("findings in JSON");
            assert_eq!(findings.len(), messages.len());
            for (message, finding) in messages.iter().zip(&findings) {
                message.compare(script, helpdesk, finding);
            }
        }
    }
}

/// The request behind an address that a library sends the browser to.
fn read(url: &str, helpdesk: &Helpdesk, signed: bool) -> ReceivedRequest {
    let (address, query) = url.split_once('?').expect("a query");
    assert_eq!(address, helpdesk.sso_url());
    let keys = [vectors::public_key("other-rsa-2048")];
    let expected = helpdesk.expected_request(if signed { &keys } else { &[] });
    read_redirect(query, &expected, now(), &RustCrypto::new())
        .unwrap_or_else(|error| panic!("{}: {error:?}", helpdesk.name))
}

fn posted(value: &str, helpdesk: &Helpdesk, signed: bool) -> ReceivedRequest {
    let keys = [vectors::public_key("other-rsa-2048")];
    let expected = helpdesk.expected_request(if signed { &keys } else { &[] });
    read_post(value, Some("state"), &expected, now(), &RustCrypto::new())
        .unwrap_or_else(|error| panic!("{}: {error:?}", helpdesk.name))
}

#[track_caller]
fn check_request(request: &ReceivedRequest, signature: RequestSignature) {
    assert_eq!(request.signature, signature);
    assert_eq!(request.relay_state.as_deref(), Some("state"));
    assert_eq!(request.unmet, None);
    assert!(!request.force_authn && !request.is_passive);
    assert!(request.id.len() > 16, "{}", request.id);
}

#[test]
fn what_their_libraries_ask_for_is_read_signed_or_not() {
    for (program, script) in LIBRARIES {
        for helpdesk in &HELPDESKS {
            let Some(said) = judge(program, script, &settings(helpdesk)) else { return };
            let requests: Value = serde_json::from_str(&said).expect("requests in JSON");
            let text = |name: &str| requests[name].as_str();
            let url = text("redirect").expect("every library redirects");
            check_request(&read(url, helpdesk, false), RequestSignature::Absent);
            let url = text("signed_redirect").expect("every library signs");
            check_request(&read(url, helpdesk, true), RequestSignature::Verified);
            check_request(&read(url, helpdesk, false), RequestSignature::NotVerified);
            if let Some(value) = text("post") {
                check_request(&posted(value, helpdesk, false), RequestSignature::Absent);
            }
            if let Some(value) = text("signed_post") {
                check_request(&posted(value, helpdesk, true), RequestSignature::Verified);
            }
        }
    }
}

#[test]
fn answers_are_accepted_solicited_or_not_plain_or_encrypted() {
    check(&LIBRARIES, |helpdesk| {
        [Some("_request1"), None]
            .into_iter()
            .flat_map(|request_id| {
                [false, true].map(|encrypted| {
                    let answer = Answer { request_id, encrypted, ..Answer::new(helpdesk) };
                    answer.message("as configured", true)
                })
            })
            .collect()
    });
}

#[test]
fn answers_with_one_byte_changed_are_refused() {
    check(&LIBRARIES, |helpdesk| {
        let answer = Answer { request_id: Some("_request1"), ..Answer::new(helpdesk) };
        let encrypted = Answer { encrypted: true, ..answer };
        let mut messages = vec![answer.message("unchanged", true)];
        messages.extend(answer.twins(&READABLE));
        messages.extend(encrypted.twins(&ENCRYPTED));
        messages
    });
}

#[test]
fn the_next_key_is_accepted_from_metadata_before_it_is_used() {
    check(&LIBRARIES[2..], |helpdesk| {
        let next = Answer { key: "other-rsa-2048", ..Answer::new(helpdesk) };
        vec![next.message("signed by the next key", true)]
    });
}

#[test]
fn answers_for_somebody_else_or_another_time_are_refused() {
    check(&LIBRARIES, |helpdesk| {
        let good = Answer { request_id: Some("_request1"), ..Answer::new(helpdesk) };
        let hours = |hours: u64| std::time::Duration::from_secs(hours * 3600);
        vec![
            Answer { audience: "urn:another:app", ..good }.message("another audience", false),
            Answer { key: "rsa-1024", ..good }.message("another key", false),
            Answer { idp_entity_id: Some("https://evil.example/"), ..good }
                .message("another issuer", false),
            Answer { at: now().saturating_sub(hours(1)), ..good }.message("an old one", false),
            Answer { at: now().saturating_add(hours(1)), ..good }.message("of the future", false),
            Message { request_id: Some("_request2"), ..good.message("another request", false) },
        ]
    });
}
