//! A server with `deskgate-origin` behind the gate: it greets whom the desk vouches for in this very
//! request, and nobody else.

use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use axum::Router;
use axum::http::HeaderMap;
use axum::routing::any;
use deskgate_origin::{AssertionLayer, Caller, Verifier};
use deskgate_tests::browser::{Browser, Reply, Request};
use deskgate_tests::sign_in::signed_in;

use crate::setting::{Setting, desk};

/// Greets, and shows the token so that a test can steal it.
async fn greet(caller: Caller, headers: HeaderMap) -> String {
    let name = caller.person().name.as_deref().unwrap_or("you");
    let token = headers.get("deskgate-assertion").and_then(|value| value.to_str().ok());
    format!("Hello, {name}\n{}", token.unwrap_or_default())
}

/// Serves until the process ends.
fn serve(listener: TcpListener, verifier: Verifier) {
    let app = Router::new().fallback(any(greet)).layer(AssertionLayer::new(verifier));
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    std::thread::spawn(move || {
        runtime.expect("a runtime").block_on(async {
            listener.set_nonblocking(true).expect("a listener for tokio");
            let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
            axum::serve(listener, app).await
        })
    });
}

/// Straight to the server, past the desk.
fn steal(address: SocketAddr, method: &str, target: &str, tokens: &[&str]) -> Reply {
    let request = Request::new(method, target);
    let with_tokens =
        tokens.iter().fold(request, |request, token| request.header("Deskgate-Assertion", token));
    Browser::new(address).send(&with_tokens)
}

#[track_caller]
fn refused(reply: &Reply, status: u16, code: &str) {
    assert_eq!((reply.status, reply.text().trim_end()), (status, code), "{reply}");
}

#[test]
fn an_axum_server_greets_whom_the_desk_vouches_for_and_refuses_every_other_token() {
    let Some(Setting { mut worker, issuer, mut settings, .. }) = desk() else { return };
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let url = format!("http://{address}");
    settings["origin"] = url.as_str().into();
    worker.apply(&settings);
    let verifier = Verifier::new(&worker.url(), &url).expect("two addresses");
    serve(listener, verifier.accepting_each_token_once());

    let mut browser = signed_in(&worker, &issuer);
    let target = "/tickets/17?a=%2F&b";
    let stolen = |browser: &mut Browser| {
        let page = browser.open(target);
        assert_eq!(page.status, 200, "{page}");
        let text = page.text();
        let (greeting, token) = text.split_once('\n').expect("a greeting and a token");
        assert_eq!(greeting, "Hello, B. Simon");
        token.to_owned()
    };
    let token = stolen(&mut browser);
    refused(&steal(address, "GET", target, &[&token]), 403, "origin.replayed");
    refused(&steal(address, "GET", "/admin", &[&token]), 403, "session.path_mismatch");
    refused(&steal(address, "GET", "/tickets/17?a=/&b", &[&token]), 403, "session.path_mismatch");
    refused(&steal(address, "DELETE", target, &[&token]), 403, "session.method_mismatch");
    refused(&steal(address, "GET", target, &[]), 401, "origin.assertion_missing");
    refused(&steal(address, "GET", target, &[&token, &token]), 403, "origin.assertion_not_single");
    let (start, signature) = token.rsplit_once('.').expect("a token");
    let first = if signature.starts_with('A') { "B" } else { "A" };
    let forged = format!("{start}.{first}{}", &signature[1..]);
    refused(&steal(address, "GET", target, &[&forged]), 403, "jose.signature_invalid");
    let session = browser.cookie("__Host-deskgate").expect("a session").to_owned();
    refused(&steal(address, "GET", target, &[&session]), 403, "jose.type_mismatch");

    // Without a session the desk answers and the server is not asked.
    assert_eq!(worker.browser().open(target).status, 302);
    // A desk whose clock is not that of the server vouches for nobody there.
    worker.set_clock_ahead(Duration::from_secs(600));
    refused(&browser.open(target), 403, "jose.issued_in_future");
}
