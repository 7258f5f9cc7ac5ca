//! Work is not lost: forms that meet an ended session.

use deskgate_core::jose::{JwkKind, JwkSet};
use deskgate_core::session::{ExpectedOriginToken, verify_origin_token};
use serde_json::json;

use super::admin::{apply, deployment_with, send_signed};
use super::browser::{Browser, NAVIGATION, SAME_ORIGIN_FORM, location, settings};
use super::harness::{CRYPTO, Deployment, Outcome};
use super::identity_provider::{Claims, respond};
use crate::desk_object;
use crate::gate::Forward;
use crate::host::{Parameter, Storage};
use crate::http::{Parameters, Response};
use crate::snapshot::MAX_AGE_UNREACHABLE;

const SIMON: &str = "B.Simon@contoso.com";
const REPLY: &str = "/tickets/4218/reply?tab=%22a%22";
const TEXT: &str = "text=Try+the+other+side&token=1";
const LIMIT: usize = 512 * 1024;
/// Ten hours, the lifetime of a session.
const LIFETIME: u64 = 36_000;

fn form_headers() -> String {
    format!("{NAVIGATION}{SAME_ORIGIN_FORM}referer:https://help.contoso.com/tickets/4218\n")
}

/// Signs somebody in at this very second, on the way to `login`.
fn sign_in(
    deployment: &mut Deployment,
    browser: &mut Browser,
    login: &str,
    name_id: &str,
) -> Response {
    let to_provider = browser.open(deployment, login).response();
    let query = location(&to_provider).split_once('?').unwrap().1.to_owned();
    let parameters = Parameters::parse(query.as_bytes());
    let id = parameters.once("RelayState").unwrap().unwrap();
    let claims = Claims {
        in_response_to: Some(id),
        assertion_id: &format!("_a{id}"),
        issued_at: deployment.now,
        name_id,
        ..Claims::default()
    };
    browser.complete(deployment, &respond(&claims), id)
}

fn signed_in(deployment: &mut Deployment, name_id: &str) -> Browser {
    let mut browser = Browser::default();
    let back = sign_in(deployment, &mut browser, "/deskgate/login", name_id);
    assert_eq!(back.status, 303, "{}", back.body);
    browser
}

/// A desk, and somebody's browser whose session has expired.
fn ended() -> (Deployment, Browser) {
    let mut deployment = deployment_with(&settings());
    let browser = signed_in(&mut deployment, SIMON);
    deployment.advance(LIFETIME);
    (deployment, browser)
}

fn post(deployment: &mut Deployment, browser: &mut Browser, headers: &str, body: &str) -> Response {
    browser.send(deployment, "POST", REPLY, headers, body).response()
}

/// Sends a reply, which is kept; answers the path of its page.
#[track_caller]
fn keep(deployment: &mut Deployment, browser: &mut Browser) -> String {
    let kept = post(deployment, browser, &form_headers(), TEXT);
    assert_eq!(kept.status, 303, "{}", kept.body);
    path_of(location(&kept))
}

fn path_of(url: &str) -> String {
    url.strip_prefix("https://help.contoso.com").expect(url).to_owned()
}

/// What stands between two texts in a page, as a browser reads it.
fn between(page: &Response, before: &str, after: &str) -> String {
    let rest = page.body.split_once(before).unwrap_or_else(|| panic!("{}", page.body)).1;
    rest.split_once(after).unwrap().0.replace("&#38;", "&").replace("&#34;", "\"")
}

fn action(page: &Response) -> String {
    path_of(&between(page, "method=\"post\" action=\"", "\""))
}

fn confirmation(page: &Response) -> String {
    between(page, "name=\"confirmation\" value=\"", "\"")
}

/// The page that asks, after a new sign-in through the page before it.
#[track_caller]
fn asked(deployment: &mut Deployment, browser: &mut Browser, kept: &str, who: &str) -> Response {
    let page = browser.open(deployment, kept).response();
    assert_eq!(page.status, 401, "{}", page.body);
    let login = between(&page, "class=\"button first\" href=\"", "\"");
    let back = sign_in(deployment, browser, &login, who);
    assert_eq!(location(&back), format!("https://help.contoso.com{kept}"));
    browser.open(deployment, kept).response()
}

