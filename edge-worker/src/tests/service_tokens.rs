//! Scripts and webhooks with service tokens.

use deskgate_core::base64;
use deskgate_core::jose::{JwkKind, JwkSet};
use deskgate_core::session::service_token::{
    secret_digest, service_token_id, service_token_secret,
};
use deskgate_core::session::{ExpectedOriginToken, OriginToken, verify_origin_token};
use serde_json::{Value, json};

use super::admin::{apply, deployment_with, send_signed};
use super::browser::{Browser, settings};
use super::gate::signed_in;
use super::harness::{CRYPTO, Deployment, Outcome};
use crate::audit::{Event, Name};
use crate::desk_object::{OneTime, Operation, Use};
use crate::entry;
use crate::http::Response;
use crate::http::tests::request;
use crate::json;
use crate::watch::{self, Look};

const PATH: &str = "/deskgate/admin/service-tokens";
const DAY: u64 = 24 * 3600;

/// The ID and the secret that a script has.
#[derive(Clone, Debug)]
struct Script {
    id: String,
    secret: String,
}

fn script(number: u8) -> Script {
    Script { id: service_token_id([number; 16]), secret: secret(number) }
}

fn secret(number: u8) -> String {
    service_token_secret(&[number; 32]).to_string()
}

fn digest(secret: &str) -> String {
    base64::encode_url(secret_digest(secret, &CRYPTO).as_bytes())
}

impl Script {
    fn headers(&self) -> String {
        format!("deskgate-client-id:{}\ndeskgate-client-secret:{}\n", self.id, self.secret)
    }

    fn basic(&self) -> String {
        let pair = format!("{}:{}", self.id, self.secret);
        format!("authorization:Basic {}\n", base64::encode(pair.as_bytes()))
    }

    /// What is answered, or that the origin gets it.
    fn status(&self, deployment: &mut Deployment, method: &str, path: &str) -> u16 {
        status(deployment, method, path, &self.headers())
    }
}

fn status(deployment: &mut Deployment, method: &str, path: &str, headers: &str) -> u16 {
    match deployment.handle(request(method, path, headers), b"") {
        Outcome::Forwarded(_) => 200,
        Outcome::Answered(response) => response.status,
    }
}

fn change(deployment: &mut Deployment, id: u8, change: &Value) -> Response {
    send_signed("POST", PATH, &change.to_string(), id, deployment)
}

fn add(deployment: &mut Deployment, id: u8, paths: &[&str]) -> Script {
    let script = script(id);
    let new = json!({ "add": {
        "name": format!("script-{id}"), "id": script.id, "secret_sha256": digest(&script.secret),
        "paths": paths, "methods": [], "days": 365,
    }});
    let response = change(deployment, id, &new);
    assert_eq!(response.status, 200, "{}", response.body);
    script
}

fn rotate(deployment: &mut Deployment, id: u8, name: &str, new: u8, grace_seconds: u64) {
    let new = json!({ "rotate": {
        "name": name, "secret_sha256": digest(&secret(new)), "grace_seconds": grace_seconds,
    }});
    let response = change(deployment, id, &new);
    assert_eq!(response.status, 200, "{}", response.body);
}

/// A desk with the token of a script for `/api/` and `/hooks/zendesk`.
fn deployment() -> (Deployment, Script) {
    let mut deployment = deployment_with(&settings());
    let script = add(&mut deployment, 40, &["/api/", "/hooks/zendesk"]);
    (deployment, script)
}

fn code(response: &Response) -> String {
    let body: Value = serde_json::from_str(&response.body).unwrap_or_else(|_| {
        panic!("{} {}", response.status, response.body);
    });
    body["code"].as_str().unwrap().to_owned()
}

#[track_caller]
fn check_refused(deployment: &mut Deployment, headers: &str, path: &str, status: u16, why: &str) {
    let response = deployment.handle(request("GET", path, headers), b"").response();
    assert_eq!((response.status, code(&response).as_str()), (status, why), "{path} {headers}");
    let header = |name: &str| {
        let found = response.headers.iter().find(|(found, _)| *found == name);
        found.map(|(_, value)| value.as_str())
    };
    assert_eq!(header("Cache-Control"), Some("private, no-store"));
    assert_eq!(header("Location"), None);
    assert_eq!(header("Set-Cookie"), None);
    assert_eq!(header("WWW-Authenticate"), (status == 401).then_some("Deskgate"));
}

