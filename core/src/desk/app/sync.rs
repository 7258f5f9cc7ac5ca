//! What a helpdesk is told about people: profile fields and roles.

use super::access::{Access, HandOff};
use crate::desk::error::Fault;
use crate::desk::table::{self, Table};
use crate::helpdesk::{RoleRules, SyncRule, SyncRules, zendesk};

const MAX_GROUPS: usize = 64;
const MAX_GROUP_CHARS: usize = 256;

pub(super) const SYNC_FIELDS: &[&str] = &["external_id", "name", "organization", "phone"];
pub(super) const ROLE_FIELDS: &[&str] = &["agent", "admin"];

pub(super) const SYNC_RULES: &[(&str, SyncRule)] = &[
    ("always", SyncRule::Always),
    ("if_absent", SyncRule::IfAbsent),
    ("if_present", SyncRule::IfPresent),
    ("never", SyncRule::Never),
];

pub(super) fn rules(table: &mut Table<'_, '_>) -> SyncRules {
    let defaults = SyncRules::default();
    let read = |mut sync: Table<'_, '_>| {
        let mut rule = |name, default| {
            let expected = "always, if_absent, if_present or never";
            sync.optional(name, |value| table::one_of(value, SYNC_RULES, expected))
                .unwrap_or(default)
        };
        SyncRules {
            external_id: rule("external_id", defaults.external_id),
            name: rule("name", defaults.name),
            organization: rule("organization", defaults.organization),
            phone: rule("phone", defaults.phone),
        }
    };
    table.table("sync", SYNC_FIELDS, read).unwrap_or(defaults)
}

pub(super) fn roles(table: &mut Table<'_, '_>) -> Option<RoleRules> {
    table.table("roles", ROLE_FIELDS, |mut roles| {
        let mut groups = |name| {
            let group = |value| table::line(value, MAX_GROUP_CHARS);
            roles.list(name, 1..=MAX_GROUPS, group).unwrap_or_default()
        };
        RoleRules { agent: groups("agent"), admin: groups("admin") }
    })
}

/// Zendesk refuses a token without a name.
pub(super) fn check(table: &mut Table<'_, '_>, access: &Access, rules: SyncRules) {
    let is_zendesk = matches!(access, Access::HandOff(HandOff::Zendesk(_)));
    if is_zendesk && zendesk::check_rules(&rules).is_err() {
        let help = "Zendesk demands a name in each token and takes it over: leave the field out.";
        table.tell("sync.name", Fault::Contradiction { help });
    }
}
