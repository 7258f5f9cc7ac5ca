//! Freshworks, by its ID token.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use crate::desk::WebUrl;
use crate::desk::error::Fault;
use crate::desk::table::{self, Table};
use crate::diagnostic::Excerpt;
use crate::helpdesk::freshworks::Site;

const MAX_REDIRECT_URIS: usize = 16;
const MAX_CLIENT_ID_CHARS: usize = 256;

pub(super) const FIELDS: &[&str] = &["account", "client_id", "redirect_uris"];

/// A Freshworks account that takes ID tokens, signed with the desk's own bridge key.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FreshworksHandOff {
    /// The host name of the account, such as `contoso.myfreshworks.com`.
    pub account: String,
    /// The client ID that its requests name; the audience of its tokens.
    pub client_id: String,
    /// Where tokens may be sent, all on the host of the account; compared byte for byte.
    pub redirect_uris: Vec<WebUrl>,
    /// The same, ready for use.
    pub site: Site,
}

pub(super) fn read(mut table: Table<'_, '_>) -> Option<FreshworksHandOff> {
    const REDIRECT_URIS: &str =
        "Copy Redirect URL from Freshworks: Security > Default login methods > JWT SSO.";
    let account = table.required(
        "account",
        "Write the host name of the account, such as contoso.myfreshworks.com.",
        table::host_name,
    );
    let client_id = table.required(
        "client_id",
        "Choose it or copy it from Freshworks, where the JWT single sign-on is set up; both sides need the \
         same.",
        |value| table::line(value, MAX_CLIENT_ID_CHARS),
    );
    table.required("redirect_uris", REDIRECT_URIS, |_| Ok(()));
    let redirect_uris = table.list("redirect_uris", 1..=MAX_REDIRECT_URIS, |value| {
        let uri = table::web_url(value)?;
        match &account {
            Some(account) if uri.host() != account => Err(Fault::Text {
                expected: "an address on the host of account",
                found: Excerpt::new(uri.as_str()),
                help: "A token that is sent elsewhere signs somebody else in. Correct account or this \
                       address.",
            }),
            _ => Ok(uri),
        }
    });
    let (account, client_id, redirect_uris) = (account?, client_id?, redirect_uris?);
    if redirect_uris.is_empty() {
        return None;
    }
    let uris = redirect_uris.iter().map(|uri| uri.as_str().to_string()).collect();
    let site = table.site(Site::new(&account, &client_id, uris))?;
    Some(FreshworksHandOff { account, client_id, redirect_uris, site })
}
