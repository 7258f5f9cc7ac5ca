//! What is allowed and yet worth a thought.

use std::time::Duration;

use deskgate_core::desk::{Access, App, Connection, Desk, HandOff};
use deskgate_core::preset::{IdentityProvider, Provisioning};
use deskgate_core::time::UnixTime;

/// An exception that lasts longer than this is none.
const LONGEST_EXCEPTION: Duration = Duration::from_secs(366 * 86_400);

pub(super) fn of_desk(desk: &Desk) -> Vec<String> {
    let mut warnings = Vec::new();
    if !desk.force_saml {
        warnings.push(
            "force_saml = false: requests without a session reach the origin, which has to ask for a \
             password itself"
                .into(),
        );
    }
    if !desk.origin_headers.is_empty() {
        warnings.push(
            "origin_headers: they prove nothing; the origin must be reachable through the desk only"
                .into(),
        );
    }
    if desk.origin.is_none() {
        let for_an_origin = [
            ("public_paths", !desk.public_paths.rules().is_empty()),
            ("owners", !desk.owners.is_empty()),
            ("provisioning", desk.provisioning != Provisioning::Off),
        ];
        let unused = for_an_origin.into_iter().filter(|(_, is_set)| *is_set);
        warnings.extend(unused.map(|(field, _)| format!("{field}: of no use without an origin")));
    }
    warnings
}

pub(super) fn of_connection(connection: &Connection, now: UnixTime) -> Vec<String> {
    let mut warnings = Vec::new();
    if !connection.enabled {
        warnings.push("enabled = false: nobody signs in through this connection".into());
    }
    if connection.allow_idp_initiated {
        warnings.push(
            "allow_idp_initiated: a stranger can sign people in as somebody else; allow it only where \
             the identity provider cannot start at the sign-on URL"
                .into(),
        );
    }
    if connection.enabled && connection.dangerous_any_email_domain {
        warnings.push(
            "dangerous_any_email_domain: this identity provider can sign people in under the e-mail \
             addresses of the others"
                .into(),
        );
    }
    if connection.enabled
        && connection.email_domains.is_empty()
        && !connection.dangerous_any_email_domain
    {
        warnings.push(
            "email_domains: none listed; it can sign people in under any e-mail address, also that of \
             somebody of another organization"
                .into(),
        );
    }
    if let Some(product) = IdentityProvider::of_entity_id(&connection.idp_entity_id)
        && connection.preset == IdentityProvider::Generic
    {
        let (name, word) = (product.preset().display_name, product.name());
        warnings.push(format!("preset: this is {name}; set preset = \"{word}\""));
    }
    let exceptions = [
        ("dangerous_allow_sha1_until", connection.dangerous_allow_sha1_until),
        ("dangerous_allow_cbc_until", connection.dangerous_allow_cbc_until),
    ];
    for (field, end) in exceptions {
        let Some(end) = end else { continue };
        warnings.push(match now {
            now if now >= end => format!("{field}: has ended on {end}; remove it"),
            now if end.saturating_since(now) > LONGEST_EXCEPTION => {
                format!("{field}: lasts until {end}; choose a day within a year")
            }
            _ => format!("{field}: weak algorithms are accepted until {end}"),
        });
    }
    warnings
}

pub(super) fn of_app(desk: &Desk, app: &App) -> Vec<String> {
    let mut warnings = Vec::new();
    let mut warn = |is_so: bool, text: &str| {
        if is_so {
            warnings.push(text.to_owned());
        }
    };
    warn(!app.enabled, "enabled = false: nobody is signed in to this app");
    let (is_link, sends_external_id) = match &app.access {
        Access::HandOff(HandOff::Jitbit(_)) => (true, false),
        Access::HandOff(HandOff::Zendesk(zendesk)) => (false, zendesk.send_external_id),
        _ => (false, false),
    };
    warn(
        sends_external_id,
        "send_external_id: set Update of external IDs to Off in Zendesk and leave it there; with it on, \
         somebody who signs in under the e-mail address of an agent or admin becomes that agent or admin",
    );
    warn(
        is_link,
        "an autologin link signs in whoever sees it, all day, as often as they like; use mode = \"bridge\" \
         where the helpdesk has SAML",
    );
    let is_any = |connection: &Connection| {
        app.admits(&connection.name) && connection.accepted_email_domains().is_empty()
    };
    warn(
        desk.enabled_connections().any(is_any),
        "email_domains: a connection without them can use this app; the helpdesk finds people by their \
         address, so whoever comes with that of an agent is that agent",
    );
    warn(
        app.roles.as_ref().is_some_and(|roles| !roles.admin.is_empty()),
        "roles.admin: whoever can change these groups makes administrators of the helpdesk",
    );
    warnings
}