/// Presses the button.
fn press(
    deployment: &mut Deployment,
    browser: &mut Browser,
    action: &str,
    confirmation: &str,
) -> Outcome {
    let body = format!("confirmation={confirmation}");
    let headers = format!("{NAVIGATION}{SAME_ORIGIN_FORM}referer:https://help.contoso.com/x\n");
    browser.send(deployment, "POST", action, &headers, &body)
}

fn send(deployment: &mut Deployment, browser: &mut Browser, page: &Response) -> Outcome {
    press(deployment, browser, &action(page), &confirmation(page))
}

#[track_caller]
fn check_nothing_kept(response: &Response) {
    assert_eq!(response.status, 404, "{}", response.body);
    assert!(response.body.contains("Nothing is kept for you here"));
}

fn set<'a>(forward: &'a serde_json::Value, name: &str) -> Vec<&'a str> {
    let pairs = forward["set"].as_array().unwrap();
    pairs.iter().filter(|pair| pair[0] == name).map(|pair| pair[1].as_str().unwrap()).collect()
}

#[track_caller]
fn check_is_the_reply(deployment: &mut Deployment, forward: &Forward) {
    assert_eq!(forward.other_body(), Some(TEXT.as_bytes()));
    let seen = json!(forward);
    assert_eq!(seen["url"], format!("https://tickets.internal{REPLY}"));
    assert_eq!((&seen["replays"], &seen["personal"]), (&json!(true), &json!(true)));
    assert_eq!(set(&seen, "Content-Type"), ["application/x-www-form-urlencoded"]);
    assert_eq!(set(&seen, "Referer"), ["https://help.contoso.com/tickets/4218"]);
    let removed = seen["remove"].as_array().unwrap();
    for name in ["content-length", "referer", "cookie"] {
        assert!(removed.contains(&json!(name)), "{name}");
    }
    let mut anybody = Browser::default();
    let keys = anybody.open(deployment, "/deskgate/jwks.json").response().body;
    let keys = JwkSet::parse(keys.as_bytes(), JwkKind::PUBLIC).unwrap();
    let expected = ExpectedOriginToken {
        desk_url: "https://help.contoso.com",
        origin: "https://tickets.internal",
        method: "POST",
        path_and_query: REPLY,
    };
    let token = set(&seen, "Deskgate-Assertion")[0];
    verify_origin_token(token, &keys, &expected, deployment.now, &CRYPTO).unwrap();
}

/// Writes a reply, signs in again and sends it.
#[track_caller]
fn check_way_back(deployment: &mut Deployment, browser: &mut Browser) {
    let kept = keep(deployment, browser);
    let page = asked(deployment, browser, &kept, SIMON);
    assert_eq!(page.status, 200, "{}", page.body);
    let forward = send(deployment, browser, &page).forward();
    check_is_the_reply(deployment, &forward);
}

#[test]
fn a_reply_is_kept_through_the_sign_in_shown_by_its_names_and_sent() {
    let (mut deployment, mut browser) = ended();
    let kept = keep(&mut deployment, &mut browser);
    assert_eq!(deployment.storage.count("kept_forms"), 1);
    let page = asked(&mut deployment, &mut browser, &kept, SIMON);
    assert_eq!(page.status, 200, "{}", page.body);
    for shown in ["/tickets/4218/reply", "B. Simon", "31 bytes", "text, token", "2026-11-21 22:00"]
    {
        assert!(page.body.contains(shown), "{shown}: {}", page.body);
    }
    assert!(!page.body.contains("other"), "no contents: {}", page.body);
    let forward = send(&mut deployment, &mut browser, &page).forward();
    check_is_the_reply(&mut deployment, &forward);
    assert_eq!(deployment.storage.count("kept_forms"), 0);
    let events = deployment.events();
    assert_eq!(&events[events.len() - 3..], ["form.kept", "login.accepted", "form.sent"]);
}

#[test]
fn what_is_kept_is_sent_once() {
    let (mut deployment, mut browser) = ended();
    let kept = keep(&mut deployment, &mut browser);
    let page = asked(&mut deployment, &mut browser, &kept, SIMON);
    send(&mut deployment, &mut browser, &page).forward();
    check_nothing_kept(&send(&mut deployment, &mut browser, &page).response());
    check_nothing_kept(&browser.open(&mut deployment, &kept).response());
}

