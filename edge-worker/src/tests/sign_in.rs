//! From the first request to the session, and everything that must not lead there.

use super::admin::deployment_with;
use super::browser::{Browser, NAVIGATION, location, settings};
use super::harness::{Deployment, NOW};
use super::identity_provider::{AUDIENCE, Claims, respond};
use crate::error::notice_for;
use crate::http::tests::request;
use crate::pages::Notice;
use deskgate_core::diagnostic::Excerpt;
use deskgate_core::session;
use deskgate_core::time::UnixTime;

fn deployment() -> Deployment {
    deployment_with(&settings())
}

/// Signs in and answers the response that did it.
fn sign_in(browser: &mut Browser, deployment: &mut Deployment) -> (String, String) {
    let id = browser.begin(deployment, "/tickets/7");
    let response = respond(&Claims { in_response_to: Some(&id), ..Claims::default() });
    let welcome = browser.complete(deployment, &response, &id);
    assert_eq!(welcome.status, 303, "{}", welcome.body);
    (response, id)
}

#[track_caller]
fn check_refused(claims: &Claims<'_>, code: &str, heading: &str) {
    let mut deployment = deployment();
    let mut browser = Browser::default();
    let id = browser.begin(&mut deployment, "/");
    let claims = match claims.in_response_to {
        None => Claims { in_response_to: Some(&id), ..claims.clone() },
        Some(_) => claims.clone(),
    };
    let page = browser.complete(&mut deployment, &respond(&claims), &id);
    assert_eq!(page.status, 403);
    assert!(page.body.contains(&format!("<h1>{heading}</h1>")), "{}", page.body);
    assert!(!browser.has_session());
    assert_eq!(deployment.events(), ["settings.applied", code]);
}

#[test]
fn a_sign_in_ends_at_the_page_that_was_asked_for() {
    let mut deployment = deployment();
    let mut browser = Browser::default();
    let refused = browser.open(&mut deployment, "/tickets/1?tab=notes").response();
    assert_eq!(refused.status, 302);
    let login = location(&refused).strip_prefix("https://help.contoso.com").unwrap().to_owned();
    assert_eq!(login, "/deskgate/login?return=%2Ftickets%2F1%3Ftab%3Dnotes");
    let id = browser.begin(&mut deployment, "/tickets/1?tab=notes");
    let response = respond(&Claims { in_response_to: Some(&id), ..Claims::default() });
    let welcome = browser.complete(&mut deployment, &response, &id);
    assert_eq!(welcome.status, 303);
    assert_eq!(location(&welcome), "https://help.contoso.com/tickets/1?tab=notes");
    assert_eq!(browser.cookies.len(), 1, "the transaction is cleared");
    browser.open(&mut deployment, "/tickets/1?tab=notes").forward();
    assert_eq!(deployment.events(), ["settings.applied", "login.accepted"]);
}

#[test]
fn a_response_signs_in_once() {
    let mut deployment = deployment();
    let mut browser = Browser::default();
    let before = {
        let mut copy = browser.clone();
        let id = copy.begin(&mut deployment, "/");
        let response = respond(&Claims { in_response_to: Some(&id), ..Claims::default() });
        browser = copy.clone();
        assert_eq!(copy.complete(&mut deployment, &response, &id).status, 303);
        (response, id)
    };
    let (response, id) = before;
    let again = browser.complete(&mut deployment, &response, &id);
    assert_eq!(again.status, 403);
    assert!(again.body.contains("This sign-in was already used"));
    assert!(!browser.has_session());
    assert_eq!(deployment.events().last().unwrap(), "login.assertion_replayed");
}

#[test]
fn a_request_is_answered_once() {
    let mut deployment = deployment();
    let mut browser = Browser::default();
    let id = browser.begin(&mut deployment, "/");
    let mut copy = browser.clone();
    let answer = |assertion_id| {
        respond(&Claims { in_response_to: Some(&id), assertion_id, ..Claims::default() })
    };
    assert_eq!(browser.complete(&mut deployment, &answer("_a"), &id).status, 303);
    assert_eq!(copy.complete(&mut deployment, &answer("_b"), &id).status, 403);
    assert_eq!(deployment.events().last().unwrap(), "login.request_answered_before");
}

