//! Zendesk, by its JWT single sign-on.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use serde_json::Value;

use crate::desk::error::Fault;
use crate::desk::table::{self, Read, Table};
use crate::desk::{Origin, SecretText};
use crate::diagnostic::Excerpt;
use crate::helpdesk::zendesk::{Brand, MAX_BRANDS, Site};

pub(super) const FIELDS: &[&str] = &[
    "subdomain",
    "host_mapping",
    "brands",
    "shared_secret",
    "send_external_id",
    "loopback_origin",
];

pub(super) const SUBDOMAIN_HELP: &str =
    "Write what stands before .zendesk.com, also when the help center has an address of its own.";

/// A Zendesk account that takes tokens of its own kind.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ZendeskHandOff {
    /// What stands before `.zendesk.com`. Tokens go there, whatever the help center's address is.
    pub subdomain: String,
    /// The help center's own host name, where it has one. Return addresses may name it.
    pub host_mapping: Option<String>,
    /// The brands that have a subdomain of their own, in the order of their identifiers.
    pub brands: Vec<Brand>,
    /// The same, ready for use; with `loopback_origin`, where a program on this machine plays Zendesk.
    pub site: Site,
    /// The key of the tokens.
    pub shared_secret: SecretText,
    /// Whether tokens carry `external_id`. Default: no. If the account updates external IDs, somebody
    /// who signs in under the e-mail address of an agent becomes that agent.
    pub send_external_id: bool,
}

pub(super) fn read(mut table: Table<'_, '_>) -> Option<ZendeskHandOff> {
    let subdomain = table.required("subdomain", SUBDOMAIN_HELP, subdomain);
    let host_mapping = table.optional("host_mapping", table::host_name);
    let brands = brands(&mut table);
    let shared_secret = table.required(
        "shared_secret",
        "Copy Shared secret from Zendesk: Security > Single sign-on > JSON Web Token. It is shown in \
         full only once.",
        table::secret,
    );
    let send_external_id = table.optional("send_external_id", table::flag);
    let loopback_origin = table.optional("loopback_origin", loopback_origin);
    let (subdomain, brands) = (subdomain?, brands.unwrap_or_default());
    let site = table.site(Site::new(&subdomain, host_mapping.as_deref(), brands.clone()));
    let site = match &loopback_origin {
        Some(origin) => site?.on_loopback(origin.as_str()),
        None => site?,
    };
    Some(ZendeskHandOff {
        subdomain,
        host_mapping,
        brands,
        site,
        shared_secret: shared_secret?,
        send_external_id: send_external_id.unwrap_or(false),
    })
}

/// Plain http leads to loopback addresses only (see [`Origin`]): no token leaves the machine.
fn loopback_origin(value: &Value) -> Read<Origin> {
    let origin = table::origin(value)?;
    match origin.as_str().starts_with("http://") {
        true => Ok(origin),
        false => Err(Fault::Text {
            expected: "http and a loopback address, such as http://localhost:9200",
            found: Excerpt::new(origin.as_str()),
            help: "This is for development only. Leave it out: tokens go to the subdomain then.",
        }),
    }
}

fn brands(table: &mut Table<'_, '_>) -> Option<Vec<Brand>> {
    table.map("brands", MAX_BRANDS, |id, value| {
        let is_number = (1..=20).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_digit());
        if !is_number {
            return Err(Fault::Text {
                expected: "the number of a brand",
                found: Excerpt::new(id),
                help: "Write brands as in { \"360001234\" = \"contoso-parts\" }: the number that Zendesk \
                       sends as brand_id, and the subdomain of the brand.",
            });
        }
        Ok(Brand { id: id.to_string(), subdomain: subdomain(value)? })
    })
}

/// One label of a host name.
pub(super) fn subdomain(value: &Value) -> Read<String> {
    let text = table::text(value)?;
    table::is_host_label(text).then(|| text.to_string()).ok_or_else(|| Fault::Text {
        expected: "a subdomain such as contoso",
        found: Excerpt::new(text),
        help: SUBDOMAIN_HELP,
    })
}
