//! What Zendesk sends to the remote login URL.

use alloc::string::String;

use crate::helpdesk::Error;
use crate::helpdesk::address::path_or_address;
use crate::helpdesk::parameters::{Parameters, query_of, with_query};
use crate::helpdesk::zendesk::Site;

/// The parameters that Zendesk wants back on the address that takes the token. All may be absent: then
/// somebody opened the address without Zendesk, and lands on its start page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Request {
    /// The page that was asked for: an address of the account, or a path.
    pub return_to: Option<String>,
    /// The brand whose page it was.
    pub brand_id: Option<String>,
    /// The language of that page.
    pub locale_id: Option<String>,
    /// Zendesk's clock when it sent the browser here. Never taken for ours.
    pub timestamp: Option<String>,
}

impl Request {
    /// Reads the query (without `?`). Parameters that we do not know are ignored, since vendors add some.
    ///
    /// # Errors
    /// [`Error::AddressRefused`] when `return_to` leads out of the account, and the errors about
    /// parameters.
    pub fn parse(query: &str, site: &Site) -> Result<Self, Error> {
        let parameters = Parameters::parse(query)?;
        let origins = site.origins();
        let return_to = match parameters.visible("return_to")? {
            Some(text) => {
                Some(path_or_address("return_to", text, origins.iter().map(String::as_str))?)
            }
            None => None,
        };
        Ok(Self {
            return_to,
            brand_id: parameters.number("brand_id")?,
            locale_id: parameters.number("locale_id")?,
            timestamp: parameters.number("timestamp")?,
        })
    }

    /// The parameters again, to come back here after a sign-in.
    #[must_use]
    pub fn to_query(&self) -> String {
        query_of(&[
            ("return_to", self.return_to.as_deref()),
            ("brand_id", self.brand_id.as_deref()),
            ("locale_id", self.locale_id.as_deref()),
            ("timestamp", self.timestamp.as_deref()),
        ])
    }

    /// Where the browser posts the form whose only field is `jwt`.
    #[must_use]
    pub fn action(&self, site: &Site) -> String {
        let endpoint = site.origin(self.brand_id.as_deref()) + "/access/jwt";
        with_query(&endpoint, &self.to_query())
    }
}
