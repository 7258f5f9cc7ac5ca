//! Any request whatsoever at the gate. `cargo xtask fuzz` takes the same function as a target.
//!
//! An input is `METHOD PATH?QUERY`, a line for each header, an empty line and a body. Where it says
//! `@SESSION@` a valid session token is put; nobody else has one.

use std::cell::RefCell;

use deskgate_core::jose::{JwkKind, JwkSet};
use deskgate_core::session::{ExpectedOriginToken, verify_origin_token};
use deskgate_fuzz::{Budget, Mutants, Target};
use serde_json::{Value, json};

use super::gate::signed_in;
use super::harness::{CRYPTO, Deployment, Outcome};
use crate::http::tests::request;

const SESSION: &str = "@SESSION@";

/// The limits were measured and doubled like those of fuzz/src/targets/mod.rs.
pub(super) const TARGET: Target = Target::new(
    "gate_request",
    "http",
    20 * 1024,
    Budget::new([100_000, 600_000], [200, 300]),
    run,
);

pub(super) const SEEDS: &[&str] = &[
    "GET / HTTP\naccept:text/html\n\n",
    "GET /tickets/17?a=b\ncookie:__Host-deskgate=@SESSION@\n\n",
    "POST /tickets\ncookie:a=1; __Host-deskgate=@SESSION@; b=2\ncontent-type:text/plain\n\nbody",
    "GET /robots.txt\n\n",
    "GET /assets/a.css\ndeskgate-assertion:evil\nX_Forwarded_User:evil\nremote-user:evil\n\n",
    "GET /assets/..%2ftickets\n\n",
    "GET /assets/../tickets;a=b#c\n\n",
    "GET /\ncookie:__Host-deskgate=a.b.c\nsec-fetch-mode:navigate\naccept:text/html\n\n",
    "GET /\ncookie:__Host-deskgate=@SESSION@; __Host-deskgate=a\n\n",
    "GET /socket\nupgrade:websocket\nconnection:upgrade\norigin:https://help.contoso.com\n\
     cookie:__Host-deskgate=@SESSION@\n\n",
    "GET /socket\nupgrade:websocket\nconnection:upgrade\norigin:https://evil.example\n\
     cookie:__Host-deskgate=@SESSION@\n\n",
    "GET /\nconnection:close, x-trace, deskgate-assertion, cookie\nx-trace:1\nexpect:100-continue\n\
     cookie:__Host-deskgate=@SESSION@\nx-original-url:/admin\nx-http-method-override:PUT\n\n",
    "GET /deskgate/login?return=/tickets\naccept:text/html\n\n",
    "GET /deskgate/login?return=//evil.example\naccept:text/html\n\n",
    "POST /deskgate/acs\ncontent-type:application/x-www-form-urlencoded\n\nSAMLResponse=PGEvPg==&RelayState=x",
    "POST /deskgate/acs/complete\norigin:https://help.contoso.com\n\
     content-type:application/x-www-form-urlencoded\n\nSAMLResponse=PGEvPg==&RelayState=x",
    "GET /deskgate/session\ncookie:__Host-deskgate=@SESSION@\n\n",
    "GET /.well-known/deskgate/session\nauthorization:Bearer @SESSION@\n\n",
    "GET /deskgate/logout\ncookie:__Host-deskgate=@SESSION@\n\n",
    "POST /tickets?a=b&deskgate-kept=AbC_-1\norigin:https://help.contoso.com\n\
     cookie:__Host-deskgate=@SESSION@; __Host-deskgate-kept=x\n\nconfirmation=AQ",
    "GET /deskgate/metadata\n\n",
    "GET /.well-known/deskgate/jwks.json\n\n",
    "PUT /deskgate/admin/settings\nauthorization:Bearer a.b.c\n\n{}",
    "GET /assets/a.css\nremote\u{fffd}user:evil\n\n",
    "POST /socket\nupgrade:websocket\nconnection:upgrade\ncookie:__Host-deskgate=@SESSION@\n\n",
    "OPTIONS *\n\n",
];

/// A deployment that knows its desk, somebody's session, and the desk's keys.
struct Scene {
    deployment: Deployment,
    session: String,
    keys: JwkSet,
}

thread_local! {
    static SCENE: RefCell<Scene> = RefCell::new(Scene::new());
}

impl Scene {
    fn new() -> Self {
        let (mut deployment, mut browser) = signed_in();
        let keys = browser.open(&mut deployment, "/deskgate/jwks.json").response().body;
        let keys = JwkSet::parse(keys.as_bytes(), JwkKind::PUBLIC).unwrap();
        // From here on nothing is written, so that every input finds the same.
        deployment.object_answers = false;
        let session = browser.cookies["__Host-deskgate"].clone();
        Self { deployment, session, keys }
    }
}

