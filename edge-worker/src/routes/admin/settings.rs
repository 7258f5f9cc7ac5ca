//! The settings of the desk: replaced whole or not at all, and never lost.

use deskgate_core::desk::Desk;
use serde_json::Value;

use super::{Call, Change, failure, unusable, without_answer};
use crate::audit::Name;
use crate::desk_object::{Operation, Reply, SealedSettings};
use crate::error::{AdminDescription, AdminRefusal};
use crate::http::Response;
use crate::isolate;
use crate::json;
use crate::step::Step;

/// `settings?lost_secret=yes` begins anew where nothing opens any more.
pub(super) fn apply(call: Call, change: Change) -> Step {
    let Some(settings) = json::parse(&change.body) else {
        return failure(AdminRefusal::NotJson).into();
    };
    let is_lost = match call.head.parameters().once("lost_secret") {
        Ok(None) => false,
        Ok(Some("yes")) => true,
        _ => return failure(AdminRefusal::NotFound).into(),
    };
    match check(&call, &settings) {
        Ok(desk) => put(call, change, &desk, is_lost),
        Err(refused) => refused.into(),
    }
}

/// An earlier version becomes the newest: nothing of the log is rewritten.
pub(super) fn restore(call: Call, change: Change) -> Step {
    let Some(version) = json::read_member(&change.body, "version") else {
        return failure(AdminRefusal::NotJson).into();
    };
    Step::ask(Operation::Settings { version: Some(version) }, move |reply| match reply {
        Ok(Reply::Settings { settings, .. }) => match open(&call, &settings) {
            Ok(settings) => match check(&call, &settings) {
                Ok(desk) => put(call, change, &desk, false),
                Err(refused) => refused.into(),
            },
            Err(refused) => refused.into(),
        },
        other => without_answer(&other).into(),
    })
}

/// `settings?version=3`, or those in force. Secrets do not leave the desk again; the fingerprint tells
/// the command line whether it has the same.
pub(super) fn show(call: Call) -> Step {
    let parameters = call.head.parameters();
    let version = match parameters.once("version").map(|text| text.map(str::parse)) {
        Ok(None) => None,
        Ok(Some(Ok(version))) => Some(version),
        _ => return failure(AdminRefusal::NoSuchVersion).into(),
    };
    Step::ask(Operation::Settings { version }, move |reply| {
        match reply {
            Ok(Reply::Settings { version, settings: sealed }) => match redacted(&call, &sealed) {
                Ok(settings) => {
                    let (version, applied_at) = (version.version, version.applied_at);
                    let body = json::written! {
                        "version": version,
                        "applied_at": applied_at,
                        "settings": settings,
                        "fingerprint": sealed.fingerprint(),
                    };
                    Response::json(200, body)
                }
                Err(refused) => refused,
            },
            other => without_answer(&other),
        }
        .into()
    })
}

pub(super) fn versions(_: Call) -> Step {
    Step::ask(Operation::Versions, |reply| {
        match reply {
            Ok(Reply::Versions { versions }) => {
                Response::json(200, json::written! {"versions": &versions})
            }
            other => without_answer(&other),
        }
        .into()
    })
}

/// `is_lost`: the secret before is, and with it all keys.
fn put(call: Call, change: Change, desk: &Desk, is_lost: bool) -> Step {
    let Change { token, now, .. } = change;
    let Ok(settings) = SealedSettings::seal(desk, &call.head.host, &call.secrets, call.host) else {
        return failure(AdminRefusal::Unavailable).into();
    };
    let name = if is_lost { Name::SecretLost } else { Name::SettingsApplied };
    let event = call.event(name, now);
    let copy = event.clone();
    let operation = match is_lost {
        true => Operation::StartOver { settings, token, event: copy },
        false => Operation::Apply { settings, token, event: copy },
    };
    Step::ask(operation, move |reply| match reply {
        Ok(Reply::Applied { version }) => {
            event.log(call.host);
            isolate::with(|isolate| isolate.snapshots.forget(&call.head.host));
            Response::json(200, json::written! {"version": version}).into()
        }
        other => without_answer(&other).into(),
    })
}

fn open(call: &Call, settings: &SealedSettings) -> Result<Value, Response> {
    let opened = settings.open(&call.head.host, &call.secrets, call.host);
    opened.ok_or_else(|| failure(AdminRefusal::OtherSecret))
}

/// Without the secrets in them, which nobody needs to read who has the file.
fn redacted(call: &Call, settings: &SealedSettings) -> Result<Value, Response> {
    let desk = Desk::from_json(&open(call, settings)?).map_err(|error| unusable(&error))?;
    Ok(desk.to_json_redacted())
}

/// Settings that could not be loaded later are refused now, with the reasons.
fn check(call: &Call, settings: &Value) -> Result<Desk, Response> {
    let desk = Desk::from_json(settings).map_err(|error| unusable(&error))?;
    if desk.issuer() == call.head.origin() {
        return Ok(desk);
    }
    let AdminDescription { status, code, message, help } = AdminRefusal::OtherAddress.describe();
    let body = json::written! {
        "code": code,
        "message": message,
        "expected": call.head.origin(),
        "found": desk.issuer(),
        "help": help,
    };
    Err(Response::json(status, body))
}