#[test]
fn a_session_may_have_ended_in_every_way() {
    let ends: [&dyn Fn(&mut Deployment); 4] = [
        &|deployment| deployment.advance(LIFETIME),
        &|deployment| deployment.advance(LIFETIME + 71 * 3600),
        &|deployment| {
            let body = json!({ "end": { "email": SIMON } }).to_string();
            send_signed("POST", "/deskgate/admin/sessions", &body, 5, deployment);
            deployment.advance(1);
        },
        &|deployment| {
            let body = json!({ "end": "everybody" }).to_string();
            send_signed("POST", "/deskgate/admin/sessions", &body, 5, deployment);
            deployment.advance(31);
        },
    ];
    for end in ends {
        let mut deployment = deployment_with(&settings());
        let mut browser = signed_in(&mut deployment, SIMON);
        end(&mut deployment);
        deployment.new_isolate();
        check_way_back(&mut deployment, &mut browser);
    }
}

/// A helpdesk asks every few seconds whether there is news, and would learn first that the session ended.
#[test]
fn another_tab_that_asks_first_takes_nothing_away() {
    let (mut deployment, mut browser) = ended();
    for headers in ["accept:*/*\n", NAVIGATION] {
        browser.send(&mut deployment, "GET", "/news", headers, "").response();
    }
    check_way_back(&mut deployment, &mut browser);
}

#[test]
fn without_a_genuine_session_nothing_is_kept() {
    let check = |deployment: &mut Deployment, mut browser: Browser| {
        let page = post(deployment, &mut browser, &form_headers(), TEXT);
        assert_eq!(page.status, 401, "{}", page.body);
        assert!(page.body.contains("Your browser still has it"), "{}", page.body);
        assert_eq!(deployment.storage.count("kept_forms"), 0);
    };
    let (mut deployment, browser) = ended();
    check(&mut deployment, Browser::default());
    let genuine = browser.cookies["__Host-deskgate"].clone();
    let other_letter = if genuine.ends_with('A') { "B" } else { "A" };
    for forged in [format!("{}{other_letter}", &genuine[..genuine.len() - 1]), "a.b.c".to_owned()] {
        let mut browser = browser.clone();
        browser.cookies.insert("__Host-deskgate".to_owned(), forged);
        check(&mut deployment, browser);
    }
    let (mut long_ago, same_browser) = (browser.clone(), browser);
    deployment.advance(72 * 3600);
    check(&mut deployment, long_ago.clone());
    long_ago.open(&mut deployment, "/").response();
    assert!(!long_ago.has_session(), "the cookie says nothing any more");
    // The keys were replaced because somebody else may have them.
    let mut deployment = deployment_with(&settings());
    let browser = signed_in(&mut deployment, SIMON);
    let body = json!({ "rotate": "tokens_now" }).to_string();
    let answer = send_signed("POST", "/deskgate/admin/keys", &body, 6, &mut deployment);
    assert_eq!(answer.status, 200, "{}", answer.body);
    deployment.new_isolate();
    check(&mut deployment, browser);
    check(&mut deployment, same_browser);
}

