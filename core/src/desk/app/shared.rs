//! What an app that several identity providers lead to may not depend on.
//!
//! Each of them speaks for its own e-mail domains only, and that is checked at every sign-in. Nothing
//! divides names, identifiers, groups and organizations: whoever runs one identity provider can make it say those of
//! the people of another one (attacks.md H-15).

use super::{Access, App, Bridge, HandOff};
use crate::desk::connection::Connection;
use crate::desk::error::Fault;
use crate::desk::table::Table;
use crate::helpdesk::SyncRule;
use crate::helpdesk::jitbit::Username;
use crate::preset::{Helpdesk, NameIdSource, ProfileField};

/// Tells the fields by which people of one connection could be taken for those of another one.
pub(in crate::desk) fn check(apps: &[App], connections: &[Connection], table: &mut Table<'_, '_>) {
    const HELP: &str = "Several identity providers lead to this app, and any of them could say this of \
                        the people of another one: name one in connections, or leave the field out so \
                        that people are known by their e-mail addresses alone.";
    for (index, app) in apps.iter().enumerate() {
        if connections.iter().filter(|connection| app.admits(&connection.name)).count() < 2 {
            continue;
        }
        let roles = app.roles.as_ref().map(|_| "roles".into());
        // Who belongs to an organization may read the tickets that it shares.
        let is_told = app.sync.organization != SyncRule::Never;
        let organization = is_told.then(|| "sync.organization".into());
        let own = undivided(app).into_iter().flatten();
        let own = own.map(|field| alloc::format!("{}.{field}", app.helpdesk.name()));
        for field in roles.into_iter().chain(organization).chain(own) {
            let path = alloc::format!("apps[{index}].{field}");
            table.tell(&path, Fault::Contradiction { help: HELP });
        }
    }
}

/// The fields in the table of the helpdesk that are about something else than e-mail addresses.
fn undivided(app: &App) -> [Option<&'static str>; 2] {
    match &app.access {
        Access::Bridge(bridge) => [name_id(bridge, app.helpdesk), attributes(bridge)],
        Access::HandOff(HandOff::Jitbit(jitbit)) => {
            let is_part = jitbit.username == Username::EmailLocalPart;
            [is_part.then_some("username"), None]
        }
        Access::HandOff(HandOff::Zendesk(zendesk)) => {
            [zendesk.send_external_id.then_some("send_external_id"), None]
        }
        Access::HandOff(HandOff::Freshworks(_) | HandOff::HelpScout(_)) => [None, None],
    }
}

/// A persistent NameID is a digest over the name of the identity provider too.
fn name_id(bridge: &Bridge, helpdesk: Helpdesk) -> Option<&'static str> {
    let is_divided = matches!(bridge.name_id, NameIdSource::Email | NameIdSource::Persistent);
    let field = if helpdesk == Helpdesk::Jitbit { "username" } else { "name_id" };
    (!is_divided).then_some(field)
}

fn attributes(bridge: &Bridge) -> Option<&'static str> {
    let is_undivided = |field| matches!(field, ProfileField::Groups | ProfileField::Id);
    let found = bridge.attributes.iter().any(|attribute| is_undivided(attribute.field));
    found.then_some("attributes")
}
