//! Whose console a guide is for.

use deskgate_core::desk::{Access, App, Connection, SecretText};
use deskgate_core::preset::console::{Action, OurValue, Step};
use deskgate_core::preset::{Helpdesk, IdentityProvider};
use deskgate_core::remedy::Console;

/// A part of a desk, or a product that has none yet.
pub(super) enum Subject<'d> {
    App(&'d App),
    Bridge(Helpdesk),
    Connection(&'d Connection),
    HandOff(Helpdesk),
    IdentityProvider(IdentityProvider),
}

impl Subject<'_> {
    /// The identity provider, recognized by its entity ID where the settings do not name it.
    fn identity_provider(&self) -> Option<IdentityProvider> {
        match self {
            Self::Connection(connection) => Some(match connection.preset {
                IdentityProvider::Generic => {
                    let known = IdentityProvider::of_entity_id(&connection.idp_entity_id);
                    known.unwrap_or(IdentityProvider::Generic)
                }
                preset => preset,
            }),
            Self::IdentityProvider(provider) => Some(*provider),
            _ => None,
        }
    }

    fn helpdesk(&self) -> Option<(Helpdesk, bool)> {
        match self {
            Self::App(app) => Some((app.helpdesk, matches!(app.access, Access::Bridge(_)))),
            Self::Bridge(helpdesk) => Some((*helpdesk, true)),
            Self::HandOff(helpdesk) => Some((*helpdesk, false)),
            _ => None,
        }
    }

    pub(super) fn title(&self) -> String {
        let product = match (self.identity_provider(), self.helpdesk()) {
            (Some(provider), _) => provider.preset().display_name.to_owned(),
            (_, Some((helpdesk, is_bridge))) => {
                let mode = if is_bridge { "bridge" } else { "hand-off" };
                format!("{}, {mode}", helpdesk.preset().display_name)
            }
            _ => String::new(),
        };
        match self {
            Self::App(app) => format!("App {} ({}): {product}", app.name, app.display_name),
            Self::Connection(connection) => {
                let (name, display_name) = (&connection.name, &connection.display_name);
                format!("Connection {name} ({display_name}): {product}")
            }
            _ => product,
        }
    }

    pub(super) fn console(&self) -> Option<Console> {
        self.identity_provider().map(|provider| provider.preset().console)
    }

    pub(super) fn steps(&self) -> &'static [Step] {
        match (self.identity_provider(), self.helpdesk()) {
            (Some(provider), _) => provider.preset().steps,
            (_, Some((helpdesk, true))) => helpdesk.preset().bridge.steps,
            (_, Some((helpdesk, false))) => helpdesk.preset().hand_off_steps,
            _ => &[],
        }
    }

    /// Whether these settings have anything to do with the step.
    pub(super) fn needs(&self, step: &Step) -> bool {
        match (self, step.action) {
            (Self::Connection(connection), Action::Enter(OurValue::LogoutUrl)) => {
                connection.single_logout.is_some()
            }
            _ => true,
        }
    }

    /// The field with its table.
    pub(super) fn field(&self, field: &str) -> String {
        match self.helpdesk() {
            Some((helpdesk, _)) => format!("{field} of [apps.{}]", helpdesk.name()),
            None => field.to_owned(),
        }
    }

    /// What the field has now; of secrets, that there is one.
    pub(super) fn has(&self, field: &str) -> Option<String> {
        match self {
            Self::Connection(connection) => Some(match field {
                "sso_url" => connection.sso_url.to_string(),
                "idp_entity_id" => connection.idp_entity_id.clone(),
                "certificate_files" | "metadata_file" => {
                    let subjects = connection.certificates.iter().map(|c| c.subject().to_string());
                    subjects.collect::<Vec<_>>().join("; ")
                }
                _ => return None,
            }),
            Self::App(app) => {
                let written = app.to_json_redacted();
                match &written[app.helpdesk.name()][field] {
                    serde_json::Value::Null => None,
                    serde_json::Value::String(text) if text == SecretText::HIDDEN => {
                        Some("a secret, not shown".to_owned())
                    }
                    serde_json::Value::String(text) => Some(text.clone()),
                    other => Some(other.to_string()),
                }
            }
            _ => None,
        }
    }

    pub(super) fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if let Self::Connection(connection) = self
            && let Some(provider) = self.identity_provider()
            && provider != connection.preset
        {
            notes.push(format!(
                "this is {}: set preset = \"{}\" in the connection",
                provider.preset().display_name,
                provider.name()
            ));
        }
        let is_jitbit_link = matches!(self.helpdesk(), Some((Helpdesk::Jitbit, false)));
        if is_jitbit_link {
            notes.push(JITBIT_LINK.to_owned());
        }
        notes
    }
}

/// What an administrator should know before choosing it.
pub(super) const JITBIT_LINK: &str = "an autologin link signs in whoever sees it, all day, as often as they like; use the bridge where \
     the helpdesk has SAML";
