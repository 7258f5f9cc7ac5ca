//! The desk's public keys: when they are fetched, and how long they are believed.
//!
//! The desk announces a key before it signs with it, so in ordinary life no request ever waits here. The
//! rules are for the rest: a key that is taken back, a desk that does not answer, a made-up key ID.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use deskgate_core::jose::{JwkKind, JwkSet, MAX_JWK_SET_BYTES};
use deskgate_core::session::MAX_KEY_CACHE;

use crate::client::{DeskClient, Get, TIMEOUT};
use crate::refusal::Refusal;

/// Older keys are used, and fetched anew in the background.
pub(crate) const REFRESH_AFTER: Duration = Duration::from_secs(5 * 60);

/// With older keys a request waits for new ones: a key that the desk took back counts no longer.
pub(crate) const MAX_AGE: Duration = Duration::from_secs(10 * 60);

/// After an answer of the desk it is not asked again for this long, whatever keys tokens name.
pub(crate) const COOL_DOWN: Duration = Duration::from_secs(30);

/// Which keys are wanted.
#[derive(Debug)]
pub(crate) enum Wanted {
    Any,
    /// These do not have the key that a token names.
    OtherThan(Arc<JwkSet>),
}

/// The last known set, and who fetches the next.
#[derive(Debug)]
pub(crate) struct Jwks {
    shared: Arc<Shared>,
    /// Held by the request that waits for new keys; others wait for it, and then need none.
    turn: tokio::sync::Mutex<()>,
}

#[derive(Debug)]
struct Shared {
    url: String,
    client: Arc<dyn DeskClient>,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
pub(crate) struct Known {
    keys: Option<(Arc<JwkSet>, Instant)>,
    /// No attempt before this time.
    rest_until: Option<Instant>,
    failure: Option<String>,
}

/// What a request does about the keys.
#[derive(Debug)]
enum Step {
    Use(Arc<JwkSet>),
    UseAndRefresh(Arc<JwkSet>),
    Wait,
}

impl Known {
    fn may_fetch(&self, now: Instant) -> bool {
        self.rest_until.is_none_or(|until| until <= now)
    }

    /// The keys that may still be believed, and how old they are.
    fn usable(&self, now: Instant) -> Option<(&Arc<JwkSet>, Duration)> {
        let (keys, at) = self.keys.as_ref()?;
        let age = now.saturating_duration_since(*at);
        // The desk announces its keys so that these are enough.
        (age < MAX_KEY_CACHE).then_some((keys, age))
    }

    fn step(&self, wanted: &Wanted, now: Instant) -> Step {
        let Some((keys, age)) = self.usable(now) else { return Step::Wait };
        let is_wanted = match wanted {
            // While the desk does not answer nobody waits for it.
            Wanted::Any => age < MAX_AGE || self.failure.is_some(),
            Wanted::OtherThan(others) => !Arc::ptr_eq(keys, others),
        };
        match is_wanted {
            false => Step::Wait,
            true if age >= REFRESH_AFTER && self.may_fetch(now) => {
                Step::UseAndRefresh(Arc::clone(keys))
            }
            true => Step::Use(Arc::clone(keys)),
        }
    }

    /// Nobody else asks while this attempt runs.
    fn begin(&mut self, now: Instant) {
        // One attempt takes no longer, so two never overlap.
        self.rest_until = Some(now + TIMEOUT);
    }

    fn end(&mut self, outcome: Result<JwkSet, String>, now: Instant) {
        match outcome {
            Ok(keys) => {
                self.keys = Some((Arc::new(keys), now));
                self.rest_until = Some(now + COOL_DOWN);
                self.failure = None;
            }
            Err(error) => {
                // Earlier than after an answer.
                self.rest_until = Some(now + TIMEOUT);
                self.failure = Some(error);
            }
        }
    }
}

impl Shared {
    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Blocks.
    fn fetch(&self) {
        let parse = |body: Vec<u8>| {
            JwkSet::parse(&body, &[JwkKind::OKP]).map_err(|error| error.to_string())
        };
        let get = Get { url: &self.url, bearer: None, max_bytes: MAX_JWK_SET_BYTES };
        let outcome = self.client.get(&get).and_then(parse);
        self.known().end(outcome, Instant::now());
    }
}

impl Jwks {
    pub(crate) fn new(url: String, client: Arc<dyn DeskClient>) -> Self {
        let shared = Shared { url, client, known: Mutex::default() };
        Self { shared: Arc::new(shared), turn: tokio::sync::Mutex::default() }
    }

    pub(crate) fn url(&self) -> &str {
        &self.shared.url
    }

    /// The keys to verify with now.
    pub(crate) async fn current(&self, wanted: Wanted) -> Result<Arc<JwkSet>, Refusal> {
        if let Some(keys) = self.at_once(&wanted) {
            return Ok(keys);
        }
        let _turn = self.turn.lock().await;
        // Whoever had the turn before may have brought them.
        if let Some(keys) = self.at_once(&wanted) {
            return Ok(keys);
        }
        if self.may_begin() {
            let shared = Arc::clone(&self.shared);
            // If it panics nothing is known afterwards that was not known before.
            let _ = tokio::task::spawn_blocking(move || shared.fetch()).await;
        }
        let known = self.shared.known();
        let usable = known.usable(Instant::now()).map(|(keys, _)| Arc::clone(keys));
        usable.ok_or_else(|| Refusal::KeysUnavailable {
            reason: known.failure.clone().unwrap_or_else(|| "no answer yet".to_owned()),
        })
    }

