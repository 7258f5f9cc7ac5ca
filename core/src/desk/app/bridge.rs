//! A helpdesk whose SAML identity provider deskgate is.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use serde_json::Value;

use super::{jitbit, zendesk};
use crate::crypto::KeyRules;
use crate::desk::WebUrl;
use crate::desk::connection::entity_id;
use crate::desk::error::Fault;
use crate::desk::table::{self, Read, Table};
use crate::diagnostic::Excerpt;
use crate::preset::{Helpdesk, NameIdSource, ProfileField};
use crate::x509::Certificate;

/// Jitbit has no other; SAML settings of two helpdesks differ in their address only.
const JITBIT_AUDIENCE: &str = "https://www.jitbit.com/web-helpdesk/";

/// Where agents of every account begin.
const HELP_SCOUT_SIGN_ON_URL: &str = "https://secure.helpscout.net/members/login/";

const MAX_ATTRIBUTE_NAME_CHARS: usize = 512;

pub(super) const GENERIC_FIELDS: &[&str] = &[
    "audience",
    "acs_url",
    "name_id",
    "attributes",
    "sign_on_url",
    "logout_url",
    "idp_initiated",
    "encryption_certificate",
    "request_certificate",
];
pub(super) const URL_FIELDS: &[&str] = &["audience", "acs_url"];
pub(super) const JITBIT_FIELDS: &[&str] = &["url", "username"];
pub(super) const ZENDESK_FIELDS: &[&str] = &["subdomain"];

pub(super) const USERNAMES: &[(&str, NameIdSource)] = &[
    ("email", NameIdSource::Email),
    ("name_id", NameIdSource::NameId),
    ("email_local_part", NameIdSource::EmailLocalPart),
];

/// A SAML service provider and what its assertions are like.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Bridge {
    /// Its assertion consumer service; the only address that responses go to.
    pub acs_url: WebUrl,
    /// Its entity ID: the Issuer of its requests, the Audience of its assertions.
    pub audience: String,
    /// What the NameID is. Default: the e-mail address.
    pub name_id: NameIdSource,
    /// The attributes, where there is a value. Default: by product.
    pub attributes: Vec<BridgeAttribute>,
    /// Where people begin to sign in, if it is known.
    pub sign_on_url: Option<WebUrl>,
    /// Where it takes LogoutRequests and LogoutResponses by HTTP-Redirect, if it does.
    pub logout_url: Option<WebUrl>,
    /// Whether it takes responses that it did not ask for. Default: by product.
    pub idp_initiated: bool,
    /// Its assertions are encrypted for this one.
    pub encryption_certificate: Option<Certificate>,
    /// Its requests have to be signed with the key of this one.
    pub request_certificate: Option<Certificate>,
}

/// An attribute of a bridge's assertions.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a name and what it stands for")]
pub struct BridgeAttribute {
    /// What it tells.
    pub field: ProfileField,
    /// Its `Name`.
    pub name: String,
}

pub(super) fn read(table: &mut Table<'_, '_>, helpdesk: Helpdesk) -> Option<Bridge> {
    let name = helpdesk.name();
    match helpdesk {
        Helpdesk::Freshworks => {
            table.table(name, URL_FIELDS, |table| urls(table, helpdesk, entity_id))?
        }
        Helpdesk::HelpScout => table.table(name, URL_FIELDS, help_scout)?,
        Helpdesk::Jitbit => table.table(name, JITBIT_FIELDS, jitbit)?,
        Helpdesk::Zendesk => table.table(name, ZENDESK_FIELDS, zendesk)?,
        Helpdesk::Generic => table.table(name, GENERIC_FIELDS, generic)?,
    }
}

/// What the preset of the helpdesk says, with these two values.
fn with_preset(helpdesk: Helpdesk, audience: String, acs_url: WebUrl) -> Bridge {
    let preset = &helpdesk.preset().bridge;
    let attribute = |(field, name): &(ProfileField, &str)| BridgeAttribute {
        field: *field,
        name: (*name).to_string(),
    };
    Bridge {
        acs_url,
        audience,
        name_id: preset.name_id,
        attributes: preset.attributes.iter().map(attribute).collect(),
        sign_on_url: None,
        logout_url: None,
        idp_initiated: preset.idp_initiated,
        encryption_certificate: None,
        request_certificate: None,
    }
}

