//! The bridge in the real Worker, whose keys and signatures are the host's, with service providers of
//! other people on the other side.

use core::time::Duration;

use deskgate_core::crypto::RustCrypto;
use deskgate_core::saml::AuthnRequest;
use deskgate_tests::browser::{Browser, Reply, Request};
use deskgate_tests::html::first_form;
use deskgate_tests::judge::{PYTHON, judge};
use deskgate_tests::sign_in::{deliver, read_location, signed_in, solicited};
use deskgate_tests::vectors;
use deskgate_tests::worker::Worker;
use serde_json::{Value, json};

use crate::setting::{Setting, desk_where};

const AUDIENCE: &str = "https://contoso.zendesk.com";
const ACS_URL: &str = "https://contoso.zendesk.com/access/saml";

const LIBRARIES: [(&str, &str); 4] = [
    (PYTHON, "tests/interop/service_providers/python3_saml.py"),
    ("node", "tests/interop/service_providers/node_saml.mjs"),
    ("node", "tests/interop/service_providers/samlify.mjs"),
    ("php", "tests/interop/service_providers/simplesamlphp.php"),
];

fn desk_with_zendesk() -> Option<Setting> {
    desk_where(|settings| {
        settings["apps"] = json!([{
            "name": "zendesk", "helpdesk": "zendesk", "mode": "bridge",
            "provisioning": "just_in_time", "zendesk": { "subdomain": "contoso" },
        }]);
    })
}

fn get(worker: &Worker, page: &str) -> Reply {
    let reply =
        worker.browser().send(&Request::new("GET", &format!("/deskgate/idp/zendesk/{page}")));
    assert_eq!(reply.status, 200, "{reply}");
    reply
}

/// What an administrator copies into the helpdesk.
fn copied(worker: &Worker) -> Value {
    json!({
        "idp": {
            "entity_id": format!("{}/deskgate/idp/zendesk/metadata", worker.url()),
            "sso_url": format!("{}/deskgate/idp/zendesk/sso", worker.url()),
            "certificate": get(worker, "certificate.txt").text(),
            "metadata": get(worker, "metadata").text(),
        },
        "sp": {
            "entity_id": AUDIENCE,
            "acs_url": ACS_URL,
            "key": vectors::text("keys/other-rsa-2048.key"),
            "certificate": vectors::certificate_pem("other-rsa-2048"),
        },
        "name_id_format": "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
    })
}

/// The address on this desk without its origin.
fn path(url: &str) -> String {
    let at = url.find("/deskgate/").expect("an address of the desk");
    url[at..].to_owned()
}

fn field<'f>(fields: &'f [(String, String)], name: &str) -> &'f str {
    let found = fields.iter().find(|(found, _)| found == name);
    found.map(|(_, value)| value.as_str()).expect("the field")
}

#[track_caller]
fn judged(program: &str, script: &str, input: &Value) -> Option<Value> {
    let said = judge(program, script, input)?;
    Some(serde_json::from_str(&said).expect("JSON"))
}

#[test]
fn what_others_ask_the_worker_it_answers_to_their_content() {
    let Some(Setting { worker, issuer, .. }) = desk_with_zendesk() else { return };
    let settings = copied(&worker);
    for (program, script) in LIBRARIES {
        let Some(requests) = judged(program, script, &settings) else { continue };
        let url = requests["redirect"].as_str().expect("a request");
        let request_id = read_location(url).request_id;
        let mut browser = worker.browser();
        let back = solicited(&worker, &issuer, &mut browser, &path(url), |_| {});
        let page = browser.open(&path(back.location()));
        assert_eq!(page.status, 200, "{script}: {page}");
        let (action, fields) = first_form(&page.text());
        assert_eq!(action, ACS_URL);
        assert_eq!(field(&fields, "RelayState"), "state");
        let mut input = settings.clone();
        let response = field(&fields, "SAMLResponse");
        let message = |saml_response: &str, request_id: &str| json!({ "saml_response": saml_response, "request_id": request_id, "encrypted": false });
        input["messages"] = json!([message(response, &request_id), message(response, "_other")]);
        let findings = judged(program, script, &input).expect("it answered before");
        assert_eq!(findings[0]["accepted"], true, "{script}: {findings}");
        assert_eq!(findings[0]["name_id"], "B.Simon@contoso.com", "{script}");
        assert_eq!(findings[1]["accepted"], false, "{script}: {findings}");
    }
}

