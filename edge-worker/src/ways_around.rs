//! How people get into an app without us, for the pages that tell them that we failed.

use deskgate_core::desk::{Access, App, Desk, HandOff};
use deskgate_core::preset::Helpdesk;
use deskgate_core::session::ReturnTarget;

use crate::pages::Choice;

/// The app that a sign-in with this target is for.
pub(crate) fn app_of<'d>(desk: &'d Desk, target: &ReturnTarget) -> Option<&'d App> {
    let page = target.as_str().strip_prefix(&desk.prefix)?;
    let rest = page.strip_prefix("handoff/").or_else(|| page.strip_prefix("idp/"))?;
    desk.app(rest.split(['/', '?']).next()?)
}

/// Zendesk has two that always work: the page for passwords, and one that sends administrators a link
/// (seed 003, Fallback Authentication). Help Scout's account owner has the ordinary password.
pub(crate) fn ways_around(app: &App) -> Vec<Choice> {
    let [normal, bypass] = match &app.access {
        Access::HandOff(HandOff::Zendesk(zendesk)) => zendesk.site.ways_around(),
        Access::Bridge(bridge) if app.helpdesk == Helpdesk::Zendesk => {
            ["normal", "sso_bypass"].map(|page| format!("{}/access/{page}", bridge.audience))
        }
        _ => return Vec::new(),
    };
    vec![
        Choice { address: normal, name: "Zendesk password (/access/normal)".to_owned() },
        Choice {
            address: bypass,
            name: "One-time link for administrators (/access/sso_bypass)".to_owned(),
        },
    ]
}
