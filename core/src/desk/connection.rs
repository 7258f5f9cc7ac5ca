//! One connection: an identity provider, and what its responses must be like.

mod attributes;
mod certificates;

pub(super) use attributes::FIELDS as ATTRIBUTE_FIELDS;

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::time::Duration;

use serde_json::Value;

use super::error::Fault;
use super::single_logout::SingleLogout;
use super::table::{self, Read, Table};
use super::url::WebUrl;
use crate::crypto::PublicKey;
use crate::diagnostic::Excerpt;
use crate::identity::Identity;
use crate::preset::IdentityProvider;
use crate::saml::{DEFAULT_CLOCK_SKEW, FurtherDemands, MAX_CLOCK_SKEW, RequiredSignature};
use crate::session::{AttributeNames, Person, ReturnTarget, TRANSACTION_LIFETIME};
use crate::time::UnixTime;
use crate::x509::Certificate;

/// Longest entity ID (SAML Core 8.3.6).
const MAX_ENTITY_ID_CHARS: usize = 1024;

/// How long after its IssueInstant an assertion is accepted at most, and unless set otherwise. Entra
/// gives an assertion 60 to 70 minutes, Okta, Google and OneLogin 3 to 5, AD FS an hour; bounds of
/// years were met in assertions for tests.
pub const MAX_ASSERTION_AGE: Duration = Duration::from_secs(86_400);

/// Less would refuse people whose clock and network are slow.
const MIN_ASSERTION_AGE: Duration = Duration::from_secs(60);

const MAX_AUTHN_CONTEXTS: usize = 16;
const MAX_NAME_CHARS: usize = 40;
const MAX_DISPLAY_NAME_CHARS: usize = 100;
const MAX_EMAIL_DOMAINS: usize = 64;

pub(super) const FIELDS: &[&str] = &[
    "name",
    "display_name",
    "preset",
    "idp_entity_id",
    "sso_url",
    "sso_binding",
    "slo_url",
    "slo_binding",
    "slo_response_url",
    "certificates",
    "sp_entity_id",
    "allow_idp_initiated",
    "idp_initiated_target",
    "sign_requests",
    "require_signed",
    "require_encrypted",
    "require_authn_context",
    "force_authn",
    "max_assertion_age_seconds",
    "enforce_certificate_dates",
    "clock_skew_seconds",
    "dangerous_allow_sha1_until",
    "dangerous_allow_cbc_until",
    "enabled",
    "email_domains",
    "dangerous_any_email_domain",
    "attributes",
];

/// How the AuthnRequest travels to the identity provider (SAML Bindings 3.4 and 3.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SsoBinding {
    /// HTTP-POST: a page that posts itself.
    Post,
    /// HTTP-Redirect, the default; what Entra takes.
    Redirect,
}

pub(super) const SSO_BINDINGS: &[(&str, SsoBinding)] =
    &[("redirect", SsoBinding::Redirect), ("post", SsoBinding::Post)];

pub(super) const REQUIRED_SIGNATURES: &[(&str, RequiredSignature)] = &[
    ("either", RequiredSignature::Either),
    ("assertion", RequiredSignature::Assertion),
    ("response", RequiredSignature::Response),
    ("both", RequiredSignature::Both),
];

