//! `global-token-revocation/<connection>`: the identity provider of a connection ends the sessions of one of
//! its people, as Okta's Universal Logout does (draft-parecki-oauth-global-token-revocation-06).
//!
//! What it can end is what it could begin: sessions of this connection, which is part of the audience of
//! its token, and no others.

use deskgate_core::desk::Connection;
use deskgate_core::diagnostic::Diagnostic;
use deskgate_core::session::revocation::{
    ExpectedRevocation, RevocationToken, SubjectIdentifier, verify_revocation_token,
};
use deskgate_core::session::{self, email_address};

use super::{not_allowed, respond_and_record};
use crate::audit::{Event, Name};
use crate::desk_object::{Meant, OneTime, Operation, Reply, Use, Which};
use crate::error::RevocationRefusal;
use crate::http::Response;
use crate::isolate;
use crate::pages::Notice;
use crate::snapshot::Trust;
use crate::step::{Step, TooLarge};
use crate::visit::Visit;

/// Longest body: one subject identifier.
const MAX_BODY_BYTES: usize = 4 * 1024;

/// Answers for the connection of this name.
#[inline(never)]
pub(super) fn answer(visit: Visit, name: &str) -> Step {
    if find(&visit, name).is_none() {
        return visit.page_or_json(Notice::NotFound).into();
    }
    if visit.head.method != "POST" {
        return not_allowed(&visit, "POST").into();
    }
    let name = name.to_owned();
    Step::read(MAX_BODY_BYTES, move |body, now| {
        let mut visit = visit;
        visit.now = now;
        let Some(connection) = find(&visit, &name) else {
            return visit.page_or_json(Notice::NotFound).into();
        };
        let refused = match accept(&visit, connection, body) {
            Ok((token, person)) => return end(visit.clone(), connection, &token, person),
            Err(refused) => refused,
        };
        let event = visit.event(Name::RevocationRefused).connection(&connection.name);
        let (status, event) = refused.tell(event);
        respond_and_record(respond(status), event, &visit)
    })
}

fn find<'v>(visit: &'v Visit, name: &str) -> Option<&'v Connection> {
    visit.desk.desk.enabled_connections().find(|connection| connection.name == name)
}

/// Why a request is refused: for a reason of ours, or of the core with the status that goes with it.
enum Refused {
    Here(RevocationRefusal),
    ByRule(u16, session::Error),
}

impl Refused {
    /// The status, and the event with everything else: whoever sent it learns nothing but the status.
    fn tell(&self, event: Event) -> (u16, Event) {
        match self {
            Self::Here(refusal) => {
                let (status, code, help) = refusal.describe();
                (status, event.code(code, help))
            }
            Self::ByRule(status, error) => (*status, event.diagnostic(error as &dyn Diagnostic)),
        }
    }
}

/// First who asks, then what is asked.
fn accept(
    visit: &Visit,
    connection: &Connection,
    body: Result<Vec<u8>, TooLarge>,
) -> Result<(RevocationToken, Meant), Refused> {
    let authorization = visit.head.header("authorization").unwrap_or_default();
    let token = authorization.strip_prefix("Bearer ").map(str::trim);
    let token = token.ok_or(Refused::Here(RevocationRefusal::NoToken))?;
    let endpoint = visit.desk.desk.url_of(&format!("global-token-revocation/{}", connection.name));
    let expected = ExpectedRevocation {
        idp_entity_id: &connection.idp_entity_id,
        endpoint: &endpoint,
        keys: connection.keys(),
    };
    let token = verify_revocation_token(token, &expected, visit.now, visit.crypto())
        .map_err(|error| Refused::ByRule(401, error))?;
    let body = body.map_err(|TooLarge| Refused::Here(RevocationRefusal::BodyTooLarge))?;
    let identifier =
        SubjectIdentifier::of_request(&body).map_err(|error| Refused::ByRule(400, error))?;
    let person = meant(connection, identifier);
    Ok((token, person.ok_or(Refused::Here(RevocationRefusal::OtherPerson))?))
}

/// `None` for somebody who cannot have come through this connection. Whether the others have a session now
/// is no question: that they have none is what is asked for.
fn meant(connection: &Connection, identifier: SubjectIdentifier) -> Option<Meant> {
    match identifier {
        SubjectIdentifier::Email(text) => {
            let email = email_address(&text).ok()?.to_ascii_lowercase();
            let (_, domain) = email.split_once('@')?;
            let domains = connection.accepted_email_domains();
            let speaks = domains.is_empty() || domains.iter().any(|own| own == domain);
            speaks.then_some(Meant::Email(email))
        }
        SubjectIdentifier::IssuerAndSubject { issuer, subject } => {
            (issuer == connection.idp_entity_id).then_some(Meant::Subject(subject))
        }
        _ => None,
    }
}

fn end(visit: Visit, connection: &Connection, token: &RevocationToken, person: Meant) -> Step {
    let refuse = |visit: &Visit, event: Event, refusal: RevocationRefusal| {
        let (status, event) = Refused::Here(refusal).tell(event);
        respond_and_record(respond(status), event, visit)
    };
    let name = connection.name.clone();
    let refused = visit.event(Name::RevocationRefused).connection(&name);
    if visit.trust == Trust::SessionsOnly {
        return refuse(&visit, refused, RevocationRefusal::Unavailable);
    }
    let (id, expires_at) = (token.id(), token.expires_at());
    let issuer = &connection.idp_entity_id;
    let used = OneTime::new(Use::Revocation, issuer, id, expires_at, visit.crypto());
    let event = visit.event(Name::Revocation).connection(&name);
    let which = Which::MeantAt { connection: name, person };
    let operation = Operation::End { which, uses: vec![used], event: event.clone() };
    Step::ask(operation, move |reply| match reply {
        Ok(Reply::Ended { sessions }) => {
            event.log(visit.host);
            // Here it counts from the next request on, in other isolates within 30 seconds.
            isolate::with(|isolate| {
                for begun in &sessions {
                    isolate.snapshots.revoke(&visit.head.host, begun.ended());
                }
            });
            respond(204).into()
        }
        Ok(Reply::AlreadyUsed { .. }) => refuse(&visit, refused, RevocationRefusal::Replayed),
        _ => refuse(&visit, refused, RevocationRefusal::Unavailable),
    })
}

/// Nobody reads more than the status.
fn respond(status: u16) -> Response {
    let response = Response::new(status, "text/plain; charset=utf-8", String::new());
    match status {
        401 => response.with("WWW-Authenticate", "Bearer error=\"invalid_token\"".to_owned()),
        _ => response,
    }
}
