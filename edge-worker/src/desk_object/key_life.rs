//! The life of a key for tokens: announced, current, retired, gone.
//!
//! No moment of it is an event that anybody has to hear of in time. A key is published with the time
//! from which it signs, so that isolates change over by their own clocks.

use core::time::Duration;

use deskgate_core::jose::MAX_CLOCK_SKEW;
use deskgate_core::session::{MAX_KEY_CACHE, MAX_SESSION_LIFETIME};
use deskgate_core::time::UnixTime;

use crate::routes::jwks::MAX_AGE_SECONDS as JWKS_MAX_AGE_SECONDS;
use crate::snapshot;

/// How long a key is published before it signs, and after it no longer does.
#[derive(Clone, Copy, Debug)]
pub(super) struct Margins {
    pub(super) announced: Duration,
    pub(super) kept: Duration,
}

impl Margins {
    pub(super) const OURS: Self = Self {
        // A client read the keys a cache ago, from an HTTP cache, which had them from an isolate that
        // had not reached the object for a while.
        announced: MAX_KEY_CACHE
            .saturating_add(Duration::from_secs(JWKS_MAX_AGE_SECONDS as u64))
            .saturating_add(snapshot::MAX_AGE_UNREACHABLE)
            .saturating_add(MAX_CLOCK_SKEW),
        // The last token that it signed is a session of full length.
        kept: MAX_SESSION_LIFETIME.saturating_add(MAX_CLOCK_SKEW),
    };
}

/// What is to be done about the keys.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Plan {
    /// A key is made that signs from then on.
    pub(super) next_from: Option<UnixTime>,
    /// Keys that began to sign before this are deleted.
    pub(super) forget_before: Option<UnixTime>,
    /// When there will be something to do again.
    pub(super) look_again: UnixTime,
}

impl Plan {
    /// For keys that sign from these times on, the newest first. Each signs for `rotation`.
    pub(super) fn new(
        used_from: &[UnixTime],
        rotation: Duration,
        margins: Margins,
        now: UnixTime,
    ) -> Self {
        let newest = used_from.first().copied().unwrap_or(now);
        let announce_at =
            |newest: UnixTime| newest.saturating_add(rotation.saturating_sub(margins.announced));
        let next_from = (announce_at(newest) <= now).then(|| now.saturating_add(margins.announced));
        // A key ends when its successor begins: all before the newest one that ended another long
        // enough ago are dead.
        let dead_at = |successor: UnixTime| successor.saturating_add(margins.kept);
        let old = used_from.get(1..).unwrap_or_default();
        let successors = || used_from.iter().zip(old).map(|(successor, _)| *successor);
        let forget_before = successors().find(|successor| dead_at(*successor) <= now);
        let next_death = successors().map(dead_at).filter(|at| *at > now).min();
        let next_announcement = announce_at(next_from.unwrap_or(newest));
        let own_end = next_from.map(dead_at);
        let look_again = [next_death, own_end].into_iter().flatten().min();
        let look_again = look_again.map_or(next_announcement, |at| at.min(next_announcement));
        Self { next_from, forget_before, look_again }
    }

    /// Whether there is nothing to do now.
    pub(super) const fn is_idle(&self) -> bool {
        self.next_from.is_none() && self.forget_before.is_none()
    }
}
