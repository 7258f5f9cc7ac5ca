//! The built Worker in raw workerd, on a free port of loopback, with a state directory of its own.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use deskgate_core::base64;
use deskgate_core::crypto::{Crypto as _, DigestAlgorithm, RustCrypto, SecretKey};
use deskgate_core::time::UnixTime;
use serde_json::{Value, json};

use crate::browser::{Browser, Reply, Request};
use crate::issuer::{Issuer, fresh_id};
use crate::skip::skip;
use crate::vectors::repository;

/// `DESKGATE_SECRET` of all Workers here until a test changes it: 32 bytes.
pub const SECRET: &[u8; 32] = b"only for tests, never in a desk!";

/// Where settings are read and written.
const ADMIN_SETTINGS: &str = "/deskgate/admin/settings";

/// workerd with the Worker inside. The process ends and its state goes when this is dropped.
#[derive(Debug)]
pub struct Worker {
    workerd: PathBuf,
    state: PathBuf,
    process: Child,
    sockets: Sockets,
    /// Of its clock before the real one, in seconds.
    ahead: i64,
    object: &'static str,
    /// `DESKGATE_SECRET` and `DESKGATE_SECRET_FALLBACK`.
    secrets: Secrets,
}

type Secrets = (&'static [u8; 32], Option<&'static [u8; 32]>);

/// Where it listens: for people, and for the handles of `control.mjs`, in two isolates.
#[derive(Clone, Copy, Debug)]
struct Sockets {
    http: SocketAddr,
    control: SocketAddr,
    other: SocketAddr,
    other_control: SocketAddr,
}

impl Worker {
    /// Starts the Worker, or says loudly why this suite is skipped.
    ///
    /// # Panics
    /// When workerd is there but does not start.
    #[must_use]
    pub fn start(suite: &str) -> Option<Self> {
        let Some(workerd) = workerd() else {
            return skip(suite, "workerd is not installed below edge-worker/node_modules");
        };
        if !repository("edge-worker/build/worker.mjs").exists() {
            return skip(suite, "edge-worker/build is empty");
        }
        let state = fresh_directory();
        let (ahead, object, secrets) = (0, "up", (SECRET, None));
        let (process, sockets) = spawn(&workerd, &state, "127.0.0.1:0", secrets);
        Some(Self { workerd, state, process, sockets, ahead, object, secrets })
    }

    /// Stops workerd and starts it again on the same port with the same state.
    pub fn restart(&mut self) {
        self.end();
        (self.process, self.sockets) =
            spawn(&self.workerd, &self.state, &self.sockets.http.to_string(), self.secrets);
        self.set(self.ahead, self.object);
    }

    /// Restarts with another secret, and perhaps a fallback.
    pub fn restart_with_secrets(
        &mut self,
        secret: &'static [u8; 32],
        fallback: Option<&'static [u8; 32]>,
    ) {
        self.secrets = (secret, fallback);
        self.restart();
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.sockets.http
    }

