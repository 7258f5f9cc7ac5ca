//! What the connections of one desk must be like beside each other.

use alloc::string::String;
use alloc::vec::Vec;

use super::connection::{self, Connection};
use super::error::Fault;
use super::table::Table;
use super::{MAX_CONNECTIONS, duplicate};
use crate::session::break_glass::BREAK_GLASS;
use crate::session::service_token::SERVICE_TOKEN;

pub(super) fn read_all(
    table: &mut Table<'_, '_>,
    prefix: &str,
    metadata_url: Option<&str>,
) -> Option<Vec<Connection>> {
    const HELP: &str =
        "Add a [[connections]] table with name, idp_entity_id, sso_url and certificates.";
    table.required("connections", HELP, |_| Ok(()));
    let connections =
        table.tables("connections", 1..=MAX_CONNECTIONS, connection::FIELDS, |table| {
            connection::read(table, prefix, metadata_url)
        })?;
    for (index, connection) in connections.iter().enumerate() {
        let earlier = connections.get(..index).unwrap_or_default();
        let path = alloc::format!("connections[{index}]");
        check_names(connection, earlier, &path, table);
        check_domains(connection, earlier, &path, table);
        let is_alone = connections.len() == 1;
        let field = alloc::format!("{path}.email_domains");
        let is_limited = !connection.email_domains.is_empty() || table.has_problem(&field);
        if !(is_alone || is_limited || connection.dangerous_any_email_domain) {
            let help = "Write the domains that this identity provider may speak for, such as \
                        [\"contoso.com\"]. With several connections, one without them could name the people \
                        of the others.";
            table.tell(&field, Fault::Missing { help });
        }
    }
    Some(connections)
}

fn check_names(
    connection: &Connection,
    earlier: &[Connection],
    path: &str,
    table: &mut Table<'_, '_>,
) {
    if connection.name == BREAK_GLASS {
        let help = "Sessions of break-glass links go by this name: choose another one.";
        table.tell(&alloc::format!("{path}.name"), Fault::Contradiction { help });
    }
    if connection.name == SERVICE_TOKEN {
        let help = "Requests of scripts go by this name at the origin: choose another one.";
        table.tell(&alloc::format!("{path}.name"), Fault::Contradiction { help });
    }
    if let Some(other) = earlier.iter().position(|other| other.name == connection.name) {
        let fault = duplicate(&connection.name, alloc::format!("connections[{other}].name"));
        table.tell(&alloc::format!("{path}.name"), fault);
    }
    // A response that answers no request is matched with its connection by the issuer alone.
    let is_rival = |other: &Connection| {
        other.allow_idp_initiated
            && connection.allow_idp_initiated
            && other.idp_entity_id == connection.idp_entity_id
    };
    if let Some(other) = earlier.iter().position(is_rival) {
        let other = alloc::format!("connections[{other}].idp_entity_id");
        let fault = duplicate(&connection.idp_entity_id, other);
        table.tell(&alloc::format!("{path}.idp_entity_id"), fault);
    }
}

/// Two connections of one domain could sign in as each other's people.
fn check_domains(
    connection: &Connection,
    earlier: &[Connection],
    path: &str,
    table: &mut Table<'_, '_>,
) {
    for (entry, domain) in connection.email_domains.iter().enumerate() {
        let place = |(index, other): (usize, &Connection)| -> Option<String> {
            let entry = other.email_domains.iter().position(|other| other == domain)?;
            Some(alloc::format!("connections[{index}].email_domains[{entry}]"))
        };
        let within = connection.email_domains.iter().take(entry).position(|other| other == domain);
        let within = within.map(|other| alloc::format!("{path}.email_domains[{other}]"));
        if let Some(other) = earlier.iter().enumerate().find_map(place).or(within) {
            let fault = duplicate(domain, other);
            table.tell(&alloc::format!("{path}.email_domains[{entry}]"), fault);
        }
    }
}
