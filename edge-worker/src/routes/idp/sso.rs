//! `sso`, `start` and `continue`: from a request of the app, or of a person, to somebody with a session.

use deskgate_core::crypto::PublicKey;
use deskgate_core::saml::identity_provider::{
    Error, ExpectedRequest, ReceivedRequest, Status, read_post, read_redirect,
};

use super::asked::Asked;
use super::{Target, answer, page_of, refuse, refuse_because, with_target};
use crate::error::HandOffRefusal;
use crate::http::{Parameters, Repeated, Response, query_of};
use crate::isolate::Presented;
use crate::pages::Notice;
use crate::routes::app;
use crate::routes::handoff::is_navigation_of_a_window;
use crate::step::{Step, TooLarge};
use crate::visit::Visit;

/// Longest body. Requests have 1 to 4 KB; one with a signature and certificates 10 KB.
const MAX_BODY_BYTES: usize = 64 * 1024;

/// HTTP-Redirect: the octets of the query are read as they came (attacks.md B-01).
pub(super) fn by_redirect(visit: Visit, name: &str) -> Step {
    if let Some(refused) = not_now(&visit, name, is_navigation_of_a_window(&visit.head)) {
        return refused;
    }
    let query = visit.head.query.trim_start_matches('?').to_owned();
    let read = expecting(&visit, name, |expected| {
        read_redirect(&query, expected, visit.now, visit.crypto())
    });
    match read {
        Some(Ok(request)) => decide(visit, name, request),
        other => not_read(&visit, name, other.and_then(Result::err)),
    }
}

/// HTTP-POST. It comes from another site, so the browser leaves our SameSite=Lax cookies at home: the
/// request is kept, and a redirect brings the browser back with them.
pub(super) fn by_post(visit: Visit, name: String) -> Step {
    let in_a_window = matches!(visit.head.header("sec-fetch-dest"), None | Some("document"));
    if let Some(refused) = not_now(&visit, &name, in_a_window) {
        return refused;
    }
    if !visit.head.is_form() {
        return visit.page(Notice::Unreadable).into();
    }
    Step::read(MAX_BODY_BYTES, move |body, now| {
        let mut visit = visit;
        visit.now = now;
        let Ok(body) = body.map_err(|TooLarge| ()) else {
            return visit.page(Notice::Unreadable).into();
        };
        match form_fields(&Parameters::parse(&body)) {
            Ok((Some(value), relay_state)) => {
                let relay_state = relay_state.as_deref();
                let read = expecting(&visit, &name, |expected| {
                    read_post(&value, relay_state, expected, visit.now, visit.crypto())
                });
                match read {
                    Some(Ok(request)) => keep(&visit, &name, request),
                    other => not_read(&visit, &name, other.and_then(Result::err)),
                }
            }
            Ok((None, _)) | Err(Repeated) => visit.page(Notice::Unreadable).into(),
        }
    })
}

/// Each once, and only from the form, whatever the query says (attacks.md B-05).
fn form_fields(form: &Parameters) -> Result<(Option<String>, Option<String>), Repeated> {
    let once = |name| form.once(name).map(|value| value.map(str::to_owned));
    Ok((once("SAMLRequest")?, once("RelayState")?))
}

/// Somebody begins here. The address takes no RelayState: with one, whoever makes a link would choose
/// where in the app it leads.
pub(super) fn start(visit: Visit, name: &str) -> Step {
    if let Some(refused) = not_now(&visit, name, is_navigation_of_a_window(&visit.head)) {
        return refused;
    }
    with_target(&visit, name, |target| match &target.bridge.sign_on_url {
        _ if target.bridge.idp_initiated => admit(&visit, target, &Asked::default(), false),
        Some(url) => Response::redirect(303, url.as_str().to_owned()).into(),
        None => visit.page_or_json(Notice::NotFound).into(),
    })
}

/// Back from the sign-in, with what was kept.
pub(super) fn go_on(visit: Visit, name: &str) -> Step {
    if let Some(refused) = not_now(&visit, name, is_navigation_of_a_window(&visit.head)) {
        return refused;
    }
    let Ok(state) = visit.head.parameters().once("state").map(|state| state.map(str::to_owned))
    else {
        return visit.page(Notice::Unreadable).into();
    };
    let asked = state.and_then(|state| Asked::open(&state, &visit, name));
    with_target(&visit, name, |target| match &asked {
        Some(asked) => admit(&visit, target, asked, false),
        None => refuse(&visit, target, HandOffRefusal::Expired),
    })
}

