//! The settings of one desk: its address, the helpdesk behind it or the [`app`]s that run elsewhere, and
//! the identity providers that vouch for its people.
//!
//! [`Desk::from_json`] is the only way to make one. It is strict: a field it does not know is an
//! error, because a misspelt restriction would otherwise be none. Command line and edge read the same
//! settings with it, and [`Desk::expected_response`] gives both the same demands on a response.

pub mod app;
mod connection;
mod connections;
mod error;
mod json;
mod secret_text;
mod single_logout;
mod table;
#[cfg(test)]
mod tests;
mod url;

pub use app::{Access, App, Bridge, BridgeAttribute, HandOff};
pub use connection::{Connection, MAX_ASSERTION_AGE, SsoBinding};
pub use error::{Error, Fault, Problem};
pub use secret_text::SecretText;
pub use single_logout::SingleLogout;
pub use url::{InvalidUrl, MAX_URL_BYTES, Origin, WebUrl};

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::time::Duration;

use serde_json::Value;
use zeroize::Zeroizing;

use self::table::{Read, Table};
use crate::base64;
use crate::crypto::{Crypto, DigestAlgorithm, PrivateKey, SecretKey};
use crate::diagnostic::Excerpt;
use crate::dsig::SignatureRules;
use crate::policy::fresh::MAX_FRESH_PATHS;
use crate::policy::{FreshPath, PublicPaths};
use crate::preset::Provisioning;
use crate::saml::logout::ExpectedLogout;
use crate::saml::{ExpectedResponse, Solicitation};
use crate::session::{
    HeaderValue, MAX_SESSION_LIFETIME, MIN_SESSION_IDLE, OriginHeader, email_address,
};
use crate::time::UnixTime;
use crate::xenc::EncryptionRules;

/// Length of a session unless set otherwise: a working day with its margins.
pub const DEFAULT_SESSION_LIFETIME: Duration = Duration::from_secs(36_000);

/// How long a key for tokens signs unless set otherwise.
pub const DEFAULT_KEY_ROTATION: Duration = days(30);

/// The shortest: then at most four keys are published at a time.
pub const MIN_KEY_ROTATION: Duration = days(7);

const MAX_KEY_ROTATION: Duration = days(365);

const SECONDS_A_DAY: u64 = 24 * 60 * 60;

const fn days(days: u64) -> Duration {
    Duration::from_secs(days * SECONDS_A_DAY)
}

/// Where deskgate's own pages live unless set otherwise.
pub const DEFAULT_PREFIX: &str = "/deskgate/";

/// A shorter session would send people back to sign in while they write one answer.
const MIN_SESSION_LIFETIME: Duration = Duration::from_secs(300);

/// Identity providers of one desk; a page that offers more of them helps nobody.
const MAX_CONNECTIONS: usize = 50;

const MAX_NAME_CHARS: usize = 100;
const MAX_SUPPORT_CHARS: usize = 200;
const MAX_PREFIX_BYTES: usize = 64;

/// Owners of one desk: who may get in when the identity provider does not work.
const MAX_OWNERS: usize = 16;

const FIELDS: &[&str] = &[
    "name",
    "url",
    "origin",
    "origin_headers",
    "force_saml",
    "prefix",
    "public_paths",
    "fresh",
    "support",
    "session",
    "keys",
    "owners",
    "provisioning",
    "connections",
    "apps",
];
const ORIGIN_HEADER_FIELDS: &[&str] =
    &["remote_email", "remote_name", "remote_user", "x_forwarded_email", "x_forwarded_user"];
const KEYS_FIELDS: &[&str] = &["rotation_days"];
const SESSION_FIELDS: &[&str] = &["idle_seconds", "lifetime_seconds"];
const FRESH_FIELDS: &[&str] = &["path", "max_age_seconds"];

/// Shortest age of a sign-in that a path may want: longer than clocks differ, so that a new sign-in is
/// always new enough.
const MIN_FRESH_AGE: Duration = Duration::from_secs(600);

