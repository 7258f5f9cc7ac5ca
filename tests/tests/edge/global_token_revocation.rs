//! An identity provider ends the sessions of one of its people without a browser, as Okta does.

use std::time::Duration;

use deskgate_core::crypto::RustCrypto;
use deskgate_core::jose::{SigningKey, sign_jws};
use deskgate_tests::browser::{Reply, Request};
use deskgate_tests::sign_in::signed_in;
use deskgate_tests::vectors;
use deskgate_tests::worker::Worker;
use serde_json::{Value, json};

use crate::setting::{Setting, desk};

const PATH: &str = "/deskgate/global-token-revocation/contoso";

fn claims(worker: &Worker, issuer: &str, id: &str) -> Value {
    let now = worker.now().seconds();
    json!({
        "jti": id, "iss": issuer, "sub": "0oa1", "aud": format!("{}{PATH}", worker.url()),
        "iat": now, "nbf": now - 300, "exp": now + 300
    })
}

fn send(worker: &Worker, claims: &Value, key: &str) -> Reply {
    let crypto = RustCrypto::with_dangerous_rsa_private_operations();
    let key = SigningKey::from_private(vectors::private_key(key), &crypto).expect("a key");
    let payload = claims.to_string();
    let typ = Some("global-token-revocation+jwt");
    let token = sign_jws(payload.as_bytes(), typ, &key, &crypto).expect("a token");
    let body = json!({ "sub_id": { "format": "email", "email": "b.simon@contoso.com" } });
    let request = Request::new("POST", PATH)
        .header("Authorization", &format!("Bearer {token}"))
        .header("Content-Type", "application/json");
    worker.browser().send(&request.body(body.to_string().as_bytes()))
}

#[test]
fn the_identity_provider_ends_sessions_in_every_isolate() {
    let Some(Setting { mut worker, issuer, .. }) = desk() else { return };
    let mut browser = signed_in(&worker, &issuer);
    let mut elsewhere = worker.elsewhere(browser.clone());
    assert_eq!([browser.open("/").status, elsewhere.open("/").status], [200, 200]);
    let mut wrong = claims(&worker, &issuer.entity_id, "1");
    wrong["aud"] = worker.url().into();
    for (claims, key) in [
        (&wrong, "rsa-2048"),
        (&claims(&worker, "https://other.example/", "2"), "rsa-2048"),
        (&claims(&worker, &issuer.entity_id, "3"), "other-rsa-2048"),
    ] {
        assert_eq!(send(&worker, claims, key).status, 401, "{claims}");
    }
    assert_eq!([browser.open("/").status, elsewhere.open("/").status], [200, 200]);
    let right = claims(&worker, &issuer.entity_id, "4");
    let reply = send(&worker, &right, "rsa-2048");
    assert_eq!((reply.status, reply.text().as_str()), (204, ""), "{reply}");
    assert!(matches!(browser.open("/").status, 302 | 303), "here at once");
    assert_eq!(send(&worker, &right, "rsa-2048").status, 401, "once");
    worker.set_clock_ahead(Duration::from_secs(31));
    assert!(matches!(elsewhere.open("/").status, 302 | 303), "elsewhere within 30 seconds");
    assert_eq!(signed_in(&worker, &issuer).open("/").status, 200);
}
