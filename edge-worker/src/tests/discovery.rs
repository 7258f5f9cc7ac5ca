//! Which of several identity providers somebody is sent to.

use serde_json::{Value, json};

use super::admin::deployment_with;
use super::browser::{Browser, NAVIGATION, location, settings};
use super::harness::Deployment;
use crate::http::tests::request;
use crate::http::{Parameters, Response};

/// Entra with two domains, another one with a domain, and one without any.
fn three() -> Value {
    let mut settings = settings();
    let first = settings["connections"][0].clone();
    let connection = |name: &str, host: &str| {
        let mut connection = first.clone();
        connection["name"] = name.into();
        connection["idp_entity_id"] = format!("https://{host}/").into();
        connection["sso_url"] = format!("https://{host}/sso").into();
        connection
    };
    let mut contoso = connection("contoso", "idp.contoso.com");
    contoso["preset"] = "entra".into();
    contoso["display_name"] = "Contoso".into();
    contoso["email_domains"] = json!(["contoso.com", "xn--bcher-kva.example"]);
    let mut fabrikam = connection("fabrikam", "idp.fabrikam.com");
    fabrikam["display_name"] = "Fabrikam".into();
    fabrikam["email_domains"] = json!(["fabrikam.com"]);
    fabrikam["sso_binding"] = "post".into();
    fabrikam["sign_requests"] = true.into();
    let mut partners = connection("partners", "idp.partners.example");
    partners["display_name"] = "Partners & Sons".into();
    partners["dangerous_any_email_domain"] = true.into();
    settings["connections"] = json!([contoso, fabrikam, partners]);
    settings
}

fn find(deployment: &mut Deployment, browser: &mut Browser, email: &str) -> Response {
    browser.submit(deployment, "/deskgate/login", &[("return", "/t?a=b"), ("email", email)])
}

#[test]
fn several_connections_are_told_apart_by_the_e_mail_address() {
    let mut deployment = deployment_with(&three());
    let mut browser = Browser::default();
    let page = browser.open(&mut deployment, "/deskgate/login?return=/t").response();
    assert_eq!(page.status, 200);
    assert!(page.body.contains("<form method=\"post\" action=\"/deskgate/login\">"));
    assert!(page.body.contains("name=\"return\" value=\"/t\""));
    assert!(page.body.contains("<label for=\"email\">"));
    // Who else signs in here is not said.
    assert!(!page.body.contains("contoso.com") && !page.body.contains("Fabrikam"));
    assert!(
        page.body.contains("?connection=partners&#38;return=%2Ft\">Partners &#38; Sons</a>"),
        "{}",
        page.body
    );
    assert!(browser.cookies.is_empty());
    for email in ["B.Simon@contoso.com", " zoe@CONTOSO.com ", "b@xn--bcher-kva.example"] {
        let login = find(&mut deployment, &mut browser, email);
        assert_eq!(login.status, 303);
        assert!(location(&login).starts_with("https://idp.contoso.com/sso?SAMLRequest="));
    }
    assert!(browser.cookies.contains_key("__Host-deskgate-login"), "{:?}", browser.cookies);
    let login = find(&mut deployment, &mut browser, "a@fabrikam.com");
    assert!(login.body.contains("<form method=\"post\" action=\"https://idp.fabrikam.com/sso\">"));
    assert!(!login.body.contains("a@fabrikam.com"));
}

#[test]
fn the_address_is_passed_on_where_the_product_takes_it_and_stands_nowhere_else() {
    let mut deployment = deployment_with(&three());
    let mut browser = Browser::default();
    let login = find(&mut deployment, &mut browser, "b.simon+x@contoso.com");
    let query = location(&login).split_once('?').unwrap().1.to_owned();
    let parameters = Parameters::parse(query.as_bytes());
    assert_eq!(parameters.once("login_hint"), Ok(Some("b.simon+x@contoso.com")));
    let message = parameters.once("SAMLRequest").unwrap().unwrap();
    let message = deskgate_core::saml::binding::redirect::inflate_value(message).unwrap();
    // Entra refuses a request that has one.
    assert!(!message.contains("Subject") && !message.contains("simon"), "{message}");
    let mut other = three();
    other["connections"][0]["preset"] = "generic".into();
    let mut deployment = deployment_with(&other);
    let login = find(&mut deployment, &mut Browser::default(), "b.simon@contoso.com");
    assert!(!location(&login).contains("simon"));
    find(&mut deployment, &mut browser, "b.simon@nowhere.example");
    assert!(!deployment.host.lines.borrow().concat().contains("simon"));
}

