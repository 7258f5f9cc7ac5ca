//! The secret of a Worker changes and nobody notices, or is lost and nothing is destroyed.

use deskgate_tests::browser::Reply;
use deskgate_tests::sign_in::signed_in;
use deskgate_tests::worker::SECRET;
use serde_json::{Value, json};

use crate::setting::{Setting, desk};

const NEW: &[u8; 32] = b"the next one of 32 bytes........";
const UNKNOWN: &[u8; 32] = b"one that nobody ever sealed with";

const KEYS: &str = "/deskgate/admin/keys";

#[track_caller]
fn check_refused(reply: &Reply, status: u16, code: &str) {
    assert_eq!((reply.status, &reply.json()["code"]), (status, &json!(code)), "{reply}");
}

#[test]
fn a_changed_secret_signs_nobody_out() {
    let Some(Setting { mut worker, issuer, .. }) = desk() else { return };
    let mut browser = signed_in(&worker, &issuer);
    let session = browser.cookie("__Host-deskgate").expect("a session").to_owned();
    let keys = |reply: &Reply| reply.json()["keys"].clone();
    let before = keys(&worker.admin_read(KEYS));
    let steps = [(SECRET, Some(NEW)), (NEW, Some(SECRET)), (NEW, None)];
    for (at, (secret, fallback)) in steps.into_iter().enumerate() {
        worker.restart_with_secrets(secret, fallback);
        assert_eq!(browser.open("/tickets/1").status, 200, "step {at}");
        let listed = worker.admin_read(KEYS);
        assert_eq!(keys(&listed), before, "step {at}: {listed}");
        assert!(listed.json()["secret"]["sealed_since"].is_u64(), "step {at}: {listed}");
        let opens = listed.json()["secret"]["fallback"] == "opens";
        assert_eq!(opens, fallback.is_some(), "step {at}: {listed}");
    }
    assert_eq!(browser.cookie("__Host-deskgate"), Some(session.as_str()));
    let metadata = worker.browser().open("/deskgate/metadata");
    assert_eq!(metadata.status, 200, "{metadata}");
    assert!(signed_in(&worker, &issuer).cookie("__Host-deskgate").is_some());
}

#[test]
fn a_secret_that_was_lost_opens_nothing_and_destroys_nothing() {
    let Some(Setting { mut worker, issuer, settings, .. }) = desk() else { return };
    let mut browser = signed_in(&worker, &issuer);
    for fallback in [None, Some(NEW)] {
        worker.restart_with_secrets(UNKNOWN, fallback);
        let page = browser.open("/tickets/1");
        assert_eq!(page.status, 503, "{page}");
        assert!(page.text().contains("This gateway cannot open its keys"), "{page}");
        check_refused(&worker.admin("GET", None), 409, "admin.other_secret");
        check_refused(&worker.admin("PUT", Some(&settings)), 409, "admin.other_secret");
        let rotate = json!({ "rotate": "tokens_now" });
        check_refused(&worker.admin_change(KEYS, &rotate), 409, "admin.other_secret");
        assert_eq!(worker.admin_read(KEYS).json()["secret"]["sealed_since"], Value::Null);
    }
    worker.restart_with_secrets(SECRET, None);
    assert_eq!(browser.open("/tickets/1").status, 200);
}
