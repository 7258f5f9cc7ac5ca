//! An assertion signs in once, whoever brings it and however fast (attacks M-01).

use std::sync::Barrier;

use deskgate_tests::browser::Reply;
use deskgate_tests::issuer::fresh_id;
use deskgate_tests::sign_in::deliver;

use crate::setting::{Setting, desk_with_idp_initiated};

/// Responses posted at the same moment. Two hundred connections at once is far beyond any real race.
const AT_ONCE: usize = 200;

#[track_caller]
fn refused_as_used(reply: &Reply) {
    assert_eq!(reply.status, 403, "{reply}");
    assert!(reply.text().contains("already used"), "{reply}");
}

#[test]
fn the_same_response_does_not_sign_in_twice() {
    let Some(Setting { worker, issuer, .. }) = desk_with_idp_initiated() else { return };
    let response = issuer.respond(worker.now(), &worker.entity_id(), &worker.acs_url());
    let value = issuer.post_value(&response);
    let mut first = worker.browser();
    deliver(&mut first, &value, None);
    assert!(first.cookie("__Host-deskgate").is_some());
    for mut again in [first, worker.browser()] {
        again.cookies().clear();
        refused_as_used(&deliver(&mut again, &value, None));
        assert_eq!(again.cookie("__Host-deskgate"), None);
    }
}

#[test]
fn the_same_assertion_in_a_response_of_another_id_does_not_sign_in_twice() {
    let Some(Setting { worker, issuer, .. }) = desk_with_idp_initiated() else { return };
    let mut response = issuer.respond(worker.now(), &worker.entity_id(), &worker.acs_url());
    let mut browser = worker.browser();
    deliver(&mut browser, &issuer.post_value(&response), None);
    assert!(browser.cookie("__Host-deskgate").is_some());
    response.response_id = fresh_id();
    let mut again = worker.browser();
    refused_as_used(&deliver(&mut again, &issuer.post_value(&response), None));
}

#[test]
fn a_restart_does_not_forget_used_assertions() {
    let Some(Setting { mut worker, issuer, .. }) = desk_with_idp_initiated() else { return };
    let response = issuer.respond(worker.now(), &worker.entity_id(), &worker.acs_url());
    let value = issuer.post_value(&response);
    let mut first = worker.browser();
    deliver(&mut first, &value, None);
    assert!(first.cookie("__Host-deskgate").is_some());
    worker.restart();
    assert_eq!(first.open("/tickets/1").status, 200, "the session survives the restart");
    let mut again = worker.browser();
    refused_as_used(&deliver(&mut again, &value, None));
}

#[test]
fn two_hundred_posts_of_one_response_at_once_make_exactly_one_session() {
    let Some(Setting { worker, issuer, .. }) = desk_with_idp_initiated() else { return };
    let response = issuer.respond(worker.now(), &worker.entity_id(), &worker.acs_url());
    let value = issuer.post_value(&response);
    let start = Barrier::new(AT_ONCE);
    let sessions: usize = std::thread::scope(|scope| {
        let attempts: Vec<_> = (0..AT_ONCE)
            .map(|_| {
                scope.spawn(|| {
                    let mut browser = worker.browser();
                    start.wait();
                    let reply = deliver(&mut browser, &value, None);
                    let session = browser.cookie("__Host-deskgate").is_some();
                    if !session {
                        refused_as_used(&reply);
                    }
                    usize::from(session)
                })
            })
            .collect();
        attempts.into_iter().map(|attempt| attempt.join().expect("no panic")).sum()
    });
    assert_eq!(sessions, 1);
}
