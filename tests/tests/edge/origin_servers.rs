//! Servers behind the desk, with what they install from us: axum with `deskgate-origin`, and Express as its page
//! has it, with the npm package. Each greets whom the desk vouches for in this very request, and nobody
//! else. Between desk and server stands one that keeps the tokens, as a thief would.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::State;
use axum::routing::any;
use deskgate_origin::{AssertionLayer, Caller, Refusal, Verifier};
use deskgate_tests::browser::{Browser, Reply, Request};
use deskgate_tests::issuer::Issuer;
use deskgate_tests::origin::{Origin, answer};
use deskgate_tests::sign_in::{signed_in, solicited};
use deskgate_tests::skip::skip;
use deskgate_tests::vectors::repository;
use deskgate_tests::worker::Worker;
use serde_json::json;

/// Bytes that a server which decodes or cleans addresses would read as others.
const TARGET: &str = "/hello?a=%2F&b";

/// The attribute in which Entra ID sends groups.
const GROUPS: &str = "http://schemas.microsoft.com/ws/2008/06/identity/claims/groups";

/// How long a server may take to install what it needs and to listen.
const PATIENCE: Duration = Duration::from_secs(60);

/// How a server is started for this desk, under this name of its own, at this port. It ends with the
/// value.
type Start<Running> = fn(desk_url: &str, origin: &str, port: u16) -> Option<Running>;

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

/// Hands every request on and keeps it.
fn between(server: SocketAddr) -> Origin {
    Origin::start_with(Box::new(move |head, wire| {
        let [method, target, _] = &head.start;
        let request = head
            .headers
            .iter()
            .filter(|(name, _)| name.eq_ignore_ascii_case("deskgate-assertion"))
            .fold(Request::new(method, target), |request, (name, value)| {
                request.header(name, value)
            });
        let reply = Browser::new(server).try_send(&request)?;
        let content_type = reply.header("Content-Type").unwrap_or_default();
        answer(wire, reply.status, &[("Content-Type", content_type)], &reply.body)
    }))
}

/// The token of the last request that arrived.
#[track_caller]
fn stolen(origin: &Origin) -> String {
    origin.last().header("Deskgate-Assertion").expect("a token").to_owned()
}

fn forged(token: &str) -> String {
    let (start, signature) = token.rsplit_once('.').expect("a token");
    let first = if signature.starts_with('A') { "B" } else { "A" };
    format!("{start}.{first}{}", &signature[1..])
}

/// Straight to the server, past the desk.
fn send(server: SocketAddr, method: &str, target: &str, tokens: &[&str]) -> Reply {
    let request = Request::new(method, target);
    let request =
        tokens.iter().fold(request, |request, token| request.header("Deskgate-Assertion", token));
    Browser::new(server).send(&request)
}

/// A token for somebody who is signed in at another desk of the same Worker, with the same server behind.
#[track_caller]
fn token_of_another_desk(worker: &Worker, issuer: &Issuer, origin: &Origin) -> String {
    let host = format!("localhost:{}", worker.address().port());
    let mut settings = worker.settings(&origin.url(), issuer);
    settings["url"] = format!("http://{host}").into();
    worker.apply_at(&host, &settings);
    let mut browser = worker.browser().at_host(&host);
    solicited(worker, issuer, &mut browser, "/", |response| {
        response.audience = format!("http://{host}/deskgate/metadata");
        response.destination = format!("http://{host}/deskgate/acs");
        response.recipient.clone_from(&response.destination);
    });
    browser.open(TARGET);
    stolen(origin)
}

/// Behind the real Worker: greets who is signed in by this text, and refuses every other token with its
/// code.
#[track_caller]
fn check<Running>(start: Start<Running>, greeting: &str) {
    let Some(mut worker) = Worker::start("edge") else { return };
    let server = SocketAddr::from(([127, 0, 0, 1], free_port()));
    let origin = between(server);
    let Some(_running) = start(&worker.url(), &origin.url(), server.port()) else { return };
    let issuer = Issuer::with_key("rsa-2048");
    let mut settings = worker.settings(&origin.url(), &issuer);
    let refused = |reply: &Reply, status: u16, code: &str| {
        let text = reply.text();
        let is_told = text.trim_end() == code || text == format!("{{\"code\":\"{code}\"}}");
        assert!(reply.status == status && is_told, "{status} {code}: {reply}");
    };

    // A desk whose clock is a minute late: whatever it says is stale when it arrives.
    worker.set_clock_behind(Duration::from_secs(61));
    worker.apply(&settings);
    let mut browser = signed_in(&worker, &issuer);
    refused(&browser.open(TARGET), 403, "jose.expired");
    refused(&send(server, "GET", TARGET, &[&stolen(&origin)]), 403, "jose.expired");

    worker.set_clock_behind(Duration::ZERO);
    let page = browser.open(TARGET);
    assert!(page.status == 200 && page.text().contains(greeting), "{page}");
    let token = stolen(&origin);
    refused(&send(server, "GET", TARGET, &[&forged(&token)]), 403, "jose.signature_invalid");
    refused(&send(server, "GET", "/admin", &[&token]), 403, "session.path_mismatch");
    refused(&send(server, "GET", "/hello?a=/&b", &[&token]), 403, "session.path_mismatch");
    refused(&send(server, "DELETE", TARGET, &[&token]), 403, "session.method_mismatch");
    refused(&send(server, "GET", TARGET, &[]), 401, "origin.assertion_missing");
    let session = browser.cookie("__Host-deskgate").expect("a session").to_owned();
    refused(&send(server, "GET", TARGET, &[&session]), 403, "jose.type_mismatch");
    let of_another = token_of_another_desk(&worker, &issuer, &origin);
    refused(&send(server, "GET", TARGET, &[&of_another]), 403, "jose.key_id_unknown");

    // More groups than a token has room for: the server asks the desk.
    let mut member = worker.browser();
    solicited(&worker, &issuer, &mut member, "/", |response| {
        let groups = (0..400).map(|group| format!("8c1f6c0a-0000-4000-8000-{group:012}"));
        response.attributes.retain(|(name, _)| name != GROUPS);
        response.attributes.push((GROUPS.to_owned(), groups.collect()));
    });
    let groups = member.open("/groups").json()["groups"].clone();
    assert_eq!(groups.as_array().map(Vec::len), Some(400));

    // The same desk lets the same person into another server, and that token gets lost.
    let wiki = Origin::start();
    settings["origin"] = wiki.url().into();
    worker.apply(&settings);
    assert_eq!(browser.open(TARGET).status, 200);
    refused(&send(server, "GET", TARGET, &[&stolen(&wiki)]), 403, "jose.audience_mismatch");
    // None of this locked anybody out.
    settings["origin"] = origin.url().into();
    worker.apply(&settings);
    assert_eq!(browser.open(TARGET).status, 200);
}