fn run(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else { return };
    SCENE.with_borrow_mut(|scene| {
        let with_session = text.replace(SESSION, &scene.session);
        let (head, body) = with_session.split_once("\n\n").unwrap_or((&with_session, ""));
        let (line, headers) = head.split_once('\n').unwrap_or((head, ""));
        let (method, path) = line.split_once(' ').unwrap_or(("GET", line));
        // Methods and names of headers are tokens (RFC 9110, sections 5.1 and 9.1). The platform refuses
        // everything else, but bytes above 0x7F in names.
        let names =
            || headers.lines().filter_map(|line| line.split_once(':')).map(|(name, _)| name);
        let is_token = |text: &str| !text.is_empty() && text.bytes().all(is_token_byte);
        if !is_token(method) || !names().all(|name| is_token(&name.replace(|c| c > '\x7f', "a"))) {
            return;
        }
        let outcome = scene.deployment.handle(request(method, path, headers), body.as_bytes());
        scene.deployment.host.lines.borrow_mut().clear();
        match outcome {
            Outcome::Forwarded(forward) => {
                let session = text.contains(SESSION);
                check_forward(&json!(forward), method, path, headers, session.then_some(scene));
            }
            Outcome::Answered(response) => {
                assert!((200..600).contains(&response.status));
                for (name, value) in response.headers {
                    assert!(!value.contains(['\r', '\n', '\0']), "{name}: {value:?}");
                    assert!(name != "Location" || is_of_desk(&value), "{value:?}");
                }
            }
        }
    });
}

fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// Of the settings in browser.rs.
fn is_of_desk(location: &str) -> bool {
    location.starts_with("https://help.contoso.com/")
        || location.starts_with("https://idp.contoso.com/sso?")
        || (location.starts_with('/') && !location.starts_with("//") && !location.contains('\\'))
}

/// Without a session only public paths are forwarded; with one there is a token for this very request.
/// Nothing that only the gate may say comes from the client.
fn check_forward(
    forward: &Value,
    method: &str,
    path: &str,
    headers: &str,
    scene: Option<&mut Scene>,
) {
    let set = |name: &str| {
        let pairs = forward["set"].as_array().unwrap();
        let mut found = pairs.iter().filter(|pair| pair[0] == name);
        let value = found.next().map(|pair| pair[1].as_str().unwrap().to_owned());
        assert!(found.next().is_none(), "{name} twice");
        value
    };
    assert_eq!(forward["url"], format!("https://tickets.internal{path}"));
    let assertion = set("Deskgate-Assertion");
    assert_eq!(forward["personal"], assertion.is_some());
    match (assertion, scene) {
        (Some(token), Some(scene)) => {
            let expected = ExpectedOriginToken {
                desk_url: "https://help.contoso.com",
                origin: "https://tickets.internal",
                method,
                path_and_query: path,
            };
            let now = scene.deployment.now;
            verify_origin_token(&token, &scene.keys, &expected, now, &CRYPTO).unwrap();
        }
        (Some(_), None) => panic!("somebody is signed in without a session"),
        (None, _) => assert!(is_public(path), "{path} without a session"),
    }
    if let Some(cookies) = set("Cookie") {
        assert!(!cookies.to_ascii_lowercase().contains("; __host-deskgate"));
    }
    let removed = forward["remove"].as_array().unwrap();
    for name in headers.lines().filter_map(|line| line.split_once(':')).map(|(name, _)| name) {
        let stays = !removed.iter().any(|removed| removed == name);
        assert!(!(stays && is_ours(name)), "{name:?} reaches the origin");
    }
}

/// A second opinion on public paths: what the settings name, in the plainest of spellings.
fn is_public(path: &str) -> bool {
    let path = path.split('?').next().unwrap_or_default();
    let is_odd = path.contains("/..") || path.contains("//") || path.contains(['\\', ';', '#']);
    (path == "/robots.txt" || path.starts_with("/assets/")) && !is_odd
}

/// A second opinion on names: as CGI would write them.
fn is_ours(name: &str) -> bool {
    let letter = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
    let name: String = name.chars().map(letter).collect();
    let (families, names) = (
        ["DESKGATE_", "X_DESKGATE_", "REMOTE_", "X_REMOTE_", "X_FORWARDED_", "X_AUTH_REQUEST_"],
        ["FORWARDED", "X_ORIGINAL_URL", "X_REWRITE_URL", "X_HTTP_METHOD_OVERRIDE", "CONNECTION"],
    );
    families.iter().any(|family| name.starts_with(family)) || names.contains(&&*name)
}

#[test]
fn no_request_passes_the_gate_without_a_session_and_nothing_of_ours_comes_from_outside() {
    TARGET.prepare();
    SEEDS.iter().for_each(|seed| TARGET.run(seed.as_bytes()));
    let mut mutants = Mutants::new(1);
    for seed in SEEDS.iter().cycle().take(1_000) {
        TARGET.run(&mutants.of(seed.as_bytes()));
    }
}

/// The program of `cargo xtask fuzz`.
#[cfg(fuzzing)]
mod libfuzzer {
    use std::env;

    use super::{SEEDS, TARGET};

    #[global_allocator]
    static ALLOCATIONS: deskgate_fuzz::Allocations = deskgate_fuzz::Allocations;

    libfuzzer_sys::fuzz_target!(
        init: {
            deskgate_fuzz::announce(&[TARGET]);
            if let Some(folder) = env::var_os("DESKGATE_FUZZ_SEEDS") {
                let seeds = SEEDS.iter().map(|seed| seed.as_bytes().to_vec());
                deskgate_fuzz::seeds::write(seeds, folder.as_ref()).expect("the folder of the seeds");
            }
            TARGET.prepare();
        },
        |data: &[u8]| TARGET.run(data)
    );
}
