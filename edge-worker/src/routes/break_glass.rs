//! `break-glass`: an owner gets in while the identity provider does not work.

use deskgate_core::session::Session;
use deskgate_core::session::break_glass::{BreakGlass, verify_break_glass};

use super::respond_and_record;
use crate::audit::Name;
use crate::desk_object::{BegunSession, OneTime, Operation, Reply, Unknown, Use, Visitor};
use crate::error::SignInRefusal;
use crate::host::random;
use crate::http::{Parameters, Response};
use crate::pages::{self, Notice};
use crate::renewal;
use crate::snapshot::Trust;
use crate::step::{Step, TooLarge};
use crate::visit::Visit;

/// Longest form: one token.
const MAX_BODY_BYTES: usize = 8 * 1024;

/// GET changes nothing: programs that look through mail open every link in it, and this one counts
/// once.
#[inline(never)]
pub(super) fn confirm(visit: &Visit) -> Step {
    let token = visit.head.parameters().once("token").map(|token| token.map(str::to_owned));
    let Ok(Some(token)) = token else { return visit.page(Notice::Unreadable).into() };
    match verify(visit, &token) {
        Ok(link) => {
            let (desk, action) = (&visit.desk.desk.name, visit.desk.path_of("break-glass"));
            pages::break_glass(desk, link.email(), &action, &token).into()
        }
        Err(refused) => refused,
    }
}

/// Begins the session. The link is used up, and everybody who reads the log learns of it.
#[inline(never)]
pub(super) fn answer(visit: Visit) -> Step {
    if !visit.head.is_same_origin() {
        return visit.page(Notice::NotFromHere).into();
    }
    if visit.trust == Trust::SessionsOnly {
        return visit.page(Notice::Unavailable).into();
    }
    Step::read(MAX_BODY_BYTES, move |body, now| {
        // A body that is held back must not carry a link past its end, and past what remembers its use.
        let mut visit = visit;
        visit.now = now;
        let Ok(body) = body.map_err(|TooLarge| ()) else {
            return visit.page(Notice::Unreadable).into();
        };
        let parameters = Parameters::parse(&body);
        let Ok(Some(token)) = parameters.once("token") else {
            return visit.page(Notice::Unreadable).into();
        };
        match verify(&visit, token) {
            Ok(link) => claim(visit, &link),
            Err(refused) => refused,
        }
    })
}

fn verify(visit: &Visit, token: &str) -> Result<BreakGlass, Step> {
    let desk = &visit.desk.desk;
    let (url, owners) = (desk.issuer(), &desk.owners);
    verify_break_glass(token, url, owners, visit.now, visit.secrets.current(), visit.crypto())
        .map_err(|error| {
            let event = visit.event(Name::BreakGlassRefused).diagnostic(&error);
            respond_and_record(visit.page(Notice::BreakGlassRefused), event, visit)
        })
}

fn claim(visit: Visit, link: &BreakGlass) -> Step {
    let Ok(session) = link.session(visit.now, random(visit.host), visit.crypto()) else {
        return visit.page(Notice::Unavailable).into();
    };
    let (url, crypto) = (visit.desk.desk.issuer(), visit.crypto());
    let used = OneTime::new(Use::BreakGlass, url, link.id(), link.expires_at(), crypto);
    let mut event = visit.event(Name::BreakGlassUsed).connection(session.connection());
    event.subject = Some(session.subject().to_owned());
    event.session = Some(session.id().to_owned());
    // Owners are named by the settings, not by the directory, which may be what is broken.
    let visitor = Visitor { profile: None, ..Visitor::of(&session) };
    let operation = Operation::Claim {
        uses: vec![used],
        visitor,
        unknown: Unknown::Admit,
        begins: Box::new(BegunSession::new(&session, None, None)),
        ends: None,
        event: event.clone(),
    };
    Step::ask(operation, move |reply| match reply {
        Ok(Reply::Done) => {
            event.log(visit.host);
            welcome(&visit, &session).into()
        }
        Ok(Reply::AlreadyUsed { .. }) => {
            let row = SignInRefusal::BreakGlassUsedBefore.describe();
            let event = visit.event(Name::BreakGlassRefused).code(row.code, row.help);
            respond_and_record(visit.page(row.notice), event, &visit)
        }
        _ => visit.page(Notice::Unavailable).into(),
    })
}

fn welcome(visit: &Visit, session: &Session) -> Response {
    let desk = &visit.desk.desk;
    let cookie = renewal::session_cookie(visit, session);
    let Some(cookie) = cookie else { return visit.page(Notice::Unavailable) };
    Response::redirect(303, format!("{}/", desk.issuer())).with("Set-Cookie", cookie)
}
