//! What stands at the desk's address when no helpdesk runs behind it: who is signed in, and the apps.

use deskgate_core::desk::{Access, App, HandOff};

use crate::http::Response;
use crate::pages::{self, Choice, Notice};
use crate::renewal;
use crate::visit::Visit;

/// For each path that is not ours, of a desk without an origin.
pub(crate) fn answer(visit: &Visit) -> Response {
    if visit.head.path != "/" || !matches!(visit.head.method.as_str(), "GET" | "HEAD") {
        return visit.page_or_json(Notice::NotFound);
    }
    let desk = &visit.desk.desk;
    let session = visit.session().valid();
    let Some(session) = session else {
        return pages::home(&desk.name, None, &[], visit.desk.login_path());
    };
    let person = session.person();
    let names = [&person.name, &person.email, &person.name_id];
    let name = names.into_iter().flatten().next().map_or("somebody", String::as_str);
    let apps = desk.apps.iter().filter(|app| app.enabled && app.admits(session.connection()));
    let links: Vec<_> = apps
        .filter_map(|app| {
            Some(Choice { address: start_of(visit, app)?, name: app.display_name.clone() })
        })
        .collect();
    let page = pages::home(&desk.name, Some(name), &links, &visit.desk.path_of("logout"));
    renewal::with_renewal(visit, &session, page)
}

/// Where somebody begins who is here; `None` where they begin at the helpdesk only.
fn start_of(visit: &Visit, app: &App) -> Option<String> {
    let page = match &app.access {
        Access::Bridge(_) => format!("idp/{}/start", app.name),
        Access::HandOff(HandOff::Freshworks(_)) => return None,
        Access::HandOff(HandOff::HelpScout(help_scout)) if help_scout.docs.is_none() => {
            return None;
        }
        Access::HandOff(_) => format!("handoff/{}", app.name),
    };
    Some(visit.desk.path_of(&page))
}