/// What the origin reads in the request.
fn assertion(deployment: &mut Deployment, method: &str, path: &str, headers: &str) -> OriginToken {
    let forward = json!(deployment.handle(request(method, path, headers), b"").forward());
    let set = forward["set"].as_array().unwrap();
    let token = set.iter().find(|pair| pair[0] == "Deskgate-Assertion").unwrap()[1].as_str();
    let keys = Browser::default().open(deployment, "/deskgate/jwks.json").response().body;
    let keys = JwkSet::parse(keys.as_bytes(), JwkKind::PUBLIC).unwrap();
    let expected = ExpectedOriginToken {
        desk_url: "https://help.contoso.com",
        origin: "https://tickets.internal",
        method,
        path_and_query: path,
    };
    verify_origin_token(token.unwrap(), &keys, &expected, deployment.now, &CRYPTO).unwrap()
}

#[test]
fn a_script_passes_as_itself_and_its_secret_stays_at_the_gate() {
    let (mut deployment, script) = deployment();
    for headers in [script.headers(), script.basic(), script.headers() + &script.basic()] {
        let token = assertion(&mut deployment, "POST", "/api/v1?a=b", &headers);
        let session = token.session();
        assert_eq!(session.service_token(), Some("script-40"));
        assert_eq!(session.subject(), format!("service-token:{}", script.id));
        assert_eq!(session.person().email, None);
        let forward =
            json!(deployment.handle(request("POST", "/api/v1?a=b", &headers), b"").forward());
        assert_eq!(forward["personal"], true);
        let sent: Vec<_> = headers.lines().filter_map(|line| line.split(':').next()).collect();
        let removed = forward["remove"].as_array().unwrap();
        assert!(sent.iter().all(|name| removed.iter().any(|gone| gone == name)), "{forward}");
        assert!(!forward["set"].to_string().contains(&script.secret));
    }
}

#[test]
fn an_authorization_of_the_origin_goes_on_beside_the_headers() {
    let (mut deployment, script) = deployment();
    let theirs = base64::encode(b"agent@contoso.com/token:x");
    for scheme in [format!("Basic {theirs}"), "Bearer x".to_owned()] {
        let headers = format!("{}authorization:{scheme}\n", script.headers());
        let forward = json!(deployment.handle(request("GET", "/api/", &headers), b"").forward());
        let removed = forward["remove"].as_array().unwrap();
        assert!(!removed.iter().any(|name| name == "authorization"), "{forward}");
    }
}

#[test]
fn a_wrong_token_is_refused_in_json_and_never_led_to_the_sign_in() {
    let (mut deployment, good) = deployment();
    let with = |id: &str, secret: &str| Script { id: id.to_owned(), secret: secret.to_owned() };
    for (wrong, why) in [
        (script(41), "service_token.refused"),
        (with(&good.id, &secret(41)), "service_token.refused"),
        (with(&script(41).id, &good.secret), "service_token.refused"),
        (with(&good.secret, &good.id), "service_token.credentials_malformed"),
        (with(&good.id, &format!("{}x", good.secret)), "service_token.credentials_malformed"),
        (with(&good.id, ""), "service_token.credentials_malformed"),
    ] {
        let navigation = super::browser::NAVIGATION;
        for headers in [wrong.headers(), navigation.to_owned() + &wrong.headers(), wrong.basic()] {
            if headers.starts_with("authorization") && !wrong.id.ends_with(".deskgate") {
                continue;
            }
            check_refused(&mut deployment, &headers, "/api/", 401, why);
        }
    }
    let half = format!("deskgate-client-id:{}\n", good.id);
    let malformed = "service_token.credentials_malformed";
    check_refused(&mut deployment, &half, "/api/", 401, malformed);
    // The platform joins headers of one name.
    let twice = format!("{half}deskgate-client-secret:{0}, {0}\n", good.secret);
    check_refused(&mut deployment, &twice, "/api/", 401, malformed);
    let two = format!("{}{}", good.headers(), script(41).basic());
    check_refused(&mut deployment, &two, "/api/", 401, malformed);
}

