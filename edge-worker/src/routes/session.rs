//! `session`: who is signed in, for people and for scripts.

use deskgate_core::policy::WithoutSession;
use deskgate_core::session::break_glass::BREAK_GLASS;
use deskgate_core::session::{NoEmail, Session};
use serde_json::json;

use super::for_people;
use crate::http::Response;
use crate::pages::{self, Notice};
use crate::visit::Visit;

pub(super) fn answer(visit: &Visit) -> Response {
    let Some(session) = visit.session().valid() else {
        return visit.page_or_json(Notice::NotSignedIn);
    };
    match visit.without_session() {
        WithoutSession::Unauthorized => as_json(&session),
        WithoutSession::Login | WithoutSession::LostForm => as_page(visit, &session),
    }
}

fn as_json(session: &Session) -> Response {
    let person = session.person();
    let body = json!({
        "sub": session.subject(),
        "connection": session.connection(),
        "name_id": person.name_id,
        "email": person.email,
        "no_email": person.no_email.map(NoEmail::name),
        "id": person.id,
        "name": person.name,
        "given_name": person.given_name,
        "family_name": person.family_name,
        "phone": person.phone,
        "organization": person.organization,
        "groups": person.groups,
        "groups_omitted": person.groups_omitted,
        "began_at": session.issued_at().seconds(),
        "authenticated_at": session.authenticated_at().seconds(),
        "expires_at": session.expires_at().seconds(),
    });
    Response::json(200, &body)
}

fn as_page(visit: &Visit, session: &Session) -> Response {
    let person = session.person();
    let desk = &visit.desk.desk;
    let connection = desk.connection(session.connection());
    let organization = match connection {
        Some(connection) => ("Organization", Some(connection.display_name.clone())),
        None if session.connection() == BREAK_GLASS => {
            ("Signed in by", Some("Emergency link".to_owned()))
        }
        None => ("Organization", Some(session.connection().to_owned())),
    };
    let facts = [
        ("Name", person.name.clone()),
        ("E-mail", person.email.clone()),
        organization,
        ("Signed in", Some(for_people(session.issued_at()))),
        ("Until", Some(for_people(session.expires_at()))),
    ];
    let facts: Vec<_> =
        facts.into_iter().filter_map(|(term, value)| Some((term, value?))).collect();
    pages::session(&desk.name, &visit.desk.path_of("logout"), &facts)
}
