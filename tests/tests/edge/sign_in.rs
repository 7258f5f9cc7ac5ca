//! From a request without session to a page of the helpdesk, and everything that must not get there.

use std::time::Duration;

use deskgate_core::base64;
use deskgate_core::crypto::{DigestAlgorithm, SignatureAlgorithm};
use deskgate_tests::browser::{Browser, Reply, Request};
use deskgate_tests::issuer::{Issuer, Response, Signed, fresh_id};
use deskgate_tests::sign_in::{begin, deliver, signed_in, solicited};

use crate::setting::{Setting, claims, desk, desk_where, desk_with_idp_initiated};

/// Nobody is signed in, and the page tells no detail to whoever sent the response.
#[track_caller]
fn refused(reply: &Reply, browser: &Browser, origin_requests: usize) {
    assert!((400..500).contains(&reply.status), "{reply}");
    assert_eq!(browser.cookie("__Host-deskgate"), None, "{reply}");
    assert_eq!(origin_requests, 0, "{reply}");
    let page = reply.text();
    for detail in ["saml.", "dsig.", "xml.", "digest", "audience", "sts.windows.net", "B.Simon"] {
        assert!(!page.contains(detail), "the page tells about {detail}: {reply}");
    }
    assert_eq!(reply.header("cache-control"), Some("private, no-store"), "{reply}");
    let is_page = reply.header("content-type").is_some_and(|kind| kind.starts_with("text/html"));
    assert!(!is_page || reply.header("content-security-policy").is_some(), "{reply}");
}

#[track_caller]
fn check_refused(change: impl FnOnce(&mut Response)) {
    let Some(Setting { worker, origin, issuer, .. }) = desk() else { return };
    let mut browser = worker.browser();
    let reply = solicited(&worker, &issuer, &mut browser, "/tickets/7", change);
    refused(&reply, &browser, origin.seen().len());
}

#[test]
fn a_person_signs_in_and_arrives_at_the_page_they_asked_for() {
    let Some(Setting { worker, origin, issuer, .. }) = desk() else { return };
    let mut browser = worker.browser();
    let reply = solicited(&worker, &issuer, &mut browser, "/tickets/7?sort=age&q=%C3%A9", |_| {});
    assert_eq!(reply.location(), format!("{}/tickets/7?sort=age&q=%C3%A9", worker.url()));
    assert!(origin.seen().is_empty(), "nothing may reach the origin before the session exists");

    let page = browser.open("/tickets/7?sort=age&q=%C3%A9");
    assert_eq!(page.text(), "helpdesk: GET /tickets/7?sort=age&q=%C3%A9");
    let seen = origin.last();
    let token = claims(seen.header("Deskgate-Assertion").expect("an origin token"));
    assert_eq!(token["aud"], origin.url());
    assert_eq!(token["identity"]["email"], "B.Simon@contoso.com");
    assert_eq!(token["identity"]["name"], "B. Simon");
}

#[test]
fn the_session_cookie_is_locked_to_the_host_and_away_from_scripts() {
    let Some(Setting { worker, issuer, .. }) = desk() else { return };
    let mut browser = worker.browser();
    let reply = solicited(&worker, &issuer, &mut browser, "/", |_| {});
    let cookie = reply
        .headers
        .iter()
        .find(|(name, value)| {
            name.eq_ignore_ascii_case("set-cookie") && value.starts_with("__Host-deskgate=")
        })
        .map(|(_, value)| value.to_ascii_lowercase())
        .expect("a session cookie");
    for attribute in ["; secure", "; httponly", "; path=/", "; samesite=lax"] {
        assert!(cookie.contains(attribute), "{attribute} is missing: {cookie}");
    }
    assert!(!cookie.contains("domain="), "{cookie}");
    assert_eq!(browser.cookie("__Host-deskgate-login"), None, "the login transaction must end");
}

#[test]
fn the_cross_site_post_of_the_identity_provider_makes_no_session_by_itself() {
    let Some(Setting { worker, issuer, .. }) = desk() else { return };
    let mut browser = worker.browser();
    let asked = begin(&mut browser, "/");
    let mut response = issuer.respond(worker.now(), &worker.entity_id(), &worker.acs_url());
    response.in_response_to = Some(asked.request_id);
    let value = issuer.post_value(&response);
    let form = Request::form("/deskgate/acs", &[("SAMLResponse", &value)]).cross_site();
    let reply = browser.send(&form);
    assert_eq!(reply.status, 200, "{reply}");
    assert_eq!(browser.cookie("__Host-deskgate"), None);
}

