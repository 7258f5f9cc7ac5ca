//! What counts as a session, and when it ends (attacks G-08).

use std::time::{Duration, Instant};

use deskgate_tests::browser::{Browser, Cookie, Request};
use deskgate_tests::sign_in::{signed_in, solicited};
use deskgate_tests::worker::Worker;
use serde_json::json;

use crate::setting::{Setting, claims, desk, desk_where};

fn cookie(name: &str, value: &str) -> Cookie {
    Cookie { name: name.to_owned(), value: value.to_owned(), cross_site: false }
}

#[track_caller]
fn is_signed_in(browser: &mut Browser) -> bool {
    match browser.open("/tickets/1").status {
        200 => true,
        302 | 303 => false,
        status => panic!("status {status}"),
    }
}

#[test]
fn two_cookies_of_the_session_name_are_no_session() {
    let Some(Setting { worker, issuer, .. }) = desk() else { return };
    let browser = signed_in(&worker, &issuer);
    let session = browser.cookie("__Host-deskgate").expect("a session").to_owned();
    for (first, second) in
        [(&*session, "x"), ("x", &*session), (&*session, &*session), ("", &*session)]
    {
        let mut shadowed = worker.browser();
        *shadowed.cookies() =
            vec![cookie("__Host-deskgate", first), cookie("__Host-deskgate", second)];
        assert!(!is_signed_in(&mut shadowed), "{first:.5} {second:.5}");
    }
}

#[test]
fn names_that_only_look_like_the_session_cookie_do_not_shadow_or_replace_it() {
    let Some(Setting { worker, issuer, .. }) = desk() else { return };
    let browser = signed_in(&worker, &issuer);
    let session = browser.cookie("__Host-deskgate").expect("a session").to_owned();
    let lookalikes = [
        "__host-deskgate",
        "__HOST-DESKGATE",
        "__Host-deskgate ",
        "\u{2000}__Host-deskgate",
        "\u{a0}__Host-deskgate",
        "\"__Host-deskgate\"",
        "$__Host-deskgate",
        "__Host-deskgate.0",
        "__Host_deskgate",
        "=__Host-deskgate",
    ];
    for name in lookalikes {
        let mut only = worker.browser();
        only.cookies().push(cookie(name, &session));
        // White space at the end of a name is trimmed by RFC 6265, so that one is the cookie itself.
        if name.trim_end() == name {
            assert!(!is_signed_in(&mut only), "{name:?} was read as the session");
            let mut beside = browser.clone();
            beside.cookies().insert(0, cookie(name, "x"));
            assert!(is_signed_in(&mut beside), "{name:?} shadowed the session");
        }
    }
}

#[test]
fn a_changed_session_is_no_session() {
    let Some(Setting { worker, issuer, .. }) = desk() else { return };
    let browser = signed_in(&worker, &issuer);
    let session = browser.cookie("__Host-deskgate").expect("a session").to_owned();
    let parts: Vec<&str> = session.split('.').collect();
    let [header, payload, signature] = parts[..] else { panic!("three parts") };
    let encode =
        |value: serde_json::Value| deskgate_core::base64::encode_url(value.to_string().as_bytes());
    let mut other_person = claims(&session);
    other_person["identity"]["email"] = "ceo@contoso.com".into();
    let candidates = [
        format!("{header}.{}.{signature}", encode(other_person)),
        format!("{}.{payload}.", encode(json!({ "alg": "none", "typ": "deskgate-session+jwt" }))),
        format!("{}.{payload}.{signature}", encode(json!({ "alg": "none" }))),
        format!(
            "{}.{payload}.{signature}",
            encode(json!({ "alg": "HS256", "typ": "deskgate-session+jwt" }))
        ),
        format!("{header}.{payload}"),
        format!("{session}="),
        format!("{session}."),
        format!("\"{session}\""),
        String::new(),
        "A".repeat(20_000),
    ];
    for candidate in candidates {
        let mut forger = worker.browser();
        forger.cookies().push(cookie("__Host-deskgate", &candidate));
        let status = forger.open("/tickets/1").status;
        assert!(status != 200 && status < 500, "{status}: {candidate:.60}");
    }
}

#[test]
fn an_origin_token_is_no_session() {
    let Some(Setting { worker, origin, issuer, .. }) = desk() else { return };
    let mut browser = signed_in(&worker, &issuer);
    browser.open("/tickets/1");
    let token = origin.last().header("Deskgate-Assertion").expect("an origin token").to_owned();
    let mut confused = worker.browser();
    confused.cookies().push(cookie("__Host-deskgate", &token));
    assert!(!is_signed_in(&mut confused));
}

