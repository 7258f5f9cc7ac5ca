//! Apps that are read, written again, and refused with the field and the reason.

use serde_json::{Value, json};
use std::prelude::v1::*;

use super::*;
use crate::desk::tests::{CERTIFICATE, check_refused, minimal};
use crate::desk::{Desk, SecretText};
use crate::helpdesk::SyncRule;
use crate::preset::{NameIdSource, ProfileField};

fn zendesk() -> Value {
    json!({
        "name": "zendesk", "helpdesk": "zendesk", "mode": "hand_off",
        "zendesk": { "subdomain": "contoso", "shared_secret": "0123456789abcdef" },
    })
}

fn help_scout() -> Value {
    json!({
        "name": "help-scout", "helpdesk": "help_scout", "mode": "bridge",
        "help_scout": {
            "audience": "urn:auth0:helpscout:contoso",
            "acs_url": "https://helpscout.auth0.com/login/callback?connection=contoso",
        },
    })
}

fn jitbit() -> Value {
    json!({
        "name": "jitbit", "helpdesk": "jitbit", "mode": "bridge",
        "jitbit": { "url": "https://contoso.jitbit.com/helpdesk/" },
    })
}

fn generic() -> Value {
    json!({
        "name": "other", "helpdesk": "generic", "mode": "bridge",
        "generic": { "audience": "urn:example:sp", "acs_url": "https://sp.example/acs" },
    })
}

fn desk(app: Value) -> Value {
    let mut settings = minimal();
    settings["apps"] = json!([app]);
    settings
}

fn read(app: Value) -> App {
    let desk = Desk::from_json(&desk(app)).unwrap();
    assert_eq!(Desk::from_json(&desk.to_json()), Ok(desk.clone()));
    desk.apps[0].clone()
}

fn bridge(app: Value) -> Bridge {
    match read(app).access {
        Access::Bridge(bridge) => *bridge,
        Access::HandOff(hand_off) => unreachable!("{hand_off:?}"),
    }
}

/// `app` with `value` at `pointer`; null takes the member away.
fn with(mut app: Value, pointer: &str, value: Value) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let members = app.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    match value {
        Value::Null => drop(members.remove(name)),
        value => drop(members.insert(name.to_string(), value)),
    }
    app
}

#[track_caller]
fn check(app: Value, pointer: &str, value: Value, field: &str, code: &str) {
    check_refused(&desk(with(app, pointer, value)), &[(&format!("apps[0].{field}"), code)]);
}

#[test]
fn the_least_of_an_app_gets_the_preset_of_its_product() {
    let app = read(zendesk());
    assert_eq!(app.display_name, "Zendesk");
    assert_eq!(app.provisioning, Provisioning::JustInTime);
    assert_eq!(app.sync, SyncRules::default());
    assert!(app.enabled && app.roles.is_none() && app.ask.is_none());
    assert!(app.admits("contoso") && app.admits("anything"));
    let Access::HandOff(HandOff::Zendesk(zendesk)) = app.access else { unreachable!() };
    assert_eq!(zendesk.shared_secret.as_str(), "0123456789abcdef");
    assert!(!zendesk.send_external_id);
    assert_eq!(zendesk.site.origin(Some("1")), "https://contoso.zendesk.com");
}

