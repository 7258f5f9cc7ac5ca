//! Settings that are read, and settings that are refused with the field and the reason.

mod reference;

use serde_json::{Value, json};
use std::prelude::v1::*;

use super::*;
use crate::diagnostic::Diagnostic as _;
use crate::saml::RequiredSignature;
use crate::saml::metadata::Binding;

/// Self-signed for B.Simon's imaginary tenant, RSA 2048; made with openssl.
pub(super) const CERTIFICATE: &str = include_str!("tests/idp.crt");

pub(super) fn minimal() -> Value {
    json!({
        "name": "Contoso Helpdesk",
        "url": "https://help.contoso.com/",
        "origin": "https://tickets.internal",
        "connections": [{
            "name": "contoso",
            "idp_entity_id": "https://sts.windows.net/3e1f/",
            "sso_url": "https://login.microsoftonline.com/3e1f/saml2",
            "certificates": [CERTIFICATE],
        }],
    })
}

/// `minimal` with `value` at `pointer` (RFC 6901); `Value::Null` takes the member away.
fn with(pointer: &str, value: Value) -> Value {
    let mut settings = minimal();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = settings.pointer_mut(parent).unwrap();
    match (parent, value) {
        (Value::Object(members), Value::Null) => drop(members.remove(name)),
        (Value::Object(members), value) => drop(members.insert(name.to_string(), value)),
        (Value::Array(entries), value) => entries[0] = value,
        _ => unreachable!("pointer into a scalar"),
    }
    settings
}

#[track_caller]
pub(super) fn check_refused(settings: &Value, expected: &[(&str, &str)]) {
    let error = Desk::from_json(settings).unwrap_err();
    let found: Vec<_> = error.problems().map(|p| (p.field(), p.code())).collect();
    assert_eq!(found, expected);
    for problem in error.problems() {
        assert!(!problem.help().is_empty());
        assert!(!problem.to_string().is_empty());
    }
}

#[track_caller]
fn check_field(pointer: &str, value: Value, code: &str) {
    let field = pointer[1..].replace("/0", "[0]").replace('/', ".");
    check_refused(&with(pointer, value), &[(&field, code)]);
}

#[test]
fn the_least_settings_get_the_defaults() {
    let desk = Desk::from_json(&minimal()).unwrap();
    assert_eq!(desk.issuer(), "https://help.contoso.com");
    assert_eq!(desk.acs_url(), "https://help.contoso.com/deskgate/acs");
    assert_eq!(desk.login_url(), "https://help.contoso.com/deskgate/login");
    assert_eq!(desk.metadata_url(), "https://help.contoso.com/deskgate/metadata");
    assert_eq!(desk.session_lifetime.as_secs(), 36_000);
    assert_eq!(desk.key_rotation.as_secs(), 30 * 24 * 3600);
    assert!(!desk.public_paths.contains("/"));
    let connection = desk.connection("contoso").unwrap();
    assert_eq!(connection.display_name, "contoso");
    assert_eq!(connection.sp_entity_id, desk.metadata_url());
    assert_eq!(connection.sso_binding, SsoBinding::Redirect);
    assert_eq!(connection.require_signed, RequiredSignature::Either);
    assert_eq!(connection.clock_skew.as_secs(), 180);
    assert_eq!(connection.keys().len(), 1);
    assert!(connection.enabled && !connection.allow_idp_initiated && !connection.sign_requests);
    assert_eq!(connection.idp_initiated_target.as_str(), "/");
}

