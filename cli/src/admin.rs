//! The admin route of a running deskgate, seen from outside.

use std::time::Duration;

use deskgate_core::crypto::{RustCrypto, SecretKey};
use deskgate_core::desk::Desk;
use deskgate_core::diagnostic::Excerpt;
use deskgate_core::session::admin_token::{AdminRequest, mint_admin_token};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use ureq::Agent;
use ureq::http::{Request, StatusCode};

use crate::commands::keys_list::Keys;
use crate::commands::keys_rotate::Step;
use crate::commands::people::{Change, Person};
use crate::commands::service_tokens::{self, ServiceToken};
use crate::commands::sessions::{Session, Whose};
use crate::failure::{Failure, OrRefused as _, Reason};
use crate::input;

/// The same whatever the prefix of the desk is, because the first settings come before there is one.
const SETTINGS_PATH: &str = "/deskgate/admin/settings";
const AUDIT_PATH: &str = "/deskgate/admin/audit";
const KEYS_PATH: &str = "/deskgate/admin/keys";
const PEOPLE_PATH: &str = "/deskgate/admin/people";
const RESTORE_PATH: &str = "/deskgate/admin/restore";
const SERVICE_TOKENS_PATH: &str = "/deskgate/admin/service-tokens";
const SESSIONS_PATH: &str = "/deskgate/admin/sessions";
const VERSIONS_PATH: &str = "/deskgate/admin/versions";

/// From the first byte out to the last byte in.
const TIMEOUT: Duration = Duration::from_secs(20);

/// Longest answer: the settings of a desk, with room.
const MAX_ANSWER_BYTES: u64 = 1024 * 1024;

/// Sends requests to the address of a desk, each with a token for it alone.
pub(crate) struct Admin<'a> {
    desk: &'a Desk,
    secret: &'a SecretKey,
    agent: Agent,
}

/// What the desk has now.
#[derive(Deserialize)]
pub(crate) struct Current {
    pub(crate) version: u64,
    /// Without secrets.
    pub(crate) settings: Value,
    /// Of all of it, secrets too.
    pub(crate) fingerprint: String,
}

/// Settings that were applied once.
#[derive(Deserialize, Serialize)]
pub(crate) struct Version {
    pub(crate) version: u64,
    /// Seconds since 1970.
    pub(crate) applied_at: u64,
}

#[derive(Deserialize)]
struct Versions {
    versions: Vec<Version>,
}

#[derive(Deserialize)]
struct Directory {
    people: Vec<Person>,
}

#[derive(Deserialize)]
struct SignedIn {
    sessions: Vec<Session>,
}

#[derive(Deserialize)]
struct Scripts {
    service_tokens: Vec<ServiceToken>,
}

#[derive(Deserialize)]
struct Ended {
    sessions_ended: u64,
}

#[derive(Deserialize)]
struct AuditLog {
    events: Vec<Event>,
}

/// Something that happened at the desk; what is missing does not apply to it.
#[derive(Deserialize, Serialize)]
pub(crate) struct Event {
    pub(crate) event: String,
    /// Seconds since 1970.
    pub(crate) at: u64,
    /// What the page showed to the person.
    pub(crate) reference: String,
    pub(crate) client_address: String,
    pub(crate) connection: Option<String>,
    pub(crate) code: Option<String>,
    pub(crate) expected: Option<String>,
    pub(crate) found: Option<String>,
    pub(crate) help: Option<String>,
    pub(crate) subject: Option<String>,
    pub(crate) session: Option<String>,
    /// The assertion that somebody signed in with.
    pub(crate) assertion: Option<String>,
    /// The app that somebody went on to.
    pub(crate) app: Option<String>,
    /// What they brought there: the `jti` of a token, the ID of a SAML response.
    pub(crate) token: Option<String>,
}

#[derive(Deserialize)]
struct Applied {
    version: u64,
}

