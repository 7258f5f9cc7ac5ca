//! `deskgate check`.

mod app;
mod warnings;

use std::path::PathBuf;

use deskgate_core::crypto::RustCrypto;
use deskgate_core::desk::{Connection, Desk, SsoBinding};
use deskgate_core::policy::FreshPath;
use deskgate_core::time::UnixTime;
use serde::Serialize;

use self::app::AppFacts;
use crate::certificate::CertificateFacts;
use crate::desk_file;
use crate::failure::Failure;
use crate::input;
use crate::output::{Output, Report};
use crate::page::Page;

/// Check a desk.toml and say what to enter at the identity provider
///
/// Reads the settings and the files that they name, tells every mistake with the field it is in, and
/// warns of certificates that end soon and of settings that weaken the desk. Sends nothing anywhere.
/// What goes into which box of which console says deskgate guide.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The settings of the desk
    #[arg(long, value_name = "FILE", default_value = "desk.toml")]
    desk: PathBuf,
    /// Judge dates as of this time, such as 2026-11-21T12:00:00Z [default: now]
    #[arg(long, value_name = "RFC3339", value_parser = input::parse_time)]
    now: Option<UnixTime>,
}

#[derive(Serialize)]
struct DeskFacts {
    verdict: &'static str,
    name: String,
    url: String,
    origin: Option<String>,
    force_saml: bool,
    owners: Vec<String>,
    provisioning: &'static str,
    public_paths: Vec<String>,
    fresh: Vec<FreshFacts>,
    session_lifetime_seconds: u64,
    session_idle_seconds: Option<u64>,
    support: Option<String>,
    warnings: Vec<String>,
    connections: Vec<ConnectionFacts>,
    apps: Vec<AppFacts>,
}

#[derive(Serialize)]
struct FreshFacts {
    path: String,
    max_age_seconds: u64,
}

impl FreshFacts {
    fn new(rule: &FreshPath) -> Self {
        Self { path: rule.path().to_owned(), max_age_seconds: rule.max_age().as_secs() }
    }
}

#[derive(Serialize)]
struct ConnectionFacts {
    name: String,
    display_name: String,
    preset: &'static str,
    enabled: bool,
    email_domains: Vec<String>,
    idp_entity_id: String,
    sso_url: String,
    sso_binding: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    slo_url: Option<String>,
    certificates: Vec<CertificateFacts>,
    warnings: Vec<String>,
    enter_at_identity_provider: ToEnter,
}

/// By the words of Entra's console; others have other words.
#[derive(Serialize)]
struct ToEnter {
    identifier: String,
    reply_url: String,
    sign_on_url: String,
    metadata_url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    logout_url: Option<String>,
}

impl DeskFacts {
    fn new(desk: &Desk, now: UnixTime) -> Self {
        Self {
            verdict: "accepted",
            name: desk.name.clone(),
            url: desk.url.to_string(),
            origin: desk.origin.as_ref().map(ToString::to_string),
            force_saml: desk.force_saml,
            owners: desk.owners.clone(),
            provisioning: app::provisioning(desk.provisioning),
            public_paths: desk.public_paths.rules().to_vec(),
            fresh: desk.fresh.iter().map(FreshFacts::new).collect(),
            session_lifetime_seconds: desk.session_lifetime.as_secs(),
            session_idle_seconds: desk.session_idle.map(|idle| idle.as_secs()),
            support: desk.support.clone(),
            warnings: warnings::of_desk(desk),
            connections: desk
                .connections
                .iter()
                .map(|connection| ConnectionFacts::new(desk, connection, now))
                .collect(),
            apps: desk.apps.iter().map(|app| AppFacts::new(desk, app)).collect(),
        }
    }
}

