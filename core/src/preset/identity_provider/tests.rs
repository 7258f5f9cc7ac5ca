use std::prelude::v1::*;

use super::*;
use crate::preset::console::{Action, OurValue};

#[test]
fn every_preset_says_where_everything_is() {
    for provider in IdentityProvider::ALL {
        let preset = provider.preset();
        let name = preset.name;
        for step in preset.steps {
            assert!(!step.place.path(Some(preset.console)).is_empty(), "{name}: {step:?}");
        }
        let has = |wanted: Action| preset.steps.iter().any(|step| step.action == wanted);
        for ours in [OurValue::AcsUrl, OurValue::EntityId] {
            assert!(has(Action::Enter(ours)), "{name}: {ours:?}");
        }
        let has_fields = ["sso_url", "idp_entity_id", "certificate_files"]
            .into_iter()
            .all(|field| has(Action::Copy(field)));
        assert!(has_fields || has(Action::Copy("metadata_file")), "{name}");
        assert!(!preset.attributes.email.is_empty() && !preset.attributes.id.is_empty(), "{name}");
    }
}

#[test]
fn names_are_those_of_the_settings_and_differ() {
    let names: Vec<_> = IdentityProvider::ALL.into_iter().map(IdentityProvider::name).collect();
    let expected = ["entra", "okta", "onelogin", "google", "adfs", "keycloak", "imis", "generic"];
    assert_eq!(names, expected);
}

#[test]
fn the_issuer_gives_the_product_away() {
    for (issuer, expected) in [
        ("https://sts.windows.net/3f1a2b4c/", Some(IdentityProvider::Entra)),
        ("http://www.okta.com/exk1", Some(IdentityProvider::Okta)),
        ("https://app.onelogin.com/saml/metadata/1", Some(IdentityProvider::OneLogin)),
        ("https://accounts.google.com/o/saml2?idpid=C01", Some(IdentityProvider::Google)),
        ("http://fs.contoso.com/adfs/services/trust", Some(IdentityProvider::AdFs)),
        ("https://id.contoso.com/realms/staff", Some(IdentityProvider::Keycloak)),
        ("https://idp.example/", None),
        ("https://www.okta.com.evil.example/exk1", None),
    ] {
        assert_eq!(IdentityProvider::of_entity_id(issuer), expected, "{issuer}");
    }
}
