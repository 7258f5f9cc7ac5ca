//! Who is calling, and why it is believed: all that an origin does with `Deskgate-Assertion`.

use std::fmt;
use std::time::SystemTime;

use axum::http::Uri;
use axum::http::request::Parts;
use deskgate_core::base64;
use deskgate_core::crypto::RustCrypto;
use deskgate_core::diagnostic::Diagnostic as _;
use deskgate_core::session::{self, ExpectedOriginToken, OriginToken, verify_origin_token};
use deskgate_core::time::UnixTime;
use serde_json::Value;

use super::Helpdesk;

/// A person that the edge vouches for in this request.
#[derive(Debug)]
pub(super) struct Caller {
    token: OriginToken,
    reasons: Vec<Reason>,
    claims: Value,
}

/// One thing that was checked.
#[derive(Debug)]
pub(super) struct Reason {
    pub(super) what: &'static str,
    pub(super) how: String,
}

/// Why nobody is believed to be calling.
#[derive(Debug)]
pub(super) enum NotBelieved {
    /// The header is absent: this request did not come through the edge.
    NoToken,
    /// The token does not verify.
    Refused(session::Error),
    /// The edge's public keys could not be fetched.
    KeysUnavailable(String),
}

impl Caller {
    /// Verifies the token of `request`.
    pub(super) async fn of(request: &Parts, helpdesk: &Helpdesk) -> Result<Self, NotBelieved> {
        let header = request.headers.get("deskgate-assertion").ok_or(NotBelieved::NoToken)?;
        let token = header.to_str().map_err(|_| NotBelieved::NoToken)?;
        let expected = ExpectedOriginToken {
            desk_url: &helpdesk.edge,
            origin: &helpdesk.url,
            method: request.method.as_str(),
            path_and_query: path_and_query(&request.uri),
        };
        let (header, claims) = (part(token, 0), part(token, 1));
        let key_id = header["kid"].as_str().unwrap_or_default();
        let keys = helpdesk.keys.with_key(key_id).await.map_err(NotBelieved::KeysUnavailable)?;
        let verified = verify_origin_token(token, &keys, &expected, now(), &RustCrypto::new())
            .map_err(NotBelieved::Refused)?;
        let reasons = reasons(&verified, key_id, helpdesk, &expected);
        Ok(Self { token: verified, reasons, claims })
    }

    pub(super) fn reasons(&self) -> &[Reason] {
        &self.reasons
    }

    pub(super) fn display_name(&self) -> &str {
        let person = self.token.session().person();
        person.name.as_deref().or(person.email.as_deref()).unwrap_or("you without a name")
    }

    pub(super) fn email(&self) -> &str {
        self.token.session().person().email.as_deref().unwrap_or_default()
    }

    pub(super) fn initials(&self) -> String {
        let words = self.display_name().split_whitespace();
        words.filter_map(|word| word.chars().next()).take(2).collect()
    }

    pub(super) fn claims_json(&self) -> String {
        format!("{:#}", self.claims)
    }
}

fn reasons(
    token: &OriginToken,
    key_id: &str,
    helpdesk: &Helpdesk,
    expected: &ExpectedOriginToken<'_>,
) -> Vec<Reason> {
    let session = token.session();
    let left = session.expires_at().saturating_since(now()).as_secs();
    vec![
        Reason {
            what: "Signed by the desk",
            how: format!("Ed25519, with key {key_id} of {}", helpdesk.keys.url()),
        },
        Reason { what: "Made for this helpdesk", how: format!("aud is {}", expected.origin) },
        Reason {
            what: "Made for this request",
            how: format!("{} {}", expected.method, expected.path_and_query),
        },
        Reason { what: "Made just now", how: format!("it expires in {left} seconds") },
        Reason {
            what: "Vouched for by the company",
            how: format!(
                "connection {}, {}",
                session.connection(),
                ago(session.authenticated_at())
            ),
        },
    ]
}

fn ago(then: UnixTime) -> String {
    match now().saturating_since(then).as_secs() / 60 {
        0 => "signed in just now".to_owned(),
        1 => "signed in a minute ago".to_owned(),
        minutes => format!("signed in {minutes} minutes ago"),
    }
}

/// Exactly as the request line has it: the token is bound to these bytes.
fn path_and_query(uri: &Uri) -> &str {
    uri.path_and_query().map_or("/", |path_and_query| path_and_query.as_str())
}

/// Header (0) or claims (1) of a compact token, for choosing a key and for showing. Nothing of it is
/// believed before `verify_origin_token` has said yes.
fn part(token: &str, index: usize) -> Value {
    let part = token.split('.').nth(index).unwrap_or_default();
    let bytes = base64::decode_url(part).unwrap_or_default();
    serde_json::from_slice(&bytes).unwrap_or_default()
}

fn now() -> UnixTime {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    UnixTime::from_seconds(since.as_secs())
}

impl NotBelieved {
    /// The stable code of a refusal.
    pub(super) fn code(&self) -> Option<&'static str> {
        match self {
            Self::Refused(error) => Some(error.code()),
            Self::KeysUnavailable(_) | Self::NoToken => None,
        }
    }
}

impl fmt::Display for NotBelieved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoToken => f.write_str(
                "The request carries no Deskgate-Assertion header, so it did not come through the edge.",
            ),
            Self::Refused(error) => write!(f, "The Deskgate-Assertion of this request is refused: {error}."),
            Self::KeysUnavailable(error) => write!(f, "Its public keys could not be read: {error}."),
        }
    }
}
