//! A LogoutRequest: the identity provider ends a person's sessions (SAML Profiles 4.4.3.2, 4.4.3.4).

use deskgate_core::desk::Connection;
use deskgate_core::saml::logout::{
    Carrier, LogoutResponse, LogoutStatus, VerifiedLogoutRequest, peek_logout,
    verify_logout_request,
};
use deskgate_core::saml::metadata::Binding;
use deskgate_core::saml::{self, request_id};
use deskgate_core::session::cookie::{CookieName, clear_cookie};

use super::{Arrived, candidates, refuse, refuse_message};
use crate::audit::Name;
use crate::desk_object::{
    BegunSession, OneTime, Operation, Reply, Sides, StoredNameId, Use, Which,
};
use crate::error::SignOutRefusal;
use crate::host::random;
use crate::http::Response;
use crate::isolate;
use crate::pages::{self, Notice};
use crate::routes::respond_and_record;
use crate::step::Step;
use crate::visit::Visit;

pub(super) fn answer(visit: Visit, arrived: Arrived) -> Step {
    let peeked = match peek_logout(arrived.kind, arrived.carrier()) {
        Ok(peeked) => peeked,
        Err(error) => return refuse_message(&visit, None, &error, Notice::LogoutRefused),
    };
    let candidates = candidates(&visit, &peeked.issuer);
    let verdicts: Vec<_> = candidates
        .into_iter()
        .map(|connection| (connection, verify(&visit, arrived.carrier(), connection)))
        .collect();
    let verified: Vec<_> = verdicts
        .iter()
        .filter_map(|(connection, verdict)| Some((*connection, verdict.as_ref().ok()?)))
        .collect();
    let Some((_, request)) = verified.first() else {
        return match verdicts.first() {
            Some((connection, Err(error))) => {
                refuse_message(&visit, Some(connection), error, Notice::LogoutRefused)
            }
            _ => refuse(&visit, SignOutRefusal::UnknownIssuer),
        };
    };
    let connections: Vec<_> = verified.iter().map(|(connection, _)| *connection).collect();
    let operation = operation(&visit, &connections, request);
    let answer = Answer {
        request_id: request.id.clone(),
        relay_state: arrived.relay_state,
        // Where one identity provider has several connections, one of them may not know its address.
        connection: connections
            .iter()
            .find(|connection| connection.single_logout.is_some())
            .or_else(|| connections.first())
            .map(|connection| connection.name.clone()),
    };
    Step::ask(operation, move |reply| match reply {
        Ok(Reply::Ended { sessions }) => {
            for event in visit.event(Name::Logout).of_sessions(&sessions) {
                event.log(visit.host);
            }
            ended(&visit, &answer, &sessions)
        }
        Ok(Reply::AlreadyUsed { .. }) => refuse(&visit, SignOutRefusal::RequestReplayed),
        _ => {
            let event = visit.event(Name::LogoutNotRecorded);
            let response = answer.send(&visit, LogoutStatus::Responder);
            let response = response.unwrap_or_else(|| visit.page(Notice::LogoutUnavailable));
            respond_and_record(response, event, &visit)
        }
    })
}

fn verify(
    visit: &Visit,
    carrier: Carrier<'_>,
    connection: &Connection,
) -> Result<VerifiedLogoutRequest, saml::Error> {
    let verify = |keys: &[_]| {
        let expected = visit.desk.desk.expected_logout(connection, keys, visit.now);
        verify_logout_request(carrier, &expected, visit.now, visit.crypto())
    };
    match verify(&[]) {
        Err(saml::Error::EncryptedAssertionWithoutKey) => {
            match visit.desk.saml_private_key(&visit.secrets, visit.host) {
                Some(key) => verify(core::slice::from_ref(key)),
                None => Err(saml::Error::EncryptedAssertionWithoutKey),
            }
        }
        verdict => verdict,
    }
}

/// Ends what the request means, at those connections whose keys signed it and at no other, once.
fn operation(
    visit: &Visit,
    connections: &[&Connection],
    request: &VerifiedLogoutRequest,
) -> Operation {
    let crypto = visit.crypto();
    let sides = |connection: &&Connection| Sides {
        connection: connection.name.clone(),
        idp_entity_id: connection.idp_entity_id.clone(),
        sp_entity_id: connection.sp_entity_id.clone(),
    };
    let issuer = connections.first().map_or("", |connection| connection.idp_entity_id.as_str());
    Operation::End {
        which: Which::Named {
            name_id: StoredNameId::new(&request.name_id),
            session_indexes: request.session_indexes.clone(),
            at: connections.iter().map(sides).collect(),
        },
        uses: vec![OneTime::new(
            Use::LogoutRequest,
            issuer,
            &request.id,
            request.expires_at,
            crypto,
        )],
        event: visit.event(Name::Logout),
    }
}

/// The sessions end in this isolate at once; the others learn of it from the object.
fn ended(visit: &Visit, answer: &Answer, sessions: &[BegunSession]) -> Step {
    let presented = visit.session().valid();
    let is_own = |begun: &&BegunSession| {
        presented.as_ref().is_some_and(|presented| presented.id() == begun.session)
    };
    let was_own = sessions.iter().find(is_own).is_some();
    isolate::with(|isolate| {
        for begun in sessions {
            isolate.snapshots.revoke(&visit.head.host, begun.ended());
        }
    });
    let response = answer
        .send(visit, LogoutStatus::Success)
        .unwrap_or_else(|| visit.page(Notice::SignedOutEverywhere));
    match was_own {
        true => response.with("Set-Cookie", clear_cookie(CookieName::Session)).into(),
        false => response.into(),
    }
}

/// What the identity provider waits for.
struct Answer {
    request_id: String,
    relay_state: Option<String>,
    connection: Option<String>,
}

impl Answer {
    /// By the binding of the identity provider. `None` where its address is not known, or the key of
    /// the desk cannot sign: then the person sees a page of ours.
    fn send(&self, visit: &Visit, status: LogoutStatus) -> Option<Response> {
        let desk = &visit.desk.desk;
        let connection = desk.connection(self.connection.as_deref()?)?;
        let single_logout = connection.single_logout.as_ref()?;
        let response = LogoutResponse {
            id: &request_id(&random(visit.host)),
            issue_instant: visit.now,
            sp_entity_id: &connection.sp_entity_id,
            destination: single_logout.response_url(),
            in_response_to: &self.request_id,
            status,
        };
        let signing_key = visit.desk.saml_signing_key(&visit.secrets, visit.host)?;
        let relay_state = self.relay_state.as_deref();
        match single_logout.binding {
            Binding::Redirect => response
                .redirect_url(relay_state, &signing_key, visit.crypto())
                .map(|url| Response::redirect(303, url)),
            Binding::Post => response.post_value(&signing_key, visit.crypto()).map(|value| {
                let mut fields = vec![("SAMLResponse", value.as_str())];
                fields.extend(relay_state.map(|relay_state| ("RelayState", relay_state)));
                let to = &connection.display_name;
                pages::post_message(&desk.name, to, response.destination, &fields)
            }),
        }
        .ok()
    }
}
