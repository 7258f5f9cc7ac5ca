//! Jitbit Helpdesk, by its autologin link.

use alloc::string::String;

use serde_json::Value;

use crate::desk::error::Fault;
use crate::desk::table::{self, Read, Table};
use crate::desk::{SecretText, WebUrl};
use crate::diagnostic::Excerpt;
use crate::helpdesk::jitbit::{Site, Username};

pub(super) const FIELDS: &[&str] = &["url", "username", "autologin_secret"];

pub(super) const URL_HELP: &str = "Write the address of the helpdesk without /User/Login, such as https://contoso.jitbit.com/helpdesk.";

/// What follows the address of the helpdesk in that of its assertion consumer service.
const ACS_PATH: &str = "/Saml/Consume";

pub(super) const USERNAMES: &[(&str, Username)] =
    &[("email", Username::Email), ("email_local_part", Username::EmailLocalPart)];

/// A Jitbit Helpdesk that takes autologin links. A link is good all day for whoever sees it; the bridge
/// is the better way.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct JitbitHandOff {
    /// The address of the helpdesk, without a slash at the end.
    pub url: WebUrl,
    /// The same, ready for use.
    pub site: Site,
    /// The user name that it knows people by. Default: the e-mail address.
    pub username: Username,
    /// The shared secret of the links.
    pub autologin_secret: SecretText,
}

pub(super) fn read(mut table: Table<'_, '_>) -> Option<JitbitHandOff> {
    let url = table.required("url", URL_HELP, url);
    let secret = table.required(
        "autologin_secret",
        "Copy the shared secret from Jitbit: Administration > General settings > Authentication.",
        table::secret,
    );
    let username = table
        .optional("username", |value| table::one_of(value, USERNAMES, "email or email_local_part"));
    let site = url.as_ref().and_then(|url| table.site(Site::new(url.as_str())));
    Some(JitbitHandOff {
        url: url?,
        site: site?,
        username: username.unwrap_or_default(),
        autologin_secret: secret?,
    })
}

/// The address as `https://host/helpdesk`; a slash at its end is dropped.
pub(super) fn url(value: &Value) -> Read<WebUrl> {
    let text = table::text(value)?;
    let trimmed = text.strip_suffix('/').unwrap_or(text);
    if trimmed.contains('?') || trimmed.ends_with("/User/Login") || trimmed.ends_with(ACS_PATH) {
        return Err(Fault::Text {
            expected: "the address of the helpdesk itself",
            found: Excerpt::new(text),
            help: URL_HELP,
        });
    }
    WebUrl::parse(trimmed).map_err(|reason| Fault::Url { reason, found: Excerpt::new(text) })
}

/// Where its SAML responses go; `url` as [`url`] reads it.
pub(super) fn acs_url(url: &WebUrl) -> String {
    alloc::format!("{url}{ACS_PATH}")
}

/// Where people begin to sign in.
pub(super) fn sign_on_url(url: &WebUrl) -> String {
    alloc::format!("{url}/User/Login")
}

/// The reverse of [`acs_url`].
pub(super) fn url_of(acs_url: &str) -> &str {
    acs_url.strip_suffix(ACS_PATH).unwrap_or(acs_url)
}