/// The settings of one identity provider. Made only by [`Desk::from_json`](super::Desk::from_json).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Connection {
    /// Its name in addresses and logs: 1 to 40 of `a-z`, `0-9` and `-`, unique in the desk.
    pub name: String,
    /// Its name for people, on the sign-in page. Default: `name`.
    pub display_name: String,
    /// The product. Default: any.
    pub preset: IdentityProvider,
    /// Entity ID of the identity provider: the Issuer of its responses.
    pub idp_entity_id: String,
    /// Where people are sent to sign in.
    pub sso_url: WebUrl,
    /// How they are sent there. Default: redirect.
    pub sso_binding: SsoBinding,
    /// Where they are sent to sign out there too. Default: nowhere.
    pub single_logout: Option<SingleLogout>,
    /// The signing certificates of the identity provider, all of them trusted.
    pub certificates: Vec<Certificate>,
    /// Our own entity ID towards this identity provider. Default: the metadata address of the desk.
    pub sp_entity_id: String,
    /// Whether responses that answer no request of ours are accepted. Default: no, because they allow
    /// signing a victim in as the attacker.
    pub allow_idp_initiated: bool,
    /// Where such a sign-in ends. Default: `/`.
    pub idp_initiated_target: ReturnTarget,
    /// Whether our requests are signed. Default: no.
    pub sign_requests: bool,
    /// What must carry a signature of its own. Default: response or assertion.
    pub require_signed: RequiredSignature,
    /// Whether only encrypted assertions are accepted. Default: no.
    pub require_encrypted: bool,
    /// The ways of signing in (AuthnContextClassRef) of which one is asked for and demanded. Default:
    /// none, which allows all.
    pub require_authn_context: Vec<String>,
    /// Whether a fresh sign-in is asked for and demanded, although the identity provider has a session.
    /// Default: no.
    pub force_authn: bool,
    /// How long after its IssueInstant an assertion is accepted, whatever its own bounds say; 60 seconds
    /// to [`MAX_ASSERTION_AGE`], the default.
    pub max_assertion_age: Duration,
    /// Whether a certificate counts only within its dates. Default: no, as metadata has it: only the
    /// keys count, so that nobody is locked out on the day on which a certificate ends.
    pub enforce_certificate_dates: bool,
    /// Accepted difference of the clocks, at most [`MAX_CLOCK_SKEW`].
    pub clock_skew: Duration,
    /// SHA-1 signatures are accepted before this time.
    pub dangerous_allow_sha1_until: Option<UnixTime>,
    /// AES-CBC encryption is accepted before this time.
    pub dangerous_allow_cbc_until: Option<UnixTime>,
    /// Whether anybody can sign in through it. Default: yes. At the edge, its sessions end with it.
    pub enabled: bool,
    /// The domains of the e-mail addresses that this identity provider may speak for, in lower case.
    /// Default: none listed, which allows all; that is refused when the desk has other connections.
    pub email_domains: Vec<String>,
    /// Any address is accepted, also those of the other connections' people. Default: no. Then
    /// `email_domains` only lead to this connection from the sign-in page.
    pub dangerous_any_email_domain: bool,
    /// The attributes that tell about the person.
    pub attributes: AttributeNames,
    pub(super) keys: Vec<PublicKey>,
}

impl Connection {
    /// The person, by the attribute names of this connection.
    #[must_use]
    pub fn person(&self, identity: &Identity<'_>) -> Person {
        Person::from_identity(identity, &self.attributes)
    }

    /// The keys of all certificates, in their order.
    #[must_use]
    pub fn keys(&self) -> &[PublicKey] {
        &self.keys
    }

    /// What is demanded beyond the profile. A fresh sign-in is one of this login, which takes ten
    /// minutes at most; whoever knows when it began says so more exactly.
    pub(super) fn further_demands(&self, now: UnixTime) -> FurtherDemands<'_> {
        FurtherDemands {
            authenticated_since: self.force_authn.then(|| now.saturating_sub(TRANSACTION_LIFETIME)),
            authn_contexts: &self.require_authn_context,
            dated_certificates: match self.enforce_certificate_dates {
                true => &self.certificates,
                false => &[],
            },
            encrypted: self.require_encrypted,
            max_age: Some(self.max_assertion_age),
        }
    }

    /// The domains that an e-mail address may have, in lower case; empty for any.
    #[must_use]
    pub fn accepted_email_domains(&self) -> &[String] {
        if self.dangerous_any_email_domain { &[] } else { &self.email_domains }
    }

    /// Whether SHA-1 signatures are accepted at `now`.
    #[must_use]
    pub fn allows_sha1(&self, now: UnixTime) -> bool {
        self.dangerous_allow_sha1_until.is_some_and(|end| now < end)
    }

    /// Whether AES-CBC encryption is accepted at `now`.
    #[must_use]
    pub fn allows_cbc(&self, now: UnixTime) -> bool {
        self.dangerous_allow_cbc_until.is_some_and(|end| now < end)
    }
}