#[test]
fn a_token_opens_its_own_paths_and_methods_only() {
    let (mut deployment, script) = deployment();
    for path in ["/api/", "/api/v1", "/hooks/zendesk"] {
        assert_eq!(script.status(&mut deployment, "POST", path), 200, "{path}");
    }
    for path in [
        "/",
        "/api",
        "/tickets/1",
        "//api/",
        "/api//x",
        "/api/%2e%2e/admin",
        "/api/..%2fadmin",
        "/api/..;/admin",
        "/api/%5cadmin",
        "/hooks/zendesk/",
        "/API/",
    ] {
        let why = "service_token.path_not_allowed";
        check_refused(&mut deployment, &script.headers(), path, 403, why);
    }
    let reader = self::script(42);
    let new = json!({ "add": {
        "name": "reader", "id": reader.id, "secret_sha256": digest(&reader.secret),
        "paths": ["/"], "methods": ["GET"], "days": 1,
    }});
    assert_eq!(change(&mut deployment, 42, &new).status, 200);
    assert_eq!(reader.status(&mut deployment, "GET", "/tickets/1"), 200);
    for method in ["POST", "DELETE", "HEAD", "get"] {
        let head = request(method, "/tickets/1", &reader.headers());
        let response = deployment.handle(head, b"").response();
        assert_eq!(code(&response), "service_token.method_not_allowed", "{method}");
    }
    deployment.advance(DAY);
    check_refused(&mut deployment, &reader.headers(), "/", 401, "service_token.expired");
}

#[test]
fn a_cookie_beside_a_token_does_not_count() {
    let (mut deployment, mut browser) = signed_in();
    let good = add(&mut deployment, 40, &["/api/"]);
    let wrong = script(41);
    let mut send = |deployment: &mut Deployment, path: &str, headers: &str| {
        browser.send(deployment, "GET", path, headers, "")
    };
    assert!(matches!(send(&mut deployment, "/api/", ""), Outcome::Forwarded(_)));
    for (path, headers, status) in [
        ("/api/", wrong.headers(), 401),
        ("/api/", wrong.basic(), 401),
        ("/tickets/1", good.headers(), 403),
    ] {
        assert_eq!(send(&mut deployment, path, &headers).response().status, status, "{path}");
    }
    let forward = json!(send(&mut deployment, "/api/", &good.headers()).forward());
    let set = forward["set"].as_array().unwrap();
    let token = set.iter().find(|pair| pair[0] == "Deskgate-Assertion").unwrap()[1].as_str();
    let claims = base64::decode_url(token.unwrap().split('.').nth(1).unwrap()).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    assert_eq!(claims["identity"], json!({ "name": "script-40" }));
    assert_eq!(claims["auth_time"], 0);
    assert!(!forward["set"].to_string().contains("__Host-deskgate"));
}

#[test]
fn nothing_but_the_headers_carries_a_token() {
    let (mut deployment, script) = deployment();
    let Script { id, secret } = &script;
    for (path, headers) in [
        (format!("/api/?Deskgate-Client-Id={id}&Deskgate-Client-Secret={secret}"), String::new()),
        (
            "/api/".to_owned(),
            format!("cookie:Deskgate-Client-Id={id}; Deskgate-Client-Secret={secret}\n"),
        ),
        ("/api/".to_owned(), format!("deskgate_client_id:{id}\ndeskgate_client_secret:{secret}\n")),
        (
            "/api/".to_owned(),
            format!("x-deskgate-client-id:{id}\nx-deskgate-client-secret:{secret}\n"),
        ),
        ("/api/".to_owned(), format!("authorization:Bearer {secret}\n")),
    ] {
        assert_eq!(status(&mut deployment, "GET", &path, &headers), 401, "{path} {headers}");
    }
}

