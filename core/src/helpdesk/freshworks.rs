//! Freshworks: single sign-on with an `id_token`, in the shape of OAuth's implicit flow.
//!
//! Freshworks sends the browser to our authorization URL with `state`, `nonce`, `redirect_uri` and
//! `client_id`; we send it back to `redirect_uri` with `state` and `id_token`.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::time::Duration;

use crate::crypto::Crypto;
use crate::diagnostic::Excerpt;
use crate::helpdesk::address::is_host;
use crate::helpdesk::parameters::{Parameters, query_of, with_query};
use crate::helpdesk::{Error, JWT, Profile};
use crate::jose::json::Object;
use crate::jose::{SigningKey, sign_jwt};
use crate::time::UnixTime;

/// How long a token is good.
pub const TOKEN_LIFETIME: Duration = Duration::from_secs(120);

/// Longest `state` and `nonce`, in bytes. They come back in an address.
const MAX_STATE_BYTES: usize = 1024;

/// An account of Freshworks, and what it may ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    client_id: String,
    redirect_uris: Vec<String>,
}

impl Site {
    /// `host` is the account, as `contoso.freshworks.com`; `redirect_uris` are compared byte for byte.
    ///
    /// # Errors
    /// [`Error::AddressRefused`] when one of them is not https, or not on `host`;
    /// [`Error::ParameterMissing`] when there is none, or no client.
    pub fn new(host: &str, client_id: &str, redirect_uris: Vec<String>) -> Result<Self, Error> {
        let refused = |name, expected: &str, found: &str| Error::AddressRefused {
            name,
            expected: Excerpt::new(expected),
            found: Excerpt::new(found),
        };
        if !is_host(host) {
            return Err(refused("account", "a host such as contoso.freshworks.com", host));
        }
        if client_id.is_empty() {
            return Err(Error::ParameterMissing { name: "client_id" });
        }
        if redirect_uris.is_empty() {
            return Err(Error::ParameterMissing { name: "redirect_uris" });
        }
        let prefix = alloc::format!("https://{host}/");
        for uri in &redirect_uris {
            let is_plain = uri.bytes().all(|b| b.is_ascii_graphic() && !b"\\#\"<>".contains(&b));
            if !is_plain || !uri.starts_with(&prefix) {
                return Err(refused("redirect_uris", &prefix, uri));
            }
        }
        Ok(Self { client_id: client_id.to_string(), redirect_uris })
    }
}

/// A checked authorization request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Request {
    /// Given back unread.
    pub state: String,
    /// Goes into the token, so that it answers this request only.
    pub nonce: String,
    /// One of the configured addresses.
    pub redirect_uri: String,
    /// The client, where Freshworks names it.
    pub client_id: Option<String>,
}

impl Request {
    /// Reads the query (without `?`).
    ///
    /// # Errors
    /// [`Error::AddressRefused`] when `redirect_uri` is not one of the app's, [`Error::ClientMismatch`],
    /// and the errors about parameters.
    pub fn parse(query: &str, site: &Site) -> Result<Self, Error> {
        let parameters = Parameters::parse(query)?;
        let redirect_uri = parameters.required("redirect_uri")?;
        if !site.redirect_uris.iter().any(|uri| uri == redirect_uri) {
            return Err(Error::AddressRefused {
                name: "redirect_uri",
                expected: Excerpt::new(&site.redirect_uris.join(", ")),
                found: Excerpt::new(redirect_uri),
            });
        }
        let client_id = parameters.visible("client_id")?;
        if let Some(found) = client_id.filter(|client| *client != site.client_id) {
            let expected = Excerpt::new(&site.client_id);
            return Err(Error::ClientMismatch { expected, found: Excerpt::new(found) });
        }
        Ok(Self {
            state: bounded(&parameters, "state")?,
            nonce: bounded(&parameters, "nonce")?,
            redirect_uri: redirect_uri.to_string(),
            client_id: client_id.map(String::from),
        })
    }

    /// The parameters again, to come back here after a sign-in.
    #[must_use]
    pub fn to_query(&self) -> String {
        query_of(&[
            ("client_id", self.client_id.as_deref()),
            ("redirect_uri", Some(&self.redirect_uri)),
            ("state", Some(&self.state)),
            ("nonce", Some(&self.nonce)),
        ])
    }
}

fn bounded(parameters: &Parameters, name: &'static str) -> Result<String, Error> {
    let value = parameters.required(name)?;
    if value.len() > MAX_STATE_BYTES {
        return Err(Error::ParameterTooLong { name, limit: MAX_STATE_BYTES, found: value.len() });
    }
    Ok(value.to_string())
}

/// What goes into the token besides the request.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "a new input has to be decided by every caller")]
pub struct NewIdToken<'a> {
    /// The desk's URL: `iss`.
    pub issuer: &'a str,
    /// What names the person for ever: `sub`.
    pub subject: &'a str,
    /// The person.
    pub profile: &'a Profile,
    /// Fresh random bytes for `jti`.
    pub entropy: [u8; 16],
}

/// The address to send the browser to, with the token in it.
///
/// Freshworks documents `sub`, `email`, `iat` and `nonce`. The others are those of OpenID Connect, where
/// they mean that the token ends, and for whom it is.
///
/// # Errors
/// [`Error::Jose`] when `key`, which has to be RSA, cannot sign here.
pub fn redirect(
    site: &Site,
    request: &Request,
    new: &NewIdToken<'_>,
    key: &SigningKey,
    now: UnixTime,
    crypto: &dyn Crypto,
) -> Result<String, Error> {
    let claims = Object::new()
        .with("iss", new.issuer)
        .with("aud", site.client_id.as_str())
        .with("sub", new.subject)
        .with("email", new.profile.email())
        .with("iat", now.seconds())
        .with("exp", now.saturating_add(TOKEN_LIFETIME).seconds())
        .with("jti", crate::base64::encode_url(&new.entropy))
        .with("nonce", request.nonce.as_str())
        .with_some("name", new.profile.name())
        .with_some("given_name", new.profile.given_name())
        .with_some("family_name", new.profile.family_name())
        .with_some("phone_number", new.profile.phone());
    let token = sign_jwt(&claims, JWT, key, crypto)?;
    let query = query_of(&[("state", Some(&request.state)), ("id_token", Some(&token))]);
    Ok(with_query(&request.redirect_uri, &query))
}
