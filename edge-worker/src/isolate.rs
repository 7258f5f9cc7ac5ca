//! What lives as long as the isolate: the secrets, the snapshots of the desks, the verified sessions.

use core::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use deskgate_core::crypto::Crypto;
use deskgate_core::desk::Desk;
use deskgate_core::jose::SigningKey;
use deskgate_core::session::break_glass::{BREAK_GLASS, is_owner};
use deskgate_core::session::cookie::{CookieName, cookie_value};
use deskgate_core::session::{
    Error, OriginTokenMint, PAST_SESSION_KNOWN, Secrets, Session, verify_past_session,
};
use deskgate_core::time::UnixTime;

use crate::http::RequestHead;
use crate::loaded_desk::LoadedDesk;
use crate::refusals::Refusals;
use crate::secret::Fallback;
use crate::snapshot::Snapshots;

/// Tokens kept as verified. An agent's browser brings the same one with every request; checking its
/// signature again would cost 50 µs each time.
const MAX_VERIFIED: usize = 1000;

thread_local! {
    static ISOLATE: RefCell<Isolate> = RefCell::default();
}

/// Works with the isolate's state. Nothing in `work` may come back here.
pub(crate) fn with<R>(work: impl FnOnce(&mut Isolate) -> R) -> R {
    ISOLATE.with_borrow_mut(work)
}

/// The state of the isolate.
#[derive(Default)]
pub(crate) struct Isolate {
    /// `None` until the shim gives a valid one.
    pub(crate) secrets: Option<Rc<Secrets>>,
    pub(crate) fallback: Fallback,
    pub(crate) snapshots: Snapshots,
    /// Of service tokens.
    pub(crate) refusals: Refusals,
    verified: HashMap<String, Verified>,
    /// By the ID of the session.
    mints: HashMap<String, Mint>,
}

struct Verified {
    desk: Rc<LoadedDesk>,
    session: Rc<Session>,
}

/// What makes the origin tokens of a verified session.
struct Mint {
    desk: Rc<LoadedDesk>,
    session: Rc<Session>,
    mint: Rc<OriginTokenMint>,
}

/// What the session cookie of a request is worth.
#[derive(Clone, Debug)]
pub(crate) enum Presented {
    /// A session in force.
    Valid(Rc<Session>),
    /// A session that was in force: it has expired not long ago, is revoked, or its connection is switched
    /// off. It lets nobody in, and tells whose work it is that arrives now. So the cookie stays until the
    /// next sign-in: another tab that asks something before must not take that away.
    Ended(Rc<Session>),
    /// The same of a session that ended because nobody used it.
    Idle(Rc<Session>),
    /// No cookie.
    Nothing,
    /// A cookie that says nothing: forged, expired long ago, or there twice. It should be cleared.
    Invalid,
}

impl Presented {
    pub(crate) fn valid(self) -> Option<Rc<Session>> {
        match self {
            Self::Valid(session) => Some(session),
            Self::Ended(_) | Self::Idle(_) | Self::Nothing | Self::Invalid => None,
        }
    }
}

impl Isolate {
    /// Reads and verifies the session cookie.
    pub(crate) fn session(
        &mut self,
        head: &RequestHead,
        desk: &Rc<LoadedDesk>,
        now: UnixTime,
        crypto: &dyn Crypto,
    ) -> Presented {
        let cookies = head.header("cookie").unwrap_or_default();
        let token = match cookie_value(cookies, CookieName::Session) {
            Ok(None | Some("")) => return Presented::Nothing,
            Ok(Some(token)) => token,
            Err(_) => return Presented::Invalid,
        };
        let Some(session) = self.verified(token, desk, now, crypto) else {
            return Presented::Invalid;
        };
        if !is_in_force(&session, &desk.desk) || self.snapshots.is_revoked(&head.host, &session) {
            return Presented::Ended(session);
        }
        match session.check_times(now) {
            Ok(()) => Presented::Valid(session),
            Err(Error::SessionIdle { .. }) => Presented::Idle(session),
            Err(_) => Presented::Ended(session),
        }
    }

    /// What makes the tokens that `key` signs for the origin of the desk, in the name of this session.
    pub(crate) fn mint(
        &mut self,
        session: &Rc<Session>,
        desk: &Rc<LoadedDesk>,
        origin: &str,
        key: &SigningKey,
    ) -> Rc<OriginTokenMint> {
        if let Some(known) = self.mints.get(session.id())
            && Rc::ptr_eq(&known.session, session)
            && Rc::ptr_eq(&known.desk, desk)
            && known.mint.is_of(key)
        {
            return Rc::clone(&known.mint);
        }
        let mint = Rc::new(OriginTokenMint::new(session, desk.desk.issuer(), origin, key));
        if self.mints.len() >= MAX_VERIFIED {
            self.mints.clear();
        }
        let (desk, session) = (Rc::clone(desk), Rc::clone(session));
        let known = Mint { desk, session: Rc::clone(&session), mint: Rc::clone(&mint) };
        self.mints.insert(session.id().to_owned(), known);
        mint
    }

    /// Whose session it is or was. A token verified before stays so, as long as the desk has the same keys;
    /// whether it has expired is for the caller.
    fn verified(
        &mut self,
        token: &str,
        desk: &Rc<LoadedDesk>,
        now: UnixTime,
        crypto: &dyn Crypto,
    ) -> Option<Rc<Session>> {
        if let Some(verified) = self.verified.get(token)
            && Rc::ptr_eq(&verified.desk, desk)
        {
            let known_until = verified.session.expires_at().saturating_add(PAST_SESSION_KNOWN);
            return (now < known_until).then(|| Rc::clone(&verified.session));
        }
        let url = desk.desk.issuer();
        let session = verify_past_session(token, &desk.token_keys, url, now, crypto).ok()?;
        let session = Rc::new(session);
        if self.verified.len() >= MAX_VERIFIED {
            self.verified.clear();
        }
        let verified = Verified { desk: Rc::clone(desk), session: Rc::clone(&session) };
        self.verified.insert(token.to_owned(), verified);
        Some(session)
    }
}

/// Whoever switches an identity provider off no longer trusts it (attacks.md M-17), nor an owner who
/// is taken off the list.
pub(crate) fn is_in_force(session: &Session, desk: &Desk) -> bool {
    if session.connection() == BREAK_GLASS {
        let email = session.person().email.as_deref();
        return email.is_some_and(|email| is_owner(&desk.owners, email));
    }
    desk.connection(session.connection()).is_some_and(|connection| connection.enabled)
}