#[test]
fn another_site_cannot_post_past_the_page_in_between() {
    let Some(Setting { worker, origin, issuer, .. }) = desk_with_idp_initiated() else { return };
    let mut browser = worker.browser();
    let response = issuer.respond(worker.now(), &worker.entity_id(), &worker.acs_url());
    let value = issuer.post_value(&response);
    let form = Request::form("/deskgate/acs/complete", &[("SAMLResponse", &value)]).cross_site();
    let reply = browser.send(&form);
    refused(&reply, &browser, origin.seen().len());
    // The assertion is not used up by that.
    deliver(&mut browser, &value, None);
    assert!(browser.cookie("__Host-deskgate").is_some());
}

#[test]
fn both_signatures_or_only_that_of_the_response_are_enough() {
    for signed in [Signed::Assertion, Signed::Both, Signed::Response] {
        let Some(Setting { worker, issuer, .. }) = desk() else { return };
        let mut browser = worker.browser();
        let reply = solicited(&worker, &issuer, &mut browser, "/", |r| r.signed = signed);
        assert!(browser.cookie("__Host-deskgate").is_some(), "{signed:?}: {reply}");
    }
}

#[test]
fn a_response_signed_by_another_key_is_refused() {
    let Some(Setting { worker, origin, .. }) = desk() else { return };
    let other = Issuer::with_key("other-rsa-2048");
    let mut browser = worker.browser();
    let reply = solicited(&worker, &other, &mut browser, "/", |_| {});
    refused(&reply, &browser, origin.seen().len());
}

#[test]
fn an_unsigned_response_is_refused() {
    check_refused(|response| response.signed = Signed::Nothing);
}

#[test]
fn a_response_signed_with_sha1_is_refused() {
    // Our own signer refuses SHA-1 too, so the stored vector has to serve; it answers another request,
    // which alone would refuse it, so the native suite checks the code.
    let Some(Setting { worker, origin, .. }) = desk() else { return };
    let mut browser = worker.browser();
    begin(&mut browser, "/");
    let value =
        base64::encode(deskgate_tests::vectors::text("responses/sha1-refused.xml").as_bytes());
    let reply = deliver(&mut browser, &value, None);
    refused(&reply, &browser, origin.seen().len());
}

#[test]
fn an_expired_response_is_refused() {
    check_refused(|response| {
        let past = response.issue_instant.saturating_sub(Duration::from_secs(3600));
        response.not_before = past.saturating_sub(Duration::from_secs(300));
        (response.not_on_or_after, response.confirmation_not_on_or_after) = (past, past);
    });
}

#[test]
fn a_response_from_the_future_is_refused() {
    check_refused(|response| {
        response.not_before = response.issue_instant.saturating_add(Duration::from_secs(600));
    });
}

#[test]
fn a_response_for_another_service_provider_is_refused() {
    check_refused(|response| response.audience = "https://other.example/metadata".to_owned());
}

#[test]
fn a_response_for_another_recipient_is_refused() {
    check_refused(|response| response.recipient = "https://other.example/acs".to_owned());
}

#[test]
fn a_response_for_another_destination_is_refused() {
    check_refused(|response| {
        response.signed = Signed::Both;
        response.destination = "https://other.example/acs".to_owned();
    });
}

#[test]
fn a_response_of_another_issuer_is_refused() {
    check_refused(|response| {
        response.issuer = "https://other.example/idp".to_owned();
        response.response_issuer = "https://other.example/idp".to_owned();
    });
}

#[test]
fn an_answer_to_another_request_is_refused() {
    check_refused(|response| response.in_response_to = Some(fresh_id()));
}

#[test]
fn a_response_without_request_is_no_answer() {
    check_refused(|response| response.in_response_to = None);
}

#[test]
fn a_failed_status_is_refused() {
    check_refused(|response| {
        response.status = "urn:oasis:names:tc:SAML:2.0:status:Responder".to_owned();
    });
}

