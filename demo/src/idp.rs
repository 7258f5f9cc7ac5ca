//! The demo identity provider: one user, one service provider, one click.
//!
//! It speaks as deskgate does to apps, with the claim names of Entra ID, and it asks for no proof of who somebody is, which is why it may never be trusted by a real desk.

mod key;
mod metadata;
mod request;
mod response;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use anyhow::Result;
use askama::Template;
use axum::Router;
use axum::extract::{Form, RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use deskgate_core::saml::identity_provider::Error;
use deskgate_core::time::UnixTime;
use serde::Deserialize;

use self::key::SigningIdentity;
use self::request::Received;
use crate::page::{page, style_sheet};

/// Everything that the identity provider is configured with.
#[derive(Debug)]
pub(crate) struct IdentityProvider {
    /// Entity ID, and the address that all endpoints begin with.
    url: String,
    desk: String,
    signing: SigningIdentity,
}

impl IdentityProvider {
    /// With the key in `state`, made when there is none.
    pub(crate) fn open(url: &str, desk: &str, state: &Path) -> Result<Self> {
        Ok(Self {
            url: url.to_owned(),
            desk: desk.trim_end_matches('/').to_owned(),
            signing: SigningIdentity::open(state, now())?,
        })
    }

    fn sso_url(&self) -> String {
        format!("{}saml2", self.url)
    }

    fn sp_entity_id(&self) -> String {
        format!("{}/deskgate/metadata", self.desk)
    }

    fn acs_url(&self) -> String {
        format!("{}/deskgate/acs", self.desk)
    }
}

pub(crate) fn router(idp: IdentityProvider) -> Router {
    Router::new()
        .route("/", get(home))
        .route("/saml2", get(by_redirect).post(by_post))
        .route("/start", get(start))
        .route("/sign-in", post(sign_in))
        .route("/metadata", get(publish_metadata))
        .route("/idp.cer", get(certificate))
        .route("/assets/demo.css", get(style_sheet))
        .with_state(Arc::new(idp))
}

#[derive(Template)]
#[template(path = "idp/home.html")]
struct Home<'a> {
    idp: &'a IdentityProvider,
    sso_url: String,
}

async fn home(State(idp): State<Arc<IdentityProvider>>) -> Response {
    page(StatusCode::OK, &Home { idp: &idp, sso_url: idp.sso_url() })
}

/// The form of HTTP-POST (SAML Bindings 3.5.4).
#[derive(Debug, Deserialize)]
struct Message {
    #[serde(rename = "SAMLRequest")]
    saml_request: String,
    #[serde(rename = "RelayState")]
    relay_state: Option<String>,
}

#[derive(Template)]
#[template(path = "idp/sign_in.html")]
struct SignIn<'a> {
    idp: &'a IdentityProvider,
    in_response_to: Option<String>,
    relay_state: Option<String>,
}

#[derive(Template)]
#[template(path = "idp/refused.html")]
struct Refused<'a> {
    idp: &'a IdentityProvider,
    reason: Error,
}

async fn by_redirect(
    State(idp): State<Arc<IdentityProvider>>,
    RawQuery(query): RawQuery,
) -> Response {
    ask(&idp, &Received::Redirect(&query.unwrap_or_default()))
}

async fn by_post(
    State(idp): State<Arc<IdentityProvider>>,
    Form(message): Form<Message>,
) -> Response {
    ask(&idp, &Received::Post(&message))
}

/// SP-initiated: the desk sent somebody here.
fn ask(idp: &IdentityProvider, received: &Received<'_>) -> Response {
    match request::read(received, idp, now()) {
        Ok(request) => {
            let (in_response_to, relay_state) = (Some(request.id), request.relay_state);
            page(StatusCode::OK, &SignIn { idp, in_response_to, relay_state })
        }
        Err(reason) => page(StatusCode::BAD_REQUEST, &Refused { idp, reason }),
    }
}

/// IdP-initiated: somebody begins here, as on the tiles of a company portal.
async fn start(State(idp): State<Arc<IdentityProvider>>) -> Response {
    page(StatusCode::OK, &SignIn { idp: &idp, in_response_to: None, relay_state: None })
}

/// The button of the sign-in page.
#[derive(Deserialize)]
struct Confirmation {
    in_response_to: Option<String>,
    relay_state: Option<String>,
}

#[derive(Template)]
#[template(path = "idp/post.html")]
struct PostBack<'a> {
    idp: &'a IdentityProvider,
    acs_url: String,
    saml_response: String,
    relay_state: Option<String>,
}

async fn sign_in(
    State(idp): State<Arc<IdentityProvider>>,
    Form(form): Form<Confirmation>,
) -> Response {
    match response::signed(&idp, form.in_response_to.as_deref(), now()) {
        Ok(message) => {
            let saml_response = deskgate_core::base64::encode(message.as_bytes());
            let (acs_url, relay_state) = (idp.acs_url(), form.relay_state);
            page(StatusCode::OK, &PostBack { idp: &idp, acs_url, saml_response, relay_state })
        }
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

async fn publish_metadata(State(idp): State<Arc<IdentityProvider>>) -> Response {
    ([(header::CONTENT_TYPE, "application/samlmetadata+xml")], metadata::document(&idp))
        .into_response()
}

async fn certificate(State(idp): State<Arc<IdentityProvider>>) -> Response {
    ([(header::CONTENT_TYPE, "application/x-x509-ca-cert")], idp.signing.certificate_pem())
        .into_response()
}

fn now() -> UnixTime {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    UnixTime::from_seconds(since.as_secs())
}