/// M-14. The skew is 180 s.
#[test]
fn a_fresh_sign_in_is_one_since_this_login_began() {
    let mut settings = settings();
    settings["connections"][0]["force_authn"] = true.into();
    for (authenticated, status, event) in
        [(NOW.seconds() + 290, 303, "login.accepted"), (NOW.seconds(), 403, "saml.authn_too_old")]
    {
        let mut deployment = deployment_with(&settings);
        deployment.advance(290);
        let mut browser = Browser::default();
        let id = browser.begin(&mut deployment, "/");
        let issued_at = UnixTime::from_seconds(authenticated);
        let response =
            respond(&Claims { in_response_to: Some(&id), issued_at, ..Claims::default() });
        assert_eq!(browser.complete(&mut deployment, &response, &id).status, status);
        assert_eq!(deployment.events().last().unwrap(), event);
    }
}

#[test]
fn a_response_that_another_browser_asked_for_does_not_sign_in() {
    let mut deployment = deployment();
    let id = Browser::default().begin(&mut deployment, "/");
    let response = respond(&Claims { in_response_to: Some(&id), ..Claims::default() });
    let mut victim = Browser::default();
    let page = victim.complete(&mut deployment, &response, &id);
    assert_eq!(page.status, 403);
    assert!(page.body.contains("This sign-in was not started here"));
    assert!(!victim.has_session());
}

#[test]
fn refused_responses_lead_to_a_page_and_an_event_but_never_to_a_new_login() {
    let other_audience = Claims { audience: "https://other.example", ..Claims::default() };
    check_refused(&other_audience, "saml.audience_mismatch", "We could not confirm who you are");
    let other_issuer = Claims { issuer: "https://evil.example/", ..Claims::default() };
    check_refused(&other_issuer, "saml.issuer_mismatch", "We could not confirm who you are");
    let an_hour_old = UnixTime::from_seconds(NOW.seconds() - 3600);
    let old = Claims { issued_at: an_hour_old, ..Claims::default() };
    check_refused(&old, "saml.expired", "That took too long");
    let other_request = Claims { in_response_to: Some("_other"), ..Claims::default() };
    let heading = "This sign-in was not started here";
    check_refused(&other_request, "saml.in_response_to_mismatch", heading);
}

#[test]
fn a_changed_byte_is_refused() {
    let mut deployment = deployment();
    let mut browser = Browser::default();
    let id = browser.begin(&mut deployment, "/");
    let response = respond(&Claims { in_response_to: Some(&id), ..Claims::default() });
    let changed = response.replace("B. Simon", "A. Simon");
    assert_eq!(browser.complete(&mut deployment, &changed, &id).status, 403);
    assert_eq!(deployment.events().last().unwrap(), "dsig.digest_mismatch");
    let page = browser.complete(&mut deployment, &response, &id);
    assert_eq!(page.status, 303, "the refusal used nothing up");
}

#[test]
fn a_response_nobody_asked_for_signs_in_only_where_the_connection_allows_it() {
    let unsolicited = respond(&Claims::default());
    let mut deployment = deployment();
    let mut browser = Browser::default();
    assert_eq!(browser.complete(&mut deployment, &unsolicited, "").status, 403);
    assert_eq!(deployment.events().last().unwrap(), "session.transaction_unknown");

    let mut settings = settings();
    settings["connections"][0]["allow_idp_initiated"] = true.into();
    settings["connections"][0]["idp_initiated_target"] = "/start".into();
    let mut deployment = deployment_with(&settings);
    let welcome = browser.complete(&mut deployment, &unsolicited, "https://evil.example/");
    assert_eq!(location(&welcome), "https://help.contoso.com/start");
    let again = Browser::default().complete(&mut deployment, &unsolicited, "");
    assert_eq!(again.status, 403, "replayed");
    let claims = Claims { in_response_to: Some("_x"), assertion_id: "_2", ..Claims::default() };
    let page = Browser::default().complete(&mut deployment, &respond(&claims), "_x");
    assert_eq!(page.status, 403, "an answer to something else is not unsolicited");
    assert_eq!(deployment.events().last().unwrap(), "saml.not_unsolicited");
}

