//! The keys that sign for apps and those for tokens, from the command line.

use super::{Call, Change, failure, without_answer};
use crate::audit::Name;
use crate::desk_object::{Operation, Reply, Rotation};
use crate::error::AdminRefusal;
use crate::http::Response;
use crate::isolate;
use crate::json;
use crate::step::Step;

/// All keys by name, and whether anything at this desk is still sealed under another secret than the one
/// in force: to be asked is enough to change that, where the other one is there.
pub(super) fn list(call: Call) -> Step {
    Step::ask(Operation::Keys, move |reply| {
        match reply {
            Ok(Reply::Keys { keys, sealed_under, sealed_since }) => {
                let is_ours = sealed_under == call.secrets.id();
                let fallback = isolate::with(|isolate| isolate.fallback);
                let secret = json::written! {
                    "sealed_since": is_ours.then_some(sealed_since),
                    "fallback": fallback.name(),
                };
                Response::json(200, json::written! { "keys": &keys, "secret": secret })
            }
            other => without_answer(&other),
        }
        .into()
    })
}

/// The key for apps changes with `{"rotate": "announce"}` and days later `{"rotate": "switch"}`, those for
/// tokens, in an emergency, with `{"rotate": "tokens_now"}`.
pub(super) fn rotate(call: Call, change: Change) -> Step {
    let Change { body, token, now } = change;
    let rotate = json::read_member::<String>(&body, "rotate");
    let rotation = match rotate.as_deref() {
        Some("announce") => Some(Rotation::Announce),
        Some("switch") => Some(Rotation::Switch),
        Some("tokens_now") => None,
        _ => return failure(AdminRefusal::NotJson).into(),
    };
    let (operation, event) = match rotation {
        Some(rotation) => {
            let event = call.event(Name::BridgeKeyRotated, now);
            (Operation::RotateBridgeKey { rotation, token, event: event.clone() }, event)
        }
        None => {
            let event = call.event(Name::KeysReplaced, now);
            (Operation::ReplaceTokenKeys { token, event: event.clone() }, event)
        }
    };
    Step::ask(operation, move |reply| match reply {
        Ok(Reply::Applied { version }) => {
            event.log(call.host);
            isolate::with(|isolate| isolate.snapshots.forget(&call.head.host));
            Response::json(200, json::written! { "version": version }).into()
        }
        Ok(Reply::NotTheTurn) => failure(AdminRefusal::NotTheTurn).into(),
        other => without_answer(&other).into(),
    })
}
