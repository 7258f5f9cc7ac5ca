//! What a session opened and what goes on: it ends with the session. And a session that is used goes on.

use std::io;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use deskgate_tests::browser::{Browser, OpenReply, Request};
use deskgate_tests::issuer::Issuer;
use deskgate_tests::origin::{DEAF, DROP, Origin, TICK, answer};
use deskgate_tests::sign_in::{begin, deliver, signed_in};
use deskgate_tests::wire::Wire;
use deskgate_tests::worker::Worker;
use serde_json::json;
use tungstenite::protocol::frame::coding::CloseCode;
use tungstenite::protocol::{CloseFrame, Role, WebSocket};
use tungstenite::{Error, Message};

use crate::setting::{Setting, claims, desk, desk_where, desk_with};
use crate::streams::websocket;

type Socket = WebSocket<TcpStream>;

fn open_socket(worker: &Worker, browser: &mut Browser) -> Socket {
    let reply = browser.begin(&websocket(worker, "/live")).expect("an answer");
    assert_eq!(reply.status, 101);
    let (stream, rest) = reply.into_wire().into_parts();
    stream.set_read_timeout(Some(Duration::from_secs(40))).expect("a timeout");
    WebSocket::from_partially_read(stream, rest, Role::Client, None)
}

#[track_caller]
fn check_echo(socket: &mut Socket, message: Message) {
    socket.send(message.clone()).expect("sent");
    assert!(socket.read().expect("an echo") == message);
}

/// A helpdesk that sends an event ten times a second until nobody listens.
fn ticking() -> Origin {
    Origin::start_with(Box::new(|head, wire| {
        if head.start[1] != "/events" && head.start[1] != "/export" {
            return answer(wire, 200, &[], b"helpdesk");
        }
        let headers = [("Transfer-Encoding", "chunked"), ("Content-Type", "text/event-stream")];
        let headers = headers.map(|(n, v)| (n.to_owned(), v.to_owned())).to_vec();
        wire.write_head("HTTP/1.1 200 OK", &headers)?;
        tick(wire)
    }))
}

