//! deskgate's own pages and documents, below the prefix of the desk.

mod acs;
mod acs_complete;
pub(crate) mod admin;
mod app;
mod break_glass;
mod discovery;
mod global_token_revocation;
mod handoff;
mod health;
pub(crate) mod home;
mod idp;
pub(crate) mod jwks;
pub(crate) mod kept;
mod login;
mod logout;
mod metadata;
mod session;
mod slo;

use deskgate_core::session::Session;
use deskgate_core::time::UnixTime;

use crate::audit::{Event, Name};
use crate::http::Response;
use crate::pages::Notice;
use crate::refusals::to_record;
use crate::step::Step;
use crate::visit::Visit;

/// Where origin servers look for keys and ask about callers, whatever the prefix is.
const WELL_KNOWN: &str = "/.well-known/deskgate/";

/// The name of our own page that is asked for; `None` when the path belongs to the origin.
pub(crate) fn page_of(visit: &Visit) -> Option<String> {
    let for_origins = visit.head.path.strip_prefix(WELL_KNOWN);
    if let Some(page) = for_origins.filter(|page| ["jwks.json", "session"].contains(page)) {
        return Some(page.to_owned());
    }
    visit.head.path.strip_prefix(&visit.desk.desk.prefix).map(str::to_owned)
}

/// Answers for one of our own pages. Neither this nor any of them is inlined where it is called: an isolate
/// compiles the function that its first request needs as a whole.
#[inline(never)]
pub(crate) fn answer(visit: Visit, page: &str) -> Step {
    if let Some(path) = page.strip_prefix("handoff/") {
        return handoff::answer(visit, path);
    }
    if let Some(path) = page.strip_prefix("idp/") {
        return idp::answer(visit, path);
    }
    if let Some(connection) = page.strip_prefix("global-token-revocation/") {
        return global_token_revocation::answer(visit, connection);
    }
    if let Some(name) = page.strip_prefix("kept/") {
        return kept::answer(visit, name);
    }
    match (page, visit.head.method.as_str()) {
        ("acs", "POST") => acs::answer(visit),
        ("acs/complete", "POST") => acs_complete::answer(visit),
        ("break-glass", "GET" | "HEAD") => break_glass::confirm(&visit),
        ("break-glass", "POST") => break_glass::answer(visit),
        ("health", "GET" | "HEAD") => health::answer(&visit).into(),
        ("jwks.json", "GET" | "HEAD") => jwks::answer(&visit).into(),
        ("login", "GET" | "HEAD") => login::answer(&visit).into(),
        ("login", "POST") => discovery::answer(visit),
        ("logout", "GET" | "HEAD") => logout::confirm(&visit).into(),
        ("logout", "POST") => logout::answer(visit),
        ("logout/all", "POST") => logout::answer_all(visit),
        ("metadata", "GET" | "HEAD") => metadata::answer(&visit).into(),
        ("session", "GET" | "HEAD") => session::answer(visit),
        ("slo", "GET") => slo::answer_query(visit),
        ("slo", "POST") => slo::answer_form(visit),
        ("acs" | "acs/complete" | "logout/all", _) => not_allowed(&visit, "POST").into(),
        ("slo", _) => not_allowed(&visit, "GET, POST").into(),
        ("break-glass" | "login" | "logout", _) => not_allowed(&visit, "GET, HEAD, POST").into(),
        ("health" | "jwks.json" | "metadata" | "session", _) => {
            not_allowed(&visit, "GET, HEAD").into()
        }
        _ => visit.page_or_json(Notice::NotFound).into(),
    }
}

fn not_allowed(visit: &Visit, methods: &str) -> Response {
    visit.page_or_json(Notice::MethodNotAllowed).with("Allow", methods.to_owned())
}

/// The origin did not answer; the shim calls this when its fetch fails.
pub(crate) fn origin_unreachable(visit: Visit) -> Step {
    if let Some(name) = kept::marked(&visit.head) {
        return kept::give_back(visit, &name);
    }
    let event = visit.event(Name::OriginUnreachable);
    respond_and_record(visit.page_or_json(Notice::OriginUnreachable), event, &visit)
}

/// What a page calls the person of a session.
fn person_of(session: &Session) -> &str {
    let person = session.person();
    let names = [&person.name, &person.email, &person.name_id];
    names.into_iter().flatten().next().map_or("somebody", String::as_str)
}

/// Answers, and writes the event to the log at once and to the object afterwards.
fn respond_and_record(response: Response, event: Event, visit: &Visit) -> Step {
    event.log(visit.host);
    Step::Respond(response, to_record(event, &visit.head.host, visit.now))
}

/// A time for people, to the minute.
fn for_people(time: UnixTime) -> String {
    let text = time.to_string();
    let minutes = text.get(..16).unwrap_or(&text);
    format!("{} UTC", minutes.replace('T', " "))
}
