//! Scripts and webhooks at the gate: whoever brings a service token is judged by it alone.
//!
//! A session cookie beside it does not count. Otherwise a script would work where somebody is signed in and
//! fail elsewhere, and a token that was taken back would go unnoticed. Nothing here leads to a sign-in: nobody
//! is there to see it.

use deskgate_core::diagnostic::{Diagnostic as _, Kind};
use deskgate_core::policy::fresh::max_age;
use deskgate_core::session::service_token::{
    CLIENT_ID_HEADER, CLIENT_SECRET_HEADER, Credentials, Error, ServiceToken, ServiceTokenRequest,
    judge,
};

use crate::audit::Name;
use crate::desk_object::Operation;
use crate::gate;
use crate::http::{RequestHead, Response};
use crate::isolate;
use crate::json;
use crate::pages::Notice;
use crate::step::Step;
use crate::visit::Visit;

/// Answers a request that brings a service token; `None` when it brings none, or the path is for everybody.
#[inline(never)]
pub(crate) fn answer(visit: &Visit) -> Option<Step> {
    let head = &visit.head;
    let presented = presented(head).transpose()?;
    let desk = &visit.desk.desk;
    let origin = desk.origin.as_ref().filter(|_| !desk.public_paths.contains(&head.path))?;
    let credentials = match presented {
        Ok(credentials) => credentials,
        Err(error) => return Some(refuse(visit, None, &error)),
    };
    let tokens = isolate::with(|isolate| isolate.snapshots.service_tokens(&head.host));
    let token = match passes(visit, &tokens, &credentials) {
        Ok(token) => token,
        Err(error) => {
            let named = tokens.iter().find(|token| token.id() == credentials.id());
            return Some(refuse(visit, named, &error));
        }
    };
    Some(match gate::forward_as(visit, origin, &token.session(visit.now)) {
        Some(forward) => Step::Forward(forward, first_use_today(visit, token)),
        None => visit.page_or_json(Notice::Unavailable).into(),
    })
}

/// Whether what a request with a service token opened may go on; `None` when it brought none.
pub(crate) fn still_passes(visit: &Visit) -> Option<bool> {
    let presented = presented(&visit.head).transpose()?;
    let tokens = isolate::with(|isolate| isolate.snapshots.service_tokens(&visit.head.host));
    Some(presented.is_ok_and(|credentials| passes(visit, &tokens, &credentials).is_ok()))
}

/// What a request brings of a token. Every request is asked this.
pub(crate) fn presented(head: &RequestHead) -> Result<Option<Credentials>, Error> {
    let (id, secret) = (head.header(CLIENT_ID_HEADER), head.header(CLIENT_SECRET_HEADER));
    Credentials::read(id, secret, head.header("authorization"))
}

/// Whether a token is good here and now.
fn passes<'a>(
    visit: &Visit,
    tokens: &'a [ServiceToken],
    credentials: &Credentials,
) -> Result<&'a ServiceToken, Error> {
    let head = &visit.head;
    let request = ServiceTokenRequest { method: &head.method, path: &head.path };
    let token = judge(tokens, credentials, &request, visit.now, visit.crypto())?;
    // Who signed in a quarter of an hour ago is a question about a person.
    match max_age(&visit.desk.desk.fresh, &head.path) {
        Some(_) => Err(Error::NotFresh),
        None => Ok(token),
    }
}

fn first_use_today(visit: &Visit, token: &ServiceToken) -> Option<Box<Operation>> {
    let (host, id) = (&visit.head.host, token.id());
    let is_first =
        isolate::with(|isolate| isolate.snapshots.is_first_use_today(host, id, visit.now));
    is_first.then(|| {
        let event = visit.event(Name::ServiceTokenFirstUsed).service_token(token.name());
        Box::new(Operation::ServiceTokenUsed { id: id.to_owned(), event })
    })
}

/// The status of a request whose service token is refused, or of the admin request that brings one.
pub(crate) const fn status(kind: Kind) -> u16 {
    match kind {
        Kind::Expired | Kind::Untrusted => 401,
        Kind::NotAllowed => 403,
        _ => 422,
    }
}

/// Always JSON, and never a challenge that a browser would ask somebody a password for. The event names a
/// token that is known, and never what was sent: a secret in the place of the ID would be in the log.
fn refuse(visit: &Visit, named: Option<&ServiceToken>, error: &Error) -> Step {
    let is_told =
        isolate::with(|isolate| isolate.refusals.is_within_budget(&visit.head.host, visit.now));
    let body = json::written! {
        "code": error.code(),
        "message": error.to_string(),
        "expected": error.expected(),
        "help": error.help(),
        "reference": is_told.then(|| visit.reference()),
    };
    let mut response = Response::json(status(error.kind()), body);
    if response.status == 401 {
        response = response.with("WWW-Authenticate", "Deskgate".to_owned());
    }
    if !is_told {
        return response.into();
    }
    let mut event = visit.event(Name::ServiceTokenRefused).diagnostic(error);
    if let Some(token) = named {
        event = event.service_token(token.name());
    }
    event.log(visit.host);
    Step::Respond(response, vec![event])
}
