//! Tokens that were used, for as long as they would verify.

use std::collections::{HashSet, VecDeque};

use deskgate_core::jose::MAX_CLOCK_SKEW;
use deskgate_core::session::OriginToken;
use deskgate_core::time::UnixTime;

use crate::refusal::Refusal;

/// Most tokens remembered, about 10 MB: a thousand requests in each second of a token's life.
pub(crate) const MAX_REMEMBERED: usize = 65_536;

/// The `jti` of every token that was accepted and could be sent again.
#[derive(Debug, Default)]
pub(crate) struct UsedTokens {
    ids: HashSet<String>,
    /// In the order of arrival. A token that ends earlier than the one before it is kept a few seconds
    /// longer than it has to be.
    by_arrival: VecDeque<(UnixTime, String)>,
}

impl UsedTokens {
    /// Accepts a verified token once.
    ///
    /// When the memory is full it refuses: to forget a token that still verifies would be to accept it
    /// twice.
    pub(crate) fn accept(&mut self, token: &OriginToken, now: UnixTime) -> Result<(), Refusal> {
        while self.by_arrival.front().is_some_and(|(until, _)| *until < now) {
            if let Some((_, id)) = self.by_arrival.pop_front() {
                self.ids.remove(&id);
            }
        }
        if self.ids.contains(token.id()) {
            return Err(Refusal::Replayed);
        }
        if self.ids.len() >= MAX_REMEMBERED {
            return Err(Refusal::TooManyTokens);
        }
        self.ids.insert(token.id().to_owned());
        let until = token.session().expires_at().saturating_add(MAX_CLOCK_SKEW);
        self.by_arrival.push_back((until, token.id().to_owned()));
        Ok(())
    }

    #[cfg(all(test, feature = "axum"))]
    pub(crate) fn len(&self) -> usize {
        self.ids.len()
    }

    #[cfg(all(test, feature = "axum"))]
    pub(crate) fn fill_for_test(&mut self, count: usize, until: UnixTime) {
        for number in self.ids.len()..count {
            self.ids.insert(number.to_string());
            self.by_arrival.push_back((until, number.to_string()));
        }
    }
}