/// The settings of one desk.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Desk {
    /// The name of the helpdesk, for people.
    pub name: String,
    /// The desk's own public origin; the issuer of its tokens.
    pub url: Origin,
    /// Where the helpdesk runs; the audience of origin tokens. Without one the desk has only apps.
    pub origin: Option<Origin>,
    /// The plain headers that the origin gets beside its tokens. Default: none.
    pub origin_headers: Vec<(OriginHeader, HeaderValue)>,
    /// Whether requests without a session are kept from the origin. Default: yes. Otherwise they reach
    /// it without an assertion, for a sign-in of its own.
    pub force_saml: bool,
    /// The path below which deskgate answers itself. Begins and ends with a slash.
    pub prefix: String,
    /// What is reached without a session.
    pub public_paths: PublicPaths,
    /// What is reached with a recent sign-in only.
    pub fresh: Vec<FreshPath>,
    /// Whom to ask, shown on pages that tell of a failure.
    pub support: Option<String>,
    /// How long a session lasts.
    pub session_lifetime: Duration,
    /// How long a session lasts without activity. Default: as long as it lasts anyway.
    pub session_idle: Option<Duration>,
    /// How long a key for tokens signs before the next one does. Default: 30 days.
    pub key_rotation: Duration,
    /// The e-mail addresses, in lower case, of those who may get in by a break-glass link.
    pub owners: Vec<String>,
    /// Who is let in to the origin. Default: everybody whom an identity provider vouches for.
    pub provisioning: Provisioning,
    /// The identity providers, at least one, in the order of the sign-in page.
    pub connections: Vec<Connection>,
    /// The helpdesks that run elsewhere.
    pub apps: Vec<App>,
    acs_url: String,
    slo_url: String,
}

impl Desk {
    /// Reads and checks settings.
    ///
    /// # Errors
    /// [`Error`] with all problems that were found (at most 50).
    pub fn from_json(settings: &Value) -> Result<Self, Error> {
        let mut problems = Vec::new();
        let desk = Table::open(settings, String::new(), FIELDS, &mut problems).and_then(read);
        desk.filter(|_| problems.is_empty()).ok_or_else(|| Error::new(problems))
    }

