//! A helpdesk that takes tokens as Zendesk does: the remote login URL is deskgate's.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::{Form, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use deskgate_core::crypto::{JwsAlgorithm, RustCrypto, SecretKey};
use deskgate_core::jose::{Jwk, Keys, verify_jws};
use serde::Deserialize;
use serde_json::Value;

use super::account::{Account, Sessions};
use super::{SignedIn, SignedOut, now};
use crate::page::{page, style_sheet};

const PRODUCT: &str = "Zen Helpdesk";
const HOW: &str = "a token that deskgate signed with the shared secret (hand-off mode)";

/// Zendesk refuses a token whose `iat` is further away than this.
const MAX_AGE: Duration = Duration::from_secs(180);

/// The account: what its administrator copied from deskgate, and the secret that deskgate knows.
#[derive(Debug)]
pub(crate) struct Zendesk {
    url: String,
    remote_login_url: String,
    remote_logout_url: String,
    key: Jwk,
    /// `jti` of the tokens that were taken.
    taken: Mutex<BTreeSet<String>>,
    sessions: Sessions,
}

impl Zendesk {
    pub(crate) fn new(url: &str, edge: &str, app: &str, secret: &str) -> anyhow::Result<Self> {
        let key = Jwk::from_secret(SecretKey::new(secret.as_bytes()), JwsAlgorithm::Hs256, None)
            .map_err(|error| anyhow::anyhow!("{error}"))?;
        Ok(Self {
            url: url.to_owned(),
            remote_login_url: format!("{edge}/deskgate/handoff/{app}"),
            remote_logout_url: format!("{edge}/deskgate/handoff/{app}/logout"),
            key,
            taken: Mutex::default(),
            sessions: Sessions::new("zen"),
        })
    }

    pub(crate) fn router(self) -> Router {
        Router::new()
            .route("/", get(start))
            .route("/hc", get(start))
            .route("/sign-in", get(sign_in))
            .route("/access/jwt", post(take))
            .route("/access/logout", get(sign_out))
            .route("/assets/demo.css", get(style_sheet))
            .with_state(Arc::new(self))
    }

    /// The checks of Zendesk, and its own words for what does not pass.
    fn check(&self, token: &str) -> Result<Account, String> {
        let jws =
            verify_jws(token, Keys::One(&self.key), &[JwsAlgorithm::Hs256], &RustCrypto::new())
                .map_err(|_| "JWT signature invalid, check that your tokens match".to_owned())?;
        let claims: Value = serde_json::from_slice(jws.payload()).unwrap_or_default();
        let issued_at = claims["iat"].as_u64().unwrap_or_default();
        if now().seconds().abs_diff(issued_at) > MAX_AGE.as_secs() {
            return Err(
                "Invalid iat parameter. The supplied iat value is more than 3 minutes off, \
                        check your server clock."
                    .to_owned(),
            );
        }
        let text = |name: &str| claims[name].as_str().unwrap_or_default().to_owned();
        if text("email").is_empty() || text("name").is_empty() || text("jti").is_empty() {
            return Err("Please include email, name and jti".to_owned());
        }
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if !taken.insert(text("jti")) {
            return Err("The unique identifier (jti) was used before".to_owned());
        }
        let shown = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let facts = claims.as_object().into_iter().flatten();
        let facts = facts.map(|(name, value)| (name.clone(), shown(value))).collect();
        Ok(Account { name: text("name"), email: text("email"), facts })
    }
}

async fn start(State(zendesk): State<Arc<Zendesk>>, headers: HeaderMap) -> Response {
    match zendesk.sessions.account(&headers) {
        Some(Account { name, email, facts }) => {
            let (name, email, facts) = (&name, &email, &facts);
            page(StatusCode::OK, &SignedIn { product: PRODUCT, name, email, facts, how: HOW })
        }
        None => page(StatusCode::OK, &SignedOut { product: PRODUCT, how: HOW }),
    }
}

/// To the remote login URL, with what Zendesk sends along.
async fn sign_in(State(zendesk): State<Arc<Zendesk>>) -> Redirect {
    let return_to = format!("{}/hc", zendesk.url);
    let query = [
        ("return_to", return_to.as_str()),
        ("brand_id", "360000111111"),
        ("locale_id", "1"),
        ("timestamp", &now().seconds().to_string()),
    ]
    .map(|(name, value)| format!("{name}={}", encoded(value)));
    Redirect::to(&format!("{}?{}", zendesk.remote_login_url, query.join("&")))
}

#[derive(Deserialize)]
struct Token {
    jwt: String,
}

#[derive(Deserialize)]
struct Asked {
    return_to: Option<String>,
}

async fn take(
    State(zendesk): State<Arc<Zendesk>>,
    Query(asked): Query<Asked>,
    Form(token): Form<Token>,
) -> Response {
    let begun = zendesk
        .check(&token.jwt)
        .and_then(|account| zendesk.sessions.begin(account).map_err(|error| error.to_string()));
    match begun {
        Ok(cookie) => {
            let ours = |target: &String| target.starts_with(&format!("{}/", zendesk.url));
            let target = asked.return_to.filter(ours).unwrap_or_else(|| "/".to_owned());
            ([(header::SET_COOKIE, cookie)], Redirect::to(&target)).into_response()
        }
        Err(message) => {
            let (url, message) = (&zendesk.remote_logout_url, encoded(&message));
            Redirect::to(&format!("{url}?kind=error&message={message}")).into_response()
        }
    }
}

async fn sign_out(State(zendesk): State<Arc<Zendesk>>, headers: HeaderMap) -> Redirect {
    let email = zendesk.sessions.account(&headers).map(|account| account.email).unwrap_or_default();
    zendesk.sessions.end(&headers);
    Redirect::to(&format!("{}?email={}", zendesk.remote_logout_url, encoded(&email)))
}

fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
