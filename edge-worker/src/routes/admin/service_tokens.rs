//! Service tokens of scripts and webhooks, from the command line.

use super::{Call, Change, failure, unusable, without_answer};
use crate::audit::Name;
use crate::desk_object::{Operation, Reply, ServiceTokenChange, StoredServiceToken, Unchanged};
use crate::error::AdminRefusal;
use crate::http::Response;
use crate::isolate;
use crate::json;
use crate::step::Step;

pub(super) fn list(_: Call) -> Step {
    Step::ask(Operation::ServiceTokens, |reply| {
        match reply {
            Ok(Reply::ServiceTokens { tokens }) => {
                let tokens: Vec<_> = tokens.iter().map(as_json).collect();
                Response::json(200, json::written! { "service_tokens": tokens })
            }
            other => without_answer(&other),
        }
        .into()
    })
}

/// `{"add": {...}}`, `{"rotate": {...}}` or `{"remove": "name"}`. Only digests of secrets come here.
pub(super) fn change(call: Call, change: Change) -> Step {
    let Change { body, token, now } = change;
    let Some(change) = json::read::<ServiceTokenChange>(&body) else {
        return failure(AdminRefusal::NotJson).into();
    };
    if let Err(error) = change.check() {
        return unusable(&error).into();
    }
    let name = match change {
        ServiceTokenChange::Add(_) => Name::ServiceTokenAdded,
        ServiceTokenChange::Remove(_) => Name::ServiceTokenRemoved,
        ServiceTokenChange::Rotate(_) => Name::ServiceTokenRotated,
    };
    let event = call.event(name, now).service_token(change.name());
    let operation = Operation::ChangeServiceTokens { change, token, event: event.clone() };
    Step::ask(operation, move |reply| match reply {
        Ok(Reply::ServiceTokenChanged(token)) => {
            event.log(call.host);
            // Here it counts from the next request on, in other isolates within 30 seconds.
            isolate::with(|isolate| isolate.snapshots.forget(&call.head.host));
            Response::json(200, as_json(&token)).into()
        }
        Ok(Reply::ServiceTokenUnchanged { why }) => failure(match why {
            Unchanged::NameTaken => AdminRefusal::ServiceTokenNameTaken,
            Unchanged::NoSuchToken => AdminRefusal::NoSuchServiceToken,
            Unchanged::TooMany => AdminRefusal::TooManyServiceTokens,
        })
        .into(),
        other => without_answer(&other).into(),
    })
}

/// Not the digests: nobody needs them who has not the secret.
fn as_json(token: &StoredServiceToken) -> json::Written {
    json::written! {
        "name": token.name,
        "id": token.id,
        "paths": token.paths,
        "methods": token.methods,
        "created_at": token.created_at,
        "expires_at": token.expires_at,
        "former_secret_until": token.former_until,
        "last_used_on": token.last_used_on,
    }
}