fn urls(
    mut table: Table<'_, '_>,
    helpdesk: Helpdesk,
    audience: fn(&Value) -> Read<String>,
) -> Option<Bridge> {
    let audience = table.required(
        "audience",
        "Copy it from the helpdesk: Audience URI (Help Scout, begins with urn:), Entity ID, or Service \
         provider Entity ID.",
        audience,
    );
    let acs_url = table.required(
        "acs_url",
        "Copy it from the helpdesk: Post-back URL (Help Scout), Assertion Consumer Service URL, or ACS \
         URL.",
        table::web_url,
    );
    Some(with_preset(helpdesk, audience?, acs_url?))
}

fn help_scout(table: Table<'_, '_>) -> Option<Bridge> {
    let bridge = urls(table, Helpdesk::HelpScout, help_scout_audience)?;
    let sign_on_url = WebUrl::parse(HELP_SCOUT_SIGN_ON_URL).ok();
    Some(Bridge { sign_on_url, ..bridge })
}

/// Its console shows two values that people exchange.
fn help_scout_audience(value: &Value) -> Read<String> {
    let audience = entity_id(value)?;
    let fits = audience.starts_with("urn:");
    fits.then_some(()).ok_or_else(|| Fault::Text {
        expected: "the Audience URI, which begins with urn:",
        found: Excerpt::new(&audience),
        help: "Copy Audience URI (Service Provider Entity ID) from Manage > Company > Authentication; the \
               Post-back URL belongs into acs_url.",
    })?;
    Ok(audience)
}

fn jitbit(mut table: Table<'_, '_>) -> Option<Bridge> {
    let url = table.required("url", jitbit::URL_HELP, jitbit::url);
    let username = table.optional("username", |value| {
        table::one_of(value, USERNAMES, "email, name_id or email_local_part")
    });
    let url = url?;
    let acs_url = WebUrl::parse(&jitbit::acs_url(&url)).ok()?;
    let sign_on_url = WebUrl::parse(&jitbit::sign_on_url(&url)).ok();
    let bridge = with_preset(Helpdesk::Jitbit, JITBIT_AUDIENCE.into(), acs_url);
    Some(Bridge { name_id: username.unwrap_or(bridge.name_id), sign_on_url, ..bridge })
}

fn zendesk(mut table: Table<'_, '_>) -> Option<Bridge> {
    let subdomain = table.required("subdomain", zendesk::SUBDOMAIN_HELP, zendesk::subdomain)?;
    let audience = alloc::format!("https://{subdomain}.zendesk.com");
    let acs_url = WebUrl::parse(&alloc::format!("{audience}/access/saml")).ok()?;
    Some(with_preset(Helpdesk::Zendesk, audience, acs_url))
}

fn generic(mut table: Table<'_, '_>) -> Option<Bridge> {
    let name_id = table.optional("name_id", |value| {
        table::one_of(value, NameIdSource::WORDS, "email, email_local_part, name_id or persistent")
    });
    let attributes = table.map("attributes", ProfileField::WORDS.len(), |field, value| {
        let field = table::word(
            field,
            ProfileField::WORDS,
            "email, family_name, given_name, groups, id, name, organization or phone",
        )?;
        Ok(BridgeAttribute { field, name: table::line(value, MAX_ATTRIBUTE_NAME_CHARS)? })
    });
    let sign_on_url = table.optional("sign_on_url", table::web_url);
    let logout_url = table.optional("logout_url", table::web_url);
    let idp_initiated = table.optional("idp_initiated", table::flag);
    let encryption_certificate = table.optional("encryption_certificate", certificate);
    let request_certificate = table.optional("request_certificate", certificate);
    let bridge = urls(table, Helpdesk::Generic, entity_id)?;
    Some(Bridge {
        name_id: name_id.unwrap_or(bridge.name_id),
        attributes: attributes.unwrap_or(bridge.attributes),
        sign_on_url,
        logout_url,
        idp_initiated: idp_initiated.unwrap_or(bridge.idp_initiated),
        encryption_certificate,
        request_certificate,
        ..bridge
    })
}

fn certificate(value: &Value) -> Read<Certificate> {
    let text = table::text(value)?;
    let parsed = Certificate::parse_all(text.as_bytes(), KeyRules::default());
    let mut certificates = parsed.map_err(Fault::Certificate)?;
    match (certificates.pop(), certificates.len()) {
        (Some(certificate), 0) => Ok(certificate),
        (_, others) => Err(Fault::Count { min: 1, max: 1, found: others.saturating_add(1) }),
    }
}