#[test]
fn one_changed_byte_is_refused_wherever_it_is() {
    let Some(Setting { worker, origin, issuer, .. }) = desk() else { return };
    let places = [
        "B.Simon@contoso.com</NameID>",
        "NotOnOrAfter=\"2",
        "DigestValue>",
        "SignatureValue>",
        "agents",
    ];
    for place in places {
        let mut browser = worker.browser();
        let asked = begin(&mut browser, "/");
        let mut response = issuer.respond(worker.now(), &worker.entity_id(), &worker.acs_url());
        response.in_response_to = Some(asked.request_id);
        let xml = issuer.sign(&response);
        let at = xml.find(place).expect("the place")
            + place.find(['.', '=', '>']).map_or(0, |at| at + 1);
        let mut bytes = xml.into_bytes();
        // Stays a letter, digit or base64 character, so that only the meaning changes.
        bytes[at] = match bytes[at] {
            b'"' => continue,
            b'A' | b'a' | b'0' => bytes[at] + 1,
            b'S' => b'T',
            _ => b'A',
        };
        let reply = deliver(&mut browser, &base64::encode(&bytes), asked.relay_state.as_deref());
        refused(&reply, &browser, origin.seen().len());
    }
}

#[test]
fn ecdsa_and_longer_hashes_are_accepted_by_the_host_crypto_too() {
    let kinds = [
        ("rsa-2048", SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha384)),
        ("rsa-2048", SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha512)),
        ("ec-p256", SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha256)),
        ("ec-p384", SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha384)),
        ("ec-p521", SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha512)),
    ];
    let Some(Setting { worker, mut settings, .. }) = desk() else { return };
    for (key, algorithm) in kinds {
        let issuer = Issuer::with_key(key);
        settings["connections"][0]["certificates"] = vec![issuer.certificate_pem.clone()].into();
        worker.apply(&settings);
        let mut browser = worker.browser();
        let reply = solicited(&worker, &issuer, &mut browser, "/", |r| r.algorithm = algorithm);
        assert!(browser.cookie("__Host-deskgate").is_some(), "{algorithm:?}: {reply}");
    }
}

#[test]
fn a_second_certificate_lets_the_identity_provider_change_its_key() {
    let Some(Setting { worker, issuer, mut settings, .. }) = desk() else { return };
    let next = Issuer::with_key("other-rsa-2048");
    settings["connections"][0]["certificates"] =
        vec![issuer.certificate_pem.clone(), next.certificate_pem.clone()].into();
    worker.apply(&settings);
    let _ = signed_in(&worker, &issuer);
    let _ = signed_in(&worker, &next);
}

#[test]
fn a_disabled_connection_signs_nobody_in() {
    let Some(Setting { worker, origin, issuer, mut settings, .. }) = desk() else { return };
    let mut browser = worker.browser();
    let asked = begin(&mut browser, "/");
    settings["connections"][0]["enabled"] = false.into();
    worker.apply(&settings);
    let mut response = issuer.respond(worker.now(), &worker.entity_id(), &worker.acs_url());
    response.in_response_to = Some(asked.request_id);
    let reply = deliver(&mut browser, &issuer.post_value(&response), asked.relay_state.as_deref());
    refused(&reply, &browser, origin.seen().len());
}

#[test]
fn idp_initiated_sign_in_is_off_unless_the_connection_allows_it() {
    let Some(Setting { worker, origin, issuer, .. }) = desk() else { return };
    let mut browser = worker.browser();
    let response = issuer.respond(worker.now(), &worker.entity_id(), &worker.acs_url());
    let reply = deliver(&mut browser, &issuer.post_value(&response), None);
    refused(&reply, &browser, origin.seen().len());
}

#[test]
fn idp_initiated_sign_in_works_where_the_connection_allows_it() {
    let Some(Setting { worker, issuer, .. }) = desk_with_idp_initiated() else { return };
    let mut browser = worker.browser();
    let response = issuer.respond(worker.now(), &worker.entity_id(), &worker.acs_url());
    let reply = deliver(&mut browser, &issuer.post_value(&response), None);
    assert_eq!(reply.location(), format!("{}/welcome", worker.url()));
    assert_eq!(browser.open("/welcome").status, 200);
}

#[test]
fn an_unsolicited_response_that_names_a_request_is_refused_even_where_unsolicited_ones_are_allowed()
{
    let Some(Setting { worker, origin, issuer, .. }) = desk_with_idp_initiated() else { return };
    let mut browser = worker.browser();
    let mut response = issuer.respond(worker.now(), &worker.entity_id(), &worker.acs_url());
    response.in_response_to = Some(fresh_id());
    let reply = deliver(&mut browser, &issuer.post_value(&response), None);
    refused(&reply, &browser, origin.seen().len());
}

