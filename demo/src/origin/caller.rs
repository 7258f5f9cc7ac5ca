//! Who is calling, and why it is believed: all that an origin does with `Deskgate-Assertion`.

use std::time::SystemTime;

use axum::http::request::Parts;
use deskgate_core::base64;
use deskgate_core::policy::headers::ASSERTION_HEADER;
use deskgate_core::time::UnixTime;
use deskgate_origin::Refusal;
use serde_json::Value;

use super::Helpdesk;

/// A person that the edge vouches for in this request, and why it is believed.
#[derive(Debug)]
pub(super) struct Caller {
    verified: deskgate_origin::Caller,
    reasons: Vec<Reason>,
    claims: Value,
}

/// One thing that was checked.
#[derive(Debug)]
pub(super) struct Reason {
    pub(super) what: &'static str,
    pub(super) how: String,
}

impl Caller {
    /// Verifies the token of `request`.
    pub(super) async fn of(request: &Parts, helpdesk: &Helpdesk) -> Result<Self, Refusal> {
        let verified = helpdesk.verifier.verify(request).await?;
        let token = request.headers.get(ASSERTION_HEADER).and_then(|value| value.to_str().ok());
        let (header, claims) = (part(token, 0), part(token, 1));
        let key_id = header["kid"].as_str().unwrap_or_default();
        let reasons = reasons(&verified, key_id, helpdesk, request);
        Ok(Self { verified, reasons, claims })
    }

    pub(super) fn reasons(&self) -> &[Reason] {
        &self.reasons
    }

    pub(super) fn display_name(&self) -> &str {
        let person = self.verified.person();
        person.name.as_deref().or(person.email.as_deref()).unwrap_or("you without a name")
    }

    pub(super) fn email(&self) -> &str {
        self.verified.person().email.as_deref().unwrap_or_default()
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
    caller: &deskgate_origin::Caller,
    key_id: &str,
    helpdesk: &Helpdesk,
    request: &Parts,
) -> Vec<Reason> {
    let session = caller.token().session();
    let left = session.expires_at().saturating_since(now()).as_secs();
    vec![
        Reason {
            what: "Signed by the desk",
            how: format!("Ed25519, with key {key_id} of {}", helpdesk.verifier.keys_url()),
        },
        Reason { what: "Made for this helpdesk", how: format!("aud is {}", helpdesk.url) },
        Reason {
            what: "Made for this request",
            how: format!("{} {}", request.method, request.uri),
        },
        Reason { what: "Made just now", how: format!("it expires in {left} seconds") },
        match caller.service_token() {
            Some(name) => {
                Reason { what: "A script, and no person", how: format!("service token {name}") }
            }
            None => Reason {
                what: "Vouched for by the company",
                how: format!(
                    "connection {}, {}",
                    session.connection(),
                    ago(session.authenticated_at())
                ),
            },
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

/// Header (0) or claims (1) of a token that was verified, for showing.
fn part(token: Option<&str>, index: usize) -> Value {
    let part = token.and_then(|token| token.split('.').nth(index)).unwrap_or_default();
    let bytes = base64::decode_url(part).unwrap_or_default();
    serde_json::from_slice(&bytes).unwrap_or_default()
}

fn now() -> UnixTime {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    UnixTime::from_seconds(since.as_secs())
}
