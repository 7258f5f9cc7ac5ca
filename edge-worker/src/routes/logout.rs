//! `logout`: ends the session here. What the identity provider keeps is its own.

use deskgate_core::session::Session;
use deskgate_core::session::cookie::{CookieName, clear_cookie};

use super::respond_and_record;
use crate::audit::Name;
use crate::desk_object::{EndedSession, Operation, Reply};
use crate::http::Response;
use crate::isolate;
use crate::pages::{self, Notice};
use crate::step::Step;
use crate::visit::Visit;

/// GET changes nothing: an image on any page could cause it (attacks.md G-11).
pub(super) fn confirm(visit: &Visit) -> Response {
    match visit.session().valid() {
        Some(session) => {
            pages::sign_out(&visit.desk.desk.name, person(&session), &visit.desk.path_of("logout"))
        }
        None => signed_out(visit),
    }
}

fn person(session: &Session) -> &str {
    let person = session.person();
    let names = [&person.name, &person.email, &person.name_id];
    names.into_iter().flatten().next().map_or("somebody", String::as_str)
}

/// Ends the session everywhere. The browser is signed out whether or not the object can be told.
pub(super) fn answer(visit: Visit) -> Step {
    if !visit.head.is_same_origin() {
        return visit.page(Notice::NotFromHere).into();
    }
    let Some(session) = visit.session().valid() else { return signed_out(&visit).into() };
    let ended = EndedSession {
        session: session.id().to_owned(),
        expires_at: session.expires_at().seconds(),
    };
    isolate::with(|isolate| isolate.snapshots.revoke(&visit.head.host, ended.clone()));
    let mut event = visit.event(Name::Logout).connection(session.connection());
    event.subject = Some(session.subject().to_owned());
    event.session = Some(session.id().to_owned());
    let operation = Operation::Revoke { session: ended, event: event.clone() };
    Step::ask(operation, move |reply| {
        if reply == Ok(Reply::Done) {
            event.log(visit.host);
            return signed_out(&visit).into();
        }
        // A copy of the cookie would stay good elsewhere: the operator should know.
        event.event = Name::LogoutNotRecorded;
        respond_and_record(signed_out(&visit), event, &visit)
    })
}

fn signed_out(visit: &Visit) -> Response {
    visit
        .page(Notice::SignedOut)
        .with("Set-Cookie", clear_cookie(CookieName::Session))
        .with("Set-Cookie", clear_cookie(CookieName::Login))
}