    /// The public origin of the desk, as its settings say.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.sockets.http)
    }

    /// Someone new in front of this desk.
    #[must_use]
    pub fn browser(&self) -> Browser {
        Browser::new(self.sockets.http)
    }

    /// The same person as `browser`, served by another isolate with the same objects.
    #[must_use]
    pub fn elsewhere(&self, mut browser: Browser) -> Browser {
        let mut moved = Browser::new(self.sockets.other).at_host(&self.sockets.http.to_string());
        moved.cookies().append(browser.cookies());
        moved
    }

    /// The entity ID of the service provider, which is the audience of responses.
    #[must_use]
    pub fn entity_id(&self) -> String {
        format!("{}/deskgate/metadata", self.url())
    }

    /// The assertion consumer service.
    #[must_use]
    pub fn acs_url(&self) -> String {
        format!("{}/deskgate/acs", self.url())
    }

    /// The time that the Worker believes it is.
    #[must_use]
    pub fn now(&self) -> UnixTime {
        let seconds = system_now().seconds().saturating_add_signed(self.ahead);
        UnixTime::from_seconds(seconds)
    }

    /// Moves the clock of the Worker forward from the real one.
    pub fn set_clock_ahead(&mut self, ahead: Duration) {
        self.set(seconds(ahead), self.object);
    }

    /// Moves the clock of the Worker back from the real one.
    pub fn set_clock_behind(&mut self, behind: Duration) {
        self.set(-seconds(behind), self.object);
    }

    /// Makes the Durable Object answer (`up`), throw (`fails`) or never answer (`silent`).
    pub fn set_object(&mut self, object: &'static str) {
        self.set(self.ahead, object);
    }

    fn set(&mut self, ahead: i64, object: &'static str) {
        (self.ahead, self.object) = (ahead, object);
        let wanted = json!({ "aheadSeconds": ahead, "object": object }).to_string();
        for control in [self.sockets.control, self.sockets.other_control] {
            let request = Request::new("PUT", "/").body(wanted.as_bytes());
            let reply = Browser::new(control).send(&request);
            assert_eq!(reply.status, 204, "{reply}");
        }
    }

    /// The settings of a desk at this address with one connection to `issuer`; tests change what they need.
    #[must_use]
    pub fn settings(&self, origin: &str, issuer: &Issuer) -> Value {
        json!({
            "name": "Contoso Helpdesk",
            "url": self.url(),
            "origin": origin,
            "public_paths": ["/robots.txt", "/assets/"],
            "connections": [{
                "name": "contoso",
                "display_name": "Contoso",
                "idp_entity_id": issuer.entity_id,
                "sso_url": "https://login.example.com/saml2",
                "certificates": [issuer.certificate_pem],
            }],
        })
    }

    /// Applies settings by the admin route.
    ///
    /// # Panics
    /// When they are refused.
    #[track_caller]
    pub fn apply(&self, settings: &Value) {
        self.apply_at(&self.sockets.http.to_string(), settings);
    }

    /// Applies settings to the desk of another host name of this Worker.
    ///
    /// # Panics
    /// When they are refused.
    #[track_caller]
    pub fn apply_at(&self, host: &str, settings: &Value) {
        let mut claims = self.admin_claims("PUT", Some(settings));
        claims["aud"] = format!("http://{host}").into();
        let request = admin_request("PUT", Some(settings), &admin_token(&claims, self.secrets.0));
        let reply = self.browser().at_host(host).send(&request);
        assert_eq!(reply.status / 100, 2, "{reply}");
    }

    /// Sends settings with an admin token of these claims under the key of this secret.
    #[track_caller]
    pub fn put_settings(&self, settings: &Value, claims: &Value, secret: &[u8]) -> Reply {
        self.browser().send(&admin_request("PUT", Some(settings), &admin_token(claims, secret)))
    }

    /// An admin request with a right token.
    #[track_caller]
    pub fn admin(&self, method: &str, settings: Option<&Value>) -> Reply {
        let token = admin_token(&self.admin_claims(method, settings), self.secrets.0);
        self.browser().send(&admin_request(method, settings, &token))
    }

    /// A change by another admin route than that of the settings, with a right token.
    #[track_caller]
    pub fn admin_change(&self, path: &str, body: &Value) -> Reply {
        let mut claims = self.admin_claims("POST", Some(body));
        claims["path_sha256"] = sha256(path).into();
        let request = Request::new("POST", path)
            .header("Authorization", &format!("Bearer {}", admin_token(&claims, self.secrets.0)))
            .header("Content-Type", "application/json");
        self.browser().send(&request.body(body.to_string().as_bytes()))
    }

    /// What another admin route tells, asked with a right token.
    #[track_caller]
    pub fn admin_read(&self, path: &str) -> Reply {
        let mut claims = self.admin_claims("GET", None);
        claims["path_sha256"] = sha256(path).into();
        let authorization = format!("Bearer {}", admin_token(&claims, self.secrets.0));
        self.browser().send(&Request::new("GET", path).header("Authorization", &authorization))
    }

    /// The claims of a right token for one admin request.
    #[must_use]
    pub fn admin_claims(&self, method: &str, settings: Option<&Value>) -> Value {
        let body = settings.map(Value::to_string).unwrap_or_default();
        let now = self.now().seconds();
        json!({
            "iss": "deskgate-cli",
            "aud": self.url(),
            "iat": now,
            "exp": now + 60,
            "jti": fresh_id(),
            "htm": method,
            "path_sha256": sha256(ADMIN_SETTINGS),
            "body_sha256": sha256(&body),
        })
    }

    fn end(&mut self) {
        // An error means that it has ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.end();
        let _ = fs::remove_dir_all(&self.state);
    }
}

