//! Work is not lost: a form that meets an ended session is kept through the new sign-in, and sent when the
//! person who wrote it says so.
//!
//! What would another site, or another person, gain by it? So a form is kept only when a page of this very
//! desk sent it, for the person of a session that was genuine, in the browser that sent it; it is shown to
//! and sent for that person in that browser only, by a click, once, and through the gate like any other
//! request of this moment.

mod form;
mod keep;
mod names;
mod send;

pub(crate) use keep::keep;
pub(crate) use send::{give_back, marked, send};

use deskgate_core::session::cookie::{CookieName, cookie_value};
use deskgate_core::session::{ReturnTarget, Session};

use self::form::{Head, Keeper};
use super::{for_people, not_allowed};
use crate::audit::{Event, Name};
use crate::desk_object::{Operation, Reply};
use crate::gate::{is_too_old, login_path};
use crate::http::Response;
use crate::isolate::Presented;
use crate::pages::{self, Notice};
use crate::snapshot::Trust;
use crate::step::Step;
use crate::visit::Visit;

/// `kept/<name>`.
#[inline(never)]
pub(super) fn answer(visit: Visit, name: &str) -> Step {
    match visit.head.method.as_str() {
        "GET" | "HEAD" => show(visit, name),
        "POST" => discard(visit, name),
        _ => not_allowed(&visit, "GET, HEAD, POST").into(),
    }
}

/// Whether a sign-in that ends at `target` has to be a new one: somebody with a session goes there only
/// because the form needs a more recent sign-in than that.
pub(super) fn asks_for_a_new_sign_in(visit: &Visit, target: &ReturnTarget) -> bool {
    let page = target.as_str().strip_prefix(&visit.desk.desk.prefix);
    page.is_some_and(|page| page.starts_with("kept/")) && visit.session().valid().is_some()
}

/// Asks whether to send it, or to sign in first.
fn show(visit: Visit, name: &str) -> Step {
    let Some(browser) = browser(&visit) else { return visit.page(Notice::NotKept).into() };
    let Some(session) = visit.session().valid() else { return sign_in_first(&visit, name).into() };
    if visit.trust == Trust::SessionsOnly {
        return visit.page(Notice::Unavailable).into();
    }
    let keeper = Keeper::new(&visit, &session, name, &browser);
    let name = name.to_owned();
    Step::ask(Operation::FindKept { key: keeper.key() }, move |reply| match reply {
        Ok(Reply::Kept(form)) => match keeper.open_head(&visit, &form) {
            Some(head) => confirm(&visit, &session, &name, &head, form.was_tried).into(),
            None => visit.page(Notice::NotKept).into(),
        },
        Ok(Reply::NotKept) => visit.page(Notice::NotKept).into(),
        _ => visit.page(Notice::Unavailable).into(),
    })
}

fn sign_in_first(visit: &Visit, name: &str) -> Response {
    pages::kept_until_sign_in(visit.desk.facts(), &login_to(visit, &page_of(visit, name)))
}

/// Back to the same organization, where it is known and still there: nobody else can send it.
fn login_to(visit: &Visit, page: &str) -> String {
    let target = crate::gate::return_target(page, visit);
    let connection = match visit.session() {
        Presented::Valid(session) | Presented::Ended(session) | Presented::Idle(session) => {
            visit.desk.desk.connection(session.connection()).filter(|c| c.enabled)
        }
        Presented::Nothing | Presented::Invalid => None,
    };
    login_path(visit, &target, connection.map(|connection| connection.name.as_str()))
}

fn confirm(visit: &Visit, session: &Session, name: &str, head: &Head, was_tried: bool) -> Response {
    if is_too_old(visit, session, head.path()) {
        return sign_in_first(visit, name);
    }
    let Some(token) = form::confirmation(visit, session, name) else {
        return visit.page(Notice::Unavailable);
    };
    let mut facts = vec![
        ("Goes to", head.path_and_query.clone()),
        ("From", super::person_of(session).to_owned()),
        ("Written", for_people(head.kept_at())),
        ("Size", size(head.bytes)),
    ];
    let lists = [("Fields", &head.fields), ("Files", &head.files)];
    let named = lists.into_iter().filter(|(_, names)| !names.is_empty());
    facts.extend(named.map(|(term, names)| (term, names.join(", "))));
    facts.push(("Kept until", for_people(head.expires_at())));
    pages::confirm_kept(&pages::KeptPage {
        desk: &visit.desk.desk.name,
        facts: &facts,
        was_tried,
        send: &send::address(visit, head, name),
        discard: &page_of(visit, name),
        token: &token,
    })
}

/// The person does not want it any more.
fn discard(visit: Visit, name: &str) -> Step {
    if !visit.head.is_same_origin() {
        return visit.page(Notice::NotFromHere).into();
    }
    let page = page_of(&visit, name);
    let name = name.to_owned();
    form::read_confirmation(visit, name, move |visit, confirmed| {
        let Some((keeper, session)) = confirmed else { return to(&visit, &page) };
        let event = event(&visit, Name::FormDiscarded, &session);
        event.log(visit.host);
        let operation = Operation::DiscardKept { key: keeper.key(), event: Some(event) };
        Step::ask(operation, move |reply| match reply {
            Ok(Reply::Done) => visit.page(Notice::Discarded).into(),
            _ => visit.page(Notice::Unavailable).into(),
        })
    })
}

fn to(visit: &Visit, page: &str) -> Step {
    Response::redirect(303, format!("{}{page}", visit.desk.desk.issuer())).into()
}

fn page_of(visit: &Visit, name: &str) -> String {
    visit.desk.path_of(&format!("kept/{name}"))
}

/// What ties forms to this browser: a link to one does nothing anywhere else.
fn browser(visit: &Visit) -> Option<String> {
    let cookies = visit.head.header("cookie").unwrap_or_default();
    let value = cookie_value(cookies, CookieName::Kept).ok().flatten()?;
    (!value.is_empty()).then(|| value.to_owned())
}

fn event(visit: &Visit, name: Name, session: &Session) -> Event {
    let mut event = visit.event(name).connection(session.connection());
    event.subject = Some(session.subject().to_owned());
    event.session = Some(session.id().to_owned());
    event
}

fn size(bytes: usize) -> String {
    match bytes {
        0..1024 => format!("{bytes} bytes"),
        _ => format!("{} KB", bytes.div_ceil(1024)),
    }
}
