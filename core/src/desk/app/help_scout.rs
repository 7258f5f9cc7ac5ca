//! Help Scout, for visitors: restricted Docs and the Beacon.

use alloc::vec::Vec;

use crate::desk::error::Fault;
use crate::desk::table::{self, Table};
use crate::desk::{Origin, SecretText};
use crate::helpdesk::help_scout::docs;

const MAX_SITES: usize = 16;

pub(super) const FIELDS: &[&str] = &["docs_url", "docs_secret", "beacon_secret", "beacon_sites"];

/// What visitors of a Help Scout account are signed in to: Docs, the Beacon, or both.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct HelpScoutHandOff {
    /// A Docs site that only people who signed in may read.
    pub docs: Option<HelpScoutDocs>,
    /// The key that proves to the Beacon who writes.
    pub beacon_secret: Option<SecretText>,
    /// Other sites, beside the desk's own, that may ask who is signed in for their Beacon.
    pub beacon_sites: Vec<Origin>,
}

/// A restricted Docs site.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct HelpScoutDocs {
    /// Where the site is.
    pub url: Origin,
    /// The same, ready for use.
    pub site: docs::Site,
    /// The key of its tokens.
    pub secret: SecretText,
}

pub(super) fn read(mut table: Table<'_, '_>) -> Option<HelpScoutHandOff> {
    const DOCS_URL: &str =
        "Write the address of the Docs site, such as https://contoso.helpscoutdocs.com.";
    const DOCS_SECRET: &str =
        "Copy the shared secret from the settings of the Docs site, Restricted Docs.";
    const BEACON_SECRET: &str =
        "Copy the secret key from the settings of the Beacon, or set docs_url and docs_secret.";
    let (has_url, has_secret) = (table.has("docs_url"), table.has("docs_secret"));
    let (url, secret) = match (has_url, has_secret) {
        (false, false) => (None, None),
        _ => (
            table.required("docs_url", DOCS_URL, table::origin),
            table.required("docs_secret", DOCS_SECRET, table::secret),
        ),
    };
    let beacon_secret = match has_url || has_secret {
        true => table.optional("beacon_secret", table::secret),
        false => table.required("beacon_secret", BEACON_SECRET, table::secret),
    };
    let sites = table.list("beacon_sites", 0..=MAX_SITES, table::origin).unwrap_or_default();
    if !sites.is_empty() && !table.has("beacon_secret") {
        let help = "Sites ask for the proof of the Beacon: set beacon_secret too, or remove them.";
        table.tell("beacon_sites", Fault::Contradiction { help });
    }
    let docs = match url.zip(secret) {
        Some((url, secret)) => {
            let site = table.site(docs::Site::new(url.as_str()))?;
            Some(HelpScoutDocs { url, site, secret })
        }
        None => None,
    };
    Some(HelpScoutHandOff { docs, beacon_secret, beacon_sites: sites })
}
