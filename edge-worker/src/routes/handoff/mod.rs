//! `handoff/<app>`: takes whoever has a session on to a helpdesk that runs elsewhere, with the
//! helpdesk's own kind of token. The helpdesk sends people here to sign in.
//!
//! This is a GET that gives something away, so it matters who may cause it (attacks.md H-02). Any page
//! may send a person here, because that is what helpdesks do; all that comes of it is that this person is
//! signed in at their own helpdesk, at an address of that helpdesk. What no page may do is cause it out of
//! sight or read what comes of it: only the navigation of a whole window counts, as Fetch Metadata tells
//! it, and no answer of ours may be framed.

mod beacon;
mod logout;
mod request;
mod send;

use std::rc::Rc;

use deskgate_core::desk::{Access, App, Desk, HandOff};
use deskgate_core::diagnostic::Diagnostic;
use deskgate_core::policy::WithoutSession;
use deskgate_core::session::Session;

use self::request::Request;
use super::{app, not_allowed, respond_and_record};
use crate::audit::{Event, Name};
use crate::desk_object::{Meeting, Operation, Reply, Unknown, Visitor};
use crate::error::{HandOffRefusal, SignInDescription, SignInRefusal, notice_for};
use crate::http::{RequestHead, Response};
use crate::pages::Notice;
use crate::renewal;
use crate::step::Step;
use crate::visit::{Visit, without_session};

/// An app with its mode, which is hand-off.
#[derive(Clone, Copy, Debug)]
struct Target<'a> {
    app: &'a App,
    hand_off: &'a HandOff,
}

impl<'a> Target<'a> {
    fn find(desk: &'a Desk, name: &str) -> Option<Self> {
        let app = desk.app(name)?;
        match &app.access {
            Access::HandOff(hand_off) => Some(Self { app, hand_off }),
            Access::Bridge(_) => None,
        }
    }
}

/// `path` is what follows `handoff/`.
#[inline(never)]
pub(super) fn answer(visit: Visit, path: &str) -> Step {
    let (name, page) = match path.split_once('/') {
        Some((name, page)) => (name, Some(page)),
        None => (path, None),
    };
    if Target::find(&visit.desk.desk, name).is_none() {
        return visit.page_or_json(Notice::NotFound).into();
    }
    match (page, visit.head.method.as_str()) {
        (None, "GET") => begin(visit, name),
        (Some("beacon"), "GET") => beacon::answer(visit, name),
        (Some("logout"), "GET") => logout::answer(&visit, name),
        (Some("public-key.pem"), "GET") => send::public_key(&visit, name).into(),
        // HEAD is what asks about a link before anybody follows it; nothing is given to it.
        (None | Some("beacon" | "logout" | "public-key.pem"), _) => {
            not_allowed(&visit, "GET").into()
        }
        _ => visit.page_or_json(Notice::NotFound).into(),
    }
}

fn begin(visit: Visit, name: &str) -> Step {
    let Some(target) = Target::find(&visit.desk.desk, name) else {
        return visit.page_or_json(Notice::NotFound).into();
    };
    if !is_navigation_of_a_window(&visit.head) {
        return refuse(&visit, target, HandOffRefusal::NotNavigated);
    }
    let request = match Request::parse(target.hand_off, visit.head.query.trim_start_matches('?')) {
        None => return visit.page_or_json(Notice::NotFound).into(),
        Some(Ok(request)) => request,
        Some(Err(error)) => return refuse_because(&visit, target, &error),
    };
    if !target.app.enabled {
        return refuse(&visit, target, HandOffRefusal::SwitchedOff);
    }
    match visit.session().valid() {
        Some(session) if target.app.admits(session.connection()) => {
            meet(visit, name.to_owned(), session, request)
        }
        Some(_) => refuse(&visit, target, HandOffRefusal::OtherConnection),
        None => sign_in_first(&visit, target, &request),
    }
}

