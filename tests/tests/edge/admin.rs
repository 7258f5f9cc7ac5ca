//! Only who has the Worker's secret changes settings, and each permission fits one request.

use std::time::Duration;

use deskgate_tests::browser::Request;
use deskgate_tests::worker::{SECRET, sha256};
use serde_json::{Value, json};

use crate::setting::{Setting, desk};

#[test]
fn settings_are_read_back_as_they_were_applied() {
    let Some(Setting { worker, settings, .. }) = desk() else { return };
    let reply = worker.admin("GET", None);
    assert_eq!(reply.status, 200, "{reply}");
    let read = &reply.json()["settings"];
    assert_eq!(read["name"], settings["name"], "{reply}");
    assert_eq!(
        read["connections"][0]["idp_entity_id"],
        settings["connections"][0]["idp_entity_id"]
    );
}

#[test]
fn a_request_without_token_is_refused() {
    let Some(Setting { worker, settings, .. }) = desk() else { return };
    for authorization in [None, Some("Bearer "), Some("Bearer x.y.z"), Some("Basic eDp5")] {
        for method in ["GET", "PUT"] {
            let mut request = Request::new(method, "/deskgate/admin/settings")
                .header("Content-Type", "application/json");
            if let Some(authorization) = authorization {
                request = request.header("Authorization", authorization);
            }
            if method == "PUT" {
                request = request.body(settings.to_string().as_bytes());
            }
            let reply = worker.browser().send(&request);
            assert_eq!(reply.status, 401, "{method} {authorization:?}: {reply}");
        }
    }
}

/// The settings stay as they were when a token with these claims comes.
#[track_caller]
fn check_refused(change: impl FnOnce(&mut Value), secret: &[u8]) {
    let Some(Setting { worker, mut settings, .. }) = desk() else { return };
    settings["name"] = "Taken over".into();
    let mut claims = worker.admin_claims("PUT", Some(&settings));
    change(&mut claims);
    let reply = worker.put_settings(&settings, &claims, secret);
    assert!(matches!(reply.status, 401 | 403), "{reply}");
    assert!(!worker.admin("GET", None).text().contains("Taken over"));
}

#[test]
fn a_token_of_another_secret_is_refused() {
    check_refused(|_| {}, b"another secret of 32 bytes......");
}

#[test]
fn a_token_for_another_body_is_refused() {
    check_refused(|claims| claims["body_sha256"] = sha256("").into(), SECRET);
}

#[test]
fn a_token_for_another_method_is_refused() {
    check_refused(|claims| claims["htm"] = "GET".into(), SECRET);
}

#[test]
fn a_token_for_another_path_is_refused() {
    check_refused(|claims| claims["path_sha256"] = sha256("/deskgate/admin/other").into(), SECRET);
}

#[test]
fn a_token_for_another_desk_is_refused() {
    check_refused(|claims| claims["aud"] = "https://other.example".into(), SECRET);
}

#[test]
fn an_expired_token_is_refused() {
    check_refused(
        |claims| {
            let now = claims["iat"].as_u64().expect("iat");
            claims["iat"] = (now - 600).into();
            claims["exp"] = (now - 540).into();
        },
        SECRET,
    );
}

#[test]
fn a_token_that_lives_long_is_refused() {
    check_refused(
        |claims| claims["exp"] = (claims["iat"].as_u64().expect("iat") + 86_400).into(),
        SECRET,
    );
}

#[test]
fn a_token_works_once() {
    let Some(Setting { worker, settings, .. }) = desk() else { return };
    let claims = worker.admin_claims("PUT", Some(&settings));
    assert_eq!(worker.put_settings(&settings, &claims, SECRET).status / 100, 2);
    let again = worker.put_settings(&settings, &claims, SECRET);
    assert!(matches!(again.status, 401 | 403), "{again}");
}

#[test]
fn wrong_settings_are_refused_with_the_name_of_the_field() {
    let Some(Setting { worker, settings, .. }) = desk() else { return };
    let broken: [(&str, Value); 5] = [
        ("url", json!("javascript:alert(1)")),
        ("origin", json!("ftp://x/")),
        ("nmae", json!("Contoso")),
        ("connections", json!("none")),
        ("public_paths", json!(["/"])),
    ];
    for (field, value) in broken {
        let mut wrong = settings.clone();
        wrong[field] = value;
        let reply = worker.put_settings(&wrong, &worker.admin_claims("PUT", Some(&wrong)), SECRET);
        assert!((400..500).contains(&reply.status), "{field}: {reply}");
        assert!(reply.text().contains(field), "{field}: {reply}");
    }
}

#[test]
fn new_settings_take_effect_within_thirty_seconds() {
    let Some(Setting { mut worker, mut settings, .. }) = desk() else { return };
    assert!(matches!(worker.browser().open("/later.txt").status, 302 | 303));
    settings["public_paths"] = json!(["/later.txt"]);
    worker.apply(&settings);
    worker.set_clock_ahead(Duration::from_secs(31));
    // The first request may still be answered from the old snapshot while the new one is fetched.
    worker.browser().open("/later.txt");
    assert_eq!(worker.browser().open("/later.txt").status, 200);
}