    /// The settings as [`Desk::from_json`] reads them, with every default written out and all secrets.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json::write(self, json::Secrets::Clear)
    }

    /// Says whether two desks have the same settings, secrets included, and nothing else to those who do
    /// not have `secret`, the secret of the deployment.
    #[must_use]
    pub fn fingerprint(&self, secret: &SecretKey, crypto: &dyn Crypto) -> String {
        let text = Zeroizing::new(self.to_json().to_string());
        Self::fingerprint_of(&text, secret, crypto)
    }

    /// The fingerprint of settings that are written out already, as [`Desk::to_json`] does it.
    #[must_use]
    pub fn fingerprint_of(text: &str, secret: &SecretKey, crypto: &dyn Crypto) -> String {
        let key = secret.derive("deskgate settings fingerprint");
        base64::encode_url(crypto.mac(DigestAlgorithm::Sha256, &key, text.as_bytes()).as_bytes())
    }

    /// The same to show: [`SecretText::HIDDEN`] in the place of secrets, which is refused when read.
    #[must_use]
    pub fn to_json_redacted(&self) -> Value {
        json::write(self, json::Secrets::Hidden)
    }

    /// The connection of this name.
    #[must_use]
    pub fn connection(&self, name: &str) -> Option<&Connection> {
        self.connections.iter().find(|connection| connection.name == name)
    }

    /// The app of this name.
    #[must_use]
    pub fn app(&self, name: &str) -> Option<&App> {
        self.apps.iter().find(|app| app.name == name)
    }

    /// The connections that people can sign in through.
    pub fn enabled_connections(&self) -> impl Iterator<Item = &Connection> {
        self.connections.iter().filter(|connection| connection.enabled)
    }

    /// The `iss` of the tokens of this desk, and the audience of its sessions.
    #[must_use]
    pub fn issuer(&self) -> &str {
        self.url.as_str()
    }

    /// The address of the assertion consumer service; Reply URL in Entra, Post-back URL elsewhere.
    #[must_use]
    pub fn acs_url(&self) -> &str {
        &self.acs_url
    }

    /// The address that begins a sign-in; Sign-on URL in Entra.
    #[must_use]
    pub fn login_url(&self) -> String {
        self.url_of("login")
    }

    /// The address of our metadata, and our entity ID unless a connection has its own.
    #[must_use]
    pub fn metadata_url(&self) -> String {
        self.url_of("metadata")
    }

    /// The address of the single logout service; Logout URL in Entra, Single Logout URL in Okta.
    #[must_use]
    pub fn slo_url(&self) -> &str {
        &self.slo_url
    }

    /// The address of one of deskgate's own pages, such as `login`.
    #[must_use]
    pub fn url_of(&self, page: &str) -> String {
        url_of(&self.url, &self.prefix, page)
    }

    /// What a response that comes through `connection` at `now` must be like.
    #[must_use]
    pub fn expected_response<'a>(
        &'a self,
        connection: &'a Connection,
        solicitation: Solicitation<'a>,
        decryption_keys: &'a [PrivateKey],
        now: UnixTime,
    ) -> ExpectedResponse<'a> {
        ExpectedResponse {
            idp_entity_id: &connection.idp_entity_id,
            keys: connection.keys(),
            audience: &connection.sp_entity_id,
            acs_url: self.acs_url(),
            solicitation,
            clock_skew: connection.clock_skew,
            signature_rules: SignatureRules { allow_sha1: connection.allows_sha1(now) },
            required_signature: connection.require_signed,
            decryption_keys,
            encryption_rules: EncryptionRules { allow_cbc: connection.allows_cbc(now) },
            further: connection.further_demands(now),
        }
    }

    /// What a logout message that comes through `connection` at `now` must be like.
    #[must_use]
    pub fn expected_logout<'a>(
        &'a self,
        connection: &'a Connection,
        decryption_keys: &'a [PrivateKey],
        now: UnixTime,
    ) -> ExpectedLogout<'a> {
        ExpectedLogout {
            idp_entity_id: &connection.idp_entity_id,
            keys: connection.keys(),
            slo_url: self.slo_url(),
            clock_skew: connection.clock_skew,
            signature_rules: SignatureRules { allow_sha1: connection.allows_sha1(now) },
            decryption_keys,
            encryption_rules: EncryptionRules { allow_cbc: connection.allows_cbc(now) },
        }
    }
}

fn read(mut table: Table<'_, '_>) -> Option<Desk> {
    let name = table.required(
        "name",
        "Write the name that people know the helpdesk by, such as Contoso Helpdesk.",
        |value| table::line(value, MAX_NAME_CHARS),
    );
    let url = table.required(
        "url",
        "Write the address at which people reach the helpdesk through deskgate, such as \
         https://help.contoso.com.",
        table::origin,
    );
    let origin = origin(&mut table);
    let origin_headers = origin_headers(&mut table);
    let force_saml = table.optional("force_saml", table::flag);
    if force_saml == Some(false) && !table.has("origin") {
        let help = "Only an origin has a sign-in of its own: remove this field, or set origin.";
        table.tell("force_saml", Fault::Contradiction { help });
    }
    if let (Some(url), Some(origin)) = (&url, &origin)
        && url == origin
    {
        table.tell("origin", same_origin(origin));
    }
    let prefix = table.optional("prefix", prefix).unwrap_or_else(|| DEFAULT_PREFIX.to_string());
    let public_paths = public_paths(&mut table);
    let fresh = fresh(&mut table);
    let support = table.optional("support", |value| table::line(value, MAX_SUPPORT_CHARS));
    let (session_lifetime, session_idle) = session_limits(&mut table);
    let key_rotation = table.table("keys", KEYS_FIELDS, |mut keys| {
        let whole_days = |duration: Duration| duration.as_secs() / SECONDS_A_DAY;
        let limits = whole_days(MIN_KEY_ROTATION)..=whole_days(MAX_KEY_ROTATION);
        keys.optional("rotation_days", |value| table::whole_number(value, limits).map(days))
    });
    let owners = table.list("owners", 0..=MAX_OWNERS, owner);
    let provisioning = table.optional("provisioning", table::provisioning);
    let metadata_url = url.as_ref().map(|url| url_of(url, &prefix, "metadata"));
    let connections = connections::read_all(&mut table, &prefix, metadata_url.as_deref());
    let apps = match table.has("apps") {
        true => app::read_all(&mut table)?,
        false => Vec::new(),
    };
    let connections = connections?;
    check_connections_of(&apps, &connections, &mut table);
    app::check_shared(&apps, &connections, &mut table);
    check_origin_headers(&origin_headers, &connections, &mut table);
    let url = url?;
    Some(Desk {
        name: name?,
        acs_url: url_of(&url, &prefix, "acs"),
        slo_url: url_of(&url, &prefix, "slo"),
        url,
        origin,
        origin_headers,
        force_saml: force_saml.unwrap_or(true),
        prefix,
        public_paths: public_paths?,
        fresh: fresh?,
        support,
        session_lifetime,
        session_idle,
        key_rotation: key_rotation.flatten().unwrap_or(DEFAULT_KEY_ROTATION),
        owners: owners.unwrap_or_default(),
        provisioning: provisioning.unwrap_or(Provisioning::Off),
        connections,
        apps,
    })
}