/// The time now.
#[must_use]
pub fn system_now() -> UnixTime {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    UnixTime::from_seconds(since.unwrap_or_default().as_secs())
}

fn seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).expect("a time that a clock can show")
}

/// SHA-256 as tokens carry it.
#[must_use]
pub fn sha256(text: &str) -> String {
    let digest = RustCrypto::new().digest(DigestAlgorithm::Sha256, text.as_bytes());
    base64::encode_url(digest.as_bytes())
}

fn admin_request(method: &str, settings: Option<&Value>, token: &str) -> Request {
    let request = Request::new(method, ADMIN_SETTINGS)
        .header("Authorization", &format!("Bearer {token}"))
        .header("Content-Type", "application/json");
    match settings {
        Some(settings) => request.body(settings.to_string().as_bytes()),
        None => request,
    }
}

/// A compact HS256 token as the command line makes it.
fn admin_token(claims: &Value, secret: &[u8]) -> String {
    let header = json!({ "alg": "HS256", "typ": "deskgate-admin+jwt" });
    let part = |value: &Value| base64::encode_url(value.to_string().as_bytes());
    let signed = format!("{}.{}", part(&header), part(claims));
    let key = SecretKey::new(secret).derive("deskgate admin");
    let mac = RustCrypto::new().mac(DigestAlgorithm::Sha256, &key, signed.as_bytes());
    format!("{signed}.{}", base64::encode_url(mac.as_bytes()))
}

/// The workerd of npm, whatever the platform.
pub(crate) fn workerd() -> Option<PathBuf> {
    let packages = fs::read_dir(repository("edge-worker/node_modules/@cloudflare")).ok()?;
    packages
        .flatten()
        .filter(|package| package.file_name().to_string_lossy().starts_with("workerd-"))
        .map(|package| package.path().join("bin/workerd"))
        .find(|binary| binary.exists())
}

pub(crate) fn fresh_directory() -> PathBuf {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let path = std::env::temp_dir().join(format!("deskgate-tests-{}-{count}", std::process::id()));
    // A process of the same number may have left one behind.
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).expect("a writable temporary directory");
    path
}

fn spawn(
    workerd: &Path,
    state: &Path,
    address: &str,
    (secret, fallback): Secrets,
) -> (Child, Sockets) {
    fs::create_dir_all(state.join("objects")).expect("a state directory");
    let mut command = Command::new(workerd);
    command
        .arg("serve")
        .arg(format!("--directory-path=state={}", state.join("objects").display()))
        .arg(format!("--socket-addr=http={address}"))
        .arg("--control-fd=1")
        .arg(repository("tests/workerd/controlled.capnp"))
        .env("DESKGATE_SECRET", base64::encode_url(secret));
    if let Some(fallback) = fallback {
        command.env("DESKGATE_SECRET_FALLBACK", base64::encode_url(fallback));
    }
    let names = ["http", "control", "other", "other-control"];
    let (process, [http, control, other, other_control]) = listen(command, names, state);
    (process, Sockets { http, control, other, other_control })
}

/// Starts workerd and waits until it has said where its sockets listen, in this order.
pub(crate) fn listen<const N: usize>(
    mut command: Command,
    sockets: [&str; N],
    state: &Path,
) -> (Child, [SocketAddr; N]) {
    let log = fs::File::create(state.join("workerd.log")).expect("a log file");
    let mut process = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(log)
        .spawn()
        .expect("workerd starts");
    let mut said = BufReader::new(process.stdout.take().expect("a pipe"));
    let addresses = sockets.map(|socket| listening(&mut said, socket, state));
    // workerd would end with an error when its console output has no reader.
    std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
    (process, addresses)
}

fn listening(said: &mut BufReader<ChildStdout>, socket: &str, state: &Path) -> SocketAddr {
    let mut line = String::new();
    while said.read_line(&mut line).is_ok_and(|length| length > 0) {
        let event: Value = serde_json::from_str(&line).unwrap_or_default();
        if event["event"] == "listen" && event["socket"] == socket {
            let port =
                event["port"].as_u64().and_then(|port| u16::try_from(port).ok()).expect("a port");
            return SocketAddr::from(([127, 0, 0, 1], port));
        }
        line.clear();
    }
    let log = fs::read_to_string(state.join("workerd.log")).unwrap_or_default();
    panic!("workerd ended before it listened on {socket}: {log}")
}