/// `prefix` is where the desk's own pages are; `metadata_url` is there unless the desk's `url` is refused.
pub(super) fn read(
    mut table: Table<'_, '_>,
    prefix: &str,
    metadata_url: Option<&str>,
) -> Option<Connection> {
    let name = table.required(
        "name",
        "Choose a short name for addresses and logs, such as contoso.",
        short_name,
    );
    let display_name = table
        .optional("display_name", |value| table::line(value, MAX_DISPLAY_NAME_CHARS))
        .or_else(|| name.clone());
    let preset = table.optional("preset", preset).unwrap_or(IdentityProvider::Generic);
    let idp_entity_id = table.required(
        "idp_entity_id",
        "Copy it from the identity provider: Microsoft Entra Identifier, Issuer (Okta), Issuer URL \
         (OneLogin) or Entity ID (Google).",
        entity_id,
    );
    let sso_url = table.required(
        "sso_url",
        "Copy it from the identity provider: Login URL (Entra), Sign on URL (Okta), SAML 2.0 Endpoint \
         (OneLogin) or SSO URL (Google).",
        table::web_url,
    );
    let sso_binding = table
        .optional("sso_binding", |value| table::one_of(value, SSO_BINDINGS, "redirect or post"));
    let single_logout = SingleLogout::read(&mut table);
    let certificates = certificates::read(&mut table);
    let sp_entity_id = table.optional("sp_entity_id", entity_id);
    let allow_idp_initiated = table.optional("allow_idp_initiated", table::flag);
    let idp_initiated_target =
        table.optional("idp_initiated_target", |value| return_target(value, prefix));
    let sign_requests = table.optional("sign_requests", table::flag);
    let require_signed = table.optional("require_signed", |value| {
        table::one_of(value, REQUIRED_SIGNATURES, "either, assertion, response or both")
    });
    let require_encrypted = table.optional("require_encrypted", table::flag);
    let require_authn_context =
        table.list("require_authn_context", 1..=MAX_AUTHN_CONTEXTS, authn_context);
    let force_authn = table.optional("force_authn", table::flag);
    let max_assertion_age = table.optional("max_assertion_age_seconds", |value| {
        let limits = MIN_ASSERTION_AGE.as_secs()..=MAX_ASSERTION_AGE.as_secs();
        table::whole_number(value, limits).map(Duration::from_secs)
    });
    let enforce_certificate_dates = table.optional("enforce_certificate_dates", table::flag);
    let clock_skew = table.optional("clock_skew_seconds", |value| {
        table::whole_number(value, 0..=MAX_CLOCK_SKEW.as_secs()).map(Duration::from_secs)
    });
    let sha1_until = table.optional("dangerous_allow_sha1_until", table::time);
    let cbc_until = table.optional("dangerous_allow_cbc_until", table::time);
    let enabled = table.optional("enabled", table::flag);
    let email_domains = table.list("email_domains", 1..=MAX_EMAIL_DOMAINS, email_domain);
    let any_email_domain = table.optional("dangerous_any_email_domain", table::flag);
    let attributes = table.table("attributes", ATTRIBUTE_FIELDS, |table| {
        attributes::read(table, AttributeNames::of(preset))
    });
    let certificates = certificates?;
    Some(Connection {
        name: name?,
        display_name: display_name?,
        preset,
        idp_entity_id: idp_entity_id?,
        sso_url: sso_url?,
        sso_binding: sso_binding.unwrap_or(SsoBinding::Redirect),
        single_logout,
        keys: certificates.iter().map(|certificate| certificate.public_key().clone()).collect(),
        certificates,
        sp_entity_id: sp_entity_id.or_else(|| metadata_url.map(String::from))?,
        allow_idp_initiated: allow_idp_initiated.unwrap_or(false),
        idp_initiated_target: idp_initiated_target.unwrap_or_else(ReturnTarget::home),
        sign_requests: sign_requests.unwrap_or(false),
        require_signed: require_signed.unwrap_or_default(),
        require_encrypted: require_encrypted.unwrap_or(false),
        require_authn_context: require_authn_context.unwrap_or_default(),
        force_authn: force_authn.unwrap_or(false),
        max_assertion_age: max_assertion_age.unwrap_or(MAX_ASSERTION_AGE),
        enforce_certificate_dates: enforce_certificate_dates.unwrap_or(false),
        clock_skew: clock_skew.unwrap_or(DEFAULT_CLOCK_SKEW),
        dangerous_allow_sha1_until: sha1_until,
        dangerous_allow_cbc_until: cbc_until,
        enabled: enabled.unwrap_or(true),
        email_domains: email_domains.unwrap_or_default(),
        dangerous_any_email_domain: any_email_domain.unwrap_or(false),
        attributes: attributes.unwrap_or_else(|| AttributeNames::of(preset)),
    })
}

