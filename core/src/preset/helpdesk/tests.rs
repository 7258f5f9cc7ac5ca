use std::prelude::v1::*;

use super::*;
use crate::preset::console::{Action, OurValue};

fn copied(steps: &[Step]) -> Vec<&str> {
    let fields = steps.iter().filter_map(|step| match step.action {
        Action::Copy(field) => Some(field),
        _ => None,
    });
    fields.collect()
}

#[test]
fn names_are_those_of_the_settings_and_differ() {
    let names: Vec<_> = Helpdesk::ALL.into_iter().map(Helpdesk::name).collect();
    assert_eq!(names, ["zendesk", "help_scout", "jitbit", "freshworks", "generic"]);
}

#[test]
fn every_helpdesk_is_told_where_our_pages_are() {
    for helpdesk in Helpdesk::ALL {
        let preset = helpdesk.preset();
        let has = |steps: &[Step], ours| steps.iter().any(|s| s.action == Action::Enter(ours));
        assert!(has(preset.bridge.steps, OurValue::BridgeSsoUrl), "{}", preset.name);
        let takes_tokens = !preset.hand_off_steps.is_empty();
        assert_eq!(takes_tokens, has(preset.hand_off_steps, OurValue::HandOffUrl));
        assert_eq!(takes_tokens, helpdesk != Helpdesk::Generic);
        for step in preset.hand_off_steps.iter().chain(preset.bridge.steps) {
            assert!(!step.place.path(None).is_empty(), "{}: {step:?}", preset.name);
        }
    }
}

#[test]
fn what_stands_in_the_consoles_only_is_copied_from_them() {
    let hand_off = |helpdesk: Helpdesk| copied(helpdesk.preset().hand_off_steps);
    assert_eq!(hand_off(Helpdesk::Zendesk), ["subdomain", "shared_secret"]);
    assert_eq!(hand_off(Helpdesk::HelpScout), ["docs_secret", "docs_url", "beacon_secret"]);
    assert_eq!(hand_off(Helpdesk::Jitbit), ["url", "autologin_secret"]);
    assert_eq!(hand_off(Helpdesk::Freshworks), ["account", "redirect_uris", "client_id"]);
    let bridge = |helpdesk: Helpdesk| copied(helpdesk.preset().bridge.steps);
    assert_eq!(bridge(Helpdesk::Zendesk), ["subdomain"]);
    assert_eq!(bridge(Helpdesk::HelpScout), ["acs_url", "audience"]);
    assert_eq!(bridge(Helpdesk::Jitbit), ["url"]);
    assert_eq!(bridge(Helpdesk::Freshworks), ["acs_url", "audience"]);
    assert_eq!(bridge(Helpdesk::Generic), ["acs_url", "audience"]);
}

#[test]
fn external_ids_are_switched_off_and_staff_come_before_end_users() {
    let steps = Helpdesk::Zendesk.preset().hand_off_steps;
    let at = |text: &str| steps.iter().position(|s| s.place.path(None).contains(text)).unwrap();
    assert!(at("Update of external IDs?") < at("Enabled"));
    assert!(at("Staff members") < at("End users"));
    let Action::Choose(choice) = steps[at("Update of external IDs?")].action else {
        unreachable!()
    };
    assert!(choice.starts_with("Off"));
}