#[test]
fn what_is_written_is_read_again() {
    let mut settings = with("/support", json!("it@contoso.com"));
    settings["prefix"] = json!("/sign-in/");
    settings["public_paths"] = json!(["/robots.txt", "/assets/"]);
    settings["session"] = json!({ "lifetime_seconds": 3600, "idle_seconds": 900 });
    settings["keys"] = json!({ "rotation_days": 7 });
    settings["fresh"] = json!([{ "path": "/admin/", "max_age_seconds": 900 }]);
    let connection = settings.pointer_mut("/connections/0").unwrap();
    connection["display_name"] = json!("Contoso, Ltd.");
    connection["sso_binding"] = json!("post");
    connection["slo_url"] = json!("https://login.example/slo");
    connection["slo_binding"] = json!("post");
    connection["slo_response_url"] = json!("https://login.example/slo/done");
    connection["sp_entity_id"] = json!("urn:contoso:helpdesk");
    connection["allow_idp_initiated"] = json!(true);
    connection["idp_initiated_target"] = json!("/tickets?view=mine");
    connection["sign_requests"] = json!(true);
    connection["require_signed"] = json!("both");
    connection["require_encrypted"] = json!(true);
    connection["require_authn_context"] = json!(["urn:mfa"]);
    connection["force_authn"] = json!(true);
    connection["max_assertion_age_seconds"] = json!(60);
    connection["enforce_certificate_dates"] = json!(true);
    connection["clock_skew_seconds"] = json!(0);
    connection["dangerous_allow_sha1_until"] = json!("2027-01-31T00:00:00Z");
    connection["dangerous_allow_cbc_until"] = json!("2027-01-31T01:00:00+01:00");
    connection["enabled"] = json!(false);
    connection["email_domains"] = json!(["contoso.com", "xn--bcher-kva.example"]);
    connection["attributes"] = json!({ "email": ["work mail"], "groups": [] });
    let desk = Desk::from_json(&settings).unwrap();
    assert_eq!(Desk::from_json(&desk.to_json()), Ok(desk.clone()));
    assert_eq!(desk.enabled_connections().count(), 0);
    assert_eq!(desk.acs_url(), "https://help.contoso.com/sign-in/acs");
    let minimal = Desk::from_json(&minimal()).unwrap();
    assert_eq!(Desk::from_json(&minimal.to_json()), Ok(minimal));
}

#[test]
fn a_recent_sign_in_is_wanted_for_plain_paths_of_an_origin() {
    let with_rule =
        |path: &str, age: u64| with("/fresh", json!([{ "path": path, "max_age_seconds": age }]));
    let refused =
        |settings: &Value, field| check_refused(settings, &[(field, "desk.invalid_text")]);
    refused(&with_rule("admin", 900), "fresh[0].path");
    refused(&with_rule("/%61dmin/", 900), "fresh[0].path");
    let settings = with_rule("/admin/", 60);
    check_refused(&settings, &[("fresh[0].max_age_seconds", "desk.out_of_range")]);
    let settings = with("/fresh", json!([{ "path": "/admin/" }]));
    check_refused(&settings, &[("fresh[0].max_age_seconds", "desk.missing_field")]);
}

#[test]
fn single_logout_needs_an_address() {
    let settings = with("/connections/0/slo_url", json!("https://login.example/slo"));
    let desk = Desk::from_json(&settings).unwrap();
    let single_logout = desk.connections[0].single_logout.clone().unwrap();
    assert_eq!(single_logout.binding, Binding::Redirect);
    assert_eq!(single_logout.response_url(), "https://login.example/slo");
    assert_eq!(desk.slo_url(), "https://help.contoso.com/deskgate/slo");
    check_field("/connections/0/slo_url", json!("http://login.example/slo"), "desk.invalid_url");
    for (field, value) in
        [("slo_binding", "redirect"), ("slo_response_url", "https://login.example/slo")]
    {
        let settings = with(&format!("/connections/0/{field}"), json!(value));
        check_refused(&settings, &[("connections[0].slo_url", "desk.missing_field")]);
    }
}

#[test]
fn an_exception_ends_on_its_day() {
    let settings = with("/connections/0/dangerous_allow_sha1_until", json!("2027-01-31T00:00:00Z"));
    let desk = Desk::from_json(&settings).unwrap();
    let end = UnixTime::parse("2027-01-31T00:00:00Z").unwrap();
    let before = end.saturating_sub(Duration::from_secs(1));
    assert!(desk.connections[0].allows_sha1(before));
    assert!(!desk.connections[0].allows_sha1(end));
    assert!(!desk.connections[0].allows_cbc(before));
}

