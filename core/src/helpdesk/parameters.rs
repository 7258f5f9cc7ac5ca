//! The parameters that a helpdesk sends along in the query of the hand-off.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use crate::diagnostic::Excerpt;
use crate::helpdesk::Error;

/// Longest query, in bytes, before percent-decoding.
pub const MAX_QUERY_BYTES: usize = 8 * 1024;

/// Longest value of one parameter, in bytes. The longest real ones are addresses with a search in
/// them; an address of more than 2,048 bytes does not get through all browsers and proxies.
pub const MAX_PARAMETER_BYTES: usize = 2048;

/// Decoded `application/x-www-form-urlencoded` parameters.
#[derive(Debug)]
pub(super) struct Parameters {
    pairs: Vec<(String, String)>,
}

impl Parameters {
    /// Reads a query without its `?`.
    pub(super) fn parse(query: &str) -> Result<Self, Error> {
        if query.len() > MAX_QUERY_BYTES {
            return Err(Error::QueryTooLong { limit: MAX_QUERY_BYTES, found: query.len() });
        }
        let pairs = form_urlencoded::parse(query.as_bytes())
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        Ok(Self { pairs })
    }

    /// The value of a parameter that stands at most once. Its readers see another one of two.
    fn once(&self, name: &'static str) -> Result<Option<&str>, Error> {
        let mut values = self.pairs.iter().filter(|(found, _)| found == name);
        let value = values.next().map(|(_, value)| value.as_str());
        match values.next() {
            Some(_) => Err(Error::ParameterRepeated { name }),
            None => Ok(value.filter(|value| !value.is_empty())),
        }
    }

    /// A value of visible ASCII characters: identifiers, numbers, addresses. Empty counts as absent.
    pub(super) fn visible(&self, name: &'static str) -> Result<Option<&str>, Error> {
        let Some(value) = self.once(name)? else { return Ok(None) };
        if value.len() > MAX_PARAMETER_BYTES {
            let found = value.len();
            return Err(Error::ParameterTooLong { name, limit: MAX_PARAMETER_BYTES, found });
        }
        if value.bytes().all(|b| b.is_ascii_graphic()) {
            return Ok(Some(value));
        }
        Err(Error::ParameterMalformed { name, found: Excerpt::new(value) })
    }

    /// As [`Parameters::visible`], for one that has to be there.
    pub(super) fn required(&self, name: &'static str) -> Result<&str, Error> {
        self.visible(name)?.ok_or(Error::ParameterMissing { name })
    }

    /// A decimal number, kept as it is written; identifiers of brands and locales have 1 to 15 digits.
    pub(super) fn number(&self, name: &'static str) -> Result<Option<String>, Error> {
        const MAX_DIGITS: usize = 20;
        match self.visible(name)? {
            None => Ok(None),
            Some(digits)
                if digits.len() <= MAX_DIGITS && digits.bytes().all(|b| b.is_ascii_digit()) =>
            {
                Ok(Some(digits.to_string()))
            }
            Some(other) => Err(Error::ParameterMalformed { name, found: Excerpt::new(other) }),
        }
    }

    /// Whatever stands there, for a log and nothing else. The first one of several.
    pub(super) fn hostile(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }
}

/// A query in the order given; what is absent is left out.
pub(super) fn query_of(pairs: &[(&str, Option<&str>)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in pairs {
        if let Some(value) = value {
            query.append_pair(name, value);
        }
    }
    query.finish()
}

/// `address` with a query behind it.
pub(super) fn with_query(address: &str, query: &str) -> String {
    let separator = match address.contains('?') {
        _ if query.is_empty() => "",
        true => "&",
        false => "?",
    };
    alloc::format!("{address}{separator}{query}")
}
