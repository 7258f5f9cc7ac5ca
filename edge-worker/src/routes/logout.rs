//! `logout`: ends the session here, always and first. Then, where the connection has single logout, the
//! person goes on to the identity provider, which ends its own (SAML Profiles 4.4.3.1).

use std::rc::Rc;

use deskgate_core::desk::{Connection, SingleLogout};
use deskgate_core::saml::logout::LogoutRequest;
use deskgate_core::saml::metadata::Binding;
use deskgate_core::session::cookie::{CookieName, clear_cookie};
use deskgate_core::session::{Session, logout_request_id};

use super::{person_of, respond_and_record};
use crate::audit::Name;
use crate::desk_object::{BegunSession, EndedSession, Operation, Reply, Which};
use crate::host::random;
use crate::http::Response;
use crate::isolate;
use crate::pages::{self, Notice};
use crate::step::Step;
use crate::visit::Visit;

/// GET changes nothing: an image on any page could cause it (attacks.md G-11).
#[inline(never)]
pub(super) fn confirm(visit: &Visit) -> Response {
    match visit.session().valid() {
        Some(session) => {
            let desk = &visit.desk.desk;
            let has_single_logout = desk
                .connection(session.connection())
                .is_some_and(|connection| connection.single_logout.is_some());
            let action = visit.desk.path_of("logout");
            pages::sign_out(&desk.name, person_of(&session), &action, has_single_logout)
        }
        None => without_cookies(visit.page(Notice::SignedOut)),
    }
}

/// Ends the session everywhere.
#[inline(never)]
pub(super) fn answer(visit: Visit) -> Step {
    end(visit, |presented, _| Which::Presented(presented))
}

/// Ends all sessions of the person: on the phone that was lost, too.
#[inline(never)]
pub(super) fn answer_all(visit: Visit) -> Step {
    end(visit, |presented, session| Which::PresentedAndOthersOf {
        session: presented,
        subject: session.subject().to_owned(),
    })
}

/// The browser is signed out whether or not the object can be told.
fn end(visit: Visit, which: impl FnOnce(EndedSession, &Session) -> Which) -> Step {
    if !visit.head.is_same_origin() {
        return visit.page(Notice::NotFromHere).into();
    }
    let Some(session) = visit.session().valid() else {
        return without_cookies(visit.page(Notice::SignedOut)).into();
    };
    let ended = EndedSession {
        session: session.id().to_owned(),
        expires_at: session.expires_at().seconds(),
    };
    isolate::with(|isolate| isolate.snapshots.revoke(&visit.head.host, ended.clone()));
    let mut event = visit.event(Name::Logout).connection(session.connection());
    event.subject = Some(session.subject().to_owned());
    event.session = Some(session.id().to_owned());
    let which = which(ended, &session);
    let operation = Operation::End { which, uses: Vec::new(), event: event.clone() };
    Step::ask(operation, move |reply| {
        if let Ok(Reply::Ended { sessions }) = reply {
            isolate::with(|isolate| {
                for begun in &sessions {
                    isolate.snapshots.revoke(&visit.head.host, begun.ended());
                }
            });
            for event in event.of_sessions(&sessions) {
                event.log(visit.host);
            }
            let begun = sessions.iter().find(|begun| begun.session == session.id());
            return go_on(&visit, &session, begun).into();
        }
        // A copy of the cookie would stay good elsewhere: the operator should know.
        event.event = Name::LogoutNotRecorded;
        respond_and_record(go_on(&visit, &session, None), event, &visit)
    })
}

/// To the identity provider, or to the page that says what ended. The session is over either way.
fn go_on(visit: &Visit, session: &Rc<Session>, begun: Option<&BegunSession>) -> Response {
    let connection = visit.desk.desk.connection(session.connection());
    let service = connection.and_then(|c| Some((c, c.single_logout.as_ref()?)));
    without_cookies(match service {
        Some((connection, service)) => begun
            .and_then(|begun| send(visit, connection, service, begun))
            .unwrap_or_else(|| visit.page(Notice::SignedOutHere)),
        None => visit.page(Notice::SignedOut),
    })
}

/// `None` when the identity provider never named the person, or the key of the desk cannot sign.
fn send(
    visit: &Visit,
    connection: &Connection,
    service: &SingleLogout,
    begun: &BegunSession,
) -> Option<Response> {
    let desk = &visit.desk.desk;
    let (url, nonce) = (desk.issuer(), random(visit.host));
    let id =
        logout_request_id(&connection.name, url, visit.now, &visit.secrets, nonce, visit.crypto());
    let request = LogoutRequest {
        id: &id.ok()?,
        issue_instant: visit.now,
        sp_entity_id: &connection.sp_entity_id,
        destination: service.url.as_str(),
        name_id: &begun.name_id.as_ref()?.name_id(),
        session_index: begun.session_index.as_deref(),
    };
    let signing_key = visit.desk.saml_signing_key(&visit.secrets, visit.host)?;
    match service.binding {
        Binding::Redirect => request
            .redirect_url(&signing_key, visit.crypto())
            .map(|url| Response::redirect(303, url)),
        Binding::Post => request.post_value(&signing_key, visit.crypto()).map(|value| {
            let fields = [("SAMLRequest", value.as_str())];
            pages::post_message(&desk.name, &connection.display_name, request.destination, &fields)
        }),
    }
    .ok()
}

fn without_cookies(response: Response) -> Response {
    response
        .with("Set-Cookie", clear_cookie(CookieName::Session))
        .with("Set-Cookie", clear_cookie(CookieName::Login))
}