#[test]
fn the_demands_on_a_response_come_from_the_settings() {
    let settings = with("/connections/0/dangerous_allow_cbc_until", json!("2027-01-31T00:00:00Z"));
    let desk = Desk::from_json(&settings).unwrap();
    let connection = &desk.connections[0];
    // 2026-11-21T12:00:00Z
    let now = UnixTime::from_seconds(1_795_262_400);
    let expected = desk.expected_response(connection, Solicitation::InResponseTo("_1"), &[], now);
    assert_eq!(expected.idp_entity_id, "https://sts.windows.net/3e1f/");
    assert_eq!(expected.audience, "https://help.contoso.com/deskgate/metadata");
    assert_eq!(expected.acs_url, "https://help.contoso.com/deskgate/acs");
    assert_eq!(expected.solicitation, Solicitation::InResponseTo("_1"));
    assert!(expected.encryption_rules.allow_cbc);
    assert!(!expected.signature_rules.allow_sha1);
}

/// D-08, E-11, M-06, M-14.
#[test]
fn a_connection_may_demand_more_than_the_profile() {
    // 2026-11-21T12:00:00Z
    let now = UnixTime::from_seconds(1_795_262_400);
    let desk = Desk::from_json(&minimal()).unwrap();
    let expected =
        desk.expected_response(&desk.connections[0], Solicitation::Unsolicited, &[], now);
    let further = expected.further;
    assert!(!further.encrypted && further.authn_contexts.is_empty());
    assert!(further.dated_certificates.is_empty() && further.authenticated_since.is_none());
    assert_eq!(further.max_age, Some(MAX_ASSERTION_AGE));
    let mut settings = minimal();
    let connection = settings.pointer_mut("/connections/0").unwrap();
    connection["require_encrypted"] = json!(true);
    connection["require_authn_context"] = json!(["urn:mfa", "urn:smartcard"]);
    connection["force_authn"] = json!(true);
    connection["max_assertion_age_seconds"] = json!(300);
    connection["enforce_certificate_dates"] = json!(true);
    let desk = Desk::from_json(&settings).unwrap();
    let expected =
        desk.expected_response(&desk.connections[0], Solicitation::Unsolicited, &[], now);
    let further = expected.further;
    assert!(further.encrypted);
    assert_eq!(further.authn_contexts, ["urn:mfa", "urn:smartcard"]);
    assert_eq!(further.dated_certificates, desk.connections[0].certificates);
    // A login takes ten minutes at most.
    assert_eq!(further.authenticated_since, UnixTime::parse("2026-11-21T11:50:00Z").ok());
    assert_eq!(further.max_age, Some(Duration::from_secs(300)));
}

/// M2: Okta refuses such an address.
#[test]
fn no_address_for_an_identity_provider_has_an_underscore() {
    let desk = Desk::from_json(&minimal()).unwrap();
    for address in [desk.acs_url(), desk.slo_url(), &desk.metadata_url(), &desk.login_url()] {
        assert!(!address.contains('_'), "{address}");
    }
    check_field("/prefix", json!("/desk_gate/"), "desk.invalid_text");
}

#[test]
fn a_required_field_must_be_there() {
    for field in ["name", "url", "origin", "connections"] {
        check_field(&format!("/{field}"), Value::Null, "desk.missing_field");
    }
    for field in ["name", "idp_entity_id", "sso_url", "certificates"] {
        check_field(&format!("/connections/0/{field}"), Value::Null, "desk.missing_field");
    }
}

#[test]
fn an_unknown_field_is_refused_wherever_it_stands() {
    check_field("/orign", json!("https://tickets.internal"), "desk.unknown_field");
    check_field("/connections/0/certificate_files", json!(["idp.cer"]), "desk.unknown_field");
    let code = "desk.unknown_field";
    check_refused(&with("/session", json!({ "lifetime": 1 })), &[("session.lifetime", code)]);
    let attributes = with("/connections/0/attributes", json!({ "upn": [] }));
    check_refused(&attributes, &[("connections[0].attributes.upn", code)]);
}

#[test]
fn an_unknown_field_cannot_forge_a_line_of_a_log() {
    let error = Desk::from_json(&with("/a\nb", json!(1))).unwrap_err();
    assert_eq!(error.problems().next().unwrap().field(), "a\\u{a}b");
}

