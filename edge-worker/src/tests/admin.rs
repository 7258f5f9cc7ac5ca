//! Settings from the command line.

use deskgate_core::session::admin_token::{AdminRequest, mint_admin_token};
use serde_json::Value;

use super::browser::settings;
use super::harness::{CRYPTO, Deployment};
use crate::http::Response;
use crate::http::tests::request;

const PATH: &str = "/deskgate/admin/settings";

fn token(method: &str, path: &str, body: &str, id: u8, deployment: &Deployment) -> String {
    let request = AdminRequest {
        desk_url: "https://help.contoso.com",
        method,
        path_and_query: path,
        body: body.as_bytes(),
    };
    mint_admin_token(&request, deployment.now, [id; 16], deployment.secrets.current(), &CRYPTO)
        .unwrap()
}

fn send(method: &str, path: &str, token: &str, body: &str, to: &mut Deployment) -> Response {
    let headers = format!("authorization:Bearer {token}\n");
    to.handle(request(method, path, &headers), body.as_bytes()).response()
}

/// With a token of its own for the request.
pub(super) fn send_signed(
    method: &str,
    path: &str,
    body: &str,
    id: u8,
    deployment: &mut Deployment,
) -> Response {
    let token = token(method, path, body, id, deployment);
    send(method, path, &token, body, deployment)
}

/// A deployment with these settings applied.
pub(super) fn deployment_with(settings: &Value) -> Deployment {
    let mut deployment = Deployment::new();
    let response = apply(settings, 1, &mut deployment);
    assert_eq!(response.status, 200, "{}", response.body);
    deployment
}

pub(super) fn apply(settings: &Value, id: u8, deployment: &mut Deployment) -> Response {
    let body = settings.to_string();
    let token = token("PUT", PATH, &body, id, deployment);
    send("PUT", PATH, &token, &body, deployment)
}

#[track_caller]
fn check_refused(response: &Response, status: u16, code: &str) {
    let body: Value = serde_json::from_str(&response.body).unwrap();
    assert_eq!((response.status, body["code"].as_str()), (status, Some(code)), "{body}");
}

#[test]
fn settings_are_in_force_as_soon_as_they_are_applied() {
    let mut deployment = deployment_with(&settings());
    let mut changed = settings();
    changed["name"] = "Another name".into();
    assert_eq!(apply(&changed, 2, &mut deployment).body, r#"{"version":2}"#);
    let page = deployment.handle(request("GET", "/deskgate/session", "accept:text/html\n"), b"");
    assert!(page.response().body.contains("Another name"));
}

#[test]
fn a_token_is_good_for_one_request() {
    let mut deployment = deployment_with(&settings());
    check_refused(&apply(&settings(), 1, &mut deployment), 401, "admin.token_used_before");
    let body = settings().to_string();
    let for_another = token("PUT", PATH, "{}", 2, &deployment);
    check_refused(
        &send("PUT", PATH, &for_another, &body, &mut deployment),
        401,
        "admin.token_refused",
    );
    let for_reading = token("GET", PATH, "", 3, &deployment);
    check_refused(
        &send("PUT", PATH, &for_reading, "", &mut deployment),
        401,
        "admin.token_refused",
    );
    let late = token("PUT", PATH, &body, 4, &deployment);
    deployment.advance(200);
    check_refused(&send("PUT", PATH, &late, &body, &mut deployment), 401, "admin.token_refused");
    let without = deployment.handle(request("PUT", PATH, ""), body.as_bytes()).response();
    check_refused(&without, 401, "admin.no_token");
}

#[test]
fn unusable_settings_are_refused_with_the_reason() {
    let mut deployment = Deployment::new();
    let mut other = settings();
    other["url"] = "https://help.fabrikam.com".into();
    check_refused(&apply(&other, 1, &mut deployment), 422, "admin.other_address");
    let mut unknown = settings();
    unknown["connectoins"] = Value::Null;
    let refused = apply(&unknown, 2, &mut deployment);
    assert_eq!(refused.status, 422);
    assert!(refused.body.contains("connectoins"), "{}", refused.body);
    assert_eq!(deployment.storage.count("sqlite_master"), 0);
}

#[test]
fn settings_and_audit_log_can_be_read() {
    let mut deployment = deployment_with(&settings());
    let reading = token("GET", PATH, "", 2, &deployment);
    let read = send("GET", PATH, &reading, "", &mut deployment);
    let read: Value = serde_json::from_str(&read.body).unwrap();
    assert_eq!(read["settings"]["origin"], "https://tickets.internal");
    let reading = token("GET", "/deskgate/admin/audit", "", 3, &deployment);
    let read = send("GET", "/deskgate/admin/audit", &reading, "", &mut deployment);
    let read: Value = serde_json::from_str(&read.body).unwrap();
    assert_eq!(read["events"][0]["event"], "settings.applied");
}

fn version_of(deployment: &mut Deployment, id: u8) -> Vec<u64> {
    let path = "/deskgate/admin/versions";
    let token = token("GET", path, "", id, deployment);
    let read: Value =
        serde_json::from_str(&send("GET", path, &token, "", deployment).body).unwrap();
    let versions = read["versions"].as_array().unwrap();
    versions.iter().map(|version| version["version"].as_u64().unwrap()).collect()
}

fn restore(body: &str, id: u8, deployment: &mut Deployment) -> Response {
    let path = "/deskgate/admin/restore";
    let token = token("POST", path, body, id, deployment);
    send("POST", path, &token, body, deployment)
}

#[test]
fn an_earlier_version_can_be_restored() {
    let mut deployment = deployment_with(&settings());
    let mut changed = settings();
    changed["name"] = "A mistake".into();
    apply(&changed, 2, &mut deployment);
    assert_eq!(version_of(&mut deployment, 3), [2, 1]);
    assert_eq!(restore(r#"{"version":1}"#, 4, &mut deployment).body, r#"{"version":3}"#);
    let page = deployment.handle(request("GET", "/deskgate/session", "accept:text/html\n"), b"");
    assert!(!page.response().body.contains("A mistake"));
    let path = "/deskgate/admin/settings?version=2";
    let reading = token("GET", path, "", 5, &deployment);
    let second = send("GET", path, &reading, "", &mut deployment);
    assert!(second.body.contains("A mistake"), "{}", second.body);
}

#[test]
fn a_version_that_does_not_exist_changes_nothing() {
    let mut deployment = deployment_with(&settings());
    let unknown = restore(r#"{"version":7}"#, 2, &mut deployment);
    check_refused(&unknown, 404, "admin.no_such_version");
    check_refused(&restore("7", 3, &mut deployment), 400, "admin.not_json");
    check_refused(&restore(r#"{"version":1}"#, 1, &mut deployment), 401, "admin.token_used_before");
    assert_eq!(version_of(&mut deployment, 4), [1]);
    let path = "/deskgate/admin/settings?version=x";
    let reading = token("GET", path, "", 5, &deployment);
    let refused = send("GET", path, &reading, "", &mut deployment);
    check_refused(&refused, 404, "admin.no_such_version");
}
