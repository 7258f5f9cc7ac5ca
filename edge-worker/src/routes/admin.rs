//! `/deskgate/admin/`: settings from the command line. At this path whatever the prefix of the desk
//! is, because the first settings arrive before there is a desk.
//!
//! Whoever holds the secret of the Worker may; each request carries a token made for it alone.

use std::rc::Rc;

use deskgate_core::crypto::SecretKey;
use deskgate_core::desk::Desk;
use deskgate_core::diagnostic::Diagnostic;
use deskgate_core::session::admin_token::{AdminRequest, AdminToken, verify_admin_token};
use deskgate_core::time::UnixTime;
use serde_json::{Value, json};

use crate::audit::{Event, Name};
use crate::desk_object::{OneTime, Operation, Reply, Use};
use crate::error::{AdminDescription, AdminRefusal};
use crate::host::Host;
use crate::http::{RequestHead, Response};
use crate::isolate;
use crate::reference::new_reference;
use crate::step::{Step, TooLarge};

const SETTINGS: &str = "/deskgate/admin/settings";
const AUDIT_LOG: &str = "/deskgate/admin/audit";

/// Longest settings: 50 connections with several certificates each.
const MAX_BODY_BYTES: usize = 512 * 1024;

/// Events in one answer.
const AUDIT_EVENTS: u32 = 200;

/// Whether a path is here.
pub(crate) fn is_admin(path: &str) -> bool {
    path.starts_with("/deskgate/admin/")
}

struct Call {
    head: RequestHead,
    secret: Rc<SecretKey>,
    host: &'static dyn Host,
    reference: String,
}

/// Answers an admin request.
pub(crate) fn answer(
    head: RequestHead,
    secret: Rc<SecretKey>,
    now: UnixTime,
    host: &'static dyn Host,
) -> Step {
    let reference = new_reference(host);
    let call = Call { head, secret, host, reference };
    match (call.head.path.as_str(), call.head.method.as_str()) {
        (SETTINGS, "PUT") => Step::read(MAX_BODY_BYTES, move |body, now| match body {
            Ok(body) => call.apply(&body, now),
            Err(TooLarge) => failure(AdminRefusal::BodyTooLarge).into(),
        }),
        (SETTINGS, "GET") => call.read(Operation::Settings, now),
        (AUDIT_LOG, "GET") => call.read(Operation::AuditLog { limit: AUDIT_EVENTS }, now),
        (SETTINGS | AUDIT_LOG, _) => failure(AdminRefusal::MethodNotAllowed).into(),
        _ => failure(AdminRefusal::NotFound).into(),
    }
}

impl Call {
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
        verify_admin_token(token.trim(), &request, now, &self.secret, self.host.crypto()).map_err(
            |error| {
                let event = self.event(Name::AdminRefused, now).diagnostic(&error);
                event.log(self.host);
                Step::Respond(failure(AdminRefusal::TokenRefused), vec![event])
            },
        )
    }

    fn apply(self, body: &[u8], now: UnixTime) -> Step {
        let token = match self.authorize(body, now) {
            Ok(token) => token,
            Err(step) => return step,
        };
        let settings = match self.check(body) {
            Ok(settings) => settings,
            Err(response) => return response.into(),
        };
        let origin = self.head.origin();
        let token = OneTime::new(
            Use::AdminToken,
            &origin,
            token.id(),
            token.expires_at(),
            self.host.crypto(),
        );
        let event = self.event(Name::SettingsApplied, now);
        let operation = Operation::Apply { settings, token, event: event.clone() };
        Step::ask(operation, move |reply| match reply {
            Ok(Reply::Applied { version }) => {
                event.log(self.host);
                isolate::with(|isolate| isolate.snapshots.forget(&self.head.host));
                Response::json(200, &json!({"version": version})).into()
            }
            Ok(Reply::AlreadyUsed { .. }) => failure(AdminRefusal::TokenUsedBefore).into(),
            _ => failure(AdminRefusal::Unavailable).into(),
        })
    }

    /// Settings that could not be loaded later are refused now, with the reasons.
    fn check(&self, body: &[u8]) -> Result<Value, Response> {
        let settings: Value =
            serde_json::from_slice(body).map_err(|_| failure(AdminRefusal::NotJson))?;
        let desk = Desk::from_json(&settings).map_err(|error| unusable(&error))?;
        if desk.issuer() != self.head.origin() {
            let AdminDescription { status, code, message, help } =
                AdminRefusal::OtherAddress.describe();
            let body = json!({
                "code": code,
                "message": message,
                "expected": self.head.origin(),
                "found": desk.issuer(),
                "help": help,
            });
            return Err(Response::json(status, &body));
        }
        Ok(desk.to_json())
    }

    fn read(self, operation: Operation, now: UnixTime) -> Step {
        if let Err(step) = self.authorize(&[], now) {
            return step;
        }
        Step::ask(operation, move |reply| {
            match reply {
                Ok(Reply::Settings { version, applied_at, settings }) => Response::json(
                    200,
                    &json!({"version": version, "applied_at": applied_at, "settings": settings}),
                ),
                Ok(Reply::AuditLog { events }) => Response::json(200, &json!({"events": events})),
                Ok(Reply::NotSetUp) => failure(AdminRefusal::NotSetUp),
                _ => failure(AdminRefusal::Unavailable),
            }
            .into()
        })
    }

    fn event(&self, name: Name, now: UnixTime) -> Event {
        Event::new(name, &self.head, &self.reference, now)
    }
}

fn failure(refusal: AdminRefusal) -> Response {
    let AdminDescription { status, code, message, help } = refusal.describe();
    Response::json(status, &json!({"code": code, "message": message, "help": help}))
}

/// Settings that are refused, with what is wrong.
pub(crate) fn unusable(error: &dyn Diagnostic) -> Response {
    let body = json!({
        "code": error.code(),
        "message": error.to_string(),
        "expected": error.expected(),
        "found": error.found(),
        "help": error.help(),
    });
    Response::json(422, &body)
}
