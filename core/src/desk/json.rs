//! The settings as JSON, in the form that [`Desk::from_json`] reads.

use alloc::string::ToString as _;
use alloc::vec;
use alloc::vec::Vec;

use serde_json::{Map, Value};

use super::connection::{REQUIRED_SIGNATURES, SSO_BINDINGS};
use super::{Connection, Desk, SECONDS_A_DAY, app};
use crate::base64;
use crate::policy::FreshPath;
use crate::preset::Provisioning;
use crate::session::{AttributeNames, HeaderValue, OriginHeader};

/// Whether secrets are written.
#[derive(Clone, Copy)]
pub(super) enum Secrets {
    Clear,
    Hidden,
}

pub(super) fn write(desk: &Desk, secrets: Secrets) -> Value {
    let mut members = Map::new();
    let mut set = |name: &str, value: Value| {
        members.insert(name.into(), value);
    };
    set("name", text(&desk.name));
    set("url", text(desk.url.as_str()));
    if let Some(origin) = &desk.origin {
        set("origin", text(origin.as_str()));
        set("origin_headers", origin_headers(&desk.origin_headers));
        set("force_saml", desk.force_saml.into());
    }
    set("prefix", text(&desk.prefix));
    set("public_paths", desk.public_paths.rules().into());
    if !desk.fresh.is_empty() {
        let rule = |rule: &FreshPath| {
            let max_age = rule.max_age().as_secs();
            object(vec![("path", text(rule.path())), ("max_age_seconds", max_age.into())])
        };
        set("fresh", desk.fresh.iter().map(rule).collect());
    }
    if let Some(support) = &desk.support {
        set("support", text(support));
    }
    let mut session = vec![("lifetime_seconds", desk.session_lifetime.as_secs().into())];
    session.extend(desk.session_idle.map(|idle| ("idle_seconds", idle.as_secs().into())));
    set("session", object(session));
    let rotation_days = desk.key_rotation.as_secs() / SECONDS_A_DAY;
    set("keys", object(vec![("rotation_days", rotation_days.into())]));
    set("owners", desk.owners.as_slice().into());
    set("provisioning", word(Provisioning::WORDS, desk.provisioning));
    set("connections", desk.connections.iter().map(connection).collect());
    set("apps", desk.apps.iter().map(|app| app::write(app, secrets)).collect());
    Value::Object(members)
}

fn origin_headers(wanted: &[(OriginHeader, HeaderValue)]) -> Value {
    let field = |header| OriginHeader::FIELDS.iter().find(|(_, other)| *other == header);
    let member = |(header, value): &(OriginHeader, HeaderValue)| {
        field(*header).map(|(field, _)| (*field, word(HeaderValue::WORDS, *value)))
    };
    object(wanted.iter().filter_map(member).collect())
}

fn connection(connection: &Connection) -> Value {
    let certificates = connection.certificates.iter();
    let mut members = Map::new();
    let mut set = |name: &str, value: Value| {
        members.insert(name.into(), value);
    };
    set("name", connection.name.as_str().into());
    set("display_name", connection.display_name.as_str().into());
    set("preset", text(connection.preset.name()));
    set("idp_entity_id", connection.idp_entity_id.as_str().into());
    set("sso_url", connection.sso_url.as_str().into());
    set("sso_binding", word(SSO_BINDINGS, connection.sso_binding));
    set(
        "certificates",
        certificates.map(|certificate| base64::encode(certificate.der())).collect(),
    );
    set("sp_entity_id", connection.sp_entity_id.as_str().into());
    set("allow_idp_initiated", connection.allow_idp_initiated.into());
    set("idp_initiated_target", connection.idp_initiated_target.as_str().into());
    set("sign_requests", connection.sign_requests.into());
    set("require_signed", word(REQUIRED_SIGNATURES, connection.require_signed));
    set("require_encrypted", connection.require_encrypted.into());
    if !connection.require_authn_context.is_empty() {
        set("require_authn_context", connection.require_authn_context.as_slice().into());
    }
    set("force_authn", connection.force_authn.into());
    set("max_assertion_age_seconds", connection.max_assertion_age.as_secs().into());
    set("enforce_certificate_dates", connection.enforce_certificate_dates.into());
    set("clock_skew_seconds", connection.clock_skew.as_secs().into());
    set("enabled", connection.enabled.into());
    if !connection.email_domains.is_empty() {
        set("email_domains", connection.email_domains.as_slice().into());
    }
    set("dangerous_any_email_domain", connection.dangerous_any_email_domain.into());
    set("attributes", attributes(&connection.attributes));
    if let Some(end) = connection.dangerous_allow_sha1_until {
        set("dangerous_allow_sha1_until", end.to_string().into());
    }
    if let Some(end) = connection.dangerous_allow_cbc_until {
        set("dangerous_allow_cbc_until", end.to_string().into());
    }
    if let Some(single_logout) = &connection.single_logout {
        single_logout.write(&mut members);
    }
    Value::Object(members)
}

fn attributes(names: &AttributeNames) -> Value {
    let lists = [
        ("email", &names.email),
        ("name", &names.name),
        ("given_name", &names.given_name),
        ("family_name", &names.family_name),
        ("groups", &names.groups),
        ("id", &names.id),
        ("organization", &names.organization),
        ("phone", &names.phone),
    ];
    object(lists.iter().map(|(field, names)| (*field, names.as_slice().into())).collect())
}

/// Members one by one: to collect them is to sort them first, by a sort of its own for each kind of iterator, 2 KB
/// of the Worker after gzip.
pub(super) fn object(named: Vec<(&str, Value)>) -> Value {
    let mut members = Map::new();
    for (name, value) in named {
        members.insert(name.into(), value);
    }
    Value::Object(members)
}

pub(super) fn text(text: &str) -> Value {
    Value::from(text)
}

/// The word that means this.
pub(super) fn word<T: PartialEq>(words: &[(&str, T)], meaning: T) -> Value {
    words.iter().find(|(_, other)| *other == meaning).map(|(word, _)| *word).into()
}