#[test]
fn everything_that_can_be_set_is_read_again_as_it_was_written() {
    let mut app = zendesk();
    app["display_name"] = json!("Contoso on Zendesk");
    app["connections"] = json!(["contoso"]);
    app["provisioning"] = json!("by_hand");
    app["ask"] = json!("it@contoso.com");
    app["enabled"] = json!(false);
    app["sync"] = json!({ "external_id": "never", "phone": "if_absent", "organization": "always" });
    app["roles"] = json!({ "agent": ["Support"], "admin": ["IT", "Owners"] });
    app["zendesk"]["host_mapping"] = json!("support.contoso.com");
    app["zendesk"]["brands"] = json!({ "360001": "contoso-parts" });
    app["zendesk"]["send_external_id"] = json!(true);
    let app = read(app);
    assert!(!app.admits("fabrikam"));
    assert_eq!(app.sync.name, SyncRule::Always);
    assert_eq!(app.roles.as_ref().unwrap().admin, ["IT", "Owners"]);
    let Access::HandOff(HandOff::Zendesk(zendesk)) = &app.access else { unreachable!() };
    assert_eq!(zendesk.site.origin(Some("360001")), "https://contoso-parts.zendesk.com");

    for (mode, helpdesk, settings) in [
        (
            "hand_off",
            "help_scout",
            json!({ "docs_url": "https://contoso.helpscoutdocs.com",
            "docs_secret": "0123456789abcdef", "beacon_secret": "fedcba9876543210",
            "beacon_sites": ["https://www.contoso.com"] }),
        ),
        ("hand_off", "help_scout", json!({ "beacon_secret": "fedcba9876543210" })),
        (
            "hand_off",
            "jitbit",
            json!({ "url": "https://help.contoso.com/helpdesk",
            "autologin_secret": "0123456789abcdef" }),
        ),
        (
            "hand_off",
            "freshworks",
            json!({ "account": "contoso.myfreshworks.com",
            "client_id": "deskgate",
            "redirect_uris": ["https://contoso.myfreshworks.com/sp/OIDC/1/implicit"] }),
        ),
        (
            "bridge",
            "freshworks",
            json!({ "audience": "https://contoso.freshworks.com/sp/SAML/1/metadata",
            "acs_url": "https://contoso.freshworks.com/sp/SAML/1/callback" }),
        ),
        ("bridge", "zendesk", json!({ "subdomain": "contoso" })),
        (
            "bridge",
            "jitbit",
            json!({ "url": "https://contoso.jitbit.com/helpdesk",
            "username": "email_local_part" }),
        ),
        (
            "bridge",
            "generic",
            json!({ "audience": "urn:example:sp", "acs_url": "https://sp.example/acs",
            "name_id": "persistent", "attributes": { "email": "mail", "groups": "memberOf" },
            "sign_on_url": "https://sp.example/", "logout_url": "https://sp.example/slo",
            "idp_initiated": true, "encryption_certificate": CERTIFICATE,
            "request_certificate": CERTIFICATE }),
        ),
    ] {
        let mut app = json!({ "name": "a", "helpdesk": helpdesk, "mode": mode });
        app[helpdesk] = settings;
        read(app);
    }
}

#[test]
fn a_bridge_knows_what_its_product_expects() {
    let help_scout = bridge(help_scout());
    assert_eq!(help_scout.audience, "urn:auth0:helpscout:contoso");
    let names: Vec<_> = help_scout.attributes.iter().map(|a| (a.field, a.name.as_str())).collect();
    assert_eq!(
        names,
        [
            (ProfileField::GivenName, "given_name"),
            (ProfileField::FamilyName, "family_name"),
            (ProfileField::Email, "email"),
        ]
    );
    assert!(help_scout.idp_initiated);
    let jitbit = bridge(jitbit());
    assert_eq!(jitbit.audience, "https://www.jitbit.com/web-helpdesk/");
    assert_eq!(jitbit.acs_url.as_str(), "https://contoso.jitbit.com/helpdesk/Saml/Consume");
    let sign_on_url = jitbit.sign_on_url.unwrap();
    assert_eq!(sign_on_url.as_str(), "https://contoso.jitbit.com/helpdesk/User/Login");
    assert!(!jitbit.idp_initiated && jitbit.name_id == NameIdSource::Email);
    let mut zendesk = zendesk();
    zendesk["mode"] = json!("bridge");
    zendesk["zendesk"] = json!({ "subdomain": "contoso" });
    let zendesk = bridge(zendesk);
    assert_eq!(zendesk.audience, "https://contoso.zendesk.com");
    assert_eq!(zendesk.acs_url.as_str(), "https://contoso.zendesk.com/access/saml");
}

#[test]
fn what_every_app_needs_must_be_there() {
    for field in ["name", "helpdesk", "mode", "zendesk"] {
        check(zendesk(), &format!("/{field}"), Value::Null, field, "desk.missing_field");
    }
    let missing = "desk.missing_field";
    check(zendesk(), "/zendesk/subdomain", Value::Null, "zendesk.subdomain", missing);
    check(zendesk(), "/zendesk/shared_secret", Value::Null, "zendesk.shared_secret", missing);
    check(help_scout(), "/help_scout/acs_url", Value::Null, "help_scout.acs_url", missing);
    check(jitbit(), "/jitbit/url", Value::Null, "jitbit.url", missing);
    check(generic(), "/generic/audience", Value::Null, "generic.audience", missing);
    let docs = json!({ "docs_url": "https://contoso.helpscoutdocs.com" });
    let help_scout = with(help_scout(), "/mode", json!("hand_off"));
    check(help_scout.clone(), "/help_scout", docs, "help_scout.docs_secret", missing);
    check(help_scout, "/help_scout", json!({}), "help_scout.beacon_secret", missing);
}