#[test]
fn an_address_that_leads_nowhere_is_asked_for_again() {
    let mut deployment = deployment_with(&three());
    let mut browser = Browser::default();
    for (email, sentence) in [
        ("", "not an e-mail address"),
        ("simon", "not an e-mail address"),
        ("a@b@contoso.com", "not an e-mail address"),
        ("b_x#EXT#@contoso.com", "not an e-mail address"),
        ("\"><script>@contoso.com", "not an e-mail address"),
        ("b@nowhere.example", "No organization that signs in here"),
        ("b@sub.contoso.com", "No organization that signs in here"),
        ("b@contoso.com.", "not an e-mail address"),
    ] {
        let page = find(&mut deployment, &mut browser, email);
        assert_eq!(page.status, 422, "{email}");
        assert!(page.body.contains(sentence), "{email}: {}", page.body);
        assert!(
            page.body.contains("role=\"alert\"") && page.body.contains("aria-invalid=\"true\"")
        );
        assert!(page.body.contains("name=\"return\" value=\"/t?a=b\""));
        assert!(page.body.contains("Partners &#38; Sons"));
        assert!(!page.body.contains("fabrikam.com") && !page.body.contains("<script>"));
    }
    assert!(browser.cookies.is_empty());
}

#[test]
fn only_our_own_page_may_send_the_address() {
    let mut deployment = deployment_with(&three());
    let body = b"email=b%40contoso.com";
    let form = "content-type:application/x-www-form-urlencoded\n";
    for (headers, status) in [
        (
            format!("{NAVIGATION}{form}origin:https://evil.example\nsec-fetch-site:cross-site\n"),
            403,
        ),
        (format!("{NAVIGATION}origin:https://help.contoso.com\ncontent-type:text/plain\n"), 400),
    ] {
        let page = deployment.handle(request("POST", "/deskgate/login", &headers), body);
        assert_eq!(page.response().status, status, "{headers}");
    }
    let mut browser = Browser::default();
    let twice = [("email", "b@contoso.com"), ("email", "b@fabrikam.com")];
    assert_eq!(browser.submit(&mut deployment, "/deskgate/login", &twice).status, 400);
    let long = "x".repeat(9000);
    let page = browser.submit(&mut deployment, "/deskgate/login", &[("email", &long)]);
    assert_eq!(page.status, 413);
    let elsewhere = [("email", "b@contoso.com"), ("return", "https://evil.example/")];
    let login = browser.submit(&mut deployment, "/deskgate/login", &elsewhere);
    assert_eq!(login.status, 303);
}

#[test]
fn a_connection_that_is_switched_off_is_not_found() {
    let mut settings = three();
    settings["connections"][1]["enabled"] = false.into();
    let mut deployment = deployment_with(&settings);
    let page = find(&mut deployment, &mut Browser::default(), "a@fabrikam.com");
    assert_eq!(page.status, 422);
    // With one left that has domains and the other switched off there is nothing to ask.
    settings["connections"][2]["enabled"] = false.into();
    let mut deployment = deployment_with(&settings);
    let login = Browser::default().open(&mut deployment, "/deskgate/login").response();
    assert_eq!(login.status, 303);
}

#[test]
fn connections_without_domains_are_chosen_from_a_list() {
    let mut settings = three();
    for connection in settings["connections"].as_array_mut().unwrap() {
        connection.as_object_mut().unwrap().remove("email_domains");
        connection["dangerous_any_email_domain"] = true.into();
    }
    let mut deployment = deployment_with(&settings);
    let mut browser = Browser::default();
    let page = browser.open(&mut deployment, "/deskgate/login?return=/t").response();
    assert!(!page.body.contains("<form"));
    for name in ["contoso", "fabrikam", "partners"] {
        assert!(page.body.contains(&format!("?connection={name}&#38;return=%2Ft\"")));
    }
    let page = browser.open(&mut deployment, "/deskgate/login?connection=fabrikam").response();
    assert!(page.body.contains("<form method=\"post\" action=\"https://idp.fabrikam.com/sso\">"));
    assert_eq!(browser.cookies.len(), 1);
    let page = browser.open(&mut deployment, "/deskgate/login?connection=none").response();
    assert_eq!(page.status, 404);
}
