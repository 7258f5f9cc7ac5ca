use std::prelude::v1::*;

use super::*;

fn consoles(places: &[Place]) -> Vec<Console> {
    places.iter().map(|place| place.console).collect()
}

#[test]
fn of_the_known_consoles_only_the_right_ones_are_named() {
    let places = Remedy::Audience.places(Some(Console::Okta), Some(Console::HelpScout));
    assert_eq!(consoles(&places), [Console::Okta, Console::HelpScout, Console::Desk]);
    assert_eq!(places[0].path, "General > SAML Settings > Audience URI (SP Entity ID)");
    let places = Remedy::Audience.places(Some(Console::Entra), None);
    assert_eq!(consoles(&places), [Console::Entra, Console::Desk]);
}

#[test]
fn every_identity_provider_is_named_where_none_is_known() {
    let places = Remedy::Audience.places(None, None);
    let expected: Vec<_> = Console::ALL.into_iter().filter(|c| !c.is_helpdesk()).collect();
    assert_eq!(consoles(&places), expected);
}

#[test]
fn every_remedy_names_the_consoles_that_the_project_is_for() {
    for remedy in Remedy::ALL {
        let listed: Vec<_> = remedy.boxes().iter().map(|(console, _)| *console).collect();
        for console in
            [Console::Entra, Console::Okta, Console::OneLogin, Console::OtherIdentityProvider]
        {
            assert!(listed.contains(&console), "{remedy:?} {console:?}");
        }
        for console in &listed {
            assert_eq!(listed.iter().filter(|other| *other == console).count(), 1, "{remedy:?}");
        }
    }
}

/// The settings that stand on both sides have their box in every helpdesk of the seeds.
#[test]
fn what_both_sides_must_agree_on_has_a_box_in_each_helpdesk() {
    for remedy in [Remedy::AcsUrl, Remedy::Audience, Remedy::NameId, Remedy::SigningCertificate] {
        for helpdesk in [Console::HelpScout, Console::Jitbit, Console::Zendesk] {
            let places = remedy.places(Some(Console::Entra), Some(helpdesk));
            assert!(consoles(&places).contains(&helpdesk), "{remedy:?} {helpdesk:?}");
        }
    }
}

#[test]
fn texts_read_as_sentences() {
    for remedy in Remedy::ALL {
        assert!(remedy.advice().ends_with('.'), "{remedy:?}");
        assert!(remedy.help().starts_with(remedy.advice()));
        for (console, path) in remedy.boxes() {
            assert!(!path.ends_with('.') && !path.contains("  "), "{remedy:?} {console:?}");
        }
    }
    let help = Remedy::Signing.help();
    assert!(help.contains(" Okta: General > SAML Settings > Show Advanced Settings > Response"));
    for console in Console::ALL {
        let named = Remedy::AcsUrl.help().contains(&format!(" {}: ", console.label()));
        assert_eq!(named, !console.is_helpdesk() && console != Console::Desk, "{console:?}");
    }
}

#[test]
fn an_entity_id_gives_its_identity_provider_away() {
    for (entity_id, expected) in [
        ("https://sts.windows.net/3f1a2b4c-5d6e-4f70-8a91-b2c3d4e5f607/", Some(Console::Entra)),
        ("https://login.microsoftonline.com/3f1a/", Some(Console::Entra)),
        ("http://www.okta.com/exk1", Some(Console::Okta)),
        ("https://app.onelogin.com/saml/metadata/1", Some(Console::OneLogin)),
        ("https://accounts.google.com/o/saml2?idpid=C1", Some(Console::Google)),
        ("http://fs.contoso.com/adfs/services/trust", Some(Console::AdFs)),
        ("https://id.contoso.com/realms/staff", Some(Console::Keycloak)),
        ("https://id.contoso.com/auth/realms/staff", Some(Console::Keycloak)),
        ("https://notokta.com/exk1", None),
        ("https://okta.com.evil.example/", None),
        ("urn:okta.com", None),
        ("", None),
    ] {
        assert_eq!(Console::of_entity_id(entity_id), expected, "{entity_id}");
    }
}

#[test]
fn attribute_names_do_where_the_entity_id_does_not() {
    let tenant = "http://schemas.microsoft.com/identity/claims/tenantid";
    assert_eq!(Console::of_attributes(["x", tenant]), Some(Console::Entra));
    assert_eq!(Console::of_attributes(["User.email"]), Some(Console::OneLogin));
    assert_eq!(Console::of_attributes(["email"]), None);
}

#[test]
fn an_audience_or_address_gives_its_helpdesk_away() {
    for (text, expected) in [
        ("https://www.jitbit.com/web-helpdesk/", Some(Console::Jitbit)),
        ("https://contoso.zendesk.com/access/saml", Some(Console::Zendesk)),
        ("https://contoso.zendesk.com", Some(Console::Zendesk)),
        ("https://secure.helpscout.net/sso/acs", Some(Console::HelpScout)),
        ("https://help.contoso.com/deskgate/acs", None),
        ("urn:auth0:helpscout", None),
    ] {
        assert_eq!(Console::of_service_provider(text), expected, "{text}");
    }
}