#[test]
fn a_field_of_another_product_or_mode_is_refused() {
    let unknown = "desk.unknown_field";
    check(zendesk(), "/zendesk/shared_secrets", json!("x"), "zendesk.shared_secrets", unknown);
    check(zendesk(), "/zendesk/audience", json!("urn:x"), "zendesk.audience", unknown);
    check(zendesk(), "/subdomain", json!("contoso"), "subdomain", unknown);
    check(zendesk(), "/sync", json!({ "email": "never" }), "sync.email", unknown);
    check(zendesk(), "/roles", json!({ "owner": ["IT"] }), "roles.owner", unknown);
    check(zendesk(), "/jitbit", json!({}), "jitbit", "desk.contradiction");
    check(generic(), "/mode", json!("hand_off"), "mode", "desk.invalid_text");
    check(generic(), "/helpdesk", json!("freshdesk"), "helpdesk", "desk.invalid_text");
    check(zendesk(), "/mode", json!("gateway"), "mode", "desk.invalid_text");
}

#[test]
fn a_value_that_does_not_fit_its_field_is_refused() {
    let text = "desk.invalid_text";
    for subdomain in ["", "contoso.zendesk.com", "https://contoso", "Contoso", "con_toso", "-a"] {
        check(zendesk(), "/zendesk/subdomain", json!(subdomain), "zendesk.subdomain", text);
    }
    for host in ["contoso", "https://support.contoso.com", "support.contoso.com/hc", "Support.x.y"]
    {
        check(zendesk(), "/zendesk/host_mapping", json!(host), "zendesk.host_mapping", text);
    }
    check(zendesk(), "/zendesk/brands", json!({ "a": "x" }), "zendesk.brands.a", text);
    check(zendesk(), "/zendesk/brands", json!({ "1": "x.y" }), "zendesk.brands.1", text);
    check(zendesk(), "/provisioning", json!("jit"), "provisioning", text);
    check(zendesk(), "/sync", json!({ "phone": "sometimes" }), "sync.phone", text);
    check(zendesk(), "/sync", json!({ "name": "never" }), "sync.name", "desk.contradiction");
    check(zendesk(), "/roles", json!({ "agent": [] }), "roles.agent", "desk.count");
    check(zendesk(), "/connections", json!([]), "connections", "desk.count");
    check(zendesk(), "/connections", json!(["fabrikam"]), "connections[0]", text);
    check(
        help_scout(),
        "/help_scout/audience",
        json!("https://helpscout.auth0.com/login/callback"),
        "help_scout.audience",
        text,
    );
    let url = "jitbit.url";
    check(
        jitbit(),
        "/jitbit/url",
        json!("https://contoso.jitbit.com/helpdesk/User/Login"),
        url,
        text,
    );
    check(jitbit(), "/jitbit/url", json!("http://contoso.jitbit.com"), url, "desk.invalid_url");
    check(jitbit(), "/jitbit/username", json!("upn"), "jitbit.username", text);
    check(generic(), "/generic/name_id", json!("transient"), "generic.name_id", text);
    let attributes = json!({ "mail": "email" });
    check(generic(), "/generic/attributes", attributes, "generic.attributes.mail", text);
    let certificate = json!("-----BEGIN PRIVATE KEY-----");
    let field = "generic.encryption_certificate";
    check(
        generic(),
        "/generic/encryption_certificate",
        certificate,
        field,
        "x509.private_key_pasted",
    );
}

#[test]
fn a_freshworks_token_goes_to_its_account_only() {
    let app = |uri: &str| {
        json!({
            "name": "freshdesk", "helpdesk": "freshworks", "mode": "hand_off",
            "freshworks": {
                "account": "contoso.myfreshworks.com", "client_id": "1", "redirect_uris": [uri],
            },
        })
    };
    read(app("https://contoso.myfreshworks.com/sp/OIDC/1/implicit"));
    for uri in [
        "https://evil.example/contoso.myfreshworks.com",
        "https://contoso.myfreshworks.com.evil.example/",
        "https://evil.myfreshworks.com/",
    ] {
        let field = "apps[0].freshworks.redirect_uris[0]";
        check_refused(&desk(app(uri)), &[(field, "desk.invalid_text")]);
    }
}