/// How the edge says no.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Refusal {
    code: String,
    message: String,
    expected: Option<String>,
    found: Option<String>,
    help: Option<String>,
}

impl<'a> Admin<'a> {
    pub(crate) fn new(desk: &'a Desk, secret: &'a SecretKey) -> Self {
        let config = Agent::config_builder()
            .timeout_global(Some(TIMEOUT))
            // A redirect would carry the token to another address.
            .max_redirects(0)
            .http_status_as_error(false)
            .user_agent(concat!("deskgate/", env!("CARGO_PKG_VERSION")))
            .build();
        Self { desk, secret, agent: config.new_agent() }
    }

    /// The settings of the desk; `None` before the first ones were applied.
    pub(crate) fn current(&self) -> Result<Option<Current>, Failure> {
        match self.send("GET", SETTINGS_PATH, Vec::new())? {
            (StatusCode::OK, body) => self.read(&body).map(Some),
            (StatusCode::NOT_FOUND, body) if refusal(&body).code == "admin.not_set_up" => Ok(None),
            (status, body) => Err(self.refused(status, &body)),
        }
    }

    /// Sends settings and answers with their version.
    pub(crate) fn apply(&self, settings: &Value) -> Result<u64, Failure> {
        self.put(SETTINGS_PATH, settings)
    }

    /// Sends settings to a desk whose secret is lost, and answers with their version.
    pub(crate) fn start_over(&self, settings: &Value) -> Result<u64, Failure> {
        self.put(&format!("{SETTINGS_PATH}?lost_secret=yes"), settings)
    }

    fn put(&self, path: &str, settings: &Value) -> Result<u64, Failure> {
        match self.send("PUT", path, settings.to_string().into_bytes())? {
            (StatusCode::OK, body) => self.read(&body).map(|applied: Applied| applied.version),
            (status, body) => Err(self.refused(status, &body)),
        }
    }

    /// The versions of the settings that are kept, newest first.
    pub(crate) fn versions(&self) -> Result<Vec<Version>, Failure> {
        match self.send("GET", VERSIONS_PATH, Vec::new())? {
            (StatusCode::OK, body) => self.read(&body).map(|all: Versions| all.versions),
            (status, body) => Err(self.refused(status, &body)),
        }
    }

    /// Makes an earlier version the newest one, and answers with its new number.
    pub(crate) fn restore(&self, version: u64) -> Result<u64, Failure> {
        let body = json!({ "version": version }).to_string().into_bytes();
        match self.send("POST", RESTORE_PATH, body)? {
            (StatusCode::OK, body) => self.read(&body).map(|applied: Applied| applied.version),
            (status, body) => Err(self.refused(status, &body)),
        }
    }

    /// The keys, and under which secret they are sealed.
    pub(crate) fn keys(&self) -> Result<Keys, Failure> {
        match self.send("GET", KEYS_PATH, Vec::new())? {
            (StatusCode::OK, body) => self.read(&body),
            (status, body) => Err(self.refused(status, &body)),
        }
    }

    /// Takes one step of changing keys, and answers with the version that tells isolates of it.
    pub(crate) fn rotate_keys(&self, step: Step) -> Result<u64, Failure> {
        let body = json!({ "rotate": step }).to_string().into_bytes();
        match self.send("POST", KEYS_PATH, body)? {
            (StatusCode::OK, body) => self.read(&body).map(|applied: Applied| applied.version),
            (status, body) => Err(self.refused(status, &body)),
        }
    }

    /// Everybody in the directory, in the order of their addresses.
    pub(crate) fn people(&self) -> Result<Vec<Person>, Failure> {
        let mut everybody: Vec<Person> = Vec::new();
        loop {
            let after = everybody.last().map(|person| person.email.as_str()).unwrap_or_default();
            let query = form_urlencoded::Serializer::new(String::new())
                .append_pair("after", after)
                .finish();
            let page = match self.send("GET", &format!("{PEOPLE_PATH}?{query}"), Vec::new())? {
                (StatusCode::OK, body) => self.read::<Directory>(&body)?.people,
                (status, body) => return Err(self.refused(status, &body)),
            };
            if page.is_empty() {
                return Ok(everybody);
            }
            everybody.extend(page);
        }
    }