#[test]
fn an_identity_provider_speaks_for_its_own_domains_only() {
    for (domains, status) in [
        (vec!["contoso.com"], 303),
        (vec!["fabrikam.com", "contoso.com"], 303),
        (vec!["fabrikam.com"], 403),
        (vec!["com", "toso.com", "eu.contoso.com", "contoso.com.evil.example"], 403),
    ] {
        let mut settings = settings();
        settings["connections"][0]["email_domains"] = domains.clone().into();
        let mut deployment = deployment_with(&settings);
        let mut browser = Browser::default();
        let id = browser.begin(&mut deployment, "/");
        let response = respond(&Claims { in_response_to: Some(&id), ..Claims::default() });
        let page = browser.complete(&mut deployment, &response, &id);
        assert_eq!(page.status, status, "{domains:?}");
        assert_eq!(browser.has_session(), status == 303, "{domains:?}");
        if status == 403 {
            let code = "session.email_domain_not_allowed";
            assert_eq!(deployment.events().last().unwrap(), code);
            assert!(page.body.contains("does not belong to your organization"), "{}", page.body);
            assert!(!deployment.host.lines.borrow().concat().contains("B.Simon"));
        }
    }
}

#[test]
fn whoever_has_no_address_is_told_so_also_where_the_domain_counts() {
    let expected = Excerpt::new("contoso.com");
    let error = session::Error::EmailDomainNotAllowed { expected, found: None };
    assert_eq!(notice_for(&error), Notice::NoAddress);
}

#[test]
fn a_connection_switched_off_meanwhile_does_not_sign_in() {
    let mut settings = settings();
    let mut second = settings["connections"][0].clone();
    second["name"] = "second".into();
    second["idp_entity_id"] = "https://second.example/".into();
    second["email_domains"] = vec!["fabrikam.com"].into();
    settings["connections"][0]["email_domains"] = vec!["contoso.com"].into();
    settings["connections"].as_array_mut().unwrap().push(second);
    let mut deployment = deployment_with(&settings);
    let mut browser = Browser::default();
    let login = "/deskgate/login?connection=contoso";
    let id = location(&browser.open(&mut deployment, login).response())
        .split_once("RelayState=")
        .unwrap()
        .1
        .to_owned();
    settings["connections"][0]["enabled"] = false.into();
    super::admin::apply(&settings, 2, &mut deployment);
    let response = respond(&Claims { in_response_to: Some(&id), ..Claims::default() });
    assert_eq!(browser.complete(&mut deployment, &response, &id).status, 403);
    assert_eq!(browser.open(&mut deployment, login).response().status, 404);
}

/// M-08: the login was begun with one identity provider, and another one that is trusted as well answers.
#[test]
fn an_answer_of_another_connection_does_not_sign_in() {
    let mut settings = settings();
    let mut second = settings["connections"][0].clone();
    second["name"] = "fabrikam".into();
    second["idp_entity_id"] = "https://idp.fabrikam.com/".into();
    second["sp_entity_id"] = "urn:deskgate:fabrikam".into();
    second["allow_idp_initiated"] = true.into();
    second["email_domains"] = vec!["fabrikam.com"].into();
    settings["connections"][0]["email_domains"] = vec!["contoso.com"].into();
    settings["connections"].as_array_mut().unwrap().push(second);
    let mut deployment = deployment_with(&settings);
    let mut browser = Browser::default();
    let login = browser.open(&mut deployment, "/deskgate/login?connection=contoso").response();
    let id = location(&login).split_once("RelayState=").unwrap().1.to_owned();
    let fabrikam = Claims {
        issuer: "https://idp.fabrikam.com/",
        audience: "urn:deskgate:fabrikam",
        in_response_to: Some(&id),
        ..Claims::default()
    };
    for claims in [fabrikam.clone(), Claims { in_response_to: None, ..fabrikam.clone() }] {
        let page = browser.complete(&mut deployment, &respond(&claims), &id);
        assert_eq!(page.status, 403);
        assert_eq!(deployment.events().last().unwrap(), "saml.issuer_mismatch");
    }
    // Without the RelayState it is not unsolicited either.
    let page = browser.complete(&mut deployment, &respond(&fabrikam), "");
    assert_eq!(page.status, 403);
    assert_eq!(deployment.events().last().unwrap(), "saml.not_unsolicited");
    // Nor does it sign in with the audience of the other connection.
    let mixed = Claims { audience: AUDIENCE, in_response_to: None, ..fabrikam };
    let page = browser.complete(&mut deployment, &respond(&mixed), "");
    assert_eq!(page.status, 403);
    assert_eq!(deployment.events().last().unwrap(), "saml.audience_mismatch");
    assert!(!browser.has_session());
}

