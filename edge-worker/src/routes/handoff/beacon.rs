//! `handoff/<app>/beacon`: tells the Help Scout Beacon on a page who is looking at it, as JSON for
//! `Beacon("identify", ...)`.
//!
//! The proof neither ends nor is used up, so only pages may ask that the settings name: the desk's own
//! and `beacon_sites`. The session cookie is `SameSite=Lax`, so such a site has to be below the same
//! registered domain as the desk; for others this always answers that nobody is signed in.

use std::rc::Rc;

use deskgate_core::desk::{HandOff, Origin, SecretText};
use deskgate_core::helpdesk::help_scout;
use deskgate_core::session::Session;

use super::{Target, event, question, send};
use crate::audit::{Event, Name};
use crate::desk_object::{Meeting, Reply};
use crate::error::notice_for;
use crate::http::Response;
use crate::json;
use crate::pages::{self, Notice};
use crate::step::Step;
use crate::visit::Visit;

pub(super) fn answer(visit: Visit, name: &str) -> Step {
    let Some((target, _, sites)) = settings(&visit, name) else {
        return visit.page_or_json(Notice::NotFound).into();
    };
    let Some(asker) = asker(&visit, sites) else {
        return refusal(&visit, Notice::NotFromHere).into();
    };
    if !target.app.enabled {
        return asker.allow(refusal(&visit, Notice::AppSwitchedOff)).into();
    }
    let Some(session) = visit.session().valid() else {
        return asker.allow(refusal(&visit, Notice::NotSignedIn)).into();
    };
    if !target.app.admits(session.connection()) {
        return asker.allow(refusal(&visit, Notice::NotForYou)).into();
    }
    let event = event(&visit, Name::HandOff, target);
    let operation = question(target, &session, event.clone());
    let name = name.to_owned();
    Step::ask(operation, move |reply| {
        asker.allow(met(&visit, &name, &session, reply.ok(), &event)).into()
    })
}

fn met(
    visit: &Visit,
    name: &str,
    session: &Rc<Session>,
    reply: Option<Reply>,
    event: &Event,
) -> Response {
    match (reply, settings(visit, name)) {
        (Some(Reply::Met(meeting)), Some((target, secret, _))) => {
            event.log(visit.host);
            identify(visit, target, secret, session, &meeting)
        }
        (Some(Reply::NotAdmitted { why }), Some(_)) => {
            let refused = crate::error::SignInRefusal::from(why).describe();
            refusal(visit, refused.notice)
        }
        _ => refusal(visit, Notice::Unavailable),
    }
}

fn settings<'a>(
    visit: &'a Visit,
    name: &str,
) -> Option<(Target<'a>, &'a SecretText, &'a [Origin])> {
    let target = Target::find(&visit.desk.desk, name)?;
    let HandOff::HelpScout(help_scout) = target.hand_off else { return None };
    Some((target, help_scout.beacon_secret.as_ref()?, &help_scout.beacon_sites))
}

fn identify(
    visit: &Visit,
    target: Target<'_>,
    secret: &SecretText,
    session: &Session,
    meeting: &Meeting,
) -> Response {
    let identified = send::profile(target, session, meeting).and_then(|profile| {
        let key = send::key_of(secret);
        let signature = help_scout::beacon::signature(&profile, &key, visit.crypto())?;
        Ok(json::written! { "email": profile.email(), "name": profile.name(), "signature": signature })
    });
    match identified {
        Ok(body) => Response::json(200, body),
        Err(error) => refusal(visit, notice_for(&error)),
    }
}

fn refusal(visit: &Visit, notice: Notice) -> Response {
    pages::notice_json(notice, Some(&visit.desk.desk.login_url()), visit.reference())
}

/// The site whose page asks.
#[derive(Debug)]
struct Asker(Option<String>);

/// A page of the desk sends no `Origin` with a GET, but says `same-origin`; one of another site sends its
/// origin. Whoever sends neither is no page that runs a Beacon.
fn asker(visit: &Visit, sites: &[Origin]) -> Option<Asker> {
    match visit.head.header("origin") {
        None if visit.head.header("sec-fetch-site") == Some("same-origin") => Some(Asker(None)),
        Some(origin) if origin == visit.desk.desk.issuer() => Some(Asker(None)),
        Some(origin) if sites.iter().any(|site| site.as_str() == origin) => {
            Some(Asker(Some(origin.to_owned())))
        }
        _ => None,
    }
}

impl Asker {
    /// CORS for this one site. The answer differs by site, so that no cache may mix them up.
    fn allow(&self, response: Response) -> Response {
        let response = response.with("Vary", "Origin, Cookie".to_owned());
        match &self.0 {
            None => response,
            Some(origin) => response
                .with("Access-Control-Allow-Origin", origin.clone())
                .with("Access-Control-Allow-Credentials", "true".to_owned()),
        }
    }
}
