//! What an isolate keeps of the Durable Objects, so that requests do not wait for them.

use core::time::Duration;
use std::collections::HashMap;
use std::rc::Rc;

use deskgate_core::session::service_token::ServiceToken;
use deskgate_core::session::{Secrets, Session};
use deskgate_core::time::UnixTime;

use crate::desk_object::{
    self, CUTOFF_LIFETIME, EndedSession, Known, Reply, ServiceTokens, StoredServiceToken, day_of,
};
use crate::host::Host;
use crate::loaded_desk::{LoadedDesk, Unusable};

/// From this age on a request starts a refresh behind itself, so that a busy isolate never waits.
const REFRESH_AGE: Duration = Duration::from_secs(15);

/// Older than this, a request waits for a refresh: how long a revoked session may live on.
const MAX_AGE: Duration = Duration::from_secs(30);

/// How long sessions are verified when the object cannot be reached.
pub(crate) const MAX_AGE_UNREACHABLE: Duration = Duration::from_secs(600);

/// After a failed refresh the next one is tried this much later.
const RETRY: Duration = Duration::from_secs(5);

/// How long an isolate remembers that a host has no desk.
const MAX_AGE_NOT_SET_UP: Duration = Duration::from_secs(5);

/// Hosts kept. Cloudflare routes only the operator's host names here; in development anybody can
/// invent one.
const MAX_HOSTS: usize = 64;

/// The snapshots of an isolate.
#[derive(Debug, Default)]
pub(crate) struct Snapshots(HashMap<String, Snapshot>);

#[derive(Debug)]
struct Snapshot {
    desk: Option<Rc<LoadedDesk>>,
    revocations: HashMap<String, u64>,
    last_revocation: u64,
    /// By connection; everybody's without one. Sessions that began until then have ended.
    cutoffs: HashMap<String, u64>,
    service_tokens: Rc<Vec<ServiceToken>>,
    /// Number of the last change of them; `None` until they were told.
    service_token_change: Option<u64>,
    /// By ID: the day on which the object was last told, or knew, that a token was used.
    service_tokens_used_on: HashMap<String, u64>,
    fetched_at: UnixTime,
    tried_at: UnixTime,
    /// The object did not answer when it was last asked. Until that is known, a request waits: what is
    /// merely old must not let a session through that ended meanwhile.
    is_object_lost: bool,
}

/// What can be said about a host without waiting.
#[derive(Clone, Debug)]
pub(crate) enum Found {
    /// A desk. `refresh` is set when the object should be asked meanwhile.
    Desk { desk: Rc<LoadedDesk>, trust: Trust, refresh: bool },
    /// No desk has this host.
    NotSetUp,
    /// Only the object knows.
    Ask,
}

/// How current a snapshot is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trust {
    /// Good for everything.
    Current,
    /// The object cannot be reached: sessions are still verified, nothing new begins.
    SessionsOnly,
}

impl Snapshots {
    /// Looks a host up.
    pub(crate) fn find(&mut self, host: &str, now: UnixTime) -> Found {
        let Some(snapshot) = self.0.get_mut(host) else { return Found::Ask };
        let age = now.saturating_since(snapshot.fetched_at);
        let Some(desk) = &snapshot.desk else {
            return if age <= MAX_AGE_NOT_SET_UP { Found::NotSetUp } else { Found::Ask };
        };
        let may_try = now.saturating_since(snapshot.tried_at) >= RETRY;
        if age <= MAX_AGE {
            let refresh = age >= REFRESH_AGE && may_try;
            if refresh {
                snapshot.tried_at = now;
            }
            return Found::Desk { desk: Rc::clone(desk), trust: Trust::Current, refresh };
        }
        // Once one request has waited in vain, the others go on with the snapshot, and now and then
        // one looks behind itself whether the object is back. When none has looked for a while, that
        // it was lost says nothing about now.
        let is_recent = now.saturating_since(snapshot.tried_at) <= MAX_AGE;
        if snapshot.is_object_lost && is_recent && age <= MAX_AGE_UNREACHABLE {
            if may_try {
                snapshot.tried_at = now;
            }
            let desk = Rc::clone(desk);
            return Found::Desk { desk, trust: Trust::SessionsOnly, refresh: may_try };
        }
        snapshot.tried_at = now;
        Found::Ask
    }

    /// Notes that the object did not answer, or with something that cannot be used.
    pub(crate) fn object_lost(&mut self, host: &str, now: UnixTime) {
        if let Some(snapshot) = self.0.get_mut(host) {
            snapshot.is_object_lost = true;
            snapshot.tried_at = snapshot.tried_at.max(now);
        }
    }

    /// What remains of a host when the object did not answer.
    pub(crate) fn find_unreachable(&self, host: &str, now: UnixTime) -> Option<Rc<LoadedDesk>> {
        let snapshot = self.0.get(host)?;
        let age = now.saturating_since(snapshot.fetched_at);
        snapshot.desk.clone().filter(|_| age <= MAX_AGE_UNREACHABLE)
    }

    /// What the object need not send again.
    pub(crate) fn known(&self, host: &str) -> Option<Known> {
        let snapshot = self.0.get(host)?;
        let desk = snapshot.desk.as_ref()?;
        let version = desk.version;
        let newest_key = desk.newest_token_key();
        Some(Known {
            version,
            newest_key,
            last_revocation: snapshot.last_revocation,
            service_tokens: snapshot.service_token_change,
        })
    }

