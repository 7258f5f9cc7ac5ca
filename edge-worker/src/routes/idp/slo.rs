//! `slo`: an app ends the sessions of somebody who signs out there (SAML Profiles 4.4).
//!
//! The sessions of the company stay: somebody who leaves one helpdesk does not leave the company.

use deskgate_core::dsig::SignatureRules;
use deskgate_core::dsig::redirect::Message;
use deskgate_core::saml::logout::{
    ExpectedLogout, LogoutResponse, LogoutStatus, VerifiedLogoutRequest, verify_logout_request,
};
use deskgate_core::saml::{self, DEFAULT_CLOCK_SKEW, request_id};
use deskgate_core::session::cookie::{CookieName, clear_cookie};
use deskgate_core::xenc::EncryptionRules;

use super::{Target, entity_id, event, page, page_of, with_target};
use crate::audit::Name;
use crate::desk_object::{BegunSession, OneTime, Operation, Reply, Use, Which};
use crate::error::SignOutRefusal;
use crate::host::random;
use crate::http::Response;
use crate::isolate;
use crate::pages::Notice;
use crate::routes::respond_and_record;
use crate::routes::slo::Arrived;
use crate::step::Step;
use crate::visit::Visit;

/// A message by either binding.
pub(super) fn answer(visit: Visit, name: &str, arrived: Arrived) -> Step {
    if arrived.kind == Message::Response {
        // We ask no app to sign anybody out.
        return with_target(&visit, name, |target| {
            refuse(&visit, target, SignOutRefusal::NoMessage)
        });
    }
    let verified = Target::find(&visit.desk.desk, name)
        .and_then(|target| verify(&visit, target, &arrived))
        .map(|verdict| verdict.map_err(Box::new));
    match verified {
        // Without a key of the app nothing proves who asks: the person is asked instead.
        None => Response::redirect(303, visit.desk.path_of("logout")).into(),
        Some(Err(error)) => with_target(&visit, name, |target| {
            let event = event(&visit, Name::LogoutRefused, target).diagnostic(&*error);
            respond_and_record(page(&visit, target, Notice::LogoutRefused), event, &visit)
        }),
        Some(Ok(request)) => end(visit, name.to_owned(), arrived.relay_state, &request),
    }
}

fn verify(
    visit: &Visit,
    target: Target<'_>,
    arrived: &Arrived,
) -> Option<Result<VerifiedLogoutRequest, saml::Error>> {
    let certificate = target.bridge.request_certificate.as_ref()?;
    let expected = ExpectedLogout {
        idp_entity_id: &target.bridge.audience,
        keys: core::slice::from_ref(certificate.public_key()),
        slo_url: &visit.desk.desk.url_of(&page_of(target.app, "slo")),
        clock_skew: DEFAULT_CLOCK_SKEW,
        signature_rules: SignatureRules::default(),
        decryption_keys: &[],
        encryption_rules: EncryptionRules::default(),
    };
    Some(verify_logout_request(arrived.carrier(), &expected, visit.now, visit.crypto()))
}

/// Ends the sessions that the request names by their SessionIndex, which are names of ours; without
/// any, the one of this browser.
fn end(
    visit: Visit,
    name: String,
    relay_state: Option<String>,
    request: &VerifiedLogoutRequest,
) -> Step {
    let Some(target) = Target::find(&visit.desk.desk, &name) else {
        return visit.page_or_json(Notice::NotFound).into();
    };
    let presented = visit.session().valid().map(|session| session.id().to_owned());
    let named = match request.session_indexes.is_empty() {
        true => presented.iter().cloned().collect(),
        false => request.session_indexes.clone(),
    };
    let (what, issuer) = (Use::LogoutRequest, target.bridge.audience.as_str());
    let used = OneTime::new(what, issuer, &request.id, request.expires_at, visit.crypto());
    let operation = Operation::End {
        which: Which::Listed(named),
        uses: vec![used],
        event: event(&visit, Name::Logout, target),
    };
    let id = request.id.clone();
    Step::ask(operation, move |reply| {
        with_target(&visit, &name, |target| match reply {
            Ok(Reply::Ended { sessions }) => {
                for event in event(&visit, Name::Logout, target).of_sessions(&sessions) {
                    event.log(visit.host);
                }
                let relay_state = relay_state.as_deref();
                let success = LogoutStatus::Success;
                let response = respond(&visit, target, &id, relay_state, success)
                    .unwrap_or_else(|| page(&visit, target, Notice::SignedOut));
                ended(&visit, response, presented.as_deref(), &sessions)
            }
            Ok(Reply::AlreadyUsed { .. }) => {
                refuse(&visit, target, SignOutRefusal::RequestReplayed)
            }
            _ => {
                let relay_state = relay_state.as_deref();
                let failed = respond(&visit, target, &id, relay_state, LogoutStatus::Responder);
                let response =
                    failed.unwrap_or_else(|| page(&visit, target, Notice::LogoutUnavailable));
                let event = event(&visit, Name::LogoutNotRecorded, target);
                respond_and_record(response, event, &visit)
            }
        })
    })
}

/// The sessions end in this isolate at once; the others learn of it from the object.
fn ended(
    visit: &Visit,
    response: Response,
    presented: Option<&str>,
    sessions: &[BegunSession],
) -> Step {
    isolate::with(|isolate| {
        for begun in sessions {
            isolate.snapshots.revoke(&visit.head.host, begun.ended());
        }
    });
    match sessions.iter().any(|begun| Some(begun.session.as_str()) == presented) {
        true => response.with("Set-Cookie", clear_cookie(CookieName::Session)).into(),
        false => response.into(),
    }
}

/// What the app waits for, by redirect; `None` where its address is not known.
fn respond(
    visit: &Visit,
    target: Target<'_>,
    request: &str,
    relay_state: Option<&str>,
    status: LogoutStatus,
) -> Option<Response> {
    let response = LogoutResponse {
        id: &request_id(&random(visit.host)),
        issue_instant: visit.now,
        sp_entity_id: &entity_id(visit, target.app),
        destination: target.bridge.logout_url.as_ref()?.as_str(),
        in_response_to: request,
        status,
    };
    let key = visit.desk.bridge_signing_key(&visit.secrets, visit.host)?;
    let url = response.redirect_url(relay_state, &key, visit.crypto()).ok()?;
    Some(Response::redirect(303, url))
}

fn refuse(visit: &Visit, target: Target<'_>, refusal: SignOutRefusal) -> Step {
    let (code, help) = refusal.describe();
    let event = event(visit, Name::LogoutRefused, target).code(code, help);
    respond_and_record(page(visit, target, Notice::LogoutRefused), event, visit)
}