#[test]
fn a_token_opens_none_of_our_own_pages() {
    let (mut deployment, _) = deployment();
    let script = add(&mut deployment, 42, &["/"]);
    assert_eq!(script.status(&mut deployment, "GET", "/deskgate/session"), 401);
    assert_eq!(script.status(&mut deployment, "GET", "/deskgate/admin/people"), 401);
    let add = json!({ "remove": "script-40" }).to_string();
    let head = request("POST", PATH, &script.headers());
    assert_eq!(deployment.handle(head, add.as_bytes()).response().status, 401);
}

#[test]
fn over_plain_http_a_script_is_refused_and_not_led_on() {
    let (mut deployment, script) = deployment();
    for headers in [script.headers(), script.basic()] {
        let mut head = request("GET", "/api/", &headers);
        head.scheme = "http".to_owned();
        let response = deployment.handle(head, b"").response();
        assert_eq!((response.status, code(&response).as_str()), (421, "request.wrong_address"));
    }
}

#[test]
fn on_public_paths_a_token_is_neither_asked_for_nor_passed_on() {
    let (mut deployment, _) = deployment();
    for headers in [script(41).headers(), script(41).basic()] {
        let head = request("GET", "/assets/a.js", &headers);
        let forward = json!(deployment.handle(head, b"").forward());
        assert_eq!(forward["personal"], false);
        let sent: Vec<_> = headers.lines().filter_map(|line| line.split(':').next()).collect();
        let removed = forward["remove"].as_array().unwrap();
        assert!(sent.iter().all(|name| removed.iter().any(|gone| gone == name)), "{forward}");
    }
}

#[test]
fn where_nobody_is_forced_to_sign_in_a_wrong_token_is_refused_too() {
    let mut settings = settings();
    settings["force_saml"] = json!(false);
    let mut deployment = deployment_with(&settings);
    let script = add(&mut deployment, 40, &["/api/"]);
    assert_eq!(status(&mut deployment, "GET", "/tickets/1", ""), 200);
    assert_eq!(script.status(&mut deployment, "GET", "/tickets/1"), 403);
    assert_eq!(self::script(41).status(&mut deployment, "GET", "/api/"), 401);
    assert_eq!(script.status(&mut deployment, "GET", "/api/"), 200);
}

#[test]
fn no_script_is_fresh() {
    let mut settings = settings();
    settings["fresh"] = json!([{ "path": "/api/export", "max_age_seconds": 900 }]);
    let mut deployment = deployment_with(&settings);
    let script = add(&mut deployment, 40, &["/api/"]);
    assert_eq!(script.status(&mut deployment, "GET", "/api/tickets"), 200);
    for path in ["/api/export", "/api/export/all", "/api/Export", "/api/%65xport"] {
        let why = "service_token.not_fresh";
        check_refused(&mut deployment, &script.headers(), path, 403, why);
    }
}

#[test]
fn a_web_socket_of_a_script_needs_no_page_of_ours() {
    let (mut deployment, script) = deployment();
    let upgrade = "upgrade:websocket\nconnection:Upgrade\n";
    for origin in ["", "origin:https://elsewhere.example\n"] {
        let headers = format!("{upgrade}{origin}{}", script.headers());
        assert_eq!(status(&mut deployment, "GET", "/api/live", &headers), 200, "{origin}");
        let headers = format!("{upgrade}{origin}{}", self::script(41).headers());
        assert_eq!(status(&mut deployment, "GET", "/api/live", &headers), 401, "{origin}");
    }
}

#[test]
fn plain_headers_name_a_script_by_its_sub_only() {
    let mut settings = settings();
    settings["origin_headers"] =
        json!({ "remote_user": "email", "remote_name": "name", "x_forwarded_user": "subject" });
    let mut deployment = deployment_with(&settings);
    let script = add(&mut deployment, 40, &["/api/"]);
    let headers = format!("remote-user:b.simon@contoso.com\n{}", script.headers());
    let forward = json!(deployment.handle(request("GET", "/api/", &headers), b"").forward());
    let set = forward["set"].as_array().unwrap();
    let of = |name: &str| set.iter().find(|pair| pair[0] == name).map(|pair| pair[1].clone());
    assert_eq!((of("Remote-User"), of("Remote-Name")), (None, None));
    assert_eq!(of("X-Forwarded-User"), Some(json!(format!("service-token:{}", script.id))));
    let removed = forward["remove"].as_array().unwrap();
    assert!(removed.iter().any(|name| name == "remote-user"));
}

