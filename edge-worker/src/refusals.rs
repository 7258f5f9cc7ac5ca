//! How many refusals an isolate tells of. Each costs a call of the object, and whoever guesses can have
//! thousands a second.

use std::collections::BTreeMap;

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

/// By host: the minute, and how many were told in it.
#[derive(Debug, Default)]
struct Told(BTreeMap<String, (u64, u32)>);

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
        if !self.0.contains_key(host) {
            if self.0.len() >= MAX_HOSTS {
                self.0.clear();
            }
            self.0.insert(host.to_owned(), (minute, 0));
        }
        let Some((counted, told)) = self.0.get_mut(host) else { return false };
        if *counted != minute {
            (*counted, *told) = (minute, 0);
        }
        *told = told.saturating_add(1);
        *told <= a_minute
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