#[test]
fn the_session_of_another_desk_of_the_same_worker_is_no_session() {
    let Some(Setting { worker, issuer, settings, .. }) = desk() else { return };
    // The same Worker under another host name is another desk, with keys of its own.
    let host = format!("localhost:{}", worker.address().port());
    let mut other = settings.clone();
    other["url"] = format!("http://{host}").into();
    worker.apply_at(&host, &other);
    let here = signed_in(&worker, &issuer);
    let mut there = here.clone().at_host(&host);
    assert!(!is_signed_in(&mut there));
    let mut still = here;
    assert!(is_signed_in(&mut still));
}

#[test]
fn a_session_ends_after_its_lifetime() {
    let Some(Setting { mut worker, issuer, .. }) =
        desk_where(|settings| settings["session"] = json!({ "lifetime_seconds": 3600 }))
    else {
        return;
    };
    let mut browser = signed_in(&worker, &issuer);
    worker.set_clock_ahead(Duration::from_secs(3590));
    assert!(is_signed_in(&mut browser));
    worker.set_clock_ahead(Duration::from_secs(3601));
    assert!(!is_signed_in(&mut browser));
}

#[test]
fn a_session_ends_when_the_identity_provider_wants_it_to() {
    let Some(Setting { mut worker, issuer, .. }) = desk() else { return };
    let mut browser = worker.browser();
    let in_ten_minutes = worker.now().saturating_add(Duration::from_secs(600));
    solicited(&worker, &issuer, &mut browser, "/", |response| {
        response.session_not_on_or_after = Some(in_ten_minutes);
    });
    assert!(is_signed_in(&mut browser));
    worker.set_clock_ahead(Duration::from_secs(601));
    assert!(!is_signed_in(&mut browser));
}

#[test]
fn signing_out_revokes_the_session_for_everyone_who_has_a_copy() {
    let Some(Setting { mut worker, issuer, .. }) = desk() else { return };
    let mut browser = signed_in(&worker, &issuer);
    let mut copy = browser.clone();
    assert!(is_signed_in(&mut copy));
    let reply = browser.send(&Request::form("/deskgate/logout", &[]));
    assert!(reply.status < 400, "{reply}");
    assert_eq!(browser.cookie("__Host-deskgate"), None, "{reply}");
    // Other isolates learn of it within 30 seconds; this one has it at once.
    assert!(!is_signed_in(&mut copy));
    worker.set_clock_ahead(Duration::from_secs(31));
    assert!(!is_signed_in(&mut copy));
    worker.restart();
    assert!(!is_signed_in(&mut copy));
}

#[test]
fn what_an_administrator_ends_is_over_in_another_isolate_within_thirty_seconds() {
    let Some(Setting { mut worker, issuer, .. }) = desk() else { return };
    let (sessions, people) = ("/deskgate/admin/sessions", "/deskgate/admin/people");
    let simon = "b.simon@contoso.com";
    let add = json!({ "changes": [{ "put": { "email": simon } }] });
    assert_eq!(worker.admin_change(people, &add).status, 200);
    let mut ahead = Duration::ZERO;
    for (path, body) in [
        (sessions, json!({ "end": { "email": "B.Simon@Contoso.com" } })),
        (sessions, json!({ "end": { "connection": "contoso" } })),
        (sessions, json!({ "end": "everybody" })),
        (people, json!({ "changes": [{ "disable": simon }] })),
    ] {
        let mut browser = signed_in(&worker, &issuer);
        let mut elsewhere = worker.elsewhere(browser.clone());
        assert!(is_signed_in(&mut elsewhere) && is_signed_in(&mut browser));
        let reply = worker.admin_change(path, &body);
        assert_eq!((reply.status, &reply.json()["sessions_ended"]), (200, &json!(1)), "{reply}");
        assert!(!is_signed_in(&mut browser), "here at once: {body}");
        ahead += Duration::from_secs(31);
        worker.set_clock_ahead(ahead);
        assert!(!is_signed_in(&mut elsewhere), "elsewhere within 30 seconds: {body}");
        worker.restart();
        assert!(!is_signed_in(&mut browser), "and for good: {body}");
    }
}

#[test]
fn a_person_who_signs_out_on_all_devices_is_signed_out_in_another_isolate() {
    let Some(Setting { mut worker, issuer, .. }) = desk() else { return };
    let mut browser = signed_in(&worker, &issuer);
    let mut phone = worker.elsewhere(signed_in(&worker, &issuer));
    assert!(is_signed_in(&mut phone) && is_signed_in(&mut browser));
    let page = browser.open("/deskgate/logout").text();
    assert!(page.contains("Sign out on all devices"), "{page}");
    let reply = browser.send(&Request::form("/deskgate/logout/all", &[]));
    assert!(reply.status < 400, "{reply}");
    worker.set_clock_ahead(Duration::from_secs(31));
    assert!(!is_signed_in(&mut phone));
}