    /// Keys that nobody has to wait for.
    fn at_once(&self, wanted: &Wanted) -> Option<Arc<JwkSet>> {
        let step = self.shared.known().step(wanted, Instant::now());
        match step {
            Step::Use(keys) => Some(keys),
            Step::UseAndRefresh(keys) => {
                if self.may_begin() {
                    let shared = Arc::clone(&self.shared);
                    // What it finds is there for the next request.
                    drop(tokio::task::spawn_blocking(move || shared.fetch()));
                }
                Some(keys)
            }
            Step::Wait => None,
        }
    }

    /// Whether this request is the one that fetches.
    fn may_begin(&self) -> bool {
        let now = Instant::now();
        let mut known = self.shared.known();
        let may_fetch = known.may_fetch(now);
        if may_fetch {
            known.begin(now);
        }
        may_fetch
    }
}

#[cfg(all(test, feature = "axum"))]
mod tests {
    use super::*;
    use crate::tests::keys;

    const SECOND: Duration = Duration::from_secs(1);

    /// What a request does whose token names any key.
    fn step(known: &Known, now: Instant) -> &'static str {
        match known.step(&Wanted::Any, now) {
            Step::Use(_) => "use",
            Step::UseAndRefresh(_) => "use and refresh",
            Step::Wait => "wait",
        }
    }

    fn known_at(now: Instant) -> (Known, Arc<JwkSet>) {
        let mut known = Known::default();
        known.end(Ok(keys(1)), now);
        let keys = Arc::clone(&known.keys.as_ref().unwrap().0);
        (known, keys)
    }

    #[test]
    fn keys_are_used_for_five_minutes_then_refreshed_and_after_ten_waited_for() {
        let start = Instant::now();
        let (known, _) = known_at(start);
        let step = |age: Duration| step(&known, start + age);
        assert_eq!(step(Duration::ZERO), "use");
        assert_eq!(step(REFRESH_AFTER - SECOND), "use");
        assert_eq!(step(REFRESH_AFTER), "use and refresh");
        assert_eq!(step(MAX_AGE - SECOND), "use and refresh");
        assert_eq!(step(MAX_AGE), "wait");
        assert!(matches!(Known::default().step(&Wanted::Any, start), Step::Wait));
    }

    #[test]
    fn while_the_desk_does_not_answer_its_last_keys_count_for_a_day() {
        let start = Instant::now();
        let (mut known, _) = known_at(start);
        known.end(Err("refused".to_owned()), start + MAX_AGE);
        let step = |age: Duration| step(&known, start + age);
        assert_eq!(step(MAX_AGE + SECOND), "use");
        assert_eq!(step(MAX_AGE + TIMEOUT), "use and refresh");
        assert_eq!(step(MAX_KEY_CACHE - SECOND), "use and refresh");
        assert_eq!(step(MAX_KEY_CACHE), "wait");
        assert!(known.usable(start + MAX_KEY_CACHE).is_none());
    }

    #[test]
    fn a_made_up_key_id_asks_the_desk_once_in_thirty_seconds() {
        let start = Instant::now();
        let (known, keys) = known_at(start);
        let wanted = Wanted::OtherThan(keys);
        assert!(matches!(known.step(&wanted, start), Step::Wait));
        assert!(!known.may_fetch(start + COOL_DOWN - SECOND));
        assert!(known.may_fetch(start + COOL_DOWN));
    }

    #[test]
    fn one_attempt_at_a_time() {
        let start = Instant::now();
        let mut known = Known::default();
        assert!(known.may_fetch(start));
        known.begin(start);
        assert!(!known.may_fetch(start + TIMEOUT - SECOND));
        known.end(Err("refused".to_owned()), start + TIMEOUT);
        assert!(!known.may_fetch(start + 2 * TIMEOUT - SECOND));
        assert!(known.may_fetch(start + 2 * TIMEOUT));
    }

    /// A desk that changed its key.
    #[derive(Debug)]
    struct Rotated;

    impl DeskClient for Rotated {
        fn get(&self, _: &Get<'_>) -> Result<Vec<u8>, String> {
            Ok(keys(2).to_json().into_bytes())
        }
    }

    /// Keys of the first kind, fetched this long ago; `None` on a machine that is not up so long.
    fn fetched(ago: Duration) -> Option<Jwks> {
        let at = Instant::now().checked_sub(ago)?;
        let jwks = Jwks::new(String::new(), Arc::new(Rotated));
        jwks.shared.known().end(Ok(keys(1)), at);
        Some(jwks)
    }

    fn is(found: &JwkSet, seed: u8) -> bool {
        found.to_json() == keys(seed).to_json()
    }

    #[tokio::test]
    async fn older_keys_are_replaced_behind_the_back_of_the_request_that_uses_them() {
        let Some(jwks) = fetched(REFRESH_AFTER) else { return };
        assert!(is(&jwks.current(Wanted::Any).await.unwrap(), 1));
        let patience = Instant::now() + TIMEOUT;
        while is(&jwks.current(Wanted::Any).await.unwrap(), 1) {
            assert!(Instant::now() < patience);
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn a_key_that_was_taken_back_counts_ten_minutes_at_most() {
        let Some(jwks) = fetched(MAX_AGE) else { return };
        assert!(is(&jwks.current(Wanted::Any).await.unwrap(), 2));
    }

    #[tokio::test]
    async fn a_new_key_is_fetched_when_a_token_names_it_unless_that_was_just_done() {
        for (ago, seed) in [(COOL_DOWN - SECOND, 1), (COOL_DOWN, 2)] {
            let Some(jwks) = fetched(ago) else { return };
            let known = jwks.current(Wanted::Any).await.unwrap();
            let newer = jwks.current(Wanted::OtherThan(known)).await.unwrap();
            assert!(is(&newer, seed), "{ago:?}");
        }
    }
}