#[test]
fn only_a_form_that_a_page_of_the_desk_sent_is_kept() {
    let (mut deployment, browser) = ended();
    let own = "origin:https://help.contoso.com\nsec-fetch-site:same-origin\n";
    let form = "content-type:application/x-www-form-urlencoded\n";
    let mut check = |headers: String, status: u16, kept: u64| {
        let page = post(&mut deployment, &mut browser.clone(), &headers, TEXT);
        assert_eq!(page.status, status, "{headers}{}", page.body);
        assert_eq!(deployment.storage.count("kept_forms"), kept, "{headers}");
        deployment.storage.execute("DELETE FROM kept_forms", &[]).unwrap();
    };
    check(format!("{NAVIGATION}{own}{form}"), 303, 1);
    check(format!("accept:text/html\norigin:https://help.contoso.com\n{form}"), 303, 1);
    check(format!("{NAVIGATION}{own}content-type:text/plain\n"), 303, 1);
    check(format!("{NAVIGATION}{own}content-type:Multipart/Form-Data; boundary=x\n"), 303, 1);
    for site in ["cross-site", "same-site", "none"] {
        let headers = format!("{NAVIGATION}sec-fetch-site:{site}\n{form}");
        check(headers.clone(), 401, 0);
        check(format!("{headers}origin:https://help.contoso.com\n"), 401, 0);
    }
    for origin in ["null", "https://evil.example", "http://help.contoso.com"] {
        check(format!("{NAVIGATION}origin:{origin}\n{form}"), 401, 0);
    }
    check(format!("{NAVIGATION}{form}"), 401, 0);
    check(format!("sec-fetch-mode:navigate\nsec-fetch-dest:iframe\n{own}{form}"), 401, 0);
    for script in ["sec-fetch-mode:cors\n", "accept:*/*\n", "x-requested-with:XMLHttpRequest\n"] {
        check(format!("{script}{own}{form}"), 401, 0);
    }
    for kind in ["application/json", "application/xml", "text/html", ""] {
        check(format!("{NAVIGATION}{own}content-type:{kind}\n"), 415, 0);
    }
    check(format!("{NAVIGATION}{own}"), 415, 0);
    check(format!("{NAVIGATION}{own}{form}content-encoding:gzip\n"), 415, 0);
    let long = "x".repeat(200);
    check(format!("{NAVIGATION}{own}content-type:text/plain; charset={long}\n"), 415, 0);
}

#[test]
fn what_is_too_large_is_refused_before_anything_is_discarded() {
    let (mut deployment, browser) = ended();
    let mut check = |length: &str, bytes: usize, status: u16| {
        let headers = format!("{}{length}", form_headers());
        let body = "x".repeat(bytes);
        let page = post(&mut deployment, &mut browser.clone(), &headers, &body);
        assert_eq!(page.status, status, "{length} {bytes} {}", page.body);
        if status == 413 {
            assert!(page.body.contains("too large to be kept"), "{}", page.body);
            // The form that it was written in opens in another tab, at the same organization.
            let login = "/deskgate/login?return=%2Ftickets%2F4218&#38;connection=contoso\" target=";
            assert!(page.body.contains(login), "{}", page.body);
        }
    };
    check("content-length:524288\n", LIMIT, 303);
    check("", LIMIT, 303);
    check("", LIMIT + 1, 413);
    check("content-length:524289\n", 0, 413);
    check("content-length:99999999999999999999999\n", 0, 413);
    check("content-length:1\n", LIMIT + 1, 413);
    assert_eq!(deployment.storage.count("kept_forms"), 2);
}

#[test]
fn the_largest_form_fits_a_row_of_the_object() {
    let (mut deployment, mut browser) = ended();
    post(&mut deployment, &mut browser, &form_headers(), &"x".repeat(LIMIT));
    let rows = deployment.storage.execute("SELECT bytes FROM kept_forms", &[]).unwrap();
    assert!(rows[0]["bytes"].as_u64().unwrap() < 2_000_000, "{rows:?}");
}

#[test]
fn nobody_else_is_shown_or_sends_what_is_kept() {
    let (mut deployment, mut browser) = ended();
    let kept = keep(&mut deployment, &mut browser);
    let mut somebody_else = browser.clone();
    let mut other_browser = signed_in(&mut deployment, SIMON);
    let page = asked(&mut deployment, &mut browser, &kept, SIMON);
    let (action, confirmation) = (action(&page), confirmation(&page));

    let other_page = asked(&mut deployment, &mut somebody_else, &kept, "C.Jones@contoso.com");
    check_nothing_kept(&other_page);
    check_nothing_kept(&other_browser.open(&mut deployment, &kept).response());
    for stranger in [&mut somebody_else, &mut other_browser] {
        let answer = press(&mut deployment, stranger, &action, &confirmation).response();
        assert_eq!(location(&answer), format!("https://help.contoso.com{kept}"));
        let discarded = press(&mut deployment, stranger, &kept, &confirmation).response();
        assert_eq!(discarded.status, 303);
    }
    // With the cookie of the other browser, which that person does not have.
    let cookie = browser.cookies["__Host-deskgate-kept"].clone();
    somebody_else.cookies.insert("__Host-deskgate-kept".to_owned(), cookie);
    check_nothing_kept(&somebody_else.open(&mut deployment, &kept).response());
    press(&mut deployment, &mut browser, &action, &confirmation).forward();
}

