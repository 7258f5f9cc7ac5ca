//! The directory, from the command line.

use deskgate_core::session::email_address;

use super::{Call, Change, failure, without_answer};
use crate::audit::Name;
use crate::desk_object::{self, Operation, Reply};
use crate::error::AdminRefusal;
use crate::http::Response;
use crate::isolate;
use crate::json;
use crate::step::Step;

/// People in one answer; the next page begins after the last one.
const PAGE: u32 = 500;

/// `people?after=address`, or from the beginning.
pub(super) fn list(call: Call) -> Step {
    let parameters = call.head.parameters();
    let Ok(after) = parameters.once("after") else {
        return failure(AdminRefusal::NotFound).into();
    };
    let after = after.unwrap_or_default().to_owned();
    Step::ask(Operation::People { after, limit: PAGE }, |reply| {
        match reply {
            Ok(Reply::People { people }) => {
                Response::json(200, json::written! { "people": &people })
            }
            other => without_answer(&other),
        }
        .into()
    })
}

/// `{"changes": [{"put": {"email": ...}}, {"disable": "address"}, ...]}`: all of them or none.
pub(super) fn change(call: Call, change: Change) -> Step {
    let Change { body, token, now } = change;
    let Some(changes) = json::read_member::<Vec<_>>(&body, "changes") else {
        return failure(AdminRefusal::NotJson).into();
    };
    let changes: Option<Vec<_>> = changes.into_iter().map(with_address).collect();
    let Some(changes) = changes else { return failure(AdminRefusal::NotAnAddress).into() };
    let event = call.event(Name::PeopleChanged, now);
    let operation = Operation::ChangePeople { changes, token, event: event.clone() };
    Step::ask(operation, move |reply| match reply {
        Ok(Reply::EndedAll { sessions }) => {
            event.log(call.host);
            isolate::with(|isolate| isolate.snapshots.forget(&call.head.host));
            Response::json(200, json::written! { "sessions_ended": sessions }).into()
        }
        other => without_answer(&other).into(),
    })
}

/// With the address in the form that is the key of the directory.
fn with_address(mut change: desk_object::Change) -> Option<desk_object::Change> {
    let email = change.email_mut();
    *email = email_address(email).ok()?.to_ascii_lowercase();
    Some(change)
}
