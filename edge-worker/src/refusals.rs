//! How many refusals an isolate tells of. Each costs a call of the object, and whoever guesses can have
//! thousands a second.

use std::collections::HashMap;

use deskgate_core::time::UnixTime;

use crate::audit::Event;
use crate::desk_object::{REFUSALS_A_MINUTE, is_refusal};
use crate::isolate;

/// Of service tokens, told in a minute, by desk.
const A_MINUTE: u32 = 5;

/// Desks that are counted; more make the count begin anew.
const MAX_HOSTS: usize = 64;

/// What was told.
#[derive(Debug, Default)]
pub(crate) struct Refusals {
    of_service_tokens: Told,
    others: Told,
}

/// How many were told in a minute, by host.
#[derive(Debug, Default)]
struct Told {
    minute: u64,
    told: HashMap<String, u64>,
}

impl Refusals {
    /// Whether one more of a service token may be told.
    pub(crate) fn is_within_budget(&mut self, host: &str, now: UnixTime) -> bool {
        self.of_service_tokens.one_more(A_MINUTE, host, now)
    }
}

/// What the object is told of an event at the desk of `host`. Of refusals it keeps so many and no more,
/// whoever floods which page, and the call itself would cost those their time who sign in.
pub(crate) fn to_record(event: Event, host: &str, now: UnixTime) -> Vec<Event> {
    let is_told = !is_refusal(&event)
        || isolate::with(|isolate| isolate.refusals.others.one_more(REFUSALS_A_MINUTE, host, now));
    if is_told { vec![event] } else { Vec::new() }
}

impl Told {
    fn one_more(&mut self, a_minute: u32, host: &str, now: UnixTime) -> bool {
        let minute = now.seconds() / 60;
        let is_full = self.told.len() >= MAX_HOSTS && !self.told.contains_key(host);
        if self.minute != minute || is_full {
            self.minute = minute;
            self.told.clear();
        }
        let told = self.told.get(host).map_or(1, |told| told.saturating_add(1));
        self.told.insert(host.to_owned(), told);
        told <= a_minute.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_told_of_five_times_a_minute() {
        let mut refusals = Refusals::default();
        // 2026-11-21T12:00:00Z.
        let at = |seconds: u64| UnixTime::from_seconds(1_795_262_400 + seconds);
        let mut told = |host: &str, seconds: u64| {
            (0..1000).filter(|_| refusals.is_within_budget(host, at(seconds))).count()
        };
        assert_eq!(told("a", 0), 5);
        assert_eq!(told("a", 59), 0);
        assert_eq!(told("b", 59), 5);
        assert_eq!(told("a", 60), 5);
    }
}
