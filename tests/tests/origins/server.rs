//! A desk that is only its keys, and a server with the code of a page behind it.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

use deskgate_core::base64;
use deskgate_core::crypto::{PrivateKey, RustCrypto};
use deskgate_core::identity::{Attribute, Identity};
use deskgate_core::jose::{JwkSet, SigningKey};
use deskgate_core::session::{
    AttributeNames, NewOriginToken, NewSession, Session, mint_origin_token, mint_session,
};
use deskgate_core::time::UnixTime;
use deskgate_tests::vectors::repository;

/// Bytes that a server which decodes or cleans addresses would read as others.
const TARGET: &str = "/tickets/17?reply=%2F1&a=b";

fn signing_key(seed: u8) -> SigningKey {
    let key = PrivateKey::ed25519_from_seed(&[seed; 32]).expect("a key");
    SigningKey::from_private(key, &RustCrypto::new()).expect("a signing key")
}

pub(crate) fn now() -> UnixTime {
    let since = SystemTime::UNIX_EPOCH.elapsed().expect("a time after 1970");
    UnixTime::from_seconds(since.as_secs())
}

pub(crate) fn session(at: UnixTime) -> Session {
    let names = AttributeNames::default();
    let attribute = |names: &[String], value: &str| Attribute {
        name: names[0].clone().into(),
        values: vec![value.to_owned().into()],
    };
    let identity = Identity {
        issuer: "https://idp.contoso.com/".to_owned(),
        name_id: None,
        attributes: vec![
            attribute(&names.name, "B. Simon"),
            attribute(&names.email, "B.Simon@contoso.com"),
        ],
    };
    let new = NewSession {
        identity: &identity,
        attribute_names: &names,
        connection: "contoso",
        email_domains: &[],
        authenticated_at: None,
        authn_context: None,
        session_not_on_or_after: None,
        lifetime: Duration::from_secs(3600),
        entropy: [1; 16],
    };
    Session::begin(&new, at, &RustCrypto::new()).expect("a session")
}

/// A desk that answers with its keys, for as long as the test runs; its address.
fn desk() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let keys = JwkSet::new(vec![signing_key(1).verification_key()]).expect("a set").to_json();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            // Whoever hangs up early gets nothing.
            let _ = stream.read(&mut [0; 4096]);
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\
                 Content-Length: {}\r\n\r\n{keys}",
                keys.len()
            );
        }
    });
    url
}

pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

/// The block ` ```language file` of a page.
pub(crate) fn block(page: &str, file: &str) -> String {
    let text = fs::read_to_string(repository(&format!("docs/origins/{page}"))).expect(page);
    let start = text.find(&format!(" {file}\n")).unwrap_or_else(|| panic!("no {file} in {page}"));
    let code = &text[start + file.len() + 2..];
    code.split("\n```").next().expect("a block").to_owned() + "\n"
}

/// A server with the code of a page. It ends with this value.
pub(crate) struct Server {
    pub(crate) folder: PathBuf,
    desk: String,
    pub(crate) port: u16,
    processes: Vec<Child>,
}

impl Server {
    pub(crate) fn new(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("origins-{name}"));
        // Of an earlier run.
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("a folder");
        Self { folder, desk: desk(), port: free_port(), processes: Vec::new() }
    }

    fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub(crate) fn write(&self, file: &str, text: &str) {
        fs::write(self.folder.join(file), text).expect("a written file");
    }

    /// Starts a program in the folder; waits until it answers at `port`.
    pub(crate) fn start(&mut self, command: &mut Command, port: u16) {
        let log = fs::File::create(self.folder.join(format!("log-{port}"))).expect("a log");
        let child = command
            .current_dir(&self.folder)
            .env("DESK_URL", &self.desk)
            .env("ORIGIN_URL", self.origin())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn();
        self.processes.push(child.expect("a started program"));
        let patience = Instant::now() + Duration::from_secs(60);
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            let log = fs::read_to_string(self.folder.join(format!("log-{port}")));
            assert!(Instant::now() < patience, "{command:?} does not answer: {log:?}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Status and body of GET [`TARGET`] with these tokens.
    fn get(&self, tokens: &[&str]) -> (u16, String) {
        let address = SocketAddr::from(([127, 0, 0, 1], self.port));
        let mut stream = TcpStream::connect(address).expect("a connection");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
        let headers: String =
            tokens.iter().map(|token| format!("Deskgate-Assertion: {token}\r\n")).collect();
        let request = format!(
            "GET {TARGET} HTTP/1.1\r\nHost: {address}\r\nRemote-User: evil\r\n{headers}Connection: close\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).expect("a sent request");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("an answer");
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let status = answer.get(9..12).and_then(|status| status.parse().ok());
        (status.unwrap_or_else(|| panic!("no status: {answer}")), answer)
    }

    fn token(&self, change: impl FnOnce(&mut Token)) -> String {
        let mut token = Token {
            desk_url: self.desk.clone(),
            origin: self.origin(),
            method: "GET",
            target: TARGET,
            at: now(),
            seed: 1,
        };
        change(&mut token);
        token.mint()
    }

    /// Lets in who has a token for this request, by this word in the answer, and nobody else.
    #[track_caller]
    pub(crate) fn check(&self, greeting: &str) {
        let good = self.token(|_| ());
        let (status, answer) = self.get(&[&good]);
        assert!(status == 200 && answer.contains(greeting), "{answer}");
        assert_eq!(self.get(&[]).0, 401);
        let (start, signature) = good.rsplit_once('.').expect("a token");
        let first = if signature.starts_with('A') { "B" } else { "A" };
        let claims = start.split('.').nth(1).expect("claims");
        let none = base64::encode_url(br#"{"alg":"none","typ":"deskgate-origin+jwt"}"#);
        let session =
            mint_session(&session(now()), &self.desk, &signing_key(1), &RustCrypto::new());
        for (what, token) in [
            ("another signature", format!("{start}.{first}{}", &signature[1..])),
            ("no signature", format!("{none}.{claims}.")),
            ("two parts", start.to_owned()),
            ("no token", "x".to_owned()),
            ("another path", self.token(|token| token.target = "/admin")),
            ("a decoded path", self.token(|token| token.target = "/tickets/17?reply=/1&a=b")),
            ("no query", self.token(|token| token.target = "/tickets/17")),
            ("another method", self.token(|token| token.method = "POST")),
            ("another server", self.token(|token| token.origin = "https://wiki.internal".into())),
            ("another desk", self.token(|token| token.desk_url = "https://fabrikam.com".into())),
            ("another key", self.token(|token| token.seed = 2)),
            ("a minute ago", {
                let at = now().saturating_sub(Duration::from_secs(61));
                self.token(|token| token.at = at)
            }),
            ("a session token", session.expect("a token")),
        ] {
            assert_eq!(self.get(&[&token]).0, 403, "{what}");
        }
        assert_eq!(self.get(&[&good, &good]).0, 403, "two tokens");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        for child in &mut self.processes {
            // One that has ended needs no end.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

struct Token {
    desk_url: String,
    origin: String,
    method: &'static str,
    target: &'static str,
    at: UnixTime,
    seed: u8,
}

impl Token {
    fn mint(&self) -> String {
        let request = NewOriginToken {
            desk_url: &self.desk_url,
            origin: &self.origin,
            method: self.method,
            path_and_query: self.target,
            entropy: [2; 16],
        };
        let key = signing_key(self.seed);
        mint_origin_token(&session(self.at), &request, self.at, &key, &RustCrypto::new())
            .expect("a token")
    }
}
