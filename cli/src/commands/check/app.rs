//! What is told about an app.

use deskgate_core::desk::{Access, App, Desk, HandOff};
use deskgate_core::preset::Provisioning;
use serde::Serialize;

use super::warnings;
use crate::page::Page;

#[derive(Serialize)]
pub(super) struct AppFacts {
    name: String,
    display_name: String,
    enabled: bool,
    helpdesk: &'static str,
    mode: &'static str,
    /// Where people arrive.
    address: String,
    /// The connections whose people may use it; none for all.
    connections: Vec<String>,
    provisioning: &'static str,
    ask: Option<String>,
    warnings: Vec<String>,
}

impl AppFacts {
    pub(super) fn new(desk: &Desk, app: &App) -> Self {
        Self {
            name: app.name.clone(),
            display_name: app.display_name.clone(),
            enabled: app.enabled,
            helpdesk: app.helpdesk.name(),
            mode: match app.access {
                Access::Bridge(_) => "bridge",
                Access::HandOff(_) => "hand_off",
            },
            address: address(app),
            connections: app.connections.clone().unwrap_or_default(),
            provisioning: provisioning(app.provisioning),
            ask: app.ask.clone().or_else(|| desk.support.clone()),
            warnings: warnings::of_app(desk, app),
        }
    }

    pub(super) fn write(&self, page: &mut Page) {
        page.heading(format_args!("App {} ({})", self.name, self.display_name));
        page.row("product", format_args!("{}, {}", self.helpdesk, self.mode));
        page.row("leads to", &self.address);
        let connections = self.connections.join(", ");
        page.row(
            "for people of",
            if connections.is_empty() { "all connections" } else { &connections },
        );
        page.row(
            "unknown ones",
            match self.provisioning {
                "by_hand" => "are refused until somebody adds them (by_hand)",
                "just_in_time" => "are added when they sign in (just_in_time)",
                _ => "are let in (off)",
            },
        );
        page.row_if("they ask", self.ask.as_ref());
        for warning in &self.warnings {
            page.warning(warning);
        }
    }
}

fn address(app: &App) -> String {
    match &app.access {
        Access::Bridge(bridge) => bridge.acs_url.to_string(),
        Access::HandOff(HandOff::Freshworks(freshworks)) => {
            format!("https://{}", freshworks.account)
        }
        Access::HandOff(HandOff::HelpScout(help_scout)) => match &help_scout.docs {
            Some(docs) => docs.url.to_string(),
            None => "the Beacon".to_owned(),
        },
        Access::HandOff(HandOff::Jitbit(jitbit)) => jitbit.url.to_string(),
        Access::HandOff(HandOff::Zendesk(zendesk)) => zendesk.site.origin(None),
    }
}

/// Its word in settings.
pub(super) fn provisioning(provisioning: Provisioning) -> &'static str {
    let mut words = Provisioning::WORDS.iter();
    words.find(|(_, other)| *other == provisioning).map_or("", |(word, _)| *word)
}
