//! What hand-off and bridge do alike for an app.

use deskgate_core::desk::App;
use deskgate_core::helpdesk::Known;
use deskgate_core::session::cookie::{CookieName, clear_cookie};
use deskgate_core::session::{ReturnTarget, Session};

use crate::desk_object::{Meeting, lasting_id};
use crate::http::{Response, query_of};
use crate::isolate::Presented;
use crate::pages::{self, DeskFacts, Notice};
use crate::visit::Visit;
use crate::ways_around::ways_around;

/// To the sign-in, and back to `back`. A cookie that does not count is cleared on the way. `None` when
/// the address to come back to is too long to be kept.
pub(super) fn sign_in_first(visit: &Visit, app: &App, back: &str) -> Option<Response> {
    let back = ReturnTarget::parse(back, &visit.desk.desk.prefix).ok()?;
    let mut parameters = vec![("return", back.as_str())];
    // Where only one organization may use the app there is nothing to choose.
    if let Some([connection]) = app.connections.as_deref() {
        parameters.push(("connection", connection));
    }
    let login = visit.desk.desk.login_url();
    let response = Response::redirect(302, format!("{login}?{}", query_of(&parameters)));
    Some(match visit.session() {
        Presented::Invalid => response.with("Set-Cookie", clear_cookie(CookieName::Session)),
        _ => response,
    })
}

/// A notice of an app: whom its people ask, where they try again, and how they get in without us.
pub(super) fn page(visit: &Visit, app: &App, again: &str, notice: Notice) -> Response {
    let desk = visit.desk.facts();
    let support = app.ask.as_deref().or(desk.support);
    let facts = DeskFacts { name: desk.name, support, login: again };
    pages::notice_with(notice, facts, visit.reference(), ways_around(app))
}

/// What is known of somebody whom the object let in: what the identity provider said, and where it said
/// nothing, what an administrator wrote into the directory.
pub(super) fn known<'a>(session: &'a Session, meeting: &'a Meeting) -> Known<'a> {
    let person = session.person();
    let directory = meeting.profile.as_ref();
    let given_name = directory.and_then(|profile| profile.given_name.as_deref());
    let family_name = directory.and_then(|profile| profile.family_name.as_deref());
    Known {
        email: person.email.as_deref(),
        name: person.name.as_deref(),
        given_name: person.given_name.as_deref().or(given_name),
        family_name: person.family_name.as_deref().or(family_name),
        phone: person.phone.as_deref(),
        organization: person.organization.as_deref(),
        pinned_id: meeting.pinned.then(|| lasting_id(session)),
    }
}