#[test]
fn a_disabled_person_does_not_get_it() {
    let (mut deployment, mut browser) = ended();
    let people = |deployment: &mut Deployment, id, changes| {
        let body = json!({ "changes": changes }).to_string();
        send_signed("POST", "/deskgate/admin/people", &body, id, deployment);
    };
    people(&mut deployment, 7, json!([{ "put": { "email": SIMON } }]));
    let kept = keep(&mut deployment, &mut browser);
    people(&mut deployment, 8, json!([{ "disable": SIMON }]));
    let page = browser.open(&mut deployment, &kept).response();
    let login = between(&page, "class=\"button first\" href=\"", "\"");
    let refused = sign_in(&mut deployment, &mut browser, &login, SIMON);
    assert_eq!(refused.status, 403, "{}", refused.body);
    assert_eq!(browser.open(&mut deployment, &kept).response().status, 401);
    // Nor is anything more kept of theirs.
    let refused = post(&mut deployment, &mut browser, &form_headers(), TEXT);
    assert_eq!(refused.status, 401, "{}", refused.body);
}

#[test]
fn a_form_is_kept_for_fifteen_minutes() {
    for (seconds, status) in [(899, 200), (900, 404)] {
        let (mut deployment, mut browser) = ended();
        let kept = keep(&mut deployment, &mut browser);
        deployment.advance(seconds);
        let page = asked(&mut deployment, &mut browser, &kept, SIMON);
        assert_eq!(page.status, status, "{}", page.body);
        if status == 200 {
            deployment.advance(1);
            check_nothing_kept(&send(&mut deployment, &mut browser, &page).response());
        }
    }
}

#[test]
fn the_alarm_deletes_what_nobody_came_back_for() {
    let (mut deployment, mut browser) = ended();
    let keys = deployment.storage.alarm();
    keep(&mut deployment, &mut browser);
    deployment.advance(900);
    assert_eq!(deployment.storage.alarm(), Some(deployment.now));
    let secret = super::harness::secret().into();
    let wake = |deployment: &Deployment| {
        desk_object::wake(&secret, &deployment.storage, deployment.host, deployment.now).unwrap();
    };
    wake(&deployment);
    assert_eq!(deployment.storage.count("kept_forms"), 0);
    assert_eq!(deployment.storage.alarm(), keys, "the alarm of the keys is back");
}

#[test]
fn one_who_keeps_many_loses_the_oldest_and_nobody_elses() {
    let (mut deployment, mut browser) = ended();
    let first = keep(&mut deployment, &mut browser);
    let others: Vec<_> = (0..4).map(|_| keep(&mut deployment, &mut browser)).collect();
    assert_eq!(deployment.storage.count("kept_forms"), 5);
    keep(&mut deployment, &mut browser);
    assert_eq!(deployment.storage.count("kept_forms"), 5);
    check_nothing_kept(&asked(&mut deployment, &mut browser, &first, SIMON));
    assert_eq!(browser.open(&mut deployment, &others[0]).response().status, 200);
}

#[test]
fn a_flood_of_forms_does_not_push_other_events_out_of_the_log() {
    let (mut deployment, mut browser) = ended();
    let before = deployment.storage.count("audit_log");
    for _ in 0..70 {
        keep(&mut deployment, &mut browser);
    }
    assert_eq!(deployment.storage.count("audit_log") - before, 60);
}

#[test]
fn when_there_is_no_room_new_forms_are_refused_and_the_old_ones_stay() {
    let (mut deployment, mut browser) = ended();
    keep(&mut deployment, &mut browser);
    let full = Parameter::Number(64 * 1024 * 1024);
    deployment.storage.execute("UPDATE kept_forms SET bytes = ?", &[full]).unwrap();
    let page = post(&mut deployment, &mut browser, &form_headers(), TEXT);
    assert_eq!(page.status, 503, "{}", page.body);
    assert!(page.body.contains("Your browser still has it"));
    assert_eq!(deployment.storage.count("kept_forms"), 1);
}