    /// Makes all of these changes in the directory, or none.
    pub(crate) fn change_people(&self, changes: &[Change]) -> Result<(), Failure> {
        let body = json!({ "changes": changes }).to_string().into_bytes();
        match self.send("POST", PEOPLE_PATH, body)? {
            (StatusCode::OK, _) => Ok(()),
            (status, body) => Err(self.refused(status, &body)),
        }
    }

    /// Sessions in force.
    pub(crate) fn sessions(&self, whose: &Whose) -> Result<Vec<Session>, Failure> {
        let mut sessions: Vec<Session> = Vec::new();
        loop {
            let mut query = form_urlencoded::Serializer::new(String::new());
            match whose {
                Whose::Connection(name) => query.append_pair("connection", name),
                Whose::Email(email) => query.append_pair("email", email),
                Whose::Everybody => &mut query,
                Whose::Subject(subject) => query.append_pair("subject", subject),
            };
            let after = sessions.last().map(|last| last.session.as_str()).unwrap_or_default();
            let query = query.append_pair("after", after).finish();
            let page = match self.send("GET", &format!("{SESSIONS_PATH}?{query}"), Vec::new())? {
                (StatusCode::OK, body) => self.read::<SignedIn>(&body)?.sessions,
                (status, body) => return Err(self.refused(status, &body)),
            };
            if page.is_empty() {
                return Ok(sessions);
            }
            sessions.extend(page);
        }
    }

    /// Ends sessions and answers how many of them were known.
    pub(crate) fn end_sessions(&self, whose: &Whose) -> Result<u64, Failure> {
        let body = json!({ "end": whose }).to_string().into_bytes();
        match self.send("POST", SESSIONS_PATH, body)? {
            (StatusCode::OK, body) => self.read(&body).map(|ended: Ended| ended.sessions_ended),
            (status, body) => Err(self.refused(status, &body)),
        }
    }

    /// All service tokens, in the order of their names.
    pub(crate) fn service_tokens(&self) -> Result<Vec<ServiceToken>, Failure> {
        match self.send("GET", SERVICE_TOKENS_PATH, Vec::new())? {
            (StatusCode::OK, body) => self.read(&body).map(|all: Scripts| all.service_tokens),
            (status, body) => Err(self.refused(status, &body)),
        }
    }

    /// Makes a change and answers with the token that it is about.
    pub(crate) fn change_service_tokens(
        &self,
        change: &service_tokens::Change,
    ) -> Result<ServiceToken, Failure> {
        let body = json!(change).to_string().into_bytes();
        match self.send("POST", SERVICE_TOKENS_PATH, body)? {
            (StatusCode::OK, body) => self.read(&body),
            (status, body) => Err(self.refused(status, &body)),
        }
    }

    /// The newest events, newest first.
    pub(crate) fn audit_log(&self) -> Result<Vec<Event>, Failure> {
        match self.send("GET", AUDIT_PATH, Vec::new())? {
            (StatusCode::OK, body) => self.read(&body).map(|log: AuditLog| log.events),
            (status, body) => Err(self.refused(status, &body)),
        }
    }

    fn send(
        &self,
        method: &str,
        path: &str,
        body: Vec<u8>,
    ) -> Result<(StatusCode, Vec<u8>), Failure> {
        let url = format!("{}{path}", self.desk.url);
        let request = Request::builder()
            .method(method)
            .uri(url)
            .header("Authorization", format!("Bearer {}", self.token(method, path, &body)?))
            .header("Content-Type", "application/json")
            .body(body)
            .map_err(|error| self.unreachable(&error.to_string()))?;
        let answer = self.agent.run(request);
        let mut answer = answer.map_err(|error| self.unreachable(&error.to_string()))?;
        let body = answer.body_mut().with_config().limit(MAX_ANSWER_BYTES).read_to_vec();
        Ok((answer.status(), body.map_err(|error| self.unreachable(&error.to_string()))?))
    }