#[test]
fn another_site_cannot_sign_a_person_out() {
    let Some(Setting { worker, issuer, .. }) = desk() else { return };
    let mut browser = signed_in(&worker, &issuer);
    let session = browser.cookies().clone();
    browser.open("/deskgate/logout");
    *browser.cookies() = session.clone();
    assert!(is_signed_in(&mut browser), "opening a link signed out");
    // Even if the cookie came along, as with a browser that does not know SameSite.
    browser.cookies()[0].cross_site = true;
    browser.send(&Request::form("/deskgate/logout", &[]).cross_site());
    *browser.cookies() = session;
    assert!(is_signed_in(&mut browser), "a form of another site signed out");
}

#[test]
fn a_new_sign_in_makes_a_new_session() {
    let Some(Setting { worker, issuer, .. }) = desk() else { return };
    let mut browser = signed_in(&worker, &issuer);
    let before = browser.cookie("__Host-deskgate").expect("a session").to_owned();
    let reply = solicited_again(&worker, &issuer, &mut browser);
    let after = browser.cookie("__Host-deskgate").expect("a session").to_owned();
    assert_ne!(claims(&before)["sid"], claims(&after)["sid"], "{reply}");
}

fn solicited_again(
    worker: &Worker,
    issuer: &deskgate_tests::issuer::Issuer,
    browser: &mut Browser,
) -> deskgate_tests::browser::Reply {
    let old = browser.cookies().clone();
    browser.cookies().clear();
    let reply = solicited(worker, issuer, browser, "/", |_| {});
    assert_ne!(*browser.cookies(), old);
    reply
}

#[test]
fn the_session_route_tells_scripts_who_is_signed_in() {
    let Some(Setting { worker, issuer, .. }) = desk() else { return };
    let ask = Request::new("GET", "/deskgate/session").header("Accept", "application/json");
    let reply = worker.browser().send(&ask);
    assert_eq!(reply.status, 401, "{reply}");
    let reply = signed_in(&worker, &issuer).send(&ask);
    assert_eq!(reply.status, 200, "{reply}");
    assert!(reply.text().contains("B.Simon@contoso.com"), "{reply}");
    assert_eq!(reply.header("cache-control"), Some("private, no-store"), "{reply}");
}

#[test]
fn the_next_key_is_made_by_the_alarm_and_used_without_signing_anybody_out() {
    const DAY: Duration = Duration::from_secs(24 * 3600);
    const ROTATION: Duration = Duration::from_secs(30 * 24 * 3600);
    let week = json!({ "lifetime_seconds": 604_800 });
    let Some(Setting { mut worker, issuer, .. }) =
        desk_where(|settings| settings["session"] = week)
    else {
        return;
    };
    let keys = |worker: &Worker| {
        let set = worker.browser().open("/deskgate/jwks.json").json();
        set["keys"].as_array().expect("keys").len()
    };
    // Reading the log makes no key, so that only the alarm can have.
    let announcements = |worker: &Worker| {
        let log = worker.admin_read("/deskgate/admin/audit").json();
        let events = log["events"].as_array().expect("events").iter();
        events.filter(|event| event["event"] == "keys.announced").count()
    };
    assert_eq!((keys(&worker), announcements(&worker)), (1, 0));
    // A few seconds before it rings.
    let margin = DAY + Duration::from_secs(300 + 600 + 60);
    worker.set_clock_ahead(ROTATION - margin - Duration::from_secs(10));
    let deadline = Instant::now() + Duration::from_secs(60);
    while announcements(&worker) == 0 {
        assert!(Instant::now() < deadline, "the alarm did not ring");
        std::thread::sleep(Duration::from_millis(500));
    }
    worker.set_clock_ahead(ROTATION - margin + Duration::from_secs(60));
    assert_eq!(keys(&worker), 2);
    let mut before = signed_in(&worker, &issuer);
    worker.set_clock_ahead(ROTATION + Duration::from_secs(60));
    let mut after = signed_in(&worker, &issuer);
    let kid = |browser: &Browser| {
        let session = browser.cookie("__Host-deskgate").expect("a session");
        session.split('.').next().expect("a header").to_owned()
    };
    assert_ne!(kid(&before), kid(&after));
    let mut elsewhere = worker.elsewhere(worker.browser());
    elsewhere.cookies().append(&mut before.cookies().clone());
    for browser in [&mut before, &mut after, &mut elsewhere] {
        assert!(is_signed_in(browser));
    }
    assert_eq!((keys(&worker), announcements(&worker)), (2, 1));
}