#[test]
fn without_the_object_the_browser_keeps_it() {
    let (mut deployment, mut browser) = ended();
    browser.open(&mut deployment, "/").response();
    deployment.object_answers = false;
    for _ in 0..2 {
        let page = post(&mut deployment, &mut browser, &form_headers(), TEXT);
        assert_eq!(page.status, 503, "{}", page.body);
        assert!(page.body.contains("Your browser still has it"));
        deployment.advance(MAX_AGE_UNREACHABLE.as_secs() / 2);
    }
}

#[test]
fn what_was_changed_in_the_object_is_not_sent() {
    let changes = [
        "UPDATE kept_forms SET body = substr(body, 1, 40) || 'AAAA' || substr(body, 45)",
        "UPDATE kept_forms SET head = substr(head, 1, 40) || 'AAAA' || substr(head, 45)",
        "UPDATE kept_forms SET body = (SELECT body FROM kept_forms ORDER BY rowid DESC LIMIT 1)",
        "UPDATE kept_forms SET body = head",
    ];
    for change in changes {
        let (mut deployment, mut browser) = ended();
        let kept = keep(&mut deployment, &mut browser);
        // Another one of the same person.
        keep(&mut deployment, &mut browser);
        let page = asked(&mut deployment, &mut browser, &kept, SIMON);
        deployment.storage.execute(change, &[]).unwrap();
        check_nothing_kept(&send(&mut deployment, &mut browser, &page).response());
    }
}

#[test]
fn a_form_goes_to_its_own_address_and_to_the_origin_it_was_for() {
    let (mut deployment, mut browser) = ended();
    for other in ["/tickets/4218/delete", "/tickets/4218/reply", "/tickets/4218/reply?tab=%22b%22"]
    {
        let kept = keep(&mut deployment, &mut browser);
        let page = asked(&mut deployment, &mut browser, &kept, SIMON);
        let mark = action(&page).rsplit_once("deskgate-kept=").unwrap().1.to_owned();
        let and = if other.contains('?') { '&' } else { '?' };
        let elsewhere = format!("{other}{and}deskgate-kept={mark}");
        let token = confirmation(&page);
        check_nothing_kept(&press(&mut deployment, &mut browser, &elsewhere, &token).response());
        deployment.advance(LIFETIME);
    }
    let kept = keep(&mut deployment, &mut browser);
    let page = asked(&mut deployment, &mut browser, &kept, SIMON);
    let mut moved = settings();
    moved["origin"] = json!("https://elsewhere.internal");
    assert_eq!(apply(&moved, 8, &mut deployment).status, 200);
    deployment.new_isolate();
    check_nothing_kept(&send(&mut deployment, &mut browser, &page).response());
}

#[test]
fn sending_takes_a_click_on_the_page_of_this_session() {
    let (mut deployment, mut browser) = ended();
    let kept = keep(&mut deployment, &mut browser);
    let page = asked(&mut deployment, &mut browser, &kept, SIMON);
    let (action, token) = (action(&page), confirmation(&page));
    let body = format!("confirmation={token}");
    for origin in ["", "origin:https://evil.example\n", "origin:null\n"] {
        for path in [&action, &kept] {
            let headers =
                format!("{NAVIGATION}{origin}content-type:application/x-www-form-urlencoded\n");
            let answer = browser.send(&mut deployment, "POST", path, &headers, &body).response();
            assert_eq!(answer.status, 403, "{path} {origin}");
        }
    }
    let again = |outcome: Outcome| {
        let answer = outcome.response();
        assert_eq!(
            (answer.status, location(&answer)),
            (303, &*format!("https://help.contoso.com{kept}"))
        );
    };
    let changed = format!("B{}", &token[1..]);
    for token in ["", "x", &changed, &token[..token.len() - 4]] {
        again(press(&mut deployment, &mut browser, &action, token));
        again(press(&mut deployment, &mut browser, &kept, token));
    }
    // A token of another form, and of a session that has ended meanwhile.
    let body = format!("confirmation={token}&confirmation={token}");
    let headers = format!("{NAVIGATION}{SAME_ORIGIN_FORM}");
    again(browser.send(&mut deployment, "POST", &action, &headers, &body));
    let end = json!({ "end": { "email": SIMON } }).to_string();
    send_signed("POST", "/deskgate/admin/sessions", &end, 9, &mut deployment);
    deployment.advance(1);
    deployment.new_isolate();
    again(press(&mut deployment, &mut browser, &action, &token));
    let page = asked(&mut deployment, &mut browser, &kept, SIMON);
    again(press(&mut deployment, &mut browser, &action, &token));
    send(&mut deployment, &mut browser, &page).forward();
}