#[test]
fn a_value_of_another_type_is_refused() {
    let code = "desk.wrong_type";
    check_refused(&json!([]), &[("", code)]);
    check_field("/name", json!(1), code);
    check_field("/url", json!([null]), code);
    check_field("/public_paths", json!("/robots.txt"), code);
    check_field("/session", json!(36_000), code);
    check_field("/connections", json!({}), code);
    check_field("/connections/0", json!("contoso"), code);
    check_field("/connections/0/enabled", json!("false"), code);
    check_field("/connections/0/clock_skew_seconds", json!("180"), code);
    check_field("/connections/0/attributes", json!([]), code);
}

#[test]
fn a_value_that_does_not_fit_its_field_is_refused() {
    let text = "desk.invalid_text";
    for name in ["", " ", " Helpdesk", "Help\ndesk", &"x".repeat(101)] {
        check_field("/name", json!(name), text);
    }
    check_field("/url", json!("https://help.contoso.com/helpdesk"), "desk.invalid_url");
    check_field("/origin", json!("https://help.contoso.com"), text);
    for prefix in
        ["", "/", "deskgate/", "/deskgate", "//", "/a//b/", "/desk_gate/", "/Deskgate/", "/../"]
    {
        check_field("/prefix", json!(prefix), text);
    }
    check_refused(
        &with("/public_paths", json!(["/robots.txt", "/"])),
        &[("public_paths[1]", "policy.everything_public")],
    );
    for seconds in [json!(299), json!(604_801), json!(-1), json!(3600.5)] {
        let settings = with("/session", json!({ "lifetime_seconds": seconds }));
        check_refused(&settings, &[("session.lifetime_seconds", "desk.out_of_range")]);
    }
    for seconds in [json!(299), json!(604_801), json!("30m")] {
        let settings = with("/session", json!({ "idle_seconds": seconds }));
        let code = if seconds.is_string() { "desk.wrong_type" } else { "desk.out_of_range" };
        check_refused(&settings, &[("session.idle_seconds", code)]);
    }
    for seconds in [json!(3600), json!(3601)] {
        let session = json!({ "lifetime_seconds": 3600, "idle_seconds": seconds });
        let refused = [("session.idle_seconds", "desk.contradiction")];
        check_refused(&with("/session", session), &refused);
    }
    for days in [json!(6), json!(366), json!(-1), json!(7.5)] {
        let settings = with("/keys", json!({ "rotation_days": days }));
        check_refused(&settings, &[("keys.rotation_days", "desk.out_of_range")]);
    }
    check_field("/connections", json!([]), "desk.count");
    for name in ["", "Contoso", "con toso", "contoso/", &"x".repeat(41)] {
        check_field("/connections/0/name", json!(name), text);
    }
    check_field("/connections/0/name", json!("break-glass"), "desk.contradiction");
    check_field("/connections/0/name", json!("service-token"), "desk.contradiction");
    for id in ["", " https://sts.windows.net/3e1f/", "urn:a\n", &"x".repeat(1025)] {
        check_field("/connections/0/idp_entity_id", json!(id), text);
    }
    check_field("/connections/0/sso_url", json!("http://idp.example/sso"), "desk.invalid_url");
    check_field("/connections/0/sso_binding", json!("artifact"), text);
    check_field("/connections/0/preset", json!("azure"), text);
    check_field("/connections/0/require_signed", json!("none"), text);
    check_field("/connections/0/certificates", json!([]), "desk.count");
    check_field("/connections/0/certificates", json!(vec![CERTIFICATE; 9]), "desk.count");
    for target in ["//evil.example", "https://evil.example", "tickets", "/deskgate/login"] {
        check_field("/connections/0/idp_initiated_target", json!(target), text);
    }
    for domain in
        ["", "@contoso.com", "Contoso.com", "contoso.com.", "*.contoso.com", "contoso com"]
    {
        let settings = with("/connections/0/email_domains", json!([domain]));
        check_refused(&settings, &[("connections[0].email_domains[0]", text)]);
    }
    check_field("/connections/0/email_domains", json!([]), "desk.count");
    check_field("/connections/0/clock_skew_seconds", json!(301), "desk.out_of_range");
    for seconds in [59, 86_401] {
        let field = "/connections/0/max_assertion_age_seconds";
        check_field(field, json!(seconds), "desk.out_of_range");
    }
    check_field("/connections/0/require_authn_context", json!([]), "desk.count");
    for context in ["", "urn:a b"] {
        let settings = with("/connections/0/require_authn_context", json!([context]));
        check_refused(&settings, &[("connections[0].require_authn_context[0]", text)]);
    }
    check_field("/connections/0/dangerous_allow_sha1_until", json!("2027-01-31"), text);
}

