//! The consoles that administrators sit at, and how to tell from a message which one it is.

/// Whose console it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Console {
    /// AD FS Management.
    AdFs,
    /// The settings of the desk in deskgate.
    Desk,
    /// Microsoft Entra admin center, the enterprise application.
    Entra,
    /// Google Admin console, the web app.
    Google,
    /// Help Scout.
    HelpScout,
    /// Jitbit Helpdesk.
    Jitbit,
    /// Keycloak admin console, the client.
    Keycloak,
    /// Okta admin console, the application.
    Okta,
    /// OneLogin administration, the application.
    OneLogin,
    /// Another identity provider, in the words of the SAML specifications.
    OtherIdentityProvider,
    /// Zendesk Admin Center.
    Zendesk,
}

impl Console {
    /// All of them; identity providers first, as people meet them.
    pub const ALL: [Self; 11] = [
        Self::Entra,
        Self::Okta,
        Self::OneLogin,
        Self::Google,
        Self::AdFs,
        Self::Keycloak,
        Self::OtherIdentityProvider,
        Self::HelpScout,
        Self::Jitbit,
        Self::Zendesk,
        Self::Desk,
    ];

    /// Its name, for people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::AdFs => "AD FS",
            Self::Desk => "deskgate",
            Self::Entra => "Entra",
            Self::Google => "Google",
            Self::HelpScout => "Help Scout",
            Self::Jitbit => "Jitbit",
            Self::Keycloak => "Keycloak",
            Self::Okta => "Okta",
            Self::OneLogin => "OneLogin",
            Self::OtherIdentityProvider => "others",
            Self::Zendesk => "Zendesk",
        }
    }

    /// Its name for programs and options, the one of its preset.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AdFs => "adfs",
            Self::Desk => "deskgate",
            Self::Entra => "entra",
            Self::Google => "google",
            Self::HelpScout => "help_scout",
            Self::Jitbit => "jitbit",
            Self::Keycloak => "keycloak",
            Self::Okta => "okta",
            Self::OneLogin => "onelogin",
            Self::OtherIdentityProvider => "generic",
            Self::Zendesk => "zendesk",
        }
    }

    /// Whether it is that of a helpdesk.
    #[must_use]
    pub const fn is_helpdesk(self) -> bool {
        matches!(self, Self::HelpScout | Self::Jitbit | Self::Zendesk)
    }

    /// The identity provider that has this entity ID, where its form gives it away.
    #[must_use]
    pub fn of_entity_id(entity_id: &str) -> Option<Self> {
        let rest =
            entity_id.strip_prefix("https://").or_else(|| entity_id.strip_prefix("http://"))?;
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        let is_below = |domain| is_below(host, domain);
        if is_below("sts.windows.net") || is_below("login.microsoftonline.com") {
            Some(Self::Entra)
        } else if is_below("okta.com") || is_below("oktapreview.com") || is_below("okta-emea.com") {
            Some(Self::Okta)
        } else if is_below("onelogin.com") {
            Some(Self::OneLogin)
        } else if is_below("accounts.google.com") {
            Some(Self::Google)
        } else if path == "adfs/services/trust" {
            Some(Self::AdFs)
        } else if path.starts_with("realms/") || path.starts_with("auth/realms/") {
            Some(Self::Keycloak)
        } else {
            None
        }
    }

    /// The identity provider whose habit these names of attributes are.
    #[must_use]
    pub fn of_attributes<'a>(names: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let of_name = |name: &str| match name {
            "http://schemas.microsoft.com/identity/claims/tenantid" => Some(Self::Entra),
            "User.email" | "User.FirstName" | "User.LastName" => Some(Self::OneLogin),
            _ => None,
        };
        names.into_iter().find_map(of_name)
    }

    /// The helpdesk that has this entity ID or address as a service provider.
    #[must_use]
    pub fn of_service_provider(entity_id_or_url: &str) -> Option<Self> {
        let rest = entity_id_or_url.strip_prefix("https://")?;
        let host = rest.split_once('/').map_or(rest, |(host, _)| host);
        let helpdesks = [
            (".helpscout.net", Self::HelpScout),
            (".helpscout.com", Self::HelpScout),
            (".jitbit.com", Self::Jitbit),
            (".zendesk.com", Self::Zendesk),
        ];
        let host = host.to_ascii_lowercase();
        let found = helpdesks.into_iter().find(|(domain, _)| host.ends_with(domain));
        found.map(|(_, helpdesk)| helpdesk)
    }
}

/// Whether a host is the domain or below it.
fn is_below(host: &str, domain: &str) -> bool {
    let host = host.to_ascii_lowercase();
    host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}
