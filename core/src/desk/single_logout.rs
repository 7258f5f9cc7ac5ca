//! How a connection signs people out at its identity provider too (SAML Profiles 4.4).

use alloc::string::String;

use serde_json::{Map, Value};

use super::error::Fault;
use super::table::{self, Table};
use super::url::WebUrl;
use crate::saml::metadata::Binding;

const BINDINGS: &[(&str, Binding)] = &[("redirect", Binding::Redirect), ("post", Binding::Post)];

/// The single logout service of an identity provider. A connection without one ends the session at
/// the desk only.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SingleLogout {
    /// Where people are sent to sign out.
    pub url: WebUrl,
    /// How requests and responses travel there. Default: redirect, which is all that Entra takes.
    pub binding: Binding,
    /// Where the answers to its own requests go. Default: `url`.
    pub response_url: Option<WebUrl>,
}

impl SingleLogout {
    /// `slo_url`, `slo_binding` and `slo_response_url` of a connection.
    pub(super) fn read(table: &mut Table<'_, '_>) -> Option<Self> {
        const HELP: &str = "Copy it from the identity provider: Logout URL (Entra), Identity Provider Single Logout \
             URL (Okta), SLO Endpoint (OneLogin); or leave out the other slo_ fields.";
        let binding = table
            .optional("slo_binding", |value| table::one_of(value, BINDINGS, "redirect or post"));
        let response_url = table.optional("slo_response_url", table::web_url);
        let url = table.optional("slo_url", table::web_url);
        if url.is_none() && (binding.is_some() || response_url.is_some()) && !table.has("slo_url") {
            table.tell("slo_url", Fault::Missing { help: HELP });
        }
        Some(Self { url: url?, binding: binding.unwrap_or(Binding::Redirect), response_url })
    }

    /// The reverse of [`SingleLogout::read`].
    pub(super) fn write(&self, members: &mut Map<String, Value>) {
        let binding = BINDINGS.iter().find(|(_, binding)| *binding == self.binding);
        members.insert("slo_url".into(), self.url.as_str().into());
        members.insert("slo_binding".into(), binding.map(|(word, _)| *word).into());
        if let Some(url) = &self.response_url {
            members.insert("slo_response_url".into(), url.as_str().into());
        }
    }

    /// Where the answers to the identity provider's own requests go.
    #[must_use]
    pub fn response_url(&self) -> &str {
        self.response_url.as_ref().unwrap_or(&self.url).as_str()
    }
}