#[test]
fn a_response_obtained_by_one_browser_does_not_sign_in_another() {
    let Some(Setting { worker, origin, issuer, .. }) = desk_with_idp_initiated() else { return };
    let mut attacker = worker.browser();
    let asked = begin(&mut attacker, "/");
    let mut response = issuer.respond(worker.now(), &worker.entity_id(), &worker.acs_url());
    response.in_response_to = Some(asked.request_id);
    let mut victim = worker.browser();
    begin(&mut victim, "/");
    let reply = deliver(&mut victim, &issuer.post_value(&response), asked.relay_state.as_deref());
    refused(&reply, &victim, origin.seen().len());
}

#[test]
fn sign_ins_begun_in_several_tabs_all_end_where_they_began() {
    let Some(Setting { worker, issuer, .. }) = desk() else { return };
    let mut browser = worker.browser();
    let tabs = ["/tickets/1", "/tickets/2", "/tickets/3"]
        .map(|target| (target, begin(&mut browser, target)));
    for (target, asked) in tabs.into_iter().rev() {
        let mut response = issuer.respond(worker.now(), &worker.entity_id(), &worker.acs_url());
        response.in_response_to = Some(asked.request_id);
        let reply =
            deliver(&mut browser, &issuer.post_value(&response), asked.relay_state.as_deref());
        assert_eq!(reply.location(), format!("{}{target}", worker.url()));
    }
}

#[test]
fn a_login_that_took_too_long_is_refused() {
    let Some(Setting { mut worker, origin, issuer, .. }) = desk() else { return };
    let mut browser = worker.browser();
    let asked = begin(&mut browser, "/");
    worker.set_clock_ahead(Duration::from_secs(3600));
    let mut response = issuer.respond(worker.now(), &worker.entity_id(), &worker.acs_url());
    response.in_response_to = Some(asked.request_id);
    let reply = deliver(&mut browser, &issuer.post_value(&response), asked.relay_state.as_deref());
    refused(&reply, &browser, origin.seen().len());
}

#[test]
fn the_form_of_the_identity_provider_is_read_strictly() {
    let Some(Setting { worker, origin, issuer, .. }) = desk_with_idp_initiated() else { return };
    let response = issuer.respond(worker.now(), &worker.entity_id(), &worker.acs_url());
    let value = issuer.post_value(&response);
    let fields = [("SAMLResponse", value.as_str())];
    let twice = [fields[0], fields[0]];
    let multipart = format!(
        "--b\r\nContent-Disposition: form-data; name=\"SAMLResponse\"\r\n\r\n{value}\r\n--b--\r\n"
    );
    let encoded = deskgate_tests::browser::form_encode(&fields);
    let requests = [
        Request::form("/deskgate/acs", &[]),
        Request::form("/deskgate/acs", &[("SAMLResponse", "")]),
        Request::form("/deskgate/acs", &[("SAMLResponse", "AAAA")]),
        Request::form("/deskgate/acs", &[("SAMLResponse", "%%%")]),
        Request::form("/deskgate/acs", &twice),
        Request::new("GET", &format!("/deskgate/acs?{encoded}")),
        Request::new("POST", "/deskgate/acs")
            .header("Content-Type", "multipart/form-data; boundary=b")
            .body(multipart.as_bytes()),
        Request::new("POST", "/deskgate/acs")
            .header("Content-Type", "text/plain")
            .body(encoded.as_bytes()),
        Request::form("/deskgate/acs", &[("SAMLResponse", &"A".repeat(2_000_000))]),
    ];
    for request in requests {
        let mut browser = worker.browser();
        let reply = browser.send(&request.cross_site());
        let reply = if reply.status == 200 { deliver(&mut browser, "", None) } else { reply };
        refused(&reply, &browser, origin.seen().len());
    }
}

#[test]
fn a_host_that_is_no_desk_gets_nothing() {
    let Some(Setting { worker, origin, .. }) = desk_where(|_| {}) else { return };
    for host in ["evil.example", "127.0.0.1:1", "localhost"] {
        let mut browser = worker.browser().at_host(host);
        let reply = browser.open("/");
        assert!(reply.status >= 400, "{host}: {reply}");
    }
    assert!(origin.seen().is_empty());
}
