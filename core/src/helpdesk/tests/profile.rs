use super::*;

#[test]
fn the_table_of_imis_and_zendesk_is_the_default() {
    let first = profile(&B_SIMON, &SyncRules::default());
    assert_eq!(first.external_id(), Some("11111111-2222"));
    assert_eq!(first.name(), Some("B. Simón"));
    assert_eq!(first.email(), "b.simon@contoso.com");
    assert_eq!(first.phone(), Some("+1 425 555 0100"));
    assert_eq!(first.organization(), None);
    assert_eq!(SyncRules::default().once().collect::<std::vec::Vec<_>>(), ["external_id"]);
    let again = Profile::new(&B_SIMON, &SyncRules::default(), &Received::all_but(&[])).unwrap();
    assert_eq!(again.external_id(), None, "only if absent");
    assert_eq!(again.name(), Some("B. Simón"), "always");
    let without_phone = Known { phone: None, ..B_SIMON };
    assert_eq!(profile(&without_phone, &SyncRules::default()).phone(), None, "only if present");
    let first = Received::all_but(&["external_id".into()]);
    assert!(!first.external_id && first.name && first.phone && first.organization);
}

#[test]
fn each_rule_decides_about_its_own_field() {
    let before = Received { name: true, phone: true, organization: true, external_id: true };
    let check = |rule, got_before: bool, expected: bool| {
        let rules = SyncRules { phone: rule, ..EVERYTHING };
        let before = if got_before { before } else { Received::default() };
        let found = Profile::new(&B_SIMON, &rules, &before).unwrap();
        assert_eq!(found.phone().is_some(), expected, "{rule:?} {got_before}");
        assert!(found.name().is_some() && found.organization().is_some());
    };
    for (rule, first, later) in [
        (SyncRule::Always, true, true),
        (SyncRule::IfAbsent, true, false),
        (SyncRule::IfPresent, true, true),
        (SyncRule::Never, false, false),
    ] {
        check(rule, false, first);
        check(rule, true, later);
    }
    let no_names = profile(&B_SIMON, &SyncRules { name: SyncRule::Never, ..EVERYTHING });
    assert_eq!(
        (no_names.name(), no_names.given_name(), no_names.family_name()),
        (None, None, None)
    );
}

#[test]
fn nobody_without_a_pin_has_an_external_id() {
    let known = Known { pinned_id: None, ..B_SIMON };
    assert_eq!(profile(&known, &EVERYTHING).external_id(), None);
}

#[test]
fn nobody_is_handed_over_without_exactly_one_address() {
    let long = std::format!("{}@contoso.com", "x".repeat(256));
    for email in [
        "",
        " ",
        "b.simon",
        "@contoso.com",
        "b.simon@",
        "a@b@contoso.com",
        "a@x,b@contoso.com",
        "a b@contoso.com",
        "b@contoso.com\n",
        "b@contoso.com\0",
        "<b@contoso.com>",
        "b@cont\u{f6}so.com",
        "\u{202e}b@contoso.com",
        "\"b\"@contoso.com",
        &long,
    ] {
        let known = Known { email: Some(email), ..B_SIMON };
        let found = Profile::new(&known, &EVERYTHING, &Received::default());
        assert_eq!(found, Err(Error::EmailMissing), "{email:?}");
    }
    let nobody = Profile::new(&Known::default(), &EVERYTHING, &Received::default());
    assert_eq!(nobody, Err(Error::EmailMissing));
}

#[test]
fn values_that_are_empty_too_long_or_break_lines_stay_away() {
    let long = "x".repeat(257);
    for value in ["", "  ", "a\r\nb", "a\u{0}", "a\u{1b}[0m", "a\u{85}", &long] {
        let known = Known { name: Some(value), phone: Some(value), ..B_SIMON };
        let found = profile(&known, &EVERYTHING);
        assert_eq!(found.phone(), None, "{value:?}");
        assert_eq!(found.name(), Some("Britta Simón"), "{value:?}");
    }
}