/// The absolute limit, and the one without activity.
fn session_limits(table: &mut Table<'_, '_>) -> (Duration, Option<Duration>) {
    let limits = table.table("session", SESSION_FIELDS, |mut session| {
        let seconds = |min: Duration| {
            let limits = min.as_secs()..=MAX_SESSION_LIFETIME.as_secs();
            |value| table::whole_number(value, limits).map(Duration::from_secs)
        };
        let lifetime = session.optional("lifetime_seconds", seconds(MIN_SESSION_LIFETIME));
        let lifetime = lifetime.unwrap_or(DEFAULT_SESSION_LIFETIME);
        let idle = session.optional("idle_seconds", seconds(MIN_SESSION_IDLE));
        if idle.is_some_and(|idle| idle >= lifetime) {
            let help =
                "A session ends after lifetime_seconds anyway: write less here, or remove it.";
            session.tell("idle_seconds", Fault::Contradiction { help });
        }
        (lifetime, idle)
    });
    limits.unwrap_or((DEFAULT_SESSION_LIFETIME, None))
}

fn url_of(url: &Origin, prefix: &str, page: &str) -> String {
    alloc::format!("{url}{prefix}{page}")
}

/// Requests to the helpdesk would come back to the gate for ever.
fn same_origin(origin: &Origin) -> Fault {
    Fault::Text {
        expected: "another address than url",
        found: Excerpt::new(origin.as_str()),
        help: "url is where people go, origin is where the helpdesk runs behind it; give the helpdesk an \
               address of its own.",
    }
}