/// A person opens this page in a window. Not a frame, an image or a script of another page, and not a
/// browser that fetches pages ahead, which would leave a token behind that nobody asked for.
pub(super) fn is_navigation_of_a_window(head: &RequestHead) -> bool {
    matches!(head.header("sec-fetch-dest"), None | Some("document"))
        && without_session(head) == WithoutSession::Login
}

/// To the sign-in and back here, with everything that the helpdesk sent.
fn sign_in_first(visit: &Visit, target: Target<'_>, request: &Request) -> Step {
    let page = path_of(visit, target.app);
    let back = match request.to_query() {
        query if query.is_empty() => page,
        query => format!("{page}?{query}"),
    };
    app::sign_in_first(visit, target.app, &back)
        .map_or_else(|| refuse(visit, target, HandOffRefusal::AddressTooLong), Step::from)
}

/// One question to the object: whether this person is let in, and what the app got before. It keeps the
/// event in the same transaction, so that no token is given out that the log does not have.
fn meet(visit: Visit, name: String, session: Rc<Session>, request: Request) -> Step {
    let Some(target) = Target::find(&visit.desk.desk, &name) else {
        return visit.page_or_json(Notice::NotFound).into();
    };
    let token_id = send::TokenId::new(visit.host);
    let mut event = event(&visit, Name::HandOff, target);
    event.token = Some(token_id.text());
    let operation = question(target, &session, event.clone());
    Step::ask(operation, move |reply| {
        let Some(target) = Target::find(&visit.desk.desk, &name) else {
            return visit.page_or_json(Notice::NotFound).into();
        };
        match reply {
            Ok(Reply::Met(meeting)) => {
                event.log(visit.host);
                match send::answer(&visit, target, &session, &meeting, &request, token_id) {
                    Ok(response) => renewal::with_renewal(&visit, &session, response).into(),
                    Err(error) => refuse_because(&visit, target, &*error),
                }
            }
            reply => not_met(&visit, target, reply.ok()),
        }
    })
}

fn question(target: Target<'_>, session: &Session, event: Event) -> Operation {
    let app = target.app;
    Operation::Meet {
        app: app.name.clone(),
        visitor: Visitor::of(session),
        unknown: Unknown::from(app.provisioning),
        once: send::once(target, session),
        event,
    }
}

/// The object said no, or nothing.
fn not_met(visit: &Visit, target: Target<'_>, reply: Option<Reply>) -> Step {
    let Some(Reply::NotAdmitted { why }) = reply else {
        return refuse(visit, target, HandOffRefusal::Unavailable);
    };
    let refusal = SignInRefusal::from(why);
    let session = visit.session().valid();
    let SignInDescription { code, notice, help } = session
        .map_or_else(|| refusal.describe(), |session| refusal.describe_for(session.person()));
    let event = event(visit, Name::HandOffRefused, target).code(code, help);
    respond_and_record(page(visit, target, notice), event, visit)
}

fn refuse(visit: &Visit, target: Target<'_>, refusal: HandOffRefusal) -> Step {
    let SignInDescription { code, notice, help } = refusal.describe();
    let event = event(visit, Name::HandOffRefused, target).code(code, help);
    respond_and_record(page(visit, target, notice), event, visit)
}

fn refuse_because(visit: &Visit, target: Target<'_>, error: &dyn Diagnostic) -> Step {
    let event = event(visit, Name::HandOffRefused, target).diagnostic(error);
    respond_and_record(page(visit, target, notice_for(error)), event, visit)
}

/// An event about this app, and about whoever has a session.
fn event(visit: &Visit, name: Name, target: Target<'_>) -> Event {
    let mut event = visit.event(name);
    event.app = Some(target.app.name.clone());
    if let Some(session) = visit.session().valid() {
        event.connection = Some(session.connection().to_owned());
        event.subject = Some(session.subject().to_owned());
        event.session = Some(session.id().to_owned());
    }
    event
}

fn page(visit: &Visit, target: Target<'_>, notice: Notice) -> Response {
    app::page(visit, target.app, &path_of(visit, target.app), notice)
}

fn path_of(visit: &Visit, app: &App) -> String {
    visit.desk.path_of(&format!("handoff/{}", app.name))
}