    fn token(&self, method: &str, path: &str, body: &[u8]) -> Result<String, Failure> {
        let mut entropy = [0; 16];
        getrandom::fill(&mut entropy).map_err(|error| self.unreachable(&error.to_string()))?;
        let request =
            AdminRequest { desk_url: self.desk.issuer(), method, path_and_query: path, body };
        mint_admin_token(&request, input::clock(), entropy, self.secret, &RustCrypto::new())
            .or_refused()
    }

    fn read<'b, T: Deserialize<'b>>(&self, body: &'b [u8]) -> Result<T, Failure> {
        serde_json::from_slice(body).map_err(|_| self.not_deskgate("another answer"))
    }

    fn refused(&self, status: StatusCode, body: &[u8]) -> Failure {
        let refusal = refusal(body);
        let (message, help) = match (status.as_u16(), refusal.code.as_str()) {
            (401, "admin.token_refused") => (
                "the desk does not accept this secret",
                "Use the value of DESKGATE_SECRET that this very Worker has, and check the clock of \
                 this machine: the token is good for 60 seconds.",
            ),
            (413, _) => ("the settings are too large", "Remove connections that are not used."),
            (422, _) => ("the desk refuses the settings", "Update the desk or this program."),
            (404, "admin.no_such_person") => (
                "somebody is not in the directory, so nothing was changed",
                "See who is with deskgate people list.",
            ),
            (404, "admin.no_such_service_token") => (
                "there is no service token of this name",
                "See them with deskgate service-tokens list.",
            ),
            (404, "admin.no_such_version") => {
                ("there are no settings of this version", "See them with deskgate versions.")
            }
            (409, "admin.not_the_turn") => (
                "a key is announced already, or none is announced yet",
                "Announce the next key, give its certificate to every app, then switch.",
            ),
            (409, "admin.secret_not_lost") => (
                "everything at this desk opens with the secret of the Worker",
                "Nothing was changed. Use deskgate apply without --lost-secret.",
            ),
            (409, _) => (
                "this was sealed under a secret that the Worker does not have",
                "Give the Worker the secret that it had then as DESKGATE_SECRET_FALLBACK.",
            ),
            (404, "admin.not_set_up") => {
                ("the desk has no settings yet", "Send them with deskgate apply.")
            }
            (503, _) => ("the desk's Durable Object does not answer", "Try again in a minute."),
            _ => return self.not_deskgate(&format!("status {}", status.as_u16())),
        };
        let text = |text: String, other: &str| if text.is_empty() { other.into() } else { text };
        Reason {
            at: Some(self.desk.url.to_string()),
            message: text(refusal.message, message),
            help: refusal.help.unwrap_or_else(|| help.into()),
            expected: refusal.expected,
            found: refusal.found,
            code: text(refusal.code, "cli.refused"),
        }
        .refused()
    }

    fn not_deskgate(&self, found: &str) -> Failure {
        Reason::new(
            "cli.not_deskgate",
            "no deskgate answers at this address",
            "Check that the Worker is deployed, that the host of url is routed to it, and that nothing \
             stands in front of it that wants a sign-in.",
        )
        .at(self.desk.url.as_str())
        .found(Excerpt::new(found))
        .not_carried_out()
    }

    fn unreachable(&self, cause: &str) -> Failure {
        Reason::new(
            "cli.unreachable",
            "the desk cannot be reached",
            "Check url, the network and the proxy; in development, that cargo xtask dev is running.",
        )
        .at(self.desk.url.as_str())
        .found(Excerpt::new(cause))
        .not_carried_out()
    }
}

fn refusal(body: &[u8]) -> Refusal {
    serde_json::from_slice(body).unwrap_or_default()
}
