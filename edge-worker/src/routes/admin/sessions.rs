//! Who is signed in, and the end of it, from the command line.

use deskgate_core::session::email_address;

use super::{Call, Change, failure, without_answer};
use crate::audit::Name;
use crate::desk_object::{BegunSession, Operation, Reply, Whose};
use crate::error::AdminRefusal;
use crate::http::{Parameters, Response};
use crate::isolate;
use crate::json;
use crate::step::Step;

/// Sessions in one answer; the next page begins after the last one.
const PAGE: u32 = 500;

/// `sessions?email=address&after=session`, or of a `subject`, a `connection`, or of everybody.
pub(super) fn list(call: Call) -> Step {
    let parameters = call.head.parameters();
    let (Some(whose), Ok(after)) = (whose(&parameters), parameters.once("after")) else {
        return failure(AdminRefusal::NotFound).into();
    };
    let Some(whose) = with_address(whose) else {
        return failure(AdminRefusal::NotAnAddress).into();
    };
    let after = after.unwrap_or_default().to_owned();
    Step::ask(Operation::Sessions { whose, after, limit: PAGE }, |reply| {
        match reply {
            Ok(Reply::Sessions { sessions }) => {
                let sessions: Vec<_> = sessions.iter().map(as_json).collect();
                Response::json(200, json::written! { "sessions": sessions })
            }
            other => without_answer(&other),
        }
        .into()
    })
}

/// `None` when more than one is asked for.
fn whose(parameters: &Parameters) -> Option<Whose> {
    let once = |name| parameters.once(name).ok().map(|value| value.map(str::to_owned));
    match (once("email")?, once("subject")?, once("connection")?) {
        (Some(email), None, None) => Some(Whose::Email(email)),
        (None, Some(subject), None) => Some(Whose::Subject(subject)),
        (None, None, Some(connection)) => Some(Whose::Connection(connection)),
        (None, None, None) => Some(Whose::Everybody),
        _ => None,
    }
}

/// Not how the identity provider calls the person: nobody needs it to end a session.
fn as_json(begun: &BegunSession) -> json::Written {
    json::written! {
        "session": begun.session,
        "connection": begun.connection,
        "subject": begun.subject,
        "email": begun.email,
        "began_at": begun.began_at,
        "expires_at": begun.expires_at,
    }
}

/// `{"end": {"email": ...}}`, of a `subject`, a `connection`, or `{"end": "everybody"}`.
pub(super) fn end(call: Call, change: Change) -> Step {
    let Change { body, token, now } = change;
    let Some(whose) = json::read_member(&body, "end") else {
        return failure(AdminRefusal::NotJson).into();
    };
    let Some(whose) = with_address(whose) else {
        return failure(AdminRefusal::NotAnAddress).into();
    };
    let mut event = call.event(Name::SessionsEnded, now);
    match &whose {
        Whose::Connection(name) => event.connection = Some(name.clone()),
        Whose::Subject(subject) => event.subject = Some(subject.clone()),
        Whose::Email(_) | Whose::Everybody => {}
    }
    let operation = Operation::EndAll { whose, token, event: event.clone() };
    Step::ask(operation, move |reply| match reply {
        Ok(Reply::EndedAll { sessions }) => {
            event.log(call.host);
            // Here it counts from the next request on, in other isolates within 30 seconds.
            isolate::with(|isolate| isolate.snapshots.forget(&call.head.host));
            Response::json(200, json::written! { "sessions_ended": sessions }).into()
        }
        other => without_answer(&other).into(),
    })
}

/// With the address in the form in which sessions are written down.
fn with_address(whose: Whose) -> Option<Whose> {
    match whose {
        Whose::Connection(name) if name.is_empty() => None,
        Whose::Email(text) => Some(Whose::Email(email_address(&text).ok()?.to_ascii_lowercase())),
        other => Some(other),
    }
}