#[test]
fn connections_must_be_told_apart() {
    let mut settings = minimal();
    let first = settings["connections"][0].clone();
    settings["connections"].as_array_mut().unwrap().push(first);
    for (index, domain) in ["contoso.com", "fabrikam.com"].into_iter().enumerate() {
        settings["connections"][index]["email_domains"] = json!([domain]);
    }
    check_refused(&settings, &[("connections[1].name", "desk.duplicate")]);
    settings["connections"][1]["name"] = json!("fabrikam");
    assert!(Desk::from_json(&settings).is_ok());
    for index in [0, 1] {
        settings["connections"][index]["allow_idp_initiated"] = json!(true);
    }
    check_refused(&settings, &[("connections[1].idp_entity_id", "desk.duplicate")]);
}

#[test]
fn a_preset_brings_its_attribute_names_and_settings_win_over_it() {
    let mut settings = with("/connections/0/preset", json!("entra"));
    settings["connections"][0]["attributes"] = json!({ "phone": ["mobile"] });
    let desk = Desk::from_json(&settings).unwrap();
    let names = &desk.connections[0].attributes;
    assert_eq!(names.id, ["http://schemas.microsoft.com/identity/claims/objectidentifier"]);
    assert_eq!(names.phone, ["mobile"]);
    assert_eq!(Desk::from_json(&desk.to_json()), Ok(desk));
}

#[test]
fn several_connections_divide_the_domains() {
    let mut settings = minimal();
    let mut second = settings["connections"][0].clone();
    second["name"] = json!("fabrikam");
    settings["connections"].as_array_mut().unwrap().push(second);
    let missing = "desk.missing_field";
    check_refused(
        &settings,
        &[("connections[0].email_domains", missing), ("connections[1].email_domains", missing)],
    );
    settings["connections"][0]["email_domains"] = json!(["contoso.com", "contoso.de"]);
    settings["connections"][1]["dangerous_any_email_domain"] = json!(true);
    let desk = Desk::from_json(&settings).unwrap();
    assert_eq!(desk.connections[0].accepted_email_domains(), ["contoso.com", "contoso.de"]);
    assert!(desk.connections[1].accepted_email_domains().is_empty());
    settings["connections"][1]["email_domains"] = json!(["fabrikam.com", "contoso.de"]);
    check_refused(&settings, &[("connections[1].email_domains[1]", "desk.duplicate")]);
    settings["connections"][1]["email_domains"] = json!(["fabrikam.com", "fabrikam.com"]);
    check_refused(&settings, &[("connections[1].email_domains[1]", "desk.duplicate")]);
    settings["connections"][1]["email_domains"] = json!(["fabrikam.com"]);
    let desk = Desk::from_json(&settings).unwrap();
    assert!(desk.connections[1].accepted_email_domains().is_empty());
}

#[test]
fn a_desk_without_an_origin_has_apps() {
    let mut settings = with("/origin", Value::Null);
    settings["apps"] = json!([]);
    check_refused(&settings, &[("origin", "desk.missing_field")]);
    settings["apps"] = json!([{
        "name": "zendesk", "helpdesk": "zendesk", "mode": "hand_off",
        "zendesk": { "subdomain": "contoso", "shared_secret": "0123456789abcdef" },
    }]);
    let desk = Desk::from_json(&settings).unwrap();
    assert_eq!((desk.origin.as_ref(), desk.apps.len()), (None, 1));
    assert!(desk.app("zendesk").is_some() && desk.app("jitbit").is_none());
    settings["force_saml"] = json!(false);
    check_refused(&settings, &[("force_saml", "desk.contradiction")]);
    settings["force_saml"] = json!(true);
    settings["origin_headers"] = json!({ "remote_user": "email" });
    check_refused(&settings, &[("origin_headers", "desk.contradiction")]);
}