#[test]
fn after_a_rotation_both_secrets_are_good_until_the_grace_is_over() {
    let (mut deployment, old) = deployment();
    rotate(&mut deployment, 2, "script-40", 50, DAY);
    let new = Script { id: old.id.clone(), secret: secret(50) };
    for script in [&old, &new] {
        assert_eq!(script.status(&mut deployment, "GET", "/api/"), 200);
    }
    deployment.advance(DAY - 1);
    assert_eq!(old.status(&mut deployment, "GET", "/api/"), 200);
    deployment.advance(1);
    check_refused(&mut deployment, &old.headers(), "/api/", 401, "service_token.refused");
    assert_eq!(new.status(&mut deployment, "GET", "/api/"), 200);
    // Without grace, and while one is on: at once, and the one before is gone too.
    rotate(&mut deployment, 3, "script-40", 51, DAY);
    rotate(&mut deployment, 4, "script-40", 52, 0);
    let at = |number| Script { id: old.id.clone(), secret: secret(number) };
    let statuses = [50, 51, 52].map(|n| at(n).status(&mut deployment, "GET", "/api/"));
    assert_eq!(statuses, [401, 401, 200]);
    // A rotation begins the life of the token anew.
    deployment.advance(364 * DAY);
    assert_eq!(at(52).status(&mut deployment, "GET", "/api/"), 200);
    deployment.advance(DAY);
    check_refused(&mut deployment, &at(52).headers(), "/api/", 401, "service_token.expired");
    // And makes an expired secret good for nobody.
    rotate(&mut deployment, 5, "script-40", 53, DAY);
    check_refused(&mut deployment, &at(52).headers(), "/api/", 401, "service_token.refused");
    assert_eq!(at(53).status(&mut deployment, "GET", "/api/"), 200);
}

