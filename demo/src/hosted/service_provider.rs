//! A helpdesk that is a SAML service provider, as Help Scout and hosted Jitbit are: deskgate is its
//! identity provider.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use deskgate_core::crypto::{KeyRules, PublicKey, RustCrypto};
use deskgate_core::diagnostic::Diagnostic;
use deskgate_core::dsig::SignatureRules;
use deskgate_core::saml::{
    AuthnRequest, DEFAULT_CLOCK_SKEW, ExpectedResponse, FurtherDemands, REQUEST_ID_ENTROPY_BYTES,
    RequiredSignature, Solicitation, decode_post_value, request_id, verify_response,
};
use deskgate_core::x509::Certificate;
use deskgate_core::xenc::EncryptionRules;
use serde::Deserialize;

use super::account::{Account, Sessions};
use super::{Refused, SignedIn, SignedOut, now};
use crate::page::{page, style_sheet};

const PRODUCT: &str = "Scout Helpdesk";
const HOW: &str = "a SAML response that deskgate signed (bridge mode)";

const GIVEN_NAME: &str = "given_name";
const FAMILY_NAME: &str = "family_name";

/// Requests that wait for an answer; a demo has one visitor.
const MAX_PENDING: usize = 100;

/// What its administrator copied: two values of its own to deskgate, and deskgate's here.
#[derive(Debug)]
pub(crate) struct ServiceProvider {
    audience: String,
    acs_url: String,
    idp_entity_id: String,
    sso_url: String,
    certificate_url: String,
    pending: Mutex<BTreeSet<String>>,
    sessions: Sessions,
}

impl ServiceProvider {
    pub(crate) fn new(url: &str, edge: &str, app: &str) -> Self {
        let idp = format!("{edge}/deskgate/idp/{app}");
        Self {
            audience: format!("urn:demo:{app}"),
            acs_url: format!("{url}/acs"),
            idp_entity_id: format!("{idp}/metadata"),
            sso_url: format!("{idp}/sso"),
            certificate_url: format!("{idp}/certificate.pem"),
            pending: Mutex::default(),
            sessions: Sessions::new("scout"),
        }
    }

    pub(crate) fn router(self) -> Router {
        Router::new()
            .route("/", get(start))
            .route("/sign-in", get(sign_in))
            .route("/sign-out", get(sign_out))
            .route("/acs", post(take))
            .route("/assets/demo.css", get(style_sheet))
            .with_state(Arc::new(self))
    }

    /// An administrator would have uploaded the file; the demo fetches it each time.
    async fn keys(&self) -> Result<Vec<PublicKey>, String> {
        let url = self.certificate_url.clone();
        let fetch = move || -> Result<Vec<u8>, String> {
            let response = ureq::get(&url).call();
            let mut response = response.map_err(|error| format!("{url}: {error}"))?;
            let mut bytes = Vec::new();
            let mut reader = response.body_mut().as_reader().take(64 * 1024);
            reader.read_to_end(&mut bytes).map_err(|error| format!("{url}: {error}"))?;
            Ok(bytes)
        };
        let pem = tokio::task::spawn_blocking(fetch).await.map_err(|error| error.to_string())??;
        let certificates = Certificate::parse_all(&pem, KeyRules::default());
        let certificates = certificates.map_err(|error| error.to_string())?;
        Ok(certificates.iter().map(|certificate| certificate.public_key().clone()).collect())
    }

