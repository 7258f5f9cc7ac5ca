//! Apps: helpdesks that run elsewhere, and how people are signed in to them.

mod access;
mod bridge;
mod freshworks;
mod help_scout;
mod jitbit;
mod json;
mod shared;
mod sync;
#[cfg(test)]
mod tests;
mod zendesk;

pub use access::{Access, HandOff};
pub use bridge::{Bridge, BridgeAttribute};
pub use freshworks::FreshworksHandOff;
pub use help_scout::{HelpScoutDocs, HelpScoutHandOff};
pub use jitbit::JitbitHandOff;
pub use zendesk::ZendeskHandOff;

pub(super) use json::write;
pub(super) use shared::check as check_shared;

use alloc::string::String;
use alloc::vec::Vec;

use serde_json::Value;

use super::connection;
use super::error::Fault;
use super::json::Secrets;
use super::table::{self, Table};
use crate::helpdesk::{RoleRules, SyncRules};
use crate::preset::{Helpdesk, Provisioning};

/// Apps of one desk.
const MAX_APPS: usize = 50;

const MAX_DISPLAY_NAME_CHARS: usize = 100;
const MAX_ASK_CHARS: usize = 200;

/// The fields of an app; those named as a helpdesk hold what only this helpdesk has.
pub(super) const FIELDS: &[&str] = &[
    "name",
    "display_name",
    "helpdesk",
    "mode",
    "connections",
    "provisioning",
    "ask",
    "enabled",
    "sync",
    "roles",
    "zendesk",
    "help_scout",
    "jitbit",
    "freshworks",
    "generic",
];

const HELPDESKS: &[(&str, Helpdesk)] = &[
    ("zendesk", Helpdesk::Zendesk),
    ("help_scout", Helpdesk::HelpScout),
    ("jitbit", Helpdesk::Jitbit),
    ("freshworks", Helpdesk::Freshworks),
    ("generic", Helpdesk::Generic),
];

/// A helpdesk that runs elsewhere. Made only by [`Desk::from_json`](super::Desk::from_json).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct App {
    /// Its name in addresses and logs: 1 to 40 of `a-z`, `0-9` and `-`, unique in the desk.
    pub name: String,
    /// Its name for people. Default: the product's.
    pub display_name: String,
    /// The product.
    pub helpdesk: Helpdesk,
    /// How people are signed in.
    pub access: Access,
    /// The connections whose people may use it. Default: `None`, all of them.
    pub connections: Option<Vec<String>>,
    /// Who is let in. Default: by product.
    pub provisioning: Provisioning,
    /// Whom somebody asks who is not let in. Default: `None`, the desk's support.
    pub ask: Option<String>,
    /// Whether anybody can use it. Default: yes.
    pub enabled: bool,
    /// Which fields of a profile are sent. Default: by product.
    pub sync: SyncRules,
    /// By which groups people get roles. Default: `None`, no role is ever sent.
    pub roles: Option<RoleRules>,
}

impl App {
    /// Whether people who came through this connection may use it.
    #[must_use]
    pub fn admits(&self, connection: &str) -> bool {
        self.connections.as_ref().is_none_or(|names| names.iter().any(|name| name == connection))
    }

    /// The settings as [`Desk::from_json`](super::Desk::from_json) reads them, without secrets.
    #[must_use]
    pub fn to_json_redacted(&self) -> Value {
        write(self, Secrets::Hidden)
    }
}

pub(super) fn read_all(table: &mut Table<'_, '_>) -> Option<Vec<App>> {
    let apps = table.tables("apps", 0..=MAX_APPS, FIELDS, read)?;
    for (index, app) in apps.iter().enumerate() {
        let earlier = apps.iter().take(index).position(|other| other.name == app.name);
        if let Some(other) = earlier {
            let fault = super::duplicate(&app.name, alloc::format!("apps[{other}].name"));
            table.tell(&alloc::format!("apps[{index}].name"), fault);
        }
    }
    Some(apps)
}

fn read(mut table: Table<'_, '_>) -> Option<App> {
    let name = table.required(
        "name",
        "Choose a short name for addresses and logs, such as zendesk.",
        connection::short_name,
    );
    let helpdesk = table.required(
        "helpdesk",
        "Write zendesk, help_scout, jitbit, freshworks, or generic for any SAML service provider.",
        |value| {
            let expected = "zendesk, help_scout, jitbit, freshworks or generic";
            table::one_of(value, HELPDESKS, expected)
        },
    );
    let display_name =
        table.optional("display_name", |value| table::line(value, MAX_DISPLAY_NAME_CHARS));
    let connections = table.list("connections", 1..=super::MAX_CONNECTIONS, connection::short_name);
    let provisioning = table.optional("provisioning", table::provisioning);
    let ask = table.optional("ask", |value| table::line(value, MAX_ASK_CHARS));
    let enabled = table.optional("enabled", table::flag);
    let roles = sync::roles(&mut table);
    let Some(helpdesk) = helpdesk else {
        access::read_mode(&mut table);
        return None;
    };
    let sync = sync::rules(&mut table);
    refuse_other_tables(&mut table, helpdesk);
    let access = access::read(&mut table, helpdesk)?;
    sync::check(&mut table, &access, sync);
    let preset = helpdesk.preset();
    Some(App {
        name: name?,
        display_name: display_name.unwrap_or_else(|| preset.display_name.into()),
        helpdesk,
        access,
        connections,
        provisioning: provisioning.unwrap_or(preset.provisioning),
        ask,
        enabled: enabled.unwrap_or(true),
        sync,
        roles,
    })
}

/// The settings of another product in this app are a mistake in `helpdesk`.
fn refuse_other_tables(table: &mut Table<'_, '_>, helpdesk: Helpdesk) {
    for (name, other) in HELPDESKS {
        if *other != helpdesk && table.has(name) {
            table.tell(
                name,
                Fault::Contradiction {
                    help: "This table belongs to another helpdesk: remove it, or correct helpdesk.",
                },
            );
        }
    }
}

/// The fields of every table of an app, by its heading in the reference.
#[cfg(test)]
pub(super) const fn fields() -> &'static [(&'static str, &'static [&'static str])] {
    &[
        ("apps", FIELDS),
        ("apps.sync", sync::SYNC_FIELDS),
        ("apps.roles", sync::ROLE_FIELDS),
        ("apps.zendesk, hand_off", zendesk::FIELDS),
        ("apps.help_scout, hand_off", help_scout::FIELDS),
        ("apps.jitbit, hand_off", jitbit::FIELDS),
        ("apps.freshworks, hand_off", freshworks::FIELDS),
        ("apps.zendesk, bridge", bridge::ZENDESK_FIELDS),
        ("apps.help_scout and apps.freshworks, bridge", bridge::URL_FIELDS),
        ("apps.jitbit, bridge", bridge::JITBIT_FIELDS),
        ("apps.generic, bridge", bridge::GENERIC_FIELDS),
    ]
}
