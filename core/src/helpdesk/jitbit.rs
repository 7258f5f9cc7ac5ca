//! Jitbit's autologin link.
//!
//! Weak by its design, which we cannot change: the hash is good for the whole day and for any number of
//! uses, it comes around again each year, it stands in an address, and nothing separates the user name
//! from the e-mail address in what is hashed. The holder of a link for `bob@contoso.com` can move that
//! border and present the same hash for another name and a shorter address, such as `b@contoso.com`.
//! So it is for customers of a helpdesk, and not where staff signs in: there the SAML bridge belongs.

use alloc::format;
use alloc::string::{String, ToString as _};

use crate::crypto::{Crypto, DigestAlgorithm, SecretKey};
use crate::diagnostic::Excerpt;
use crate::helpdesk::address::{is_host, path_or_address};
use crate::helpdesk::hex::lower_hex;
use crate::helpdesk::parameters::{Parameters, query_of};
use crate::helpdesk::{Error, Profile, check_secret};
use crate::time::UnixTime;

/// Characters of the hash that Jitbit compares.
const HASH_CHARACTERS: usize = 28;

/// The user name that Jitbit knows a person by.
///
/// Both follow from the e-mail address. A name that somebody chose would let them choose a part of what
/// is hashed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the two conventions of Jitbit")]
pub enum Username {
    /// The e-mail address.
    #[default]
    Email,
    /// What stands before its `@`.
    EmailLocalPart,
}

/// A Jitbit helpdesk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    url: String,
}

impl Site {
    /// The address of the helpdesk, as `https://contoso.jitbit.com/helpdesk`.
    ///
    /// # Errors
    /// [`Error::AddressRefused`].
    pub fn new(url: &str) -> Result<Self, Error> {
        let trimmed = url.strip_suffix('/').unwrap_or(url);
        let rest = trimmed.strip_prefix("https://").unwrap_or_default();
        let (host, path) = rest.split_once('/').unwrap_or((rest, "a"));
        let is_segment = |segment: &str| {
            !segment.is_empty()
                && segment.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
        };
        if is_host(host) && path.split('/').all(is_segment) {
            return Ok(Self { url: trimmed.to_string() });
        }
        Err(Error::AddressRefused {
            name: "url",
            expected: Excerpt::new("https://contoso.jitbit.com/helpdesk"),
            found: Excerpt::new(url),
        })
    }

    fn origin(&self) -> &str {
        const SCHEME: usize = "https://".len();
        let slash = self.url.bytes().skip(SCHEME).position(|b| b == b'/');
        slash.and_then(|at| self.url.get(..SCHEME + at)).unwrap_or(&self.url)
    }
}

/// What the sender may want to be kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Request {
    /// The page to open, of the helpdesk's own host.
    pub return_url: Option<String>,
    /// Whether to open the form for a new ticket.
    pub new_ticket: bool,
}

impl Request {
    /// Reads the query (without `?`).
    ///
    /// # Errors
    /// [`Error::AddressRefused`] when `ReturnUrl` leads to another host, and the errors about parameters.
    pub fn parse(query: &str, site: &Site) -> Result<Self, Error> {
        let parameters = Parameters::parse(query)?;
        let return_url = parameters
            .visible("ReturnUrl")?
            .map(|text| path_or_address("ReturnUrl", text, [site.origin()]));
        let new_ticket = match parameters.visible("new_ticket")? {
            None => false,
            Some("1") => true,
            Some(other) => {
                let found = Excerpt::new(other);
                return Err(Error::ParameterMalformed { name: "new_ticket", found });
            }
        };
        Ok(Self { return_url: return_url.transpose()?, new_ticket })
    }

    /// The parameters again, to come back here after a sign-in.
    #[must_use]
    pub fn to_query(&self) -> String {
        query_of(&[
            ("ReturnUrl", self.return_url.as_deref()),
            ("new_ticket", self.new_ticket.then_some("1")),
        ])
    }
}

/// The link that signs the person in. `now` is the day in UTC; Jitbit does not say whose day it takes.
///
/// # Errors
/// [`Error::WeakSecret`].
pub fn autologin(
    site: &Site,
    request: &Request,
    profile: &Profile,
    username: Username,
    secret: &SecretKey,
    now: UnixTime,
    crypto: &dyn Crypto,
) -> Result<String, Error> {
    check_secret(secret)?;
    let email = profile.email();
    let username = match username {
        Username::Email => email,
        Username::EmailLocalPart => email.split('@').next().unwrap_or(email),
    };
    let hash = user_hash(username, email, secret, now, crypto);
    let query = query_of(&[
        ("username", Some(username)),
        ("email", Some(email)),
        ("userHash", Some(&hash)),
        ("FirstName", profile.given_name()),
        ("LastName", profile.family_name()),
        ("CompanyName", profile.organization()),
        ("new_ticket", request.new_ticket.then_some("1")),
        ("ReturnUrl", request.return_url.as_deref()),
    ]);
    Ok(format!("{}/User/AutoLogin?{query}", site.url))
}

/// The first 28 characters of SHA-256 over name, address, secret, day and month, in hexadecimal.
fn user_hash(
    username: &str,
    email: &str,
    secret: &SecretKey,
    now: UnixTime,
    crypto: &dyn Crypto,
) -> String {
    // 2026-11-21T12:00:00Z: month and day stand at 5 and 8, two digits each.
    let date = now.to_string();
    let month = date.get(5..7).unwrap_or_default();
    let day = date.get(8..10).unwrap_or_default();
    let mut hasher = crypto.hasher(DigestAlgorithm::Sha256);
    let parts = [username.as_bytes(), email.as_bytes(), secret.as_bytes()];
    for part in parts.into_iter().chain([day.as_bytes(), month.as_bytes()]) {
        hasher.update(part);
    }
    lower_hex(hasher.finish().as_bytes()).chars().take(HASH_CHARACTERS).collect()
}
