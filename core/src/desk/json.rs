//! The settings as JSON, in the form that [`Desk::from_json`] reads.

use alloc::string::ToString as _;
use alloc::vec::Vec;

use serde_json::{Map, Value, json};

use super::connection::{REQUIRED_SIGNATURES, SSO_BINDINGS};
use super::{Connection, Desk};
use crate::base64;
use crate::session::AttributeNames;

pub(super) fn write(desk: &Desk) -> Value {
    let mut settings = json!({
        "name": desk.name,
        "url": desk.url.as_str(),
        "origin": desk.origin.as_str(),
        "prefix": desk.prefix,
        "public_paths": desk.public_paths.rules(),
        "session": { "lifetime_seconds": desk.session_lifetime.as_secs() },
        "connections": desk.connections.iter().map(connection).collect::<Vec<_>>(),
    });
    if let (Some(support), Value::Object(members)) = (&desk.support, &mut settings) {
        members.insert("support".into(), support.as_str().into());
    }
    settings
}

fn connection(connection: &Connection) -> Value {
    let certificates = connection.certificates.iter();
    let mut members = Map::new();
    let mut set = |name: &str, value: Value| {
        members.insert(name.into(), value);
    };
    set("name", connection.name.as_str().into());
    set("display_name", connection.display_name.as_str().into());
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
    json!({
        "email": names.email,
        "name": names.name,
        "given_name": names.given_name,
        "family_name": names.family_name,
        "groups": names.groups,
    })
}

fn word<T: PartialEq>(words: &[(&str, T)], meaning: T) -> Value {
    words.iter().find(|(_, other)| *other == meaning).map(|(word, _)| *word).into()
}