#[test]
fn tabs_restored_together_all_find_their_transaction() {
    let mut deployment = deployment();
    let mut browser = Browser::default();
    let ids: Vec<_> =
        ["/a", "/b", "/c"].map(|target| browser.begin(&mut deployment, target)).into();
    for (id, target) in ids.iter().zip(["/a", "/b", "/c"]) {
        let claims = Claims { in_response_to: Some(id), assertion_id: id, ..Claims::default() };
        let welcome = browser.complete(&mut deployment, &respond(&claims), id);
        assert_eq!(location(&welcome), format!("https://help.contoso.com{target}"));
    }
    let stale = Claims { in_response_to: Some("_x"), ..Claims::default() };
    let page = browser.complete(&mut deployment, &respond(&stale), "_x");
    assert!(page.body.contains("You are signed in already"));
}

#[test]
fn signing_in_again_ends_the_older_session() {
    let mut deployment = deployment();
    let mut browser = Browser::default();
    sign_in(&mut browser, &mut deployment);
    let mut older = browser.clone();
    let id = browser.begin(&mut deployment, "/");
    let claims = Claims { in_response_to: Some(&id), assertion_id: "_2", ..Claims::default() };
    assert_eq!(browser.complete(&mut deployment, &respond(&claims), &id).status, 303);
    deployment.advance(31);
    assert_eq!(older.open(&mut deployment, "/").response().status, 302);
    browser.open(&mut deployment, "/").forward();
}

#[test]
fn return_targets_stay_on_the_own_host() {
    let mut deployment = deployment();
    for target in [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "/%09/evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "/deskgate/login",
        "",
        " /",
        "/a\r\nSet-Cookie: x=y",
    ] {
        let mut browser = Browser::default();
        let id = browser.begin(&mut deployment, target);
        let claims = Claims { in_response_to: Some(&id), assertion_id: &id, ..Claims::default() };
        let welcome = browser.complete(&mut deployment, &respond(&claims), &id);
        assert_eq!(location(&welcome), "https://help.contoso.com/", "{target:?}");
    }
}

#[test]
fn the_cross_site_post_is_passed_on_by_a_page_of_our_own() {
    let mut deployment = deployment();
    let headers = format!(
        "{NAVIGATION}content-type:application/x-www-form-urlencoded; charset=utf-8\n\
         origin:https://idp.contoso.com\nsec-fetch-site:cross-site\n"
    );
    let page = deployment
        .handle(request("POST", "/deskgate/acs", &headers), b"SAMLResponse=PGEv%2BPg&RelayState=_1")
        .response();
    assert_eq!(page.status, 200);
    for part in [
        "<form method=\"post\" action=\"/deskgate/acs/complete\">",
        "name=\"SAMLResponse\" value=\"PGEv+Pg\"",
        "name=\"RelayState\" value=\"_1\"",
        "<button",
    ] {
        assert!(page.body.contains(part), "{part}: {}", page.body);
    }
}

#[test]
fn only_a_plain_form_with_each_field_once_is_read() {
    const FORM: &str = "application/x-www-form-urlencoded";
    let check = |content_type: &str, body: &[u8], status: u16, code: &str| {
        let mut deployment = deployment();
        let headers = format!("{NAVIGATION}content-type:{content_type}\n");
        let head = request("POST", "/deskgate/acs?SAMLResponse=x", &headers);
        let page = deployment.handle(head, body).response();
        assert_eq!(page.status, status);
        assert_eq!(deployment.events().last().unwrap(), code);
    };
    check("multipart/form-data", b"SAMLResponse=x", 400, "request.content_type");
    check("text/plain", b"SAMLResponse=x", 400, "request.content_type");
    check(FORM, b"SAMLResponse=x&SAMLResponse=y", 400, "request.parameter_repeated");
    check(FORM, b"SAMLResponse=x&RelayState=1&RelayState=2", 400, "request.parameter_repeated");
    check(FORM, b"RelayState=1", 400, "request.no_saml_response");
    check(FORM, &vec![b'a'; 512 * 1024 + 1], 413, "request.body_too_large");
}

#[test]
fn completing_needs_a_page_of_the_own_origin() {
    let mut deployment = deployment();
    let mut browser = Browser::default();
    browser.begin(&mut deployment, "/");
    let headers = "content-type:application/x-www-form-urlencoded\norigin:https://evil.example\n";
    let page =
        browser.send(&mut deployment, "POST", "/deskgate/acs/complete", headers, "SAMLResponse=x");
    assert_eq!(page.response().status, 403);
    assert_eq!(deployment.events().last().unwrap(), "request.cross_site");
}