/// Serves until the process ends.
fn axum_server(verifier: Verifier, port: u16) {
    async fn greet(caller: Caller) -> String {
        format!("Hello, {}", caller.person().name.as_deref().unwrap_or("you"))
    }
    async fn groups(State(verifier): State<Verifier>, caller: Caller) -> Result<String, Refusal> {
        Ok(json!({ "groups": verifier.groups(&caller).await? }).to_string())
    }
    let app = Router::new()
        .route("/groups", any(groups))
        .fallback(any(greet))
        .with_state(verifier.clone())
        .layer(AssertionLayer::new(verifier));
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let listener = TcpListener::bind(("127.0.0.1", port)).expect("a listener");
    std::thread::spawn(move || {
        runtime.expect("a runtime").block_on(async {
            listener.set_nonblocking(true).expect("a listener for tokio");
            let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
            axum::serve(listener, app).await
        })
    });
}

/// A program of Node.js that serves until its input ends.
struct Node(Child);

impl Drop for Node {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        // It removes its folder first.
        let _ = self.0.wait();
    }
}

/// The server of docs/origins/express.md.
fn express(desk_url: &str, origin: &str, port: u16) -> Option<Node> {
    let is_there = |path: &str| repository(path).exists();
    if !is_there("wasm-pkg/node_modules/express") || !is_there("wasm-pkg/pkg/deskgate_wasm_bg.wasm")
    {
        return skip("express", "the npm package is not built or has no packages to test it with");
    }
    let child = Command::new("node")
        .arg(repository("wasm-pkg/tests/page_server.mjs"))
        .args(["express", desk_url, origin, &port.to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let mut node = Node(child.expect("node"));
    let until = Instant::now() + PATIENCE;
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        let ended = node.0.try_wait().expect("a process");
        assert!(ended.is_none() && Instant::now() < until, "Express does not listen: {ended:?}");
        std::thread::sleep(Duration::from_millis(50));
    }
    Some(node)
}

#[test]
fn an_axum_server_greets_whom_the_desk_vouches_for_and_refuses_every_other_token() {
    check(
        |desk_url, origin, port| {
            axum_server(Verifier::new(desk_url, origin).expect("two addresses"), port);
            Some(())
        },
        "Hello, B. Simon",
    );
}

#[test]
fn an_express_server_greets_whom_the_desk_vouches_for_and_refuses_every_other_token() {
    check(express, r#"{"hello":"B.Simon@contoso.com"}"#);
}

#[test]
fn a_server_that_takes_each_token_once_refuses_the_one_that_was_used() {
    let Some(mut worker) = Worker::start("edge") else { return };
    let server = SocketAddr::from(([127, 0, 0, 1], free_port()));
    let origin = between(server);
    let verifier = Verifier::new(&worker.url(), &origin.url()).expect("two addresses");
    axum_server(verifier.accepting_each_token_once(), server.port());
    let issuer = Issuer::with_key("rsa-2048");
    worker.apply(&worker.settings(&origin.url(), &issuer));
    let mut browser = signed_in(&worker, &issuer);
    assert_eq!(browser.open(TARGET).status, 200);
    let token = stolen(&origin);
    let said = |tokens: &[&str]| send(server, "GET", TARGET, tokens).text();
    assert_eq!(said(&[&token]), "origin.replayed\n");
    assert_eq!(said(&[&token, &token]), "origin.assertion_not_single\n");

    // Without a session the desk answers and the server is not asked.
    assert_eq!(worker.browser().open(TARGET).status, 302);
    // A desk whose clock is ahead of the server's vouches for nobody there.
    worker.set_clock_ahead(Duration::from_secs(600));
    let reply = browser.open(TARGET);
    assert_eq!((reply.status, reply.text().as_str()), (403, "jose.issued_in_future\n"));
}