#[test]
fn what_nobody_wants_is_deleted() {
    let (mut deployment, mut browser) = ended();
    let kept = keep(&mut deployment, &mut browser);
    let page = asked(&mut deployment, &mut browser, &kept, SIMON);
    assert_eq!(between(&page, "formaction=\"", "\""), kept);
    let done = press(&mut deployment, &mut browser, &kept, &confirmation(&page)).response();
    assert_eq!(done.status, 200, "{}", done.body);
    assert!(done.body.contains("It was discarded"));
    assert_eq!(deployment.storage.count("kept_forms"), 0);
    check_nothing_kept(&send(&mut deployment, &mut browser, &page).response());
    assert_eq!(deployment.events().last().unwrap(), "form.discarded");
}

#[test]
fn a_helpdesk_that_does_not_answer_loses_nothing() {
    let (mut deployment, mut browser) = ended();
    let kept = keep(&mut deployment, &mut browser);
    let page = asked(&mut deployment, &mut browser, &kept, SIMON);
    deployment.origin_answers = false;
    let answer = send(&mut deployment, &mut browser, &page).response();
    assert_eq!(location(&answer), format!("https://help.contoso.com{kept}"));
    assert_eq!(deployment.events().last().unwrap(), "form.not_delivered");
    deployment.origin_answers = true;
    let page = browser.open(&mut deployment, &kept).response();
    assert!(page.body.contains("It may have arrived all the same"), "{}", page.body);
    let forward = send(&mut deployment, &mut browser, &page).forward();
    check_is_the_reply(&mut deployment, &forward);
    // Once it has arrived, nothing brings it back.
    deployment.origin_answers = false;
    check_nothing_kept(&send(&mut deployment, &mut browser, &page).response());
}

#[test]
fn a_path_that_wants_a_recent_sign_in_keeps_forms_too() {
    let mut settings = settings();
    settings["fresh"] = json!([{ "path": "/tickets/4218/", "max_age_seconds": 900 }]);
    let mut deployment = deployment_with(&settings);
    let mut browser = signed_in(&mut deployment, SIMON);
    deployment.advance(901);
    let kept = keep(&mut deployment, &mut browser);
    let page = browser.open(&mut deployment, &kept).response();
    let login = between(&page, "class=\"button first\" href=\"", "\"");
    // The sign-in of a while ago is not enough.
    let to_provider = browser.open(&mut deployment, &login).response();
    let query = location(&to_provider).split_once('?').unwrap().1.to_owned();
    let id = Parameters::parse(query.as_bytes()).once("RelayState").unwrap().unwrap().to_owned();
    let old = Claims { in_response_to: Some(&id), assertion_id: "_old", ..Claims::default() };
    assert_eq!(browser.complete(&mut deployment, &respond(&old), &id).status, 403);
    let page = asked(&mut deployment, &mut browser, &kept, SIMON);
    assert_eq!(page.status, 200, "{}", page.body);
    // The page stayed open for too long.
    let mut late = browser.clone();
    deployment.advance(890);
    let forward = send(&mut deployment, &mut browser, &page).forward();
    check_is_the_reply(&mut deployment, &forward);
    deployment.advance(11);
    let answer = send(&mut deployment, &mut late, &page).response();
    assert_eq!(location(&answer), format!("https://help.contoso.com{kept}"));
}

#[test]
fn a_query_that_only_looks_like_a_confirmation_is_the_origins() {
    let mut deployment = deployment_with(&settings());
    let mut browser = signed_in(&mut deployment, SIMON);
    for query in
        ["", "?deskgate-kept=", "?deskgate-kept=a%20b", "?deskgate-kept=a&b=c", "?xdeskgate-kept=a"]
    {
        let path = format!("/tickets{query}");
        let outcome = browser.send(&mut deployment, "POST", &path, &form_headers(), TEXT);
        let forward = json!(outcome.forward());
        assert_eq!(forward["url"], format!("https://tickets.internal{path}"));
        assert_eq!(forward["replays"], false);
    }
    browser.open(&mut deployment, "/tickets?deskgate-kept=a").forward();
}
