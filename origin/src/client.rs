//! What is asked of the desk over the network, and how.

use std::fmt;
use std::time::Duration;

/// For one answer.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(5);

/// One question to the desk.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "a new demand has to be met by every client")]
pub struct Get<'a> {
    /// Whole, `https` or loopback.
    pub url: &'a str,
    /// For `Authorization: Bearer`.
    pub bearer: Option<&'a str>,
    /// Of the answer's body; a longer one is refused.
    pub max_bytes: usize,
}

/// Asks the desk; an HTTP client, or a stand-in for a test. May block.
///
/// It must not follow redirects: who can have one answered would choose the keys.
pub trait DeskClient: fmt::Debug + Send + Sync + 'static {
    /// The body of the answer, or why there is none, for the log.
    ///
    /// # Errors
    /// Anything but a complete answer with status 200.
    fn get(&self, get: &Get<'_>) -> Result<Vec<u8>, String>;
}

/// GET with ureq: no redirects, and five seconds in all.
#[derive(Debug)]
pub struct HttpClient {
    agent: ureq::Agent,
}

impl Default for HttpClient {
    fn default() -> Self {
        let config = ureq::Agent::config_builder();
        let config = config.max_redirects(0).timeout_global(Some(TIMEOUT)).build();
        Self { agent: config.into() }
    }
}

impl DeskClient for HttpClient {
    fn get(&self, get: &Get<'_>) -> Result<Vec<u8>, String> {
        let mut request = self.agent.get(get.url).header("Accept", "application/json");
        if let Some(token) = get.bearer {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        let mut response = request.call().map_err(|error| error.to_string())?;
        if response.status() != http::StatusCode::OK {
            return Err(format!("status {}", response.status().as_u16()));
        }
        let limit = u64::try_from(get.max_bytes).unwrap_or(u64::MAX);
        let body = response.body_mut().with_config().limit(limit).read_to_vec();
        body.map_err(|error| error.to_string())
    }
}
