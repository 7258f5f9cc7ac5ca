//! The desk's public keys, fetched once and again when a token names a key that is not among them.

use std::io::Read as _;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use deskgate_core::jose::{JwkKind, JwkSet};

/// A made-up key ID must not make the helpdesk ask the edge at every request.
const COOL_DOWN: Duration = Duration::from_secs(5);

/// A set of a few keys has below 1 KB.
const MAX_BYTES: u64 = 64 * 1024;

/// The last known set.
#[derive(Debug)]
pub(super) struct JwksCache {
    url: String,
    known: Mutex<Option<(JwkSet, Instant)>>,
}

impl JwksCache {
    pub(super) fn new(url: String) -> Self {
        Self { url, known: Mutex::default() }
    }

    /// Knows these keys already.
    #[cfg(test)]
    pub(super) fn holding(keys: JwkSet) -> Self {
        Self { url: String::new(), known: Mutex::new(Some((keys, Instant::now()))) }
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// The keys, with the one of this ID among them if the desk has it.
    pub(super) async fn with_key(&self, key_id: &str) -> Result<JwkSet, String> {
        if let Some((keys, fetched_at)) =
            &*self.known.lock().unwrap_or_else(PoisonError::into_inner)
            && (keys.key(key_id).is_some() || fetched_at.elapsed() < COOL_DOWN)
        {
            return Ok(keys.clone());
        }
        let url = self.url.clone();
        let fetched = tokio::task::spawn_blocking(move || fetch(&url)).await;
        let keys = fetched.map_err(|error| error.to_string())??;
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        *known = Some((keys.clone(), Instant::now()));
        Ok(keys)
    }
}

fn fetch(url: &str) -> Result<JwkSet, String> {
    let mut response = ureq::get(url).call().map_err(|error| format!("{url}: {error}"))?;
    let mut body = Vec::new();
    let mut reader = response.body_mut().as_reader().take(MAX_BYTES);
    reader.read_to_end(&mut body).map_err(|error| format!("{url}: {error}"))?;
    JwkSet::parse(&body, &[JwkKind::OKP]).map_err(|error| format!("{url}: {error}"))
}
