//! The check of one request.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

#[cfg(feature = "aws-lc-rs")]
use deskgate_core::crypto::AwsLc as Provider;
#[cfg(not(feature = "aws-lc-rs"))]
use deskgate_core::crypto::RustCrypto as Provider;
use deskgate_core::desk::{InvalidUrl, Origin};
use deskgate_core::jose::{self, JwkSet};
use deskgate_core::policy::headers::ASSERTION_HEADER;
use deskgate_core::session::{self, ExpectedOriginToken, OriginToken, verify_origin_token};
use deskgate_core::time::UnixTime;
use http::Uri;
use http::request::Parts;

use crate::caller::Caller;
use crate::client::{DeskClient, Get, HttpClient};
use crate::groups;
use crate::jwks::{Jwks, Wanted};
use crate::once::UsedTokens;
use crate::refusal::Refusal;

/// Verifies `Deskgate-Assertion`. Copies share the keys; make one and clone it.
#[derive(Clone, Debug)]
pub struct Verifier {
    desk_url: Origin,
    origin: Origin,
    keys: Arc<Jwks>,
    client: Arc<dyn DeskClient>,
    used: Option<Arc<Mutex<UsedTokens>>>,
}

impl Verifier {
    /// For the desk at `desk_url` (its `url`, the issuer) and this server at `origin` (its `origin`, the
    /// audience), both exactly as in the settings of the desk.
    ///
    /// # Errors
    /// [`InvalidUrl`], also for plain http to another machine: whoever is on the way could put keys of
    /// their own in the place of the desk's.
    pub fn new(desk_url: &str, origin: &str) -> Result<Self, InvalidUrl> {
        Self::with_client(desk_url, origin, HttpClient::default())
    }

    /// With another way to ask the desk, such as through a proxy that asks for a password.
    ///
    /// # Errors
    /// As [`Verifier::new`].
    pub fn with_client(
        desk_url: &str,
        origin: &str,
        client: impl DeskClient,
    ) -> Result<Self, InvalidUrl> {
        let desk_url = Origin::parse(desk_url)?;
        let origin = Origin::parse(origin)?;
        let client: Arc<dyn DeskClient> = Arc::new(client);
        let url = format!("{desk_url}/.well-known/deskgate/jwks.json");
        let keys = Arc::new(Jwks::new(url, Arc::clone(&client)));
        Ok(Self { desk_url, origin, keys, client, used: None })
    }

    /// Accepts each token once, in this process: for what must not happen twice, on a network between
    /// desk and server that others can read. A proxy between them that repeats requests breaks with it.
    ///
    /// At most 65,536 tokens are remembered; when more arrive within a minute, the rest is answered 503.
    #[must_use]
    pub fn accepting_each_token_once(mut self) -> Self {
        self.used = Some(Arc::default());
        self
    }

    /// Where the desk's keys are fetched.
    #[must_use]
    pub fn keys_url(&self) -> &str {
        self.keys.url()
    }

    /// Who is calling. Waits for the network only while the keys are not known or no longer fresh.
    ///
    /// # Errors
    /// [`Refusal`].
    pub async fn verify(&self, request: &Parts) -> Result<Caller, Refusal> {
        let token = assertion(request)?;
        let expected = ExpectedOriginToken {
            desk_url: self.desk_url.as_str(),
            origin: self.origin.as_str(),
            method: request.method.as_str(),
            path_and_query: path_and_query(request),
        };
        let check = |keys: &JwkSet| {
            verify_origin_token(token, keys, &expected, system_time(), &Provider::new())
        };
        let keys = self.keys.current(Wanted::Any).await?;
        let mut verified = check(&keys);
        if let Err(session::Error::Jose(jose::Error::KeyIdUnknown { .. })) = verified {
            // The desk has a new key, or somebody made one up: the cool-down tells them apart.
            let newer = self.keys.current(Wanted::OtherThan(keys)).await?;
            verified = check(&newer);
        }
        let verified = verified.map_err(Refusal::Token)?;
        self.accept_once(&verified)?;
        Ok(Caller::new(verified, token.to_owned()))
    }

    /// All groups of the caller: those that came along, or where they were too many for a token
    /// ([`Person::groups_omitted`](deskgate_core::session::Person::groups_omitted)) what the desk answers. `None`
    /// where it does not know them either, because the identity provider left them out.
    ///
    /// The desk answers for as long as the token lives, less than a minute.
    ///
    /// # Errors
    /// [`Refusal::GroupsUnavailable`], also when the session has ended meanwhile.
    pub async fn groups(&self, caller: &Caller) -> Result<Option<Vec<String>>, Refusal> {
        let person = caller.person();
        if !person.groups_omitted {
            return Ok(Some(person.groups.clone()));
        }
        let url = format!("{}/.well-known/deskgate/session", self.desk_url);
        let (client, token) = (Arc::clone(&self.client), caller.text().to_owned());
        let asked = tokio::task::spawn_blocking(move || {
            let get = Get { url: &url, bearer: Some(&token), max_bytes: groups::MAX_BYTES };
            client.get(&get).and_then(|body| groups::read(&body))
        });
        let answer = asked.await.unwrap_or_else(|error| Err(error.to_string()));
        answer.map_err(|reason| Refusal::GroupsUnavailable { reason })
    }

    fn accept_once(&self, token: &OriginToken) -> Result<(), Refusal> {
        let Some(used) = &self.used else { return Ok(()) };
        used.lock().unwrap_or_else(PoisonError::into_inner).accept(token, system_time())
    }
}

/// The one header. Of two, another server on the way might have believed the other one.
fn assertion(request: &Parts) -> Result<&str, Refusal> {
    let mut values = request.headers.get_all(ASSERTION_HEADER).iter();
    let value = values.next().ok_or(Refusal::AssertionMissing)?;
    if values.next().is_some() {
        return Err(Refusal::AssertionNotSingle);
    }
    value.to_str().map_err(|_| Refusal::AssertionNotSingle)
}

/// Exactly as the request line has it: the token is bound to these bytes. A nested router of axum takes
/// its own path away from the address, and keeps the whole one among the extensions.
fn path_and_query(request: &Parts) -> &str {
    #[cfg(feature = "axum")]
    let uri: &Uri = match request.extensions.get::<axum::extract::OriginalUri>() {
        Some(original) => &original.0,
        None => &request.uri,
    };
    #[cfg(not(feature = "axum"))]
    let uri: &Uri = &request.uri;
    uri.path_and_query().map_or("/", |path_and_query| path_and_query.as_str())
}

fn system_time() -> UnixTime {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    UnixTime::from_seconds(since.as_secs())
}