/// What refuses everybody, before anything is read.
fn not_now(visit: &Visit, name: &str, in_a_window: bool) -> Option<Step> {
    let target = Target::find(&visit.desk.desk, name)?;
    if !in_a_window {
        return Some(refuse(visit, target, HandOffRefusal::NotNavigated));
    }
    (!target.app.enabled).then(|| refuse(visit, target, HandOffRefusal::SwitchedOff))
}

fn expecting<T>(
    visit: &Visit,
    name: &str,
    read: impl FnOnce(&ExpectedRequest<'_>) -> T,
) -> Option<T> {
    let Target { app, bridge } = Target::find(&visit.desk.desk, name)?;
    let certificate = bridge.request_certificate.as_ref();
    let keys: Vec<PublicKey> =
        certificate.map(|certificate| certificate.public_key().clone()).into_iter().collect();
    Some(read(&ExpectedRequest {
        sp_entity_id: &bridge.audience,
        acs_url: bridge.acs_url.as_str(),
        sso_url: &visit.desk.desk.url_of(&page_of(app, "sso")),
        name_id_format: answer::name_id_format(bridge.name_id),
        keys: &keys,
    }))
}

/// The app is not told: nothing proves that it asked, and errors would go wherever a forger wants.
fn not_read(visit: &Visit, name: &str, error: Option<Error>) -> Step {
    with_target(visit, name, |target| match error {
        Some(error) => refuse_because(visit, target, &error, Notice::LinkRefused),
        None => visit.page_or_json(Notice::NotFound).into(),
    })
}

fn decide(visit: Visit, name: &str, request: ReceivedRequest) -> Step {
    let (unmet, is_passive) = (request.unmet, request.is_passive);
    let asked = Asked::new(request, visit.now);
    with_target(&visit, name, |target| match unmet {
        Some(status) => answer::refuse(&visit, target, &asked, status),
        None => admit(&visit, target, &asked, is_passive),
    })
}

fn keep(visit: &Visit, name: &str, request: ReceivedRequest) -> Step {
    let (unmet, is_passive) = (request.unmet, request.is_passive);
    let asked = Asked::new(request, visit.now);
    with_target(visit, name, |target| match unmet {
        Some(status) => answer::refuse(visit, target, &asked, status),
        // Whether there is a session cannot be known here, and nobody may be asked.
        None if is_passive => answer::refuse(visit, target, &asked, Status::NoPassive),
        None => match path_of(visit, target, &asked) {
            Some(path) => Response::redirect(303, path).into(),
            None => refuse(visit, target, HandOffRefusal::AddressTooLong),
        },
    })
}

/// Whoever has a session that will do is taken on; everybody else signs in first.
fn admit(visit: &Visit, target: Target<'_>, asked: &Asked, is_passive: bool) -> Step {
    match visit.session() {
        Presented::Valid(session) if asked.is_met_by(&session) => {
            if target.app.admits(session.connection()) {
                answer::meet(visit, target, session, asked.clone())
            } else {
                refuse(visit, target, HandOffRefusal::OtherConnection)
            }
        }
        _ if is_passive => answer::refuse(visit, target, asked, Status::NoPassive),
        _ => path_of(visit, target, asked)
            .and_then(|back| app::sign_in_first(visit, target.app, &back))
            .map_or_else(|| refuse(visit, target, HandOffRefusal::AddressTooLong), Step::from),
    }
}

/// Where the sign-in ends: the start, when nothing was asked.
fn path_of(visit: &Visit, target: Target<'_>, asked: &Asked) -> Option<String> {
    if asked.request_id.is_none() {
        return Some(visit.desk.path_of(&page_of(target.app, "start")));
    }
    let page = visit.desk.path_of(&page_of(target.app, "continue"));
    let state = asked.seal(visit, &target.app.name)?;
    Some(format!("{page}?{}", query_of(&[("state", &state)])))
}
