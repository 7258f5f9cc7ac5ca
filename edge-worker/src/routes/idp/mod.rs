//! `idp/<app>/`: deskgate as the SAML identity provider of an app. The company signs people in here, and
//! the app is told by us, so that its one certificate slot never sees the company's certificate change.
//!
//! Whatever a request says, answers go to the address in the settings of the app only. Like a hand-off,
//! an answer is given to the navigation of a whole window only.

mod answer;
mod asked;
mod documents;
mod slo;
mod sso;

use deskgate_core::desk::{Access, App, Bridge, Desk};
use deskgate_core::diagnostic::Diagnostic;
use deskgate_core::session::ReturnTarget;

use self::asked::Asked;
use super::{app, not_allowed, respond_and_record};
use crate::audit::{Event, Name};
use crate::error::{HandOffRefusal, SignInDescription};
use crate::http::{Parameters, Response};
use crate::pages::Notice;
use crate::step::Step;
use crate::visit::Visit;

/// An app with its mode, which is bridge.
#[derive(Clone, Copy, Debug)]
struct Target<'a> {
    app: &'a App,
    bridge: &'a Bridge,
}

impl<'a> Target<'a> {
    fn find(desk: &'a Desk, name: &str) -> Option<Self> {
        let app = desk.app(name)?;
        match &app.access {
            Access::Bridge(bridge) => Some(Self { app, bridge }),
            Access::HandOff(_) => None,
        }
    }
}

/// `path` is what follows `idp/`.
#[inline(never)]
pub(super) fn answer(visit: Visit, path: &str) -> Step {
    let (name, page) = path.split_once('/').unwrap_or((path, ""));
    if Target::find(&visit.desk.desk, name).is_none() {
        return visit.page_or_json(Notice::NotFound).into();
    }
    match (page, visit.head.method.as_str()) {
        ("sso", "GET") => sso::by_redirect(visit, name),
        ("sso", "POST") => sso::by_post(visit, name.to_owned()),
        ("start", "GET") => sso::start(visit, name),
        ("continue", "GET") => sso::go_on(visit, name),
        ("metadata", "GET" | "HEAD") => documents::metadata(&visit, name).into(),
        ("certificate.pem", "GET" | "HEAD") => documents::certificate_pem(&visit).into(),
        ("certificate.txt", "GET" | "HEAD") => documents::certificate_text(&visit).into(),
        ("slo", "GET") => {
            let name = name.to_owned();
            super::slo::read_query(visit, move |visit, arrived| slo::answer(visit, &name, arrived))
        }
        ("slo", "POST") => {
            let name = name.to_owned();
            super::slo::read_form(visit, move |visit, arrived| slo::answer(visit, &name, arrived))
        }
        ("slo" | "sso", _) => not_allowed(&visit, "GET, POST").into(),
        ("start" | "continue", _) => not_allowed(&visit, "GET").into(),
        ("metadata" | "certificate.pem" | "certificate.txt", _) => {
            not_allowed(&visit, "GET, HEAD").into()
        }
        _ => visit.page_or_json(Notice::NotFound).into(),
    }
}

/// Whether a sign-in that ends at `target` has to be a new one, because an app asked for that.
pub(super) fn asks_for_a_new_sign_in(visit: &Visit, target: &ReturnTarget) -> bool {
    let kept = || {
        let page = target.as_str().strip_prefix(&visit.desk.desk.prefix)?.strip_prefix("idp/")?;
        let (name, query) = page.split_once("/continue?")?;
        let parameters = Parameters::parse(query.as_bytes());
        Asked::open(parameters.once("state").ok()??, visit, name)
    };
    kept().is_some_and(|asked| asked.is_forced())
}

/// The name of this identity provider towards one app, and where its metadata is.
fn entity_id(visit: &Visit, app: &App) -> String {
    visit.desk.desk.url_of(&page_of(app, "metadata"))
}

fn page_of(app: &App, page: &str) -> String {
    format!("idp/{}/{page}", app.name)
}

/// The app is given by name where a closure has to outlive this call.
fn with_target(visit: &Visit, name: &str, then: impl FnOnce(Target<'_>) -> Step) -> Step {
    Target::find(&visit.desk.desk, name)
        .map_or_else(|| visit.page_or_json(Notice::NotFound).into(), then)
}

fn refuse(visit: &Visit, target: Target<'_>, refusal: HandOffRefusal) -> Step {
    refuse_as(visit, target, refusal.describe())
}

fn refuse_as(visit: &Visit, target: Target<'_>, description: SignInDescription) -> Step {
    let SignInDescription { code, notice, help } = description;
    let event = event(visit, Name::BridgeRefused, target).code(code, help);
    respond_and_record(page(visit, target, notice), event, visit)
}

fn refuse_because(
    visit: &Visit,
    target: Target<'_>,
    error: &dyn Diagnostic,
    notice: Notice,
) -> Step {
    let event = event(visit, Name::BridgeRefused, target).diagnostic(error);
    respond_and_record(page(visit, target, notice), event, visit)
}

fn event(visit: &Visit, name: Name, target: Target<'_>) -> Event {
    let mut event = visit.event(name);
    event.app = Some(target.app.name.clone());
    event
}

fn page(visit: &Visit, target: Target<'_>, notice: Notice) -> Response {
    let again = target.bridge.sign_on_url.as_ref().map_or_else(
        || visit.desk.path_of(&page_of(target.app, "start")),
        |url| url.as_str().to_owned(),
    );
    app::page(visit, target.app, &again, notice)
}
