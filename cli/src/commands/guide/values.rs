//! Our values as another console gets them.

use deskgate_core::desk::{App, Connection, DEFAULT_PREFIX, Desk};
use deskgate_core::preset::console::OurValue;

use super::subject::Subject;

/// Where our pages are for one connection or app.
pub(super) struct OurAddresses {
    /// With the prefix, ending in a slash.
    root: String,
    entity_id: String,
    /// What follows the addresses that several connections share.
    of_connection: String,
    /// The name of the connection in addresses.
    connection: String,
    /// The name of the app in addresses.
    app: String,
    /// With commas between them; `None` where anybody may come.
    email_domains: Option<String>,
}

impl OurAddresses {
    /// Those of a desk.
    pub(super) fn of(desk: &Desk, subject: &Subject<'_>) -> Self {
        let mut addresses = Self {
            root: desk.url_of(""),
            entity_id: desk.metadata_url(),
            of_connection: String::new(),
            connection: String::new(),
            app: String::new(),
            email_domains: None,
        };
        match subject {
            Subject::App(app) => {
                addresses.app.clone_from(&app.name);
                addresses.email_domains = email_domains(desk, app);
            }
            Subject::Connection(connection) => {
                addresses.entity_id.clone_from(&connection.sp_entity_id);
                addresses.connection.clone_from(&connection.name);
                if desk.connections.len() > 1 {
                    addresses.of_connection = format!("?connection={}", connection.name);
                }
            }
            _ => {}
        }
        addresses
    }

    /// Those that a desk will have when nobody chooses others.
    pub(super) fn expected(url: Option<&str>, app: &str) -> Self {
        let url = url.map_or("https://<address of the desk>", |url| url.trim_end_matches('/'));
        let root = format!("{url}{DEFAULT_PREFIX}");
        Self {
            entity_id: format!("{root}metadata"),
            root,
            of_connection: String::new(),
            connection: "<name of the connection>".to_owned(),
            app: app.replace('_', "-"),
            email_domains: None,
        }
    }

    pub(super) fn text(&self, value: OurValue) -> String {
        match value {
            OurValue::AcsUrl => self.page("acs"),
            OurValue::AcsUrlPattern => format!("^{}$", escaped(&self.page("acs"))),
            OurValue::BridgeCertificateFile => {
                format!("the file at {}", self.bridge("certificate.pem"))
            }
            OurValue::BridgeCertificateFingerprint => format!(
                "the SHA-256 fingerprint of {}; deskgate certificate read shows it",
                self.bridge("certificate.pem")
            ),
            OurValue::BridgeCertificateText => {
                format!("the text at {}", self.bridge("certificate.txt"))
            }
            OurValue::BridgeEntityId => self.bridge("metadata"),
            OurValue::BridgeLogoutUrl => self.bridge("slo"),
            OurValue::BridgeSsoUrl => self.bridge("sso"),
            OurValue::EmailDomains => self
                .email_domains
                .clone()
                .unwrap_or_else(|| "the domains of everybody who shall sign in".to_owned()),
            OurValue::EntityId => self.entity_id.clone(),
            OurValue::HandOffLogoutUrl => self.page(&format!("handoff/{}/logout", self.app)),
            OurValue::HandOffPublicKey => {
                let page = format!("handoff/{}/public-key.pem", self.app);
                format!("the file at {}", self.page(&page))
            }
            OurValue::HandOffUrl => self.page(&format!("handoff/{}", self.app)),
            OurValue::LogoutUrl => self.page("slo"),
            OurValue::MetadataUrl => self.page(&format!("metadata{}", self.of_connection)),
            OurValue::RevocationUrl => {
                self.page(&format!("global-token-revocation/{}", self.connection))
            }
            OurValue::SignOnUrl => self.page(&format!("login{}", self.of_connection)),
        }
    }

    fn page(&self, page: &str) -> String {
        format!("{}{page}", self.root)
    }

    fn bridge(&self, page: &str) -> String {
        self.page(&format!("idp/{}/{page}", self.app))
    }
}

/// For a box that takes a regular expression: nothing else may fit.
fn escaped(url: &str) -> String {
    let mut pattern = String::new();
    for c in url.chars() {
        if !c.is_ascii_alphanumeric() && c != '-' && c != ':' {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern
}

fn email_domains(desk: &Desk, app: &App) -> Option<String> {
    let connections: Vec<&Connection> =
        desk.enabled_connections().filter(|connection| app.admits(&connection.name)).collect();
    let is_any = |connection: &&Connection| connection.accepted_email_domains().is_empty();
    if connections.iter().any(is_any) {
        return None;
    }
    let domains = connections.iter().flat_map(|connection| &connection.email_domains);
    Some(domains.map(String::as_str).collect::<Vec<_>>().join(", "))
}
