//! Zendesk: JWT single sign-on, the remote logout address, and tokens of its help centers.
//!
//! Zendesk sends the browser to our remote login URL, and our page posts the token to
//! `/access/jwt` of the subdomain. (The older GET with the token in the address is being retired by
//! Zendesk, and would leave it in histories and logs.) When Zendesk refuses a token it sends the browser
//! to the remote logout URL, with its reason in `message`.
//!
//! Zendesk finds people by their primary e-mail address whatever their role is: whoever comes with the
//! address of an administrator is that administrator.

pub mod help_center;
mod request;
mod sign_out;
mod token;

pub use request::Request;
pub use sign_out::{Cause, SignOut};
pub use token::{NewToken, Token, token};

use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use crate::diagnostic::Excerpt;
use crate::helpdesk::address::{is_host, is_label};
use crate::helpdesk::{Error, SyncRule, SyncRules};

/// Most brands of one account.
pub const MAX_BRANDS: usize = 300;

/// An account of Zendesk: where tokens go, and which addresses are its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    subdomain: String,
    host_mapping: Option<String>,
    brands: Vec<Brand>,
    loopback_origin: Option<String>,
}

/// A further brand of the account, with its own subdomain and the same shared secret.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "the two things that tell brands apart")]
pub struct Brand {
    /// `brand_id`, as Zendesk sends it.
    pub id: String,
    /// Its subdomain.
    pub subdomain: String,
}

impl Site {
    /// `subdomain` is `contoso` of `contoso.zendesk.com`. It is needed with a custom domain too
    /// (`host_mapping`, as `support.contoso.com`): tokens are only taken at the subdomain.
    ///
    /// # Errors
    /// [`Error::AddressRefused`] for what is no label or host name, [`Error::ParameterMalformed`] for a
    /// brand whose identifier is not a number, [`Error::ParameterRepeated`] for one that is there twice.
    pub fn new(
        subdomain: &str,
        host_mapping: Option<&str>,
        brands: Vec<Brand>,
    ) -> Result<Self, Error> {
        check_subdomain(subdomain)?;
        if let Some(host) = host_mapping.filter(|host| !is_host(host)) {
            return Err(address("host_mapping", "a host name such as support.contoso.com", host));
        }
        if brands.len() > MAX_BRANDS {
            let found = brands.len();
            return Err(Error::ParameterTooLong { name: "brands", limit: MAX_BRANDS, found });
        }
        for (index, brand) in brands.iter().enumerate() {
            check_subdomain(&brand.subdomain)?;
            if brand.id.is_empty() || !brand.id.bytes().all(|b| b.is_ascii_digit()) {
                let found = Excerpt::new(&brand.id);
                return Err(Error::ParameterMalformed { name: "brands", found });
            }
            if brands.iter().take(index).any(|earlier| earlier.id == brand.id) {
                return Err(Error::ParameterRepeated { name: "brands" });
            }
        }
        Ok(Self {
            subdomain: subdomain.to_string(),
            host_mapping: host_mapping.map(String::from),
            brands,
            loopback_origin: None,
        })
    }

    /// The same account, played by a program on this machine: tokens go to `origin`, which the caller
    /// knows to be a loopback address. For development.
    #[must_use]
    pub fn on_loopback(self, origin: &str) -> Self {
        Self { loopback_origin: Some(origin.to_string()), ..self }
    }

    /// See [`Site::on_loopback`].
    #[must_use]
    pub fn loopback_origin(&self) -> Option<&str> {
        self.loopback_origin.as_deref()
    }

    /// Scheme and host that take the tokens of this brand. An unknown brand is the account's own affair:
    /// its main subdomain knows all of them by the `brand_id` that is sent along.
    #[must_use]
    pub fn origin(&self, brand_id: Option<&str>) -> String {
        if let Some(origin) = &self.loopback_origin {
            return origin.clone();
        }
        let brand = self.brands.iter().find(|brand| Some(brand.id.as_str()) == brand_id);
        origin_of(brand.map_or(&self.subdomain, |brand| &brand.subdomain))
    }

    /// Where people with a Zendesk password sign in without us, and where administrators have a
    /// one-time link sent to them.
    #[must_use]
    pub fn ways_around(&self) -> [String; 2] {
        let origin = self.origin(None);
        [format!("{origin}/access/normal"), format!("{origin}/access/sso_bypass")]
    }

    /// Everywhere that people read pages of this account.
    fn origins(&self) -> Vec<String> {
        let mut origins = Vec::from([origin_of(&self.subdomain)]);
        origins.extend(self.host_mapping.as_ref().map(|host| format!("https://{host}")));
        origins.extend(self.brands.iter().map(|brand| origin_of(&brand.subdomain)));
        origins.extend(self.loopback_origin.clone());
        origins
    }
}

/// Whether Zendesk can be served by these rules.
///
/// # Errors
/// [`Error::NameRule`]: `name` is mandatory in each token.
pub fn check_rules(rules: &SyncRules) -> Result<(), Error> {
    if rules.name == SyncRule::Always { Ok(()) } else { Err(Error::NameRule) }
}

fn origin_of(subdomain: &str) -> String {
    format!("https://{subdomain}.zendesk.com")
}

fn check_subdomain(text: &str) -> Result<(), Error> {
    if is_label(text) {
        return Ok(());
    }
    Err(address("subdomain", "contoso, when the address is contoso.zendesk.com", text))
}

fn address(name: &'static str, expected: &str, found: &str) -> Error {
    Error::AddressRefused { name, expected: Excerpt::new(expected), found: Excerpt::new(found) }
}