fn tick(wire: &mut Wire) -> io::Result<()> {
    loop {
        wire.write_chunk(b"data: tick\n\n")?;
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn open_events(browser: &mut Browser, target: &str) -> OpenReply {
    let request = Request::new("GET", target).header("Accept", "text/event-stream");
    let mut reply = browser.begin(&request).expect("a head");
    assert_eq!(reply.status, 200);
    assert_eq!(reply.piece().expect("a piece"), b"data: tick\n\n");
    reply
}

/// Somebody else than B. Simon.
fn zoe(worker: &Worker, issuer: &Issuer) -> Browser {
    let mut browser = worker.browser();
    let asked = begin(&mut browser, "/");
    let mut response = issuer.respond(worker.now(), &worker.entity_id(), &worker.acs_url());
    response.in_response_to = Some(asked.request_id);
    response.name_id = "zoe@contoso.com".to_owned();
    for (_, values) in &mut response.attributes {
        for value in values.iter_mut().filter(|value| value.contains('@')) {
            "zoe@contoso.com".clone_into(value);
        }
    }
    let value = issuer.post_value(&response);
    deliver(&mut browser, &value, asked.relay_state.as_deref());
    assert!(browser.cookie("__Host-deskgate").is_some());
    browser
}

/// The clocks are the real ones here: nothing but time tells the other isolate.
#[test]
fn what_a_session_opened_is_closed_when_it_ends_in_another_isolate() {
    let Some(Setting { worker, issuer, .. }) = desk_with(ticking(), |_| {}) else { return };
    let mut simon = worker.elsewhere(signed_in(&worker, &issuer));
    let mut zoe = worker.elsewhere(zoe(&worker, &issuer));
    let mut socket = open_socket(&worker, &mut simon);
    let mut events = open_events(&mut simon, "/events");
    let mut other_socket = open_socket(&worker, &mut zoe);
    let mut other_events = open_events(&mut zoe, "/events");
    check_echo(&mut socket, Message::text("open"));

    let end = json!({ "end": { "email": "B.Simon@Contoso.com" } });
    let reply = worker.admin_change("/deskgate/admin/sessions", &end);
    assert_eq!((reply.status, &reply.json()["sessions_ended"]), (200, &json!(1)), "{reply}");
    let ended = Instant::now();
    let within = |what: &str| {
        let after = ended.elapsed();
        assert!(after < Duration::from_secs(33), "{what} closed after {after:?}");
    };
    let reason = "the session has ended".into();
    let closed = Message::Close(Some(CloseFrame { code: CloseCode::Policy, reason }));
    assert_eq!(socket.read().expect("a close frame"), closed);
    within("the WebSocket");
    assert!(!socket.can_write());
    // The stream breaks off; it does not end as if it were complete.
    while events.piece().is_ok_and(|piece| !piece.is_empty()) {
        within("the stream");
    }
    assert!(events.piece().is_err());
    assert_eq!(simon.open("/tickets/1").status, 302);

    check_echo(&mut other_socket, Message::text("still open"));
    for _ in 0..20 {
        assert_eq!(other_events.piece().expect("a piece"), b"data: tick\n\n");
    }
    assert_eq!(zoe.open("/tickets/1").status, 200);
}

/// A close ends one direction only. A helpdesk that pays no heed to it goes on sending, and a browser that
/// sent it may go on listening: for as long as the session lasts.
#[test]
fn a_websocket_half_of_which_is_closed_ends_with_its_session() {
    let Some(Setting { worker, issuer, .. }) = desk() else { return };
    let mut browser = signed_in(&worker, &issuer);
    let mut socket = open_socket(&worker, &mut browser);
    socket.send(Message::text(DEAF)).expect("sent");
    let frame = CloseFrame { code: CloseCode::Normal, reason: "".into() };
    socket.close(Some(frame)).expect("sent");
    for _ in 0..20 {
        assert_eq!(socket.read().expect("still open in this direction"), Message::text(TICK));
    }
    let end = json!({ "end": { "email": "B.Simon@Contoso.com" } });
    assert_eq!(worker.admin_change("/deskgate/admin/sessions", &end).status, 200);
    let ended = Instant::now();
    while socket.read().is_ok_and(|message| message == Message::text(TICK)) {
        let after = ended.elapsed();
        assert!(after < Duration::from_secs(33), "something is still sent after {after:?}");
    }
}

#[test]
fn large_and_binary_messages_pass_both_ways() {
    let Some(Setting { worker, issuer, .. }) = desk() else { return };
    let mut browser = signed_in(&worker, &issuer);
    let mut socket = open_socket(&worker, &mut browser);
    let bytes: Vec<u8> =
        (0..1024 * 1024_u32).map(|n| n.to_le_bytes()[usize::from(n % 3 == 0)]).collect();
    check_echo(&mut socket, Message::binary(bytes.clone()));
    check_echo(&mut socket, Message::text("ż".repeat(512 * 1024)));
    check_echo(&mut socket, Message::binary(Vec::new()));
    check_echo(&mut socket, Message::text(""));
    for n in 0..200 {
        socket.send(Message::text(n.to_string())).expect("sent");
    }
    for n in 0..200 {
        assert_eq!(socket.read().expect("an echo"), Message::text(n.to_string()));
    }
}

#[track_caller]
fn check_close(sent: Option<(u16, &'static str)>) {
    let Some(Setting { worker, issuer, .. }) = desk() else { return };
    let mut browser = signed_in(&worker, &issuer);
    let mut socket = open_socket(&worker, &mut browser);
    let frame = sent.map(|(code, reason)| CloseFrame { code: code.into(), reason: reason.into() });
    socket.close(frame.clone()).expect("sent");
    // The helpdesk answers with the code that it got.
    let found = socket.read().expect("a close frame");
    assert_eq!(found, Message::Close(frame));
    assert!(matches!(socket.read(), Err(Error::ConnectionClosed)));
}

#[test]
fn a_close_passes_with_its_code_and_reason() {
    check_close(Some((1000, "done")));
    check_close(Some((4321, "ż")));
    check_close(None);
}

#[test]
fn a_websocket_whose_helpdesk_goes_away_is_closed() {
    let Some(Setting { worker, issuer, .. }) = desk() else { return };
    let mut browser = signed_in(&worker, &issuer);
    let mut socket = open_socket(&worker, &mut browser);
    socket.send(Message::text(DROP)).expect("sent");
    let frame = CloseFrame { code: CloseCode::Away, reason: "".into() };
    assert_eq!(socket.read().expect("a close frame"), Message::Close(Some(frame)));
}

#[test]
fn a_session_that_is_used_is_renewed_and_one_that_is_not_ends() {
    let idle =
        |settings: &mut serde_json::Value| settings["session"] = json!({ "idle_seconds": 600 });
    let Some(Setting { mut worker, issuer, .. }) = desk_where(idle) else { return };
    let mut used = signed_in(&worker, &issuer);
    let mut unused = used.clone();
    let begun = claims(used.cookie("__Host-deskgate").expect("a session"));
    assert_eq!(used.open("/tickets/1").header("set-cookie"), None);
    worker.set_clock_ahead(Duration::from_secs(400));
    let reply = used.open("/tickets/1");
    assert!(
        reply.header("set-cookie").is_some_and(|cookie| cookie.starts_with("__Host-deskgate=")),
        "{reply}"
    );
    assert_eq!(reply.header("cache-control"), Some("private, no-store"));
    let renewed = claims(used.cookie("__Host-deskgate").expect("a session"));
    for claim in ["sid", "sub", "iat", "exp", "auth_time", "identity"] {
        assert_eq!(renewed[claim], begun[claim], "{claim}");
    }
    assert!(renewed["idle_exp"].as_u64() >= begun["idle_exp"].as_u64().map(|exp| exp + 395));
    worker.set_clock_ahead(Duration::from_secs(800));
    assert_eq!(used.open("/tickets/1").status, 200);
    let reply = unused.send(&Request::new("GET", "/tickets/1").header("Accept", "*/*"));
    assert_eq!((reply.status, &reply.json()["code"]), (401, &json!("session.idle")), "{reply}");
    assert_eq!(unused.open("/tickets/1").status, 302);
}

#[test]
fn a_path_that_wants_a_recent_sign_in_leads_to_one() {
    let fresh = json!([{ "path": "/admin/", "max_age_seconds": 900 }]);
    let Some(Setting { mut worker, origin, issuer, .. }) =
        desk_where(|settings| settings["fresh"] = fresh)
    else {
        return;
    };
    let mut browser = signed_in(&worker, &issuer);
    assert_eq!(browser.open("/admin/users").status, 200);
    worker.set_clock_ahead(Duration::from_secs(1000));
    assert_eq!(browser.open("/tickets/1").status, 200);
    let before = origin.seen().len();
    let script = browser.send(&Request::new("GET", "/admin/users").header("Accept", "*/*"));
    assert_eq!((script.status, &script.json()["code"]), (401, &json!("session.not_fresh")));
    for path in ["/admin/users", "/Admin/users", "/index.php/admin/", "/%61dmin/"] {
        assert_eq!(browser.clone().open(path).status, 302, "{path}");
    }
    assert_eq!(origin.seen().len(), before);
    let asked = begin(&mut browser, "/admin/users?page=2");
    assert!(asked.force_authn, "the identity provider is told to ask for a sign-in");
    let mut response = issuer.respond(worker.now(), &worker.entity_id(), &worker.acs_url());
    response.in_response_to = Some(asked.request_id);
    let value = issuer.post_value(&response);
    let reply = deliver(&mut browser, &value, asked.relay_state.as_deref());
    assert!(reply.location().ends_with("/admin/users?page=2"), "{reply}");
    assert_eq!(browser.open("/admin/users?page=2").status, 200);
    // Without such a path nobody is asked twice.
    assert!(!begin(&mut worker.browser(), "/tickets/1").force_authn);
}