#[test]
fn signing_out_takes_a_form_of_the_own_origin_and_ends_the_session_everywhere() {
    let mut deployment = deployment();
    let mut browser = Browser::default();
    sign_in(&mut browser, &mut deployment);
    let mut copy = browser.clone();
    let page = browser.open(&mut deployment, "/deskgate/logout").response();
    assert!(page.body.contains("You are signed in as B. Simon"));
    let forged = browser.send(
        &mut deployment,
        "POST",
        "/deskgate/logout",
        "origin:https://evil.example\n",
        "",
    );
    assert_eq!(forged.response().status, 403);
    browser.open(&mut deployment, "/").forward();

    let page = browser.submit(&mut deployment, "/deskgate/logout", &[]);
    assert_eq!(page.status, 200);
    assert!(browser.cookies.is_empty());
    assert_eq!(copy.clone().open(&mut deployment, "/").response().status, 302, "here at once");
    deployment.new_isolate();
    assert_eq!(copy.open(&mut deployment, "/").response().status, 302, "in other isolates too");
    copy.cookies.insert("__Host-deskgate".to_owned(), "a.b.c".to_owned());
    assert_eq!(copy.open(&mut deployment, "/").response().status, 302);
    assert!(copy.cookies.is_empty(), "a cookie that says nothing is cleared");
}

#[test]
fn a_session_ends_at_its_time() {
    let mut deployment = deployment();
    let mut browser = Browser::default();
    sign_in(&mut browser, &mut deployment);
    deployment.advance(36_000 - 1);
    browser.open(&mut deployment, "/").forward();
    deployment.advance(1);
    assert_eq!(browser.open(&mut deployment, "/").response().status, 302);
}

/// M18. What the identity provider says is for the log: a page that shows it would show anybody's words.
#[test]
fn the_words_of_an_identity_provider_that_refuses_are_in_the_log_and_not_on_the_page() {
    let mut deployment = deployment();
    let mut browser = Browser::default();
    let id = browser.begin(&mut deployment, "/");
    let words = "AADSTS50105: &lt;script&gt;alert(1)&lt;/script&gt; is not assigned";
    let response = respond(&Claims { in_response_to: Some(&id), ..Claims::default() }).replace(
        "<samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"/>",
        &format!(
            "<samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Responder\"/>\
             <samlp:StatusMessage>{words}</samlp:StatusMessage>"
        ),
    );
    let page = browser.complete(&mut deployment, &response, &id);
    assert_eq!(page.status, 403);
    for word in ["AADSTS50105", "script>", "Responder"] {
        assert!(!page.body.contains(word), "{word} in {}", page.body);
    }
    assert_eq!(deployment.events().last().unwrap(), "saml.status");
    let lines = deployment.host.lines.borrow();
    assert!(lines.last().unwrap().contains("AADSTS50105: <script>alert(1)</script>"), "{lines:?}");
}

/// M2.
#[test]
fn responses_come_by_post_only() {
    let mut deployment = deployment();
    let mut browser = Browser::default();
    for path in ["/deskgate/acs", "/deskgate/acs/complete"] {
        for method in ["GET", "HEAD", "PUT"] {
            let response = browser.send(&mut deployment, method, path, NAVIGATION, "").response();
            assert_eq!(response.status, 405, "{method} {path}");
            assert!(response.headers.contains(&("Allow", "POST".to_owned())), "{response:?}");
        }
    }
}

/// E-11: what the help of `require_encrypted` points to.
#[test]
fn the_metadata_has_an_encryption_certificate_where_encryption_is_demanded() {
    let mut settings = settings();
    settings["support"] = "it@contoso.com".into();
    for (demanded, count) in [(false, 0), (true, 1)] {
        settings["connections"][0]["require_encrypted"] = demanded.into();
        let mut deployment = deployment_with(&settings);
        let page = Browser::default().open(&mut deployment, "/deskgate/metadata").response();
        assert_eq!(page.body.matches("use=\"encryption\"").count(), count);
        assert!(page.body.contains("<md:EmailAddress>mailto:it@contoso.com</md:EmailAddress>"));
        assert!(page.body.contains(">Contoso Helpdesk</mdui:DisplayName>"));
    }
}
