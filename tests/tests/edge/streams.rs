//! Bodies and WebSockets pass through as they come.

use std::io;
use std::sync::Mutex;
use std::sync::mpsc::channel;

use deskgate_tests::browser::Request;
use deskgate_tests::origin::{Origin, answer};
use deskgate_tests::sign_in::signed_in;
use deskgate_tests::wire::{Framing, PATIENCE};
use deskgate_tests::worker::Worker;
use tungstenite::Message;
use tungstenite::protocol::{Role, WebSocket};

use crate::setting::{Setting, desk, desk_with};

/// What a script of the desk's own page sends to open a WebSocket.
pub(crate) fn websocket(worker: &Worker, target: &str) -> Request {
    websocket_from(&worker.url(), target)
}

fn websocket_from(origin: &str, target: &str) -> Request {
    Request::new("GET", target)
        .header("Connection", "Upgrade")
        .header("Upgrade", "websocket")
        .header("Sec-WebSocket-Version", "13")
        .header("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
        .header("Origin", origin)
}

#[test]
fn a_websocket_echoes_through_the_gate() {
    let Some(Setting { worker, origin, issuer, .. }) = desk() else { return };
    let mut browser = signed_in(&worker, &issuer);
    let reply = browser.begin(&websocket(&worker, "/live?room=7")).expect("an answer");
    assert_eq!(reply.status, 101);
    let (stream, rest) = reply.into_wire().into_parts();
    let mut socket = WebSocket::from_partially_read(stream, rest, Role::Client, None);
    for text in ["hello", "żółw 🐢", &"x".repeat(100_000)] {
        socket.send(Message::text(text)).expect("sent");
        assert_eq!(socket.read().expect("an echo"), Message::text(text));
    }
    socket.send(Message::binary(vec![0, 255, 10])).expect("sent");
    assert_eq!(socket.read().expect("an echo"), Message::binary(vec![0, 255, 10]));
    let seen = origin.last();
    assert_eq!(seen.target, "/live?room=7");
    assert!(seen.header("Deskgate-Assertion").is_some());
}

#[test]
fn a_websocket_needs_a_session() {
    let Some(Setting { worker, origin, .. }) = desk() else { return };
    let reply = worker.browser().begin(&websocket(&worker, "/live")).expect("an answer");
    assert_eq!(reply.status, 401);
    assert!(origin.seen().is_empty());
}

#[test]
fn a_page_of_another_site_cannot_open_a_websocket() {
    let Some(Setting { worker, origin, issuer, .. }) = desk() else { return };
    let browser = signed_in(&worker, &issuer);
    for site in ["https://evil.example", "null", "http://127.0.0.1", "http://127.0.0.1:1"] {
        let reply = browser.clone().begin(&websocket_from(site, "/live")).expect("an answer");
        assert!((400..500).contains(&reply.status), "{site}: {}", reply.status);
    }
    assert!(origin.seen().is_empty());
}

#[test]
fn a_response_arrives_piece_by_piece_as_the_helpdesk_sends_it() {
    // The helpdesk sends its second piece only when the browser has the first one.
    let (first_arrived, wait_for_first) = channel::<()>();
    let wait_for_first = Mutex::new(wait_for_first);
    let origin = Origin::start_with(Box::new(move |_, wire| {
        let headers = [("Transfer-Encoding", "chunked"), ("Content-Type", "text/event-stream")];
        let headers = headers.map(|(n, v)| (n.to_owned(), v.to_owned())).to_vec();
        wire.write_head("HTTP/1.1 200 OK", &headers)?;
        wire.write_chunk(b"data: first\n\n")?;
        let waited = wait_for_first.lock().expect("one request").recv_timeout(PATIENCE);
        waited.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?;
        wire.write_chunk(b"data: second\n\n")?;
        wire.write_chunk(b"")
    }));
    let Some(Setting { worker, issuer, .. }) = desk_with(origin, |_| {}) else { return };
    let mut browser = signed_in(&worker, &issuer);
    let mut reply = browser.begin(&Request::new("GET", "/events")).expect("a head");
    assert_eq!(reply.status, 200);
    assert_eq!(reply.piece().expect("the first piece"), b"data: first\n\n");
    first_arrived.send(()).expect("the helpdesk waits");
    assert_eq!(reply.piece().expect("the second piece"), b"data: second\n\n");
    assert_eq!(reply.piece().expect("the end"), b"");
}

#[test]
fn an_upload_reaches_the_helpdesk_while_it_is_sent() {
    // The browser sends its second piece only when the helpdesk has the first one.
    let (first_arrived, wait_for_first) = channel::<Vec<u8>>();
    let origin = Origin::start_with(Box::new(move |head, wire| {
        let mut framing = head.request_framing();
        assert_eq!(framing, Framing::Chunked);
        let first = wire.read_piece(&mut framing)?;
        first_arrived.send(first).map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))?;
        let rest = wire.read_body(framing)?;
        answer(wire, 200, &[], &rest)
    }));
    let Some(Setting { worker, issuer, .. }) = desk_with(origin, |_| {}) else { return };
    let mut browser = signed_in(&worker, &issuer);
    let request = Request::new("POST", "/upload").header("Transfer-Encoding", "chunked");
    let mut wire = browser.write_request(&request).expect("sent");
    wire.write_chunk(b"first").expect("sent");
    assert_eq!(wait_for_first.recv_timeout(PATIENCE).expect("the first piece"), b"first");
    wire.write_chunk(b"second").expect("sent");
    wire.write_chunk(b"").expect("sent");
    let mut reply = browser.read_reply(wire, "POST").expect("an answer");
    assert_eq!((reply.status, reply.piece().expect("a body")), (200, b"second".to_vec()));
}

#[test]
fn a_large_body_passes_both_ways_unchanged() {
    let origin = Origin::start_with(Box::new(|head, wire| {
        let body = wire.read_body(head.request_framing())?;
        answer(wire, 200, &[], &body)
    }));
    let Some(Setting { worker, issuer, .. }) = desk_with(origin, |_| {}) else { return };
    let mut browser = signed_in(&worker, &issuer);
    let pieces: Vec<Vec<u8>> = (0..64_u8).map(|n| vec![n; 64 * 1024]).collect();
    let request = Request::new("PUT", "/upload").header("Transfer-Encoding", "chunked");
    let mut wire = browser.write_request(&request).expect("sent");
    for piece in &pieces {
        wire.write_chunk(piece).expect("sent");
    }
    wire.write_chunk(b"").expect("sent");
    let mut reply = browser.read_reply(wire, "PUT").expect("an answer");
    let mut body = Vec::new();
    loop {
        let piece = reply.piece().expect("a piece");
        if piece.is_empty() {
            break;
        }
        body.extend(piece);
    }
    assert!(body == pieces.concat(), "{} bytes came back", body.len());
}
