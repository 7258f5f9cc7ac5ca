//! `slo`: where identity providers send their logout messages (SAML Profiles 4.4).
//!
//! A request ends sessions, when it is signed and new; an answer changes nothing, because the session
//! here had ended before the identity provider was asked. The octets of the query are verified as they
//! came: nothing decodes and encodes them on the way (attacks.md B-01).

mod request;
mod response;

use deskgate_core::desk::Connection;
use deskgate_core::diagnostic::Diagnostic;
use deskgate_core::dsig::redirect::Message;
use deskgate_core::saml::logout::{Carrier, is_issuer};

use super::respond_and_record;
use crate::audit::Name;
use crate::error::SignOutRefusal;
use crate::http::{Parameters, Repeated};
use crate::pages::Notice;
use crate::step::{Step, TooLarge};
use crate::visit::Visit;

/// Longest body. Logout messages have a few KB; the largest have a hundred indexes and a certificate.
const MAX_BODY_BYTES: usize = 128 * 1024;

/// A logout message, as it arrived.
pub(super) struct Arrived {
    pub(super) kind: Message,
    /// The query or the value of the form field.
    text: String,
    is_query: bool,
    pub(super) relay_state: Option<String>,
}

impl Arrived {
    pub(super) fn carrier(&self) -> Carrier<'_> {
        if self.is_query { Carrier::Redirect(&self.text) } else { Carrier::Post(&self.text) }
    }
}

/// HTTP-Redirect.
#[inline(never)]
pub(super) fn answer_query(visit: Visit) -> Step {
    read_query(visit, dispatch)
}

/// HTTP-POST.
#[inline(never)]
pub(super) fn answer_form(visit: Visit) -> Step {
    read_form(visit, dispatch)
}

/// The octets of the query stay as they came.
pub(super) fn read_query(visit: Visit, then: impl FnOnce(Visit, Arrived) -> Step) -> Step {
    let query = visit.head.query.strip_prefix('?').unwrap_or_default().to_owned();
    match read(&visit.head.parameters(), Some(query)) {
        Ok(arrived) => then(visit, arrived),
        Err(refusal) => refuse(&visit, refusal),
    }
}

/// Only the form counts, whatever the query says (attacks.md B-05).
pub(super) fn read_form(visit: Visit, then: impl FnOnce(Visit, Arrived) -> Step + 'static) -> Step {
    if !visit.head.is_form() {
        return refuse(&visit, SignOutRefusal::NoMessage);
    }
    Step::read(MAX_BODY_BYTES, move |body, now| {
        let mut visit = visit;
        visit.now = now;
        let form = match body {
            Ok(body) => Parameters::parse(&body),
            Err(TooLarge) => return refuse(&visit, SignOutRefusal::BodyTooLarge),
        };
        match read(&form, None) {
            Ok(arrived) => then(visit, arrived),
            Err(refusal) => refuse(&visit, refusal),
        }
    })
}

fn dispatch(visit: Visit, arrived: Arrived) -> Step {
    match arrived.kind {
        Message::Request => request::answer(visit, arrived),
        Message::Response => response::answer(&visit, &arrived),
    }
}

/// One message, of one kind.
fn read(parameters: &Parameters, query: Option<String>) -> Result<Arrived, SignOutRefusal> {
    let once = |name| parameters.once(name).map_err(|Repeated| SignOutRefusal::ParameterRepeated);
    let of = |kind: Message| once(kind.parameter());
    let (kind, value) = match (of(Message::Request)?, of(Message::Response)?) {
        (Some(value), None) => (Message::Request, value),
        (None, Some(value)) => (Message::Response, value),
        (Some(_), Some(_)) => return Err(SignOutRefusal::ParameterRepeated),
        (None, None) => return Err(SignOutRefusal::NoMessage),
    };
    Ok(Arrived {
        kind,
        relay_state: once("RelayState")?.map(str::to_owned),
        is_query: query.is_some(),
        text: query.unwrap_or_else(|| value.to_owned()),
    })
}

/// The connections whose identity provider a message may come from. There may be several of one.
fn candidates<'v>(visit: &'v Visit, issuer: &str) -> Vec<&'v Connection> {
    let connections = visit.desk.desk.enabled_connections();
    connections.filter(|connection| is_issuer(issuer, &connection.idp_entity_id)).collect()
}

fn refuse(visit: &Visit, refusal: SignOutRefusal) -> Step {
    let (code, help) = refusal.describe();
    let event = visit.event(Name::LogoutRefused).code(code, help);
    respond_and_record(visit.page(Notice::LogoutRefused), event, visit)
}

fn refuse_message(
    visit: &Visit,
    connection: Option<&Connection>,
    error: &dyn Diagnostic,
    notice: Notice,
) -> Step {
    let mut event = visit.event(Name::LogoutRefused).diagnostic(error);
    event.connection = connection.map(|connection| connection.name.clone());
    respond_and_record(visit.page(notice), event, visit)
}