#[test]
fn the_next_certificate_is_published_and_used_in_every_isolate() {
    let Some(Setting { mut worker, issuer, .. }) = desk_with_zendesk() else { return };
    let certificates = |browser: &mut Browser| {
        let reply = browser.open("/deskgate/idp/zendesk/metadata");
        let text = reply.text();
        let of_keys = text.split("<md:KeyDescriptor").skip(1);
        let certificate = |text: &str| {
            let (_, rest) = text.split_once("X509Certificate>").expect("a certificate");
            rest.split('<').next().expect("its text").to_owned()
        };
        of_keys.map(certificate).collect::<Vec<String>>()
    };
    let mut here = signed_in(&worker, &issuer);
    let first = certificates(&mut here);
    assert_eq!(first.len(), 1);
    let mut there = worker.elsewhere(worker.browser());
    assert_eq!(certificates(&mut there), first);
    let rotate = |worker: &Worker, step: &str| {
        worker.admin_change("/deskgate/admin/keys", &json!({ "rotate": step }))
    };
    assert_eq!(rotate(&worker, "switch").status, 409);
    assert_eq!(rotate(&worker, "announce").status, 200);
    let both = certificates(&mut here);
    assert_eq!((both.len(), &both[0]), (2, &first[0]));
    // What an isolate knows is 30 seconds old at most.
    worker.set_clock_ahead(Duration::from_secs(60));
    assert_eq!(certificates(&mut there), both);
    assert_eq!(rotate(&worker, "switch").status, 200);
    let request = AuthnRequest {
        id: "_1",
        issue_instant: worker.now(),
        sp_entity_id: AUDIENCE,
        acs_url: ACS_URL,
        destination: &format!("{}/deskgate/idp/zendesk/sso", worker.url()),
        force_authn: false,
        authn_contexts: &[],
    };
    let url = request.redirect_url(None, None, &RustCrypto::new()).expect("unsigned");
    let page = here.open(&path(&url));
    let (_, fields) = first_form(&page.text());
    let response = deskgate_core::base64::decode(field(&fields, "SAMLResponse")).expect("base64");
    let response = String::from_utf8(response).expect("text");
    assert!(response.contains(&both[1]) && !response.contains(&first[0]));
    assert_eq!(get(&worker, "certificate.txt").text(), both[1]);
}

#[test]
fn a_request_for_an_answer_elsewhere_gets_none() {
    let Some(Setting { worker, issuer, .. }) = desk_with_zendesk() else { return };
    let mut browser = signed_in(&worker, &issuer);
    let request = AuthnRequest {
        id: "_1",
        issue_instant: worker.now(),
        sp_entity_id: AUDIENCE,
        acs_url: "https://evil.example/access/saml",
        destination: &format!("{}/deskgate/idp/zendesk/sso", worker.url()),
        force_authn: false,
        authn_contexts: &[],
    };
    let url = request.redirect_url(None, None, &RustCrypto::new()).expect("unsigned");
    let page = browser.open(&path(&url));
    assert_eq!(page.status, 400, "{page}");
    assert!(
        !page.text().contains("SAMLResponse") && !page.text().contains("evil.example"),
        "{page}"
    );
    // Nor does our own sign-in answer: that endpoint takes responses of the company only.
    let reply = deliver(&mut browser, "PGEvPg==", None);
    assert_ne!(reply.status, 303, "{reply}");
}
