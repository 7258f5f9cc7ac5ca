//! What happens when something behind the gate is down.

use std::time::Duration;

use deskgate_tests::browser::Request;
use deskgate_tests::sign_in::{begin, deliver, signed_in};

use crate::setting::{Setting, desk, desk_with_idp_initiated};

#[test]
fn a_helpdesk_that_is_down_is_told_as_502() {
    let Some(Setting { worker, origin, issuer, .. }) = desk() else { return };
    let mut browser = signed_in(&worker, &issuer);
    origin.stop();
    let page = browser.open("/tickets/1");
    assert_eq!(page.status, 502, "{page}");
    assert!(page.text().contains("does not answer"), "{page}");
    assert!(!page.text().contains(&origin.url()), "the page tells where the helpdesk is: {page}");
    let script = browser.send(&Request::new("GET", "/api").header("Accept", "application/json"));
    assert_eq!(script.status, 502, "{script}");
    assert!(script.json().is_object(), "{script}");
    let public = worker.browser().open("/robots.txt");
    assert_eq!(public.status, 502, "{public}");
}

#[test]
fn without_its_object_nobody_signs_in_but_sessions_go_on_for_ten_minutes() {
    for object in ["fails", "silent", "without storage"] {
        let Some(Setting { mut worker, issuer, .. }) = desk_with_idp_initiated() else { return };
        let mut browser = signed_in(&worker, &issuer);
        assert_eq!(browser.open("/tickets/1").status, 200);
        let mut newcomer = worker.browser();
        let asked = begin(&mut newcomer, "/");
        worker.set_object(object);

        let mut response = issuer.respond(worker.now(), &worker.entity_id(), &worker.acs_url());
        let reply = deliver(&mut worker.browser(), &issuer.post_value(&response), None);
        assert_eq!(reply.status, 503, "{object}: {reply}");
        response.in_response_to = Some(asked.request_id);
        let value = issuer.post_value(&response);
        let reply = deliver(&mut newcomer, &value, asked.relay_state.as_deref());
        assert_eq!(reply.status, 503, "{object}: {reply}");
        assert_eq!(newcomer.cookie("__Host-deskgate"), None);

        // A silent object has cost two times five real seconds by now.
        for ahead in [31, 300, 570] {
            worker.set_clock_ahead(Duration::from_secs(ahead));
            assert_eq!(browser.open("/tickets/1").status, 200, "{object} after {ahead} s");
        }
        worker.set_clock_ahead(Duration::from_secs(660));
        assert_eq!(browser.open("/tickets/1").status, 503, "{object} after 11 minutes");

        worker.set_object("up");
        assert_eq!(browser.open("/tickets/1").status, 200, "{object} when it is back");
    }
}

#[test]
fn without_its_object_signing_out_still_ends_the_session_of_this_browser() {
    let Some(Setting { mut worker, issuer, .. }) = desk() else { return };
    let mut browser = signed_in(&worker, &issuer);
    let mut copy = browser.clone();
    worker.set_object("fails");
    let reply = browser.send(&Request::form("/deskgate/logout", &[]));
    assert_eq!(browser.cookie("__Host-deskgate"), None, "{reply}");
    let status = copy.open("/tickets/1").status;
    assert!(status != 200, "this isolate knows that the session ended, status {status}");
}

#[test]
fn a_worker_without_settings_says_so() {
    let Some(worker) = deskgate_tests::worker::Worker::start("edge") else { return };
    let page = worker.browser().open("/");
    assert_eq!(page.status, 404, "{page}");
    assert!(page.text().contains("No helpdesk is set up here"), "{page}");
}