fn preset(value: &Value) -> Read<IdentityProvider> {
    let text = table::text(value)?;
    IdentityProvider::ALL.into_iter().find(|provider| provider.name() == text).ok_or_else(|| {
        Fault::Text {
            expected: "entra, okta, onelogin, google, adfs, keycloak, imis or generic",
            found: Excerpt::new(text),
            help: "Choose one of the words, or leave the field out.",
        }
    })
}

/// It stands in addresses, so it has none of the characters that would need escaping there.
pub(super) fn short_name(value: &Value) -> Read<String> {
    let text = table::text(value)?;
    let fits = (1..=MAX_NAME_CHARS).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    fits.then(|| text.to_string()).ok_or_else(|| Fault::Text {
        expected: "1 to 40 of the characters a-z, 0-9 and -",
        found: Excerpt::new(text),
        help: "Choose a short name for addresses and logs; display_name is what people see.",
    })
}

/// A URI of at most 1024 characters (SAML Core 8.3.6). Compared byte for byte, so a space that was
/// copied along would refuse every response.
pub(super) fn entity_id(value: &Value) -> Read<String> {
    let text = table::text(value)?;
    let fits = !text.is_empty()
        && text.chars().count() <= MAX_ENTITY_ID_CHARS
        && !text.chars().any(|c| c.is_whitespace() || c.is_control());
    fits.then(|| text.to_string()).ok_or_else(|| Fault::Text {
        expected: "an entity ID: a URI without white space, of at most 1024 characters",
        found: Excerpt::new(text),
        help: "Copy it exactly, with its slash at the end if it has one, and without spaces around it.",
    })
}

/// A URI that is compared byte for byte with AuthnContextClassRef.
fn authn_context(value: &Value) -> Read<String> {
    let text = table::text(value)?;
    let fits = !text.is_empty()
        && text.chars().count() <= MAX_ENTITY_ID_CHARS
        && !text.chars().any(|c| c.is_whitespace() || c.is_control());
    fits.then(|| text.to_string()).ok_or_else(|| Fault::Text {
        expected: "an authentication context: a URI without white space",
        found: Excerpt::new(text),
        help: "Copy AuthnContextClassRef from a response of this identity provider; deskgate explain \
               shows it.",
    })
}

/// A domain as it stands after the `@` of an address, in lower case.
fn email_domain(value: &Value) -> Read<String> {
    let text = table::text(value)?;
    let fits = text.len() <= 253 && text.split('.').all(table::is_host_label);
    fits.then(|| text.to_string()).ok_or_else(|| Fault::Text {
        expected: "a domain in lower case, such as contoso.com",
        found: Excerpt::new(text),
        help: "Write what stands after the @ of the addresses, each domain and subdomain by itself; an \
               international name in its xn-- form.",
    })
}

fn return_target(value: &Value, prefix: &str) -> Read<ReturnTarget> {
    let text = table::text(value)?;
    ReturnTarget::parse(text, prefix).map_err(|_| Fault::Text {
        expected: "a path of the helpdesk, such as /tickets",
        found: Excerpt::new(text),
        help: "Begin with a single slash; other hosts, backslashes, spaces and deskgate's own pages \
               are refused.",
    })
}
