//! Apps as JSON, in the form that [`Desk::from_json`](crate::desk::Desk::from_json) reads.

use alloc::vec;
use alloc::vec::Vec;

use serde_json::{Map, Value};

use super::access::{MODES, Mode};
use super::bridge::USERNAMES;
use super::sync::SYNC_RULES;
use super::{
    Access, App, Bridge, FreshworksHandOff, HandOff, HelpScoutHandOff, JitbitHandOff,
    ZendeskHandOff, jitbit,
};
use crate::base64;
use crate::desk::SecretText;
use crate::desk::json::{Secrets, object, text, word};
use crate::helpdesk::SyncRules;
use crate::preset::{Helpdesk, NameIdSource, ProfileField, Provisioning};
use crate::x509::Certificate;

pub(in crate::desk) fn write(app: &App, secrets: Secrets) -> Value {
    let (mode, settings) = match &app.access {
        Access::Bridge(bridge) => (Mode::Bridge, bridge_settings(bridge, app.helpdesk)),
        Access::HandOff(hand_off) => (Mode::HandOff, hand_off_settings(hand_off, secrets)),
    };
    let mut members = Map::new();
    let mut set = |name: &str, value: Value| {
        members.insert(name.into(), value);
    };
    set("name", text(&app.name));
    set("display_name", text(&app.display_name));
    set("helpdesk", text(app.helpdesk.name()));
    set("mode", word(MODES, mode));
    if let Some(connections) = &app.connections {
        set("connections", connections.as_slice().into());
    }
    set("provisioning", word(Provisioning::WORDS, app.provisioning));
    if let Some(ask) = &app.ask {
        set("ask", text(ask));
    }
    set("enabled", app.enabled.into());
    set("sync", sync(app.sync));
    if let Some(roles) = &app.roles {
        let groups = [("agent", &roles.agent), ("admin", &roles.admin)];
        let groups = groups.into_iter().filter(|(_, groups)| !groups.is_empty());
        set(
            "roles",
            object(groups.map(|(role, groups)| (role, groups.as_slice().into())).collect()),
        );
    }
    set(app.helpdesk.name(), settings);
    Value::Object(members)
}

fn sync(rules: SyncRules) -> Value {
    let rule = |rule| word(SYNC_RULES, rule);
    object(vec![
        ("external_id", rule(rules.external_id)),
        ("name", rule(rules.name)),
        ("organization", rule(rules.organization)),
        ("phone", rule(rules.phone)),
    ])
}

fn secret(secret: &SecretText, secrets: Secrets) -> Value {
    match secrets {
        Secrets::Clear => text(secret.as_str()),
        Secrets::Hidden => text(SecretText::HIDDEN),
    }
}

fn hand_off_settings(hand_off: &HandOff, secrets: Secrets) -> Value {
    match hand_off {
        HandOff::Freshworks(freshworks) => self::freshworks(freshworks),
        HandOff::HelpScout(help_scout) => self::help_scout(help_scout, secrets),
        HandOff::Jitbit(jitbit) => self::jitbit(jitbit, secrets),
        HandOff::Zendesk(zendesk) => self::zendesk(zendesk, secrets),
    }
}

fn jitbit(jitbit: &JitbitHandOff, secrets: Secrets) -> Value {
    object(vec![
        ("url", text(jitbit.url.as_str())),
        ("username", word(jitbit::USERNAMES, jitbit.username)),
        ("autologin_secret", secret(&jitbit.autologin_secret, secrets)),
    ])
}

fn freshworks(freshworks: &FreshworksHandOff) -> Value {
    let uris: Vec<_> = freshworks.redirect_uris.iter().map(|uri| uri.as_str()).collect();
    object(vec![
        ("account", text(&freshworks.account)),
        ("client_id", text(&freshworks.client_id)),
        ("redirect_uris", uris.into()),
    ])
}

fn help_scout(help_scout: &HelpScoutHandOff, secrets: Secrets) -> Value {
    let mut members = Map::new();
    if let Some(docs) = &help_scout.docs {
        members.insert("docs_url".into(), text(docs.url.as_str()));
        members.insert("docs_secret".into(), secret(&docs.secret, secrets));
    }
    if let Some(beacon_secret) = &help_scout.beacon_secret {
        members.insert("beacon_secret".into(), secret(beacon_secret, secrets));
    }
    let sites: Vec<_> = help_scout.beacon_sites.iter().map(|site| site.as_str()).collect();
    if !sites.is_empty() {
        members.insert("beacon_sites".into(), sites.into());
    }
    Value::Object(members)
}

fn zendesk(zendesk: &ZendeskHandOff, secrets: Secrets) -> Value {
    let mut members = Map::new();
    members.insert("subdomain".into(), text(&zendesk.subdomain));
    if let Some(host) = &zendesk.host_mapping {
        members.insert("host_mapping".into(), text(host));
    }
    let brands = zendesk.brands.iter().map(|brand| (brand.id.as_str(), text(&brand.subdomain)));
    members.insert("brands".into(), object(brands.collect()));
    members.insert("shared_secret".into(), secret(&zendesk.shared_secret, secrets));
    members.insert("send_external_id".into(), zendesk.send_external_id.into());
    if let Some(origin) = zendesk.site.loopback_origin() {
        members.insert("loopback_origin".into(), text(origin));
    }
    Value::Object(members)
}

/// Only what is asked for: the rest comes from the preset again.
fn bridge_settings(bridge: &Bridge, helpdesk: Helpdesk) -> Value {
    let acs_url = bridge.acs_url.as_str();
    match helpdesk {
        Helpdesk::Freshworks | Helpdesk::HelpScout => {
            object(vec![("audience", text(&bridge.audience)), ("acs_url", text(acs_url))])
        }
        Helpdesk::Generic => generic(bridge),
        Helpdesk::Jitbit => {
            let username = word(USERNAMES, bridge.name_id);
            object(vec![("url", jitbit::url_of(acs_url).into()), ("username", username)])
        }
        Helpdesk::Zendesk => {
            let host = bridge.audience.strip_prefix("https://");
            let subdomain = host.and_then(|host| host.strip_suffix(".zendesk.com"));
            object(vec![("subdomain", subdomain.into())])
        }
    }
}

fn generic(bridge: &Bridge) -> Value {
    let mut members = Map::new();
    let mut set = |name: &str, value: Value| {
        members.insert(name.into(), value);
    };
    let attributes = bridge.attributes.iter().filter_map(|attribute| {
        let field = ProfileField::WORDS.iter().find(|(_, field)| *field == attribute.field);
        field.map(|(field, _)| (*field, text(&attribute.name)))
    });
    set("audience", text(&bridge.audience));
    set("acs_url", text(bridge.acs_url.as_str()));
    set("name_id", word(NameIdSource::WORDS, bridge.name_id));
    set("attributes", object(attributes.collect()));
    set("idp_initiated", bridge.idp_initiated.into());
    for (name, url) in [("sign_on_url", &bridge.sign_on_url), ("logout_url", &bridge.logout_url)] {
        if let Some(url) = url {
            set(name, text(url.as_str()));
        }
    }
    let certificate = |certificate: &Certificate| base64::encode(certificate.der()).into();
    if let Some(encryption) = &bridge.encryption_certificate {
        set("encryption_certificate", certificate(encryption));
    }
    if let Some(request) = &bridge.request_certificate {
        set("request_certificate", certificate(request));
    }
    Value::Object(members)
}