    fn check(&self, message: &[u8], keys: &[PublicKey]) -> Result<Account, (String, String)> {
        let pending: Vec<String> = {
            let pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
            pending.iter().cloned().collect()
        };
        let answered = pending.iter().find(|id| contains(message, id));
        let expected = ExpectedResponse {
            idp_entity_id: &self.idp_entity_id,
            keys,
            audience: &self.audience,
            acs_url: &self.acs_url,
            solicitation: match answered {
                Some(id) => Solicitation::InResponseTo(id),
                None => Solicitation::Unsolicited,
            },
            clock_skew: DEFAULT_CLOCK_SKEW,
            signature_rules: SignatureRules::default(),
            required_signature: RequiredSignature::Both,
            decryption_keys: &[],
            encryption_rules: EncryptionRules::default(),
            further: FurtherDemands::default(),
        };
        let verified = verify_response(message, &expected, now(), &RustCrypto::new())
            .map_err(|error| (error.to_string(), error.help().to_owned()))?;
        if let Some(id) = answered {
            self.pending.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
        }
        let attributes = verified.identity.attributes.iter();
        let facts: Vec<(String, String)> = attributes
            .map(|attribute| (attribute.name.to_string(), attribute.values.join(", ")))
            .collect();
        let name_id = verified.identity.name_id.map(|name_id| name_id.value).unwrap_or_default();
        let of = |name: &str| facts.iter().find(|(found, _)| found == name).map(|(_, v)| v.clone());
        let names: Vec<String> = [GIVEN_NAME, FAMILY_NAME].into_iter().filter_map(of).collect();
        Ok(Account { name: names.join(" "), email: name_id, facts })
    }
}

/// Which of our requests the message claims to answer; what it really answers is verified.
fn contains(message: &[u8], id: &str) -> bool {
    message.windows(id.len()).any(|window| window == id.as_bytes())
}

async fn start(State(provider): State<Arc<ServiceProvider>>, headers: HeaderMap) -> Response {
    match provider.sessions.account(&headers) {
        Some(Account { name, email, facts }) => {
            let (name, email, facts) = (&name, &email, &facts);
            page(StatusCode::OK, &SignedIn { product: PRODUCT, name, email, facts, how: HOW })
        }
        None => page(StatusCode::OK, &SignedOut { product: PRODUCT, how: HOW }),
    }
}

async fn sign_in(State(provider): State<Arc<ServiceProvider>>) -> Response {
    let mut entropy = [0; REQUEST_ID_ENTROPY_BYTES];
    if let Err(error) = getrandom::fill(&mut entropy) {
        return (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response();
    }
    let id = request_id(&entropy);
    let request = AuthnRequest {
        id: &id,
        issue_instant: now(),
        sp_entity_id: &provider.audience,
        acs_url: &provider.acs_url,
        destination: &provider.sso_url,
        force_authn: false,
        authn_contexts: &[],
    };
    match request.redirect_url(None, None, &RustCrypto::new()) {
        Ok(url) => {
            let mut pending = provider.pending.lock().unwrap_or_else(PoisonError::into_inner);
            if pending.len() >= MAX_PENDING {
                pending.clear();
            }
            pending.insert(id);
            Redirect::to(&url).into_response()
        }
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

#[derive(Deserialize)]
struct Message {
    #[serde(rename = "SAMLResponse")]
    saml_response: String,
}

async fn take(State(provider): State<Arc<ServiceProvider>>, Form(form): Form<Message>) -> Response {
    let refused = |reason: String, help: String| {
        page(StatusCode::FORBIDDEN, &Refused { product: PRODUCT, reason, help })
    };
    let keys = match provider.keys().await {
        Ok(keys) => keys,
        Err(reason) => return refused(reason, "Start the edge.".to_owned()),
    };
    let message = match decode_post_value(&form.saml_response) {
        Ok(message) => message,
        Err(error) => return refused(error.to_string(), error.help().to_owned()),
    };
    match provider.check(&message, &keys) {
        Ok(account) => match provider.sessions.begin(account) {
            Ok(cookie) => ([(header::SET_COOKIE, cookie)], Redirect::to("/")).into_response(),
            Err(error) => refused(error.to_string(), "Try again.".to_owned()),
        },
        Err((reason, help)) => refused(reason, help),
    }
}

async fn sign_out(State(provider): State<Arc<ServiceProvider>>, headers: HeaderMap) -> Redirect {
    provider.sessions.end(&headers);
    Redirect::to("/")
}
