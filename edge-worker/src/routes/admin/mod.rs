//! `/deskgate/admin/`: the command line. At this path whatever the prefix of the desk is, because
//! the first settings arrive before there is a desk.
//!
//! Whoever holds the secret of the Worker may; each request carries a token made for it alone.

mod keys;
mod people;
mod service_tokens;
mod sessions;
mod settings;

use std::rc::Rc;

use deskgate_core::diagnostic::Diagnostic;
use deskgate_core::session::Secrets;
use deskgate_core::session::admin_token::{AdminRequest, AdminToken, verify_admin_token};
use deskgate_core::time::UnixTime;

use crate::audit::{Event, Name};
use crate::desk_object::{OneTime, Operation, Reply, Use};
use crate::error::{AdminDescription, AdminRefusal};
use crate::host::Host;
use crate::http::{RequestHead, Response};
use crate::json;
use crate::reference::new_reference;
use crate::refusals::to_record;
use crate::step::{Step, TooLarge, Unreachable};

const PREFIX: &str = "/deskgate/admin/";

/// Longest body: settings with 50 connections with several certificates each.
const MAX_BODY_BYTES: usize = 512 * 1024;

/// Events in one answer.
const AUDIT_EVENTS: u32 = 200;

/// Whether a path is here.
pub(crate) fn is_admin(path: &str) -> bool {
    path.starts_with(PREFIX)
}

/// Answers an admin request.
#[inline(never)]
pub(crate) fn answer(
    head: RequestHead,
    secrets: Rc<Secrets>,
    now: UnixTime,
    host: &'static dyn Host,
) -> Step {
    let reference = new_reference(host);
    let page = head.path.strip_prefix(PREFIX).unwrap_or_default().to_owned();
    let method = head.method.clone();
    let call = Call { head, secrets, host, reference };
    match (page.as_str(), method.as_str()) {
        ("settings", "PUT") => call.change(settings::apply),
        ("settings", "GET") => call.read(now, settings::show),
        ("restore", "POST") => call.change(settings::restore),
        ("versions", "GET") => call.read(now, settings::versions),
        ("audit", "GET") => call.read(now, audit_log),
        ("keys", "GET") => call.read(now, keys::list),
        ("keys", "POST") => call.change(keys::rotate),
        ("people", "GET") => call.read(now, people::list),
        ("people", "POST") => call.change(people::change),
        ("service-tokens", "GET") => call.read(now, service_tokens::list),
        ("service-tokens", "POST") => call.change(service_tokens::change),
        ("sessions", "GET") => call.read(now, sessions::list),
        ("sessions", "POST") => call.change(sessions::end),
        (
            "settings" | "restore" | "versions" | "audit" | "keys" | "people" | "service-tokens"
            | "sessions",
            _,
        ) => failure(AdminRefusal::MethodNotAllowed).into(),
        _ => failure(AdminRefusal::NotFound).into(),
    }
}

/// A request, before and after its token was verified.
struct Call {
    head: RequestHead,
    secrets: Rc<Secrets>,
    host: &'static dyn Host,
    reference: String,
}

/// What a request that changes something brings.
struct Change {
    body: Vec<u8>,
    /// Its token, to be used up with the change.
    token: OneTime,
    now: UnixTime,
}

impl Call {
    /// Something is asked. Its token is not used up: to ask twice harms nobody.
    fn read(self, now: UnixTime, answer: impl FnOnce(Self) -> Step) -> Step {
        match self.authorize(&[], now) {
            Ok(_) => answer(self),
            Err(step) => step,
        }
    }

    /// Something is changed; the token covers the body.
    fn change(self, answer: impl FnOnce(Self, Change) -> Step + 'static) -> Step {
        Step::read(MAX_BODY_BYTES, move |body, now| {
            let Ok(body) = body.map_err(|TooLarge| ()) else {
                return failure(AdminRefusal::BodyTooLarge).into();
            };
            match self.authorize(&body, now) {
                Ok(token) => {
                    let (id, expires_at) = (token.id(), token.expires_at());
                    let (what, origin) = (Use::AdminToken, self.head.origin());
                    let token = OneTime::new(what, &origin, id, expires_at, self.host.crypto());
                    answer(self, Change { body, token, now })
                }
                Err(step) => step,
            }
        })
    }

    /// The token has to be made for this method, path and body, and for the address that was
    /// called.
    fn authorize(&self, body: &[u8], now: UnixTime) -> Result<AdminToken, Step> {
        let authorization = self.head.header("authorization").unwrap_or_default();
        let Some(token) = authorization.strip_prefix("Bearer ") else {
            return Err(failure(AdminRefusal::NoToken).into());
        };
        let request = AdminRequest {
            desk_url: &self.head.origin(),
            method: &self.head.method,
            path_and_query: &self.head.path_and_query(),
            body,
        };
        verify_admin_token(token.trim(), &request, now, self.secrets.current(), self.host.crypto())
            .map_err(|error| {
                let event = self.event(Name::AdminRefused, now).diagnostic(&error);
                event.log(self.host);
                let events = to_record(event, &self.head.host, now);
                Step::Respond(failure(AdminRefusal::TokenRefused), events)
            })
    }

    fn event(&self, name: Name, now: UnixTime) -> Event {
        Event::new(name, &self.head, &self.reference, now)
    }
}

fn audit_log(_: Call) -> Step {
    Step::ask(Operation::AuditLog { limit: AUDIT_EVENTS }, |reply| {
        match reply {
            Ok(Reply::AuditLog { events }) => {
                Response::json(200, json::written! {"events": &events})
            }
            other => without_answer(&other),
        }
        .into()
    })
}

/// What the object says instead of the answer.
fn without_answer(reply: &Result<Reply, Unreachable>) -> Response {
    failure(match reply {
        Ok(Reply::AlreadyUsed { .. }) => AdminRefusal::TokenUsedBefore,
        Ok(Reply::NoSuchPerson { .. }) => AdminRefusal::NoSuchPerson,
        Ok(Reply::NoSuchVersion) => AdminRefusal::NoSuchVersion,
        Ok(Reply::NotSetUp) => AdminRefusal::NotSetUp,
        Ok(Reply::OtherSecret) => AdminRefusal::OtherSecret,
        Ok(Reply::SecretNotLost) => AdminRefusal::SecretNotLost,
        _ => AdminRefusal::Unavailable,
    })
}

fn failure(refusal: AdminRefusal) -> Response {
    let AdminDescription { status, code, message, help } = refusal.describe();
    Response::json(status, json::written! {"code": code, "message": message, "help": help})
}

/// Something in the body is refused, with what is wrong.
pub(crate) fn unusable(error: &dyn Diagnostic) -> Response {
    let body = json::written! {
        "code": error.code(),
        "message": error.to_string(),
        "expected": error.expected(),
        "found": error.found(),
        "help": error.help(),
    };
    Response::json(422, body)
}
