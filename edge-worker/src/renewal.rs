//! The idle limit: whoever does something gets a new session cookie now and then.
//!
//! The session is its cookie, so its last activity stands there. A renewed token names the same session:
//! what ended it, or will end it, by name or by time, ends it with every token that it ever had.

use core::time::Duration;

use deskgate_core::session::cookie::{CookieName, set_cookie};
use deskgate_core::session::{PAST_SESSION_KNOWN, Session, mint_session};
use deskgate_core::time::UnixTime;

use crate::host::Host;
use crate::http::{RequestHead, Response};
use crate::isolate;
use crate::snapshot::Trust;
use crate::visit::Visit;

/// An answer that took longer brings no new cookie; one of the next requests does. Somebody may have signed
/// out meanwhile, which other isolates learn within 30 seconds, or somebody else have signed in: the cookie
/// would take the place of theirs.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// The cookie of a session that is used now.
pub(crate) fn session_cookie(visit: &Visit, session: &Session) -> Option<String> {
    let desk = &visit.desk.desk;
    let session = session.active_at(visit.now, desk.session_idle);
    let key = visit.desk.token_key(visit.now);
    let token = mint_session(&session, desk.issuer(), key, visit.crypto()).ok()?;
    // The browser keeps the cookie longer than it counts, and what is sent with it is known to be theirs.
    let lifetime = session.expires_at().saturating_since(visit.now);
    let kept_for = lifetime.saturating_add(PAST_SESSION_KNOWN);
    Some(set_cookie(CookieName::Session, &token, kept_for))
}

/// Whether a request is somebody doing something. What a browser opens again by itself whenever it was
/// closed would keep the session of an empty chair alive.
pub(crate) fn is_activity(head: &RequestHead) -> bool {
    let accept = head.header("accept").unwrap_or_default();
    !head.is_web_socket() && !accept.contains("text/event-stream")
}

/// Whether the answer to this request should bring a new cookie.
pub(crate) fn is_due(visit: &Visit, session: &Session) -> bool {
    session.wants_renewal(visit.now, visit.desk.desk.session_idle) && is_activity(&visit.head)
}

/// One of our own answers to somebody who did something.
pub(crate) fn with_renewal(visit: &Visit, session: &Session, response: Response) -> Response {
    match is_due(visit, session).then(|| session_cookie(visit, session)).flatten() {
        Some(cookie) => response.with("Set-Cookie", cookie),
        None => response,
    }
}

/// The cookie for the answer of the origin, now that it has come to what was asked at `asked_at`: a session
/// that ended meanwhile, as far as this isolate knows, is not renewed.
pub(crate) fn of_answer(
    head: RequestHead,
    asked_at: UnixTime,
    now: UnixTime,
    host: &'static dyn Host,
) -> Option<String> {
    if now.saturating_since(asked_at) > LONGEST_WAIT {
        return None;
    }
    let (desk, secrets) = isolate::with(|isolate| {
        let secrets = isolate.secrets.clone()?;
        Some((isolate.snapshots.find_unreachable(&head.host, now)?, secrets))
    })?;
    let visit = Visit::new(head, desk, Trust::Current, secrets, now, host);
    let session = visit.session().valid()?;
    is_due(&visit, &session).then(|| session_cookie(&visit, &session)).flatten()
}
