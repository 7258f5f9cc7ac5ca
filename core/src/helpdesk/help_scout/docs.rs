//! Restricted Docs: Help Scout sends the visitor to our sign-in URL by GET, with `returnTo`; we send them
//! back to `/authcallback` of the Docs site with a token.

use alloc::string::{String, ToString as _};
use core::time::Duration;

use crate::crypto::{Crypto, JwsAlgorithm, SecretKey};
use crate::diagnostic::Excerpt;
use crate::helpdesk::address::{is_host, path};
use crate::helpdesk::parameters::{Parameters, query_of, with_query};
use crate::helpdesk::{Error, JWT, Profile, shared_key};
use crate::jose::json::Object;
use crate::jose::sign_jwt;
use crate::time::UnixTime;

/// `exp` of a token is also the end of the visitor's session at the Docs site; then they come back here
/// and notice nothing. The token stands in an address, and whoever finds it there can read for this long:
/// long enough to read on without a detour, short enough to be over when a history is looked through.
pub const TOKEN_LIFETIME: Duration = Duration::from_secs(300);

/// A Docs site: `https://` and its host, with or without a slash behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    origin: String,
}

impl Site {
    /// `https://contoso.helpscoutdocs.com`, or the custom domain.
    ///
    /// # Errors
    /// [`Error::AddressRefused`].
    pub fn new(docs_url: &str) -> Result<Self, Error> {
        let origin = docs_url.strip_suffix('/').unwrap_or(docs_url);
        if origin.strip_prefix("https://").is_some_and(is_host) {
            return Ok(Self { origin: origin.to_string() });
        }
        Err(Error::AddressRefused {
            name: "docs_url",
            expected: Excerpt::new("https://contoso.helpscoutdocs.com"),
            found: Excerpt::new(docs_url),
        })
    }
}

/// What Help Scout sends to the sign-in URL.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Request {
    /// The page that was asked for, a path of the Docs site.
    pub return_to: Option<String>,
}

impl Request {
    /// Reads the query (without `?`).
    ///
    /// # Errors
    /// [`Error::AddressRefused`] when `returnTo` is no path, and the errors about parameters.
    pub fn parse(query: &str) -> Result<Self, Error> {
        let parameters = Parameters::parse(query)?;
        let return_to = parameters.visible("returnTo")?.map(|text| path("returnTo", text));
        Ok(Self { return_to: return_to.transpose()? })
    }

    /// The parameters again, to come back here after a sign-in.
    #[must_use]
    pub fn to_query(&self) -> String {
        query_of(&[("returnTo", self.return_to.as_deref())])
    }
}

/// The address to send the visitor to: `sub` is their e-mail address.
///
/// # Errors
/// [`Error::WeakSecret`], [`Error::Jose`].
pub fn callback(
    site: &Site,
    request: &Request,
    profile: &Profile,
    secret: &SecretKey,
    now: UnixTime,
    crypto: &dyn Crypto,
) -> Result<String, Error> {
    let key = shared_key(secret, JwsAlgorithm::Hs512)?;
    let claims = Object::new()
        .with("exp", now.saturating_add(TOKEN_LIFETIME).seconds())
        .with("sub", profile.email());
    let token = sign_jwt(&claims, JWT, &key, crypto)?;
    let return_to = request.return_to.as_deref().unwrap_or("/");
    let query = query_of(&[("token", Some(&token)), ("returnTo", Some(return_to))]);
    Ok(with_query(&alloc::format!("{}/authcallback", site.origin), &query))
}