impl ConnectionFacts {
    fn new(desk: &Desk, connection: &Connection, now: UnixTime) -> Self {
        let crypto = RustCrypto::new();
        Self {
            name: connection.name.clone(),
            display_name: connection.display_name.clone(),
            preset: connection.preset.name(),
            enabled: connection.enabled,
            email_domains: connection.email_domains.clone(),
            idp_entity_id: connection.idp_entity_id.clone(),
            sso_url: connection.sso_url.to_string(),
            sso_binding: match connection.sso_binding {
                SsoBinding::Post => "post",
                SsoBinding::Redirect => "redirect",
            },
            slo_url: connection.single_logout.as_ref().map(|service| service.url.to_string()),
            certificates: connection
                .certificates
                .iter()
                .map(|certificate| CertificateFacts::new(certificate, now, &crypto))
                .collect(),
            warnings: warnings::of_connection(connection, now),
            enter_at_identity_provider: to_enter(desk, connection),
        }
    }
}

/// With several connections the addresses name the one that is meant, so that nobody has to choose.
fn to_enter(desk: &Desk, connection: &Connection) -> ToEnter {
    let of_this = match desk.connections.len() {
        1 => String::new(),
        _ => format!("?connection={}", connection.name),
    };
    ToEnter {
        identifier: connection.sp_entity_id.clone(),
        reply_url: desk.acs_url().into(),
        sign_on_url: format!("{}{of_this}", desk.login_url()),
        metadata_url: format!("{}{of_this}", desk.metadata_url()),
        logout_url: connection.single_logout.as_ref().map(|_| desk.slo_url().into()),
    }
}

impl Report for DeskFacts {
    fn write(&self, page: &mut Page) {
        page.accepted(&self.name);
        page.row("people go to", &self.url);
        page.row_if("it runs at", self.origin.as_ref());
        let public = self.public_paths.join(", ");
        if self.origin.is_some() {
            page.row("public", if public.is_empty() { "nothing" } else { &public });
        }
        for rule in &self.fresh {
            let max_age = duration(rule.max_age_seconds);
            page.row("fresh", format_args!("{}, a sign-in at most {max_age} old", rule.path));
        }
        page.row("a session", duration(self.session_lifetime_seconds));
        page.row_if("unused", self.session_idle_seconds.map(duration));
        page.row_if("support", self.support.as_ref());
        page.row_if("owners", Some(self.owners.join(", ")).filter(|owners| !owners.is_empty()));
        for warning in &self.warnings {
            page.warning(warning);
        }
        for connection in &self.connections {
            page.blank();
            connection.write(page);
        }
        for app in &self.apps {
            page.blank();
            app.write(page);
        }
    }
}

impl ConnectionFacts {
    fn write(&self, page: &mut Page) {
        page.heading(format_args!("Connection {} ({})", self.name, self.display_name));
        page.row("product", self.preset);
        page.row("issuer", &self.idp_entity_id);
        page.row("sign-in at", format_args!("{} ({})", self.sso_url, self.sso_binding));
        page.row_if("sign-out at", self.slo_url.as_ref());
        let domains = Some(self.email_domains.join(", ")).filter(|domains| !domains.is_empty());
        page.row_if("speaks for", domains);
        for certificate in &self.certificates {
            certificate.write_short(page);
        }
        for warning in &self.warnings {
            page.warning(warning);
        }
        page.blank();
        page.line("  Enter at the identity provider:");
        let to_enter = &self.enter_at_identity_provider;
        page.row("Identifier", &to_enter.identifier);
        page.row("", "also called Entity ID, Audience URI");
        page.row("Reply URL", &to_enter.reply_url);
        page.row("", "also called ACS URL, Single sign-on URL (Okta), Post-back URL");
        page.row("Sign-on URL", &to_enter.sign_on_url);
        page.row("", "also called Start URL, Login URL; leave it empty where it is not asked for");
        if let Some(logout_url) = &to_enter.logout_url {
            page.row("Logout URL", logout_url);
            page.row("", "also called Single Logout URL, SLO Endpoint");
        }
        page.row("Metadata", &to_enter.metadata_url);
        page.row("", "has all of them, for identity providers that read it");
    }
}

fn duration(seconds: u64) -> String {
    match (seconds / 3600, seconds % 3600 / 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

pub(crate) fn run(arguments: &Arguments, output: Output) -> Result<(), Failure> {
    let desk = desk_file::read(&arguments.desk, None)?;
    output.show(&DeskFacts::new(&desk, arguments.now.unwrap_or_else(input::clock)));
    Ok(())
}
