//! `session`: who is signed in, for people, for scripts of a page, and for the origin.

use deskgate_core::policy::WithoutSession;
use deskgate_core::policy::headers::ASSERTION_HEADER;
use deskgate_core::session::break_glass::BREAK_GLASS;
use deskgate_core::session::{
    NewOriginToken, NoEmail, Session, mint_origin_token, verify_origin_token_of_any_request,
};
use deskgate_core::time::UnixTime;

use super::for_people;
use crate::desk_object::{BegunSession, Operation, Reply};
use crate::host::random;
use crate::http::Response;
use crate::isolate::{Presented, is_in_force};
use crate::json;
use crate::pages::{self, Notice};
use crate::step::Step;
use crate::visit::Visit;

#[inline(never)]
pub(super) fn answer(visit: Visit) -> Step {
    let authorization = visit.head.header("authorization").unwrap_or_default();
    if let Some(token) = authorization.strip_prefix("Bearer ") {
        return match caller(&visit, token) {
            Some(session) => ask_object(visit, session, for_origin),
            None => visit.page_or_json(Notice::NotSignedIn).into(),
        };
    }
    let session = match visit.session() {
        Presented::Valid(session) => session,
        Presented::Idle(_) => return visit.page_or_json(Notice::SessionIdle).into(),
        Presented::Ended(_) | Presented::Nothing | Presented::Invalid => {
            return visit.page_or_json(Notice::NotSignedIn).into();
        }
    };
    match visit.without_session() {
        WithoutSession::Unauthorized if session.person().groups_omitted => {
            ask_object(visit, Session::clone(&session), for_page)
        }
        WithoutSession::Unauthorized => for_page(&visit, &session, None).into(),
        WithoutSession::Login | WithoutSession::LostForm => as_page(&visit, &session).into(),
    }
}

/// Of whom the origin asks: with a token that it was sent less than a minute ago, for whatever request.
fn caller(visit: &Visit, token: &str) -> Option<Session> {
    let desk = &visit.desk.desk;
    let (url, origin) = (desk.issuer(), desk.origin.as_ref()?.as_str());
    let (keys, crypto) = (&visit.desk.token_keys, visit.crypto());
    let token = verify_origin_token_of_any_request(token, keys, url, origin, visit.now, crypto);
    let session = token.ok()?.session().clone();
    is_in_force(&session, desk).then_some(session)
}

/// Groups that have no room in a token are known to the object only.
fn ask_object(
    visit: Visit,
    session: Session,
    then: fn(&Visit, &Session, Option<&BegunSession>) -> Response,
) -> Step {
    Step::ask(Operation::Session { session: session.id().to_owned() }, move |reply| {
        let response = match reply {
            Ok(Reply::Session(begun)) => then(&visit, &session, begun.as_deref()),
            _ => visit.page_or_json(Notice::Unavailable),
        };
        response.into()
    })
}

/// The session of a token may have ended since it was made; the object knows.
fn for_origin(visit: &Visit, session: &Session, begun: Option<&BegunSession>) -> Response {
    match begun {
        Some(begun) => as_json(session, Some(begun)),
        None => visit.page_or_json(Notice::NotSignedIn),
    }
}

/// With a token for this very request, whose audience is the desk: what a script can verify, while
/// the session's own is in a cookie that it cannot read.
fn for_page(visit: &Visit, session: &Session, begun: Option<&BegunSession>) -> Response {
    let desk = visit.desk.desk.issuer();
    let request = NewOriginToken {
        desk_url: desk,
        origin: desk,
        method: &visit.head.method,
        path_and_query: &visit.head.path_and_query(),
        entropy: random::<16>(visit.host),
    };
    let key = visit.desk.token_key(visit.now);
    match mint_origin_token(session, &request, visit.now, key, visit.crypto()) {
        Ok(token) => as_json(session, begun).with(ASSERTION_HEADER, token),
        Err(_) => visit.page_or_json(Notice::Unavailable),
    }
}

fn as_json(session: &Session, begun: Option<&BegunSession>) -> Response {
    let person = session.person();
    let all_groups = begun.and_then(|begun| begun.all_groups.as_ref());
    let body = json::written! {
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
        "groups": all_groups.unwrap_or(&person.groups),
        "groups_omitted": person.groups_omitted && all_groups.is_none(),
        "began_at": begun.map_or_else(|| session.issued_at().seconds(), |begun| begun.began_at),
        "authenticated_at": session.authenticated_at().seconds(),
        "expires_at": begun.map_or_else(|| session.expires_at().seconds(), |begun| begun.expires_at),
        "idle_expires_at": session.idle_expires_at().map(UnixTime::seconds),
    };
    Response::json(200, body)
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
        ("If unused until", session.idle_expires_at().map(for_people)),
    ];
    let facts: Vec<_> =
        facts.into_iter().filter_map(|(term, value)| Some((term, value?))).collect();
    pages::session(&desk.name, &visit.desk.path_of("logout"), &facts)
}