/// Segments of small letters, digits and hyphens: Okta refuses an underscore in an address.
fn prefix(value: &Value) -> Read<String> {
    let text = table::text(value)?;
    let is_segment = |segment: &str| {
        !segment.is_empty()
            && segment.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    let inner = text.strip_prefix('/').and_then(|rest| rest.strip_suffix('/'));
    let fits = text.len() <= MAX_PREFIX_BYTES
        && inner.is_some_and(|inner| inner.split('/').all(is_segment));
    fits.then(|| text.to_string()).ok_or_else(|| Fault::Text {
        expected: "a path such as /deskgate/",
        found: Excerpt::new(text),
        help: "Begin and end with a slash, and use only a-z, 0-9 and - between; identity providers \
               refuse other characters.",
    })
}

fn fresh(table: &mut Table<'_, '_>) -> Option<Vec<FreshPath>> {
    if !table.has("fresh") {
        return Some(Vec::new());
    }
    if !table.has("origin") {
        let help =
            "Only paths of an origin can want a recent sign-in: remove this field, or set origin.";
        table.tell("fresh", Fault::Contradiction { help });
    }
    table.tables("fresh", 0..=MAX_FRESH_PATHS, FRESH_FIELDS, |mut rule| {
        let path = rule.required("path", "Write a path such as /admin/.", table::text);
        let limits = MIN_FRESH_AGE.as_secs()..=MAX_SESSION_LIFETIME.as_secs();
        let help = "Write how old a sign-in may be there, such as 900.";
        let max_age = rule.required("max_age_seconds", help, |value| {
            table::whole_number(value, limits).map(Duration::from_secs)
        });
        let (path, max_age) = (path?, max_age?);
        let fresh = FreshPath::new(path, max_age);
        if fresh.is_none() {
            let (expected, found) = ("a path such as /admin/", Excerpt::new(path));
            let help = "Begin with one /, without host, query, %-escapes, dot segments or wildcards. \
                        Everything below the path is meant too.";
            rule.tell("path", Fault::Text { expected, found, help });
        }
        fresh
    })
}

fn public_paths(table: &mut Table<'_, '_>) -> Option<PublicPaths> {
    let rules = table
        .list("public_paths", 0..=crate::policy::paths::MAX_PUBLIC_PATHS, |value| {
            let rule = table::text(value)?;
            PublicPaths::new(&[rule]).map_err(Fault::PublicPath)?;
            Ok(rule)
        })
        .unwrap_or_default();
    PublicPaths::new(&rules).ok()
}

fn origin(table: &mut Table<'_, '_>) -> Option<Origin> {
    const HELP: &str = "Write the address of the server that the helpdesk runs on, such as \
                        https://tickets.internal; or add an [[apps]] table for a helpdesk that runs \
                        elsewhere.";
    match table.has_entries("apps") {
        true => table.optional("origin", table::origin),
        false => table.required("origin", HELP, table::origin),
    }
}

fn origin_headers(table: &mut Table<'_, '_>) -> Vec<(OriginHeader, HeaderValue)> {
    if table.has("origin_headers") && !table.has("origin") {
        let help = "Only an origin gets headers: remove this table, or set origin.";
        table.tell("origin_headers", Fault::Contradiction { help });
    }
    let headers = table.table("origin_headers", ORIGIN_HEADER_FIELDS, |mut headers| {
        let mut wanted = Vec::new();
        for (field, header) in OriginHeader::FIELDS {
            let value = headers.optional(field, |value| {
                table::one_of(value, HeaderValue::WORDS, "email, id, name, name_id or subject")
            });
            wanted.extend(value.map(|value| (*header, value)));
        }
        wanted
    });
    headers.unwrap_or_default()
}

/// Of several identity providers, each could say the identifiers and names of the others' people; only
/// e-mail addresses are divided among them, and the subject has the name of its own in it (H-15).
fn check_origin_headers(
    headers: &[(OriginHeader, HeaderValue)],
    connections: &[Connection],
    table: &mut Table<'_, '_>,
) {
    let is_divided = |header: OriginHeader, value| match value {
        HeaderValue::Email | HeaderValue::Subject => true,
        HeaderValue::Name => header == OriginHeader::RemoteName,
        _ => false,
    };
    for (field, header) in OriginHeader::FIELDS {
        let is_undivided = |(other, value): &(_, _)| other == header && !is_divided(*other, *value);
        if connections.len() > 1 && headers.iter().any(is_undivided) {
            let help = "Several identity providers lead here, and any of them could say this of the \
                        people of another one: write email or subject.";
            table.tell(&alloc::format!("origin_headers.{field}"), Fault::Contradiction { help });
        }
    }
}

fn owner(value: &Value) -> Read<String> {
    let text = table::text(value)?;
    email_address(text).map(str::to_ascii_lowercase).map_err(|_| Fault::Text {
        expected: "an e-mail address such as owner@contoso.com",
        found: Excerpt::new(text),
        help: "Write the address alone.",
    })
}

/// An app that names a connection which is not there would let nobody in.
fn check_connections_of(apps: &[App], connections: &[Connection], table: &mut Table<'_, '_>) {
    for (index, app) in apps.iter().enumerate() {
        for (entry, name) in app.connections.iter().flatten().enumerate() {
            if connections.iter().all(|connection| connection.name != *name) {
                let fault = Fault::Text {
                    expected: "the name of a connection",
                    found: Excerpt::new(name),
                    help: "Correct it to the name field of one of [[connections]].",
                };
                table.tell(&alloc::format!("apps[{index}].connections[{entry}]"), fault);
            }
        }
    }
}

fn duplicate(found: &str, other: String) -> Fault {
    Fault::Duplicate { found: Excerpt::new(found), other }
}