    /// Takes the object's answer in.
    ///
    /// # Errors
    /// [`Unusable`]; then what was known stays as it is and grows old.
    pub(crate) fn install(
        &mut self,
        host_name: &str,
        reply: Reply,
        secrets: &Secrets,
        host: &dyn Host,
        now: UnixTime,
    ) -> Result<(), Unusable> {
        let Reply::Snapshot(new) = reply else {
            self.make_room(host_name);
            self.0.insert(host_name.to_owned(), Snapshot::empty(now));
            return Ok(());
        };
        let Some(contents) = &new.contents else {
            // Nothing is known any more, or another answer came first: then the next one tells all.
            let known = self.0.get_mut(host_name);
            let known = known.filter(|known| known.is_of_version(new.version));
            if let Some(snapshot) = known {
                snapshot.extend(new, now);
            }
            return Ok(());
        };
        // An answer that was long on its way says what was before.
        if self.0.get(host_name).is_some_and(|known| known.is_newer_than(new.version)) {
            return Ok(());
        }
        let desk = LoadedDesk::load(host_name, new.version, contents, secrets, host, now)?;
        self.make_room(host_name);
        let mut snapshot = self.0.remove(host_name).unwrap_or_else(|| Snapshot::empty(now));
        snapshot.desk = Some(Rc::new(desk));
        snapshot.extend(new, now);
        self.0.insert(host_name.to_owned(), snapshot);
        Ok(())
    }

    /// Forgets a host, so that its next request asks the object.
    pub(crate) fn forget(&mut self, host: &str) {
        self.0.remove(host);
    }

    /// Whether the session ended before its time.
    pub(crate) fn is_revoked(&self, host: &str, session: &Session) -> bool {
        self.0.get(host).is_some_and(|snapshot| {
            snapshot.revocations.contains_key(session.id())
                || snapshot.is_cut_off("", session)
                || snapshot.is_cut_off(session.connection(), session)
        })
    }

    /// The service tokens of a desk.
    pub(crate) fn service_tokens(&self, host: &str) -> Rc<Vec<ServiceToken>> {
        self.0.get(host).map(|snapshot| Rc::clone(&snapshot.service_tokens)).unwrap_or_default()
    }

    /// Notes that a service token of the desk passed, and answers whether the object should be told: once a
    /// day is enough to see which tokens nobody uses.
    pub(crate) fn is_first_use_today(&mut self, host: &str, id: &str, now: UnixTime) -> bool {
        let Some(snapshot) = self.0.get_mut(host) else { return false };
        let known = snapshot.service_tokens_used_on.insert(id.to_owned(), day_of(now));
        known.is_none_or(|known| known < day_of(now))
    }

    /// Ends a session in this isolate at once; the others learn of it from the object.
    pub(crate) fn revoke(&mut self, host: &str, ended: EndedSession) {
        if let Some(snapshot) = self.0.get_mut(host) {
            snapshot.revocations.insert(ended.session, ended.expires_at);
        }
    }

    fn make_room(&mut self, host: &str) {
        if self.0.len() < MAX_HOSTS || self.0.contains_key(host) {
            return;
        }
        let oldest = self.0.iter().min_by_key(|(_, snapshot)| snapshot.fetched_at);
        if let Some(oldest) = oldest.map(|(host, _)| host.clone()) {
            self.0.remove(&oldest);
        }
    }
}

impl Snapshot {
    fn is_of_version(&self, version: u64) -> bool {
        self.desk.as_ref().is_some_and(|desk| desk.version == version)
    }

    fn is_newer_than(&self, version: u64) -> bool {
        self.desk.as_ref().is_some_and(|desk| desk.version > version)
    }

    fn empty(now: UnixTime) -> Self {
        Self {
            desk: None,
            revocations: HashMap::new(),
            last_revocation: 0,
            cutoffs: HashMap::new(),
            service_tokens: Rc::default(),
            service_token_change: None,
            service_tokens_used_on: HashMap::new(),
            fetched_at: now,
            tried_at: now,
            is_object_lost: false,
        }
    }

    fn is_cut_off(&self, connection: &str, session: &Session) -> bool {
        let began_until = self.cutoffs.get(connection);
        began_until.is_some_and(|began_until| session.issued_at().seconds() <= *began_until)
    }

    /// What has ended stays so, even if this answer was long on its way.
    fn extend(&mut self, new: desk_object::Snapshot, now: UnixTime) {
        self.revocations.retain(|_, expires_at| *expires_at >= now.seconds());
        let ended = new.revocations.into_iter().map(|ended| (ended.session, ended.expires_at));
        self.revocations.extend(ended);
        self.last_revocation = new.last_revocation;
        let forgotten = now.seconds().saturating_sub(CUTOFF_LIFETIME.as_secs());
        self.cutoffs.retain(|_, began_until| *began_until >= forgotten);
        for cutoff in new.cutoffs {
            let known = self.cutoffs.get(&cutoff.connection).copied().unwrap_or_default();
            self.cutoffs.insert(cutoff.connection, cutoff.began_until.max(known));
        }
        if let Some(tokens) = new.service_tokens {
            self.take_service_tokens(&tokens);
        }
        self.fetched_at = now;
        self.is_object_lost = false;
    }

    /// An answer that was long on its way brings none back. One that cannot be read is no token.
    fn take_service_tokens(&mut self, new: &ServiceTokens) {
        if self.service_token_change.is_some_and(|known| known >= new.change) {
            return;
        }
        let tokens = new.tokens.iter().filter_map(|token| token.read().ok());
        self.service_tokens = Rc::new(tokens.collect());
        let used = |token: &StoredServiceToken| Some((token.id.clone(), token.last_used_on?));
        self.service_tokens_used_on = new.tokens.iter().filter_map(used).collect();
        self.service_token_change = Some(new.change);
    }
}