#[test]
fn a_token_that_was_removed_is_gone_here_at_once_and_elsewhere_with_the_next_snapshot() {
    let (mut deployment, script) = deployment();
    assert_eq!(script.status(&mut deployment, "GET", "/api/"), 200);
    // As another isolate does it: this one keeps what it knows.
    let operation = Operation::ChangeServiceTokens {
        change: json::read(br#"{"remove":"script-40"}"#).unwrap(),
        token: OneTime::new(Use::AdminToken, "", "x", deployment.now, &CRYPTO),
        event: Event::of_desk(Name::ServiceTokenRemoved, "help.contoso.com", deployment.now),
    };
    deployment.ask("help.contoso.com", operation).unwrap();
    assert_eq!(script.status(&mut deployment, "GET", "/api/"), 200);
    deployment.advance(31);
    check_refused(&mut deployment, &script.headers(), "/api/", 401, "service_token.refused");
    deployment.new_isolate();
    check_refused(&mut deployment, &script.headers(), "/api/", 401, "service_token.refused");
}

#[test]
fn an_answer_that_was_long_on_its_way_brings_no_token_back() {
    let (mut deployment, script) = deployment();
    let old = deployment.ask("help.contoso.com", Operation::Snapshot { known: None });
    assert_eq!(change(&mut deployment, 2, &json!({ "remove": "script-40" })).status, 200);
    let why = "service_token.refused";
    check_refused(&mut deployment, &script.headers(), "/api/", 401, why);
    entry::install("help.contoso.com", old, deployment.now, deployment.host);
    check_refused(&mut deployment, &script.headers(), "/api/", 401, why);
}

#[test]
fn the_gate_asks_the_object_once_a_day_about_a_token_and_not_for_every_guess() {
    let (mut deployment, script) = deployment();
    assert_eq!(script.status(&mut deployment, "GET", "/api/"), 200);
    let asked = deployment.asked;
    for _ in 0..100 {
        assert_eq!(script.status(&mut deployment, "GET", "/api/"), 200);
    }
    assert_eq!(deployment.asked, asked);
    for number in 100..200 {
        assert_eq!(self::script(number).status(&mut deployment, "GET", "/api/"), 401);
    }
    assert_eq!(deployment.asked, asked + 5);
    assert_eq!(deployment.storage.count("audit_log"), 2 + 1 + 5);
    deployment.advance(DAY);
    assert_eq!(script.status(&mut deployment, "GET", "/api/"), 200);
    assert_eq!(script.status(&mut deployment, "GET", "/api/"), 200);
    // A snapshot, and the day.
    assert_eq!(deployment.asked, asked + 5 + 2);
}

fn list(deployment: &mut Deployment) -> Value {
    let response = send_signed("GET", PATH, "", 90, deployment);
    assert_eq!(response.status, 200, "{}", response.body);
    serde_json::from_str::<Value>(&response.body).unwrap()["service_tokens"].take()
}

#[test]
fn the_list_says_what_an_administrator_needs_and_no_secret() {
    let (mut deployment, script) = deployment();
    let now = deployment.now.seconds();
    let expected = json!({
        "name": "script-40", "id": script.id, "paths": ["/api/", "/hooks/zendesk"], "methods": [],
        "created_at": now, "expires_at": now + 365 * DAY, "former_secret_until": null,
        "last_used_on": null,
    });
    assert_eq!(list(&mut deployment), json!([expected]));
    script.status(&mut deployment, "GET", "/api/");
    rotate(&mut deployment, 2, "script-40", 50, 3600);
    let listed = list(&mut deployment);
    assert_eq!(listed[0]["last_used_on"], now - now % DAY);
    assert_eq!(listed[0]["former_secret_until"], now + 3600);
    let audit = send_signed("GET", "/deskgate/admin/audit", "", 91, &mut deployment).body;
    for event in ["added", "first_used", "rotated"] {
        assert!(audit.contains(&format!("service_token.{event}")), "{event}: {audit}");
    }
    let logged = deployment.host.lines.borrow().join("\n");
    for text in [listed.to_string(), audit, logged] {
        for secret in [&script.secret, &secret(50), &digest(&script.secret), &digest(&secret(50))] {
            assert!(!text.contains(secret.as_str()), "{text}");
        }
    }
}

#[test]
fn a_refusal_names_a_token_that_is_known_and_never_what_was_sent() {
    let (mut deployment, script) = deployment();
    let swapped = Script { id: script.secret.clone(), secret: script.id.clone() };
    swapped.status(&mut deployment, "GET", "/api/");
    let other = Script { secret: secret(41), ..script.clone() };
    other.status(&mut deployment, "GET", "/api/");
    self::script(43).status(&mut deployment, "GET", "/api/");
    let audit = send_signed("GET", "/deskgate/admin/audit", "", 91, &mut deployment).body;
    let audit: Value = serde_json::from_str(&audit).unwrap();
    let of =
        |at: usize| (audit["events"][at]["code"].clone(), audit["events"][at]["token"].clone());
    assert_eq!(of(0), (json!("service_token.refused"), Value::Null));
    assert_eq!(of(1), (json!("service_token.refused"), json!("script-40")));
    assert_eq!(of(2), (json!("service_token.credentials_malformed"), Value::Null));
    for text in [audit.to_string(), deployment.host.lines.borrow().join("\n")] {
        for sent in [&script.secret, &other.secret, &secret(43), &self::script(43).id] {
            assert!(!text.contains(sent.as_str()), "{text}");
        }
    }
}

#[test]
fn what_cannot_be_a_token_is_not_kept() {
    let (mut deployment, script) = deployment();
    let with = |name: &str, value: Value| {
        let mut new = json!({
            "name": "new", "id": self::script(60).id, "secret_sha256": digest("x"),
            "paths": ["/api/"], "methods": ["GET"], "days": 365,
        });
        new[name] = value;
        json!({ "add": new })
    };
    let rotated = |name: &str, digest: &str, grace_seconds: u64| {
        json!({ "rotate":
            { "name": name, "secret_sha256": digest, "grace_seconds": grace_seconds } })
    };
    let x = digest("x");
    for (id, (body, status, why)) in [
        (with("name", json!("A b")), 422, "service_token.name_malformed"),
        (with("name", json!("script-40")), 409, "admin.service_token_name_taken"),
        (with("paths", json!([])), 422, "service_token.no_paths"),
        (with("paths", json!(["/a/../b"])), 422, "service_token.path_malformed"),
        (with("methods", json!(["get"])), 422, "service_token.method_malformed"),
        (with("id", json!("x")), 422, "service_token.record_malformed"),
        (with("secret_sha256", json!(secret(60))), 422, "service_token.record_malformed"),
        (with("days", json!(0)), 422, "service_token.record_malformed"),
        (with("days", json!(731)), 422, "service_token.record_malformed"),
        (with("days", json!(-1)), 400, "admin.not_json"),
        (rotated("nobody", &x, 0), 404, "admin.no_such_service_token"),
        (rotated("script-40", "x", 0), 422, "service_token.record_malformed"),
        (rotated("script-40", &x, 31 * DAY), 422, "service_token.record_malformed"),
        (json!({ "remove": "nobody" }), 404, "admin.no_such_service_token"),
        (json!({ "other": "x" }), 400, "admin.not_json"),
    ]
    .into_iter()
    .enumerate()
    {
        let id = 100 + u8::try_from(id).unwrap();
        let response = change(&mut deployment, id, &body);
        assert_eq!((response.status, code(&response).as_str()), (status, why), "{body}");
    }
    assert_eq!(list(&mut deployment).as_array().unwrap().len(), 1);
    assert_eq!(script.status(&mut deployment, "GET", "/api/"), 200);
    assert_eq!(send_signed("PUT", PATH, "", 99, &mut deployment).status, 405);
}

#[test]
fn a_desk_has_a_hundred_tokens_at_most() {
    let mut deployment = deployment_with(&settings());
    for number in 100..200 {
        add(&mut deployment, number, &["/api/"]);
    }
    let one_more = json!({ "add": {
        "name": "one-more", "id": script(201).id, "secret_sha256": digest("x"),
        "paths": ["/api/"], "days": 1,
    }});
    let refused = change(&mut deployment, 201, &one_more);
    assert_eq!(code(&refused), "admin.too_many_service_tokens");
    assert_eq!(script(199).status(&mut deployment, "GET", "/api/"), 200);
}

#[test]
fn tokens_outlive_changes_of_the_settings() {
    let (mut deployment, script) = deployment();
    let mut changed = settings();
    changed["name"] = json!("Another name");
    assert_eq!(apply(&changed, 2, &mut deployment).status, 200);
    assert_eq!(script.status(&mut deployment, "GET", "/api/"), 200);
    deployment.object_answers = false;
    deployment.advance(300);
    assert_eq!(script.status(&mut deployment, "GET", "/api/"), 200);
    deployment.advance(400);
    assert_eq!(script.status(&mut deployment, "GET", "/api/"), 503);
}

/// It has no session to look for.
#[test]
fn what_a_script_opened_goes_on_until_its_token_ends() {
    let (mut deployment, script) = deployment();
    let look = |deployment: &Deployment, path: &str| {
        let head = request("GET", path, &script.headers());
        watch::look(head, true, deployment.now, deployment.host)
    };
    assert_eq!(script.status(&mut deployment, "GET", "/api/events"), 200);
    assert_eq!(look(&deployment, "/api/events"), Look::Passes);
    let ended = Look::Ended("the service token has ended");
    assert_eq!(look(&deployment, "/tickets"), ended);
    deployment.advance(10);
    let removed = change(&mut deployment, 41, &json!({ "remove": "script-40" }));
    assert_eq!(removed.status, 200, "{}", removed.body);
    assert_eq!(script.status(&mut deployment, "GET", "/api/events"), 401);
    assert_eq!(look(&deployment, "/api/events"), ended);
}