#[test]
fn everybody_is_forced_to_sign_in_unless_it_is_said() {
    let desk = Desk::from_json(&minimal()).unwrap();
    assert!(desk.force_saml && desk.owners.is_empty());
    assert_eq!(desk.provisioning, Provisioning::Off);
    let mut settings = with("/force_saml", json!(false));
    settings["owners"] = json!(["Owner@contoso.com"]);
    settings["provisioning"] = json!("by_hand");
    let desk = Desk::from_json(&settings).unwrap();
    assert!(!desk.force_saml);
    assert_eq!(desk.owners, ["owner@contoso.com"]);
    assert_eq!(Desk::from_json(&desk.to_json()), Ok(desk));
    for owner in ["owner", "Owner <owner@contoso.com>", "b_x#EXT#@contoso.onmicrosoft.com"] {
        check_refused(&with("/owners", json!([owner])), &[("owners[0]", "desk.invalid_text")]);
    }
}

#[test]
fn a_certificate_that_stands_twice_counts_once() {
    let settings = with("/connections/0/certificates", json!([CERTIFICATE, CERTIFICATE]));
    assert_eq!(Desk::from_json(&settings).unwrap().connections[0].keys().len(), 1);
}

#[test]
fn all_problems_are_told_at_once() {
    let mut settings = with("/url", json!("http://help.contoso.com"));
    settings["connections"][0]["allow_idp_initated"] = json!(true);
    settings["connections"][0]["clock_skew_seconds"] = json!(301);
    settings["connections"][0]["certificates"] =
        json!([CERTIFICATE, "-----BEGIN PRIVATE KEY-----"]);
    check_refused(
        &settings,
        &[
            ("url", "desk.invalid_url"),
            ("connections[0].allow_idp_initated", "desk.unknown_field"),
            ("connections[0].certificates[1]", "x509.private_key_pasted"),
            ("connections[0].clock_skew_seconds", "desk.out_of_range"),
        ],
    );
}

#[test]
fn plain_headers_for_the_origin_are_asked_for_one_by_one() {
    assert!(Desk::from_json(&minimal()).unwrap().origin_headers.is_empty());
    let wanted = json!({ "remote_user": "email", "x_forwarded_user": "name_id" });
    let desk = Desk::from_json(&with("/origin_headers", wanted)).unwrap();
    let expected = [
        (OriginHeader::RemoteUser, HeaderValue::Email),
        (OriginHeader::XForwardedUser, HeaderValue::NameId),
    ];
    assert_eq!(desk.origin_headers, expected);
    assert_eq!(Desk::from_json(&desk.to_json()), Ok(desk));
    for (headers, field, code) in [
        (json!({ "remote_user": "groups" }), "origin_headers.remote_user", "desk.invalid_text"),
        (json!({ "remote-user": "email" }), "origin_headers.remote-user", "desk.unknown_field"),
        (json!("email"), "origin_headers", "desk.wrong_type"),
    ] {
        check_refused(&with("/origin_headers", headers), &[(field, code)]);
    }
}

#[test]
fn origin_headers_of_several_connections_are_addresses_or_subjects() {
    let mut settings = minimal();
    let mut second = settings["connections"][0].clone();
    second["name"] = json!("fabrikam");
    second["email_domains"] = json!(["fabrikam.com"]);
    settings["connections"][0]["email_domains"] = json!(["contoso.com"]);
    for (field, value, is_refused) in [
        ("remote_user", "name_id", true),
        ("remote_user", "id", true),
        ("remote_user", "name", true),
        ("x_forwarded_user", "name_id", true),
        ("remote_user", "email", false),
        ("x_forwarded_user", "subject", false),
        ("remote_name", "name", false),
    ] {
        settings["origin_headers"] = json!({ field: value });
        assert!(Desk::from_json(&settings).is_ok(), "{field} {value}");
        let mut of_two = settings.clone();
        of_two["connections"].as_array_mut().unwrap().push(second.clone());
        match is_refused {
            true => {
                let field = format!("origin_headers.{field}");
                check_refused(&of_two, &[(&field, "desk.contradiction")]);
            }
            false => assert!(Desk::from_json(&of_two).is_ok(), "{field} {value}"),
        }
    }
}