#[test]
fn a_secret_is_shown_nowhere() {
    let secret = "s3cr3t s3cr3t s3cr3t";
    let wrong = desk(with(zendesk(), "/zendesk/shared_secret", json!(secret)));
    let error = Desk::from_json(&wrong).unwrap_err();
    check_refused(&wrong, &[("apps[0].zendesk.shared_secret", "desk.invalid_secret")]);
    assert!(!format!("{error:?} {error}").contains("s3cr3t"));
    let desk = Desk::from_json(&desk(zendesk())).unwrap();
    assert!(!format!("{desk:?}").contains("0123456789abcdef"));
    assert!(desk.to_json().to_string().contains("0123456789abcdef"));
    let shown = desk.to_json_redacted();
    assert!(!shown.to_string().contains("0123456789abcdef"));
    assert_eq!(shown["apps"][0]["zendesk"]["shared_secret"], SecretText::HIDDEN);
    check_refused(&shown, &[("apps[0].zendesk.shared_secret", "desk.invalid_secret")]);
}

#[test]
fn apps_must_be_told_apart() {
    let mut settings = desk(zendesk());
    settings["apps"] = json!([zendesk(), zendesk()]);
    check_refused(&settings, &[("apps[1].name", "desk.duplicate")]);
}

#[test]
fn a_program_that_plays_zendesk_runs_on_this_machine_only() {
    let mut app = zendesk();
    app["zendesk"]["loopback_origin"] = json!("http://localhost:9200");
    let Access::HandOff(HandOff::Zendesk(on_loopback)) = read(app.clone()).access else {
        unreachable!()
    };
    assert_eq!(on_loopback.site.origin(None), "http://localhost:9200");
    for (elsewhere, code) in [
        ("https://zendesk.evil.example", "desk.invalid_text"),
        ("https://localhost:9200", "desk.invalid_text"),
        ("http://10.0.0.1:9200", "desk.invalid_url"),
    ] {
        let (pointer, field) = ("/zendesk/loopback_origin", "zendesk.loopback_origin");
        check(zendesk(), pointer, json!(elsewhere), field, code);
    }
}

/// H-15: of two identity providers, each could say the names, identifiers and groups of the other's
/// people. Only e-mail addresses are divided among them.
#[test]
fn an_app_of_several_connections_knows_people_by_their_addresses_only() {
    let desk_of_two = |app: &Value| {
        let mut settings = desk(app.clone());
        let mut second = settings["connections"][0].clone();
        second["name"] = json!("fabrikam");
        second["email_domains"] = json!(["fabrikam.com"]);
        settings["connections"][0]["email_domains"] = json!(["contoso.com"]);
        settings["connections"].as_array_mut().unwrap().push(second);
        settings
    };
    let autologin = json!({
        "name": "jitbit", "helpdesk": "jitbit", "mode": "hand_off", "jitbit": {
            "url": "https://contoso.jitbit.com/helpdesk", "autologin_secret": "0123456789abcdef",
        },
    });
    for (app, pointer, value, field) in [
        (jitbit(), "/jitbit/username", json!("name_id"), "jitbit.username"),
        (jitbit(), "/jitbit/username", json!("email_local_part"), "jitbit.username"),
        (autologin, "/jitbit/username", json!("email_local_part"), "jitbit.username"),
        (generic(), "/generic/name_id", json!("name_id"), "generic.name_id"),
        (generic(), "/generic/name_id", json!("email_local_part"), "generic.name_id"),
        (generic(), "/generic/attributes", json!({ "groups": "memberOf" }), "generic.attributes"),
        (generic(), "/generic/attributes", json!({ "id": "uid" }), "generic.attributes"),
        (zendesk(), "/zendesk/send_external_id", json!(true), "zendesk.send_external_id"),
        (zendesk(), "/roles", json!({ "admin": ["IT"] }), "roles"),
        (zendesk(), "/sync", json!({ "organization": "if_absent" }), "sync.organization"),
    ] {
        assert!(Desk::from_json(&desk_of_two(&app)).is_ok(), "{app}");
        let app = with(app, pointer, value);
        check_refused(&desk_of_two(&app), &[(&format!("apps[0].{field}"), "desk.contradiction")]);
        let of_one = with(app.clone(), "/connections", json!(["fabrikam"]));
        assert!(Desk::from_json(&desk_of_two(&of_one)).is_ok(), "{of_one}");
        assert!(Desk::from_json(&desk(app)).is_ok());
    }
    let persistent = with(generic(), "/generic/name_id", json!("persistent"));
    assert!(Desk::from_json(&desk_of_two(&persistent)).is_ok());
}
