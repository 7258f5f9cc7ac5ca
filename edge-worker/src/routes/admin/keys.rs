//! The key that signs for apps, from the command line.

use serde_json::json;

use super::{Call, Change, failure, without_answer};
use crate::audit::Name;
use crate::desk_object::{Operation, Reply, Rotation};
use crate::error::AdminRefusal;
use crate::http::Response;
use crate::isolate;
use crate::step::Step;

/// `{"rotate": "announce"}`, and days later `{"rotate": "switch"}`.
pub(super) fn rotate(call: Call, change: Change) -> Step {
    #[derive(serde::Deserialize)]
    struct Body {
        rotate: Rotation,
    }
    let Change { body, token, now } = change;
    let Ok(Body { rotate: rotation }) = serde_json::from_slice(&body) else {
        return failure(AdminRefusal::NotJson).into();
    };
    let event = call.event(Name::BridgeKeyRotated, now);
    let operation = Operation::RotateBridgeKey { rotation, token, event: event.clone() };
    Step::ask(operation, move |reply| match reply {
        Ok(Reply::Applied { version }) => {
            event.log(call.host);
            isolate::with(|isolate| isolate.snapshots.forget(&call.head.host));
            Response::json(200, &json!({ "version": version })).into()
        }
        Ok(Reply::NotTheTurn) => failure(AdminRefusal::NotTheTurn).into(),
        other => without_answer(&other).into(),
    })
}
