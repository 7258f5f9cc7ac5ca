//! A LogoutResponse: how a sign-out that began here went at the identity provider. It changes nothing.

use deskgate_core::desk::Connection;
use deskgate_core::saml::logout::{
    LogoutOutcome, PeekedLogout, VerifiedLogoutResponse, peek_logout, verify_logout_response,
};
use deskgate_core::session;

use super::{Arrived, candidates, refuse_message};
use crate::audit::Name;
use crate::pages::Notice;
use crate::routes::respond_and_record;
use crate::step::Step;
use crate::visit::Visit;

pub(super) fn answer(visit: &Visit, arrived: &Arrived) -> Step {
    // Whatever the message says: somebody with a session is not told that they have none.
    if visit.session().valid().is_some() {
        return visit.page(Notice::StillSignedIn).into();
    }
    let peeked = match peek_logout(arrived.kind, arrived.carrier()) {
        Ok(peeked) => peeked,
        Err(error) => return refuse_message(visit, None, &error, Notice::LogoutUnknown),
    };
    let Some((connection, request_id)) = asked(visit, &peeked) else {
        let error = session::Error::LogoutUnknown;
        return refuse_message(visit, None, &error, Notice::LogoutUnknown);
    };
    let expected = visit.desk.desk.expected_logout(connection, &[], visit.now);
    let verdict =
        verify_logout_response(arrived.carrier(), &expected, request_id, visit.now, visit.crypto());
    match verdict {
        Ok(verified) => tell(visit, connection, verified),
        // Our request was real, and the session here had ended before. That Entra and OneLogin answer
        // without a signature leaves open only what happened there.
        Err(error) => refuse_message(visit, Some(connection), &error, Notice::SignedOutHere),
    }
}

/// The connection whose identity provider was asked by the request that this answers.
fn asked<'v, 'p>(visit: &'v Visit, peeked: &'p PeekedLogout) -> Option<(&'v Connection, &'p str)> {
    let request_id = peeked.in_response_to.as_deref()?;
    let was_asked = |connection: &&Connection| {
        session::check_logout_request_id(
            request_id,
            &connection.name,
            visit.desk.desk.issuer(),
            visit.now,
            &visit.secrets,
            visit.crypto(),
        )
        .is_ok()
    };
    let connection = candidates(visit, &peeked.issuer).into_iter().find(was_asked)?;
    Some((connection, request_id))
}

fn tell(visit: &Visit, connection: &Connection, verified: VerifiedLogoutResponse) -> Step {
    let (notice, found) = match verified.outcome {
        LogoutOutcome::Everywhere => return visit.page(Notice::SignedOutEverywhere).into(),
        LogoutOutcome::Partly => (Notice::SignedOutPartly, "PartialLogout".to_owned()),
        LogoutOutcome::Refused { code, sub_code, message } => {
            let parts = [Some(code), sub_code, message].into_iter().flatten();
            let found: Vec<String> = parts.map(String::from).collect();
            (Notice::SignedOutHere, found.join("; "))
        }
        _ => (Notice::SignedOutHere, String::new()),
    };
    let mut event = visit.event(Name::LogoutIncomplete).connection(&connection.name);
    event.found = Some(found);
    respond_and_record(visit.page(notice), event, visit)
}
