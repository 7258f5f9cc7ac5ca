//! What happened, for the operator: every event goes to the Worker's log and into the audit table
//! of the Durable Object. The only place that logs.
//!
//! An event never holds a NameID, an attribute, an assertion or a token. Texts from a message are
//! bounded and escaped by the core before they come here (attacks.md G-20).

use deskgate_core::diagnostic::Diagnostic;
use deskgate_core::time::UnixTime;
use serde::{Deserialize, Serialize};

use crate::desk_object::BegunSession;
use crate::host::Host;
use crate::http::RequestHead;
use crate::json;

/// What kind of thing happened. The names are stable: operators filter by them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Name {
    #[serde(rename = "admin.refused")]
    AdminRefused,
    #[serde(rename = "break_glass.refused")]
    BreakGlassRefused,
    #[serde(rename = "break_glass.used")]
    BreakGlassUsed,
    #[serde(rename = "bridge")]
    Bridge,
    #[serde(rename = "bridge.key_rotated")]
    BridgeKeyRotated,
    #[serde(rename = "bridge.refused")]
    BridgeRefused,
    #[serde(rename = "form.discarded")]
    FormDiscarded,
    #[serde(rename = "form.kept")]
    FormKept,
    #[serde(rename = "form.not_delivered")]
    FormNotDelivered,
    #[serde(rename = "form.sent")]
    FormSent,
    #[serde(rename = "handoff")]
    HandOff,
    #[serde(rename = "handoff.refused")]
    HandOffRefused,
    #[serde(rename = "keys.announced")]
    KeysAnnounced,
    #[serde(rename = "keys.forgotten")]
    KeysForgotten,
    #[serde(rename = "keys.replaced")]
    KeysReplaced,
    #[serde(rename = "login.accepted")]
    LoginAccepted,
    #[serde(rename = "login.refused")]
    LoginRefused,
    #[serde(rename = "login.unavailable")]
    LoginUnavailable,
    #[serde(rename = "logout")]
    Logout,
    #[serde(rename = "logout.incomplete")]
    LogoutIncomplete,
    #[serde(rename = "logout.not_recorded")]
    LogoutNotRecorded,
    #[serde(rename = "logout.refused")]
    LogoutRefused,
    #[serde(rename = "origin.unreachable")]
    OriginUnreachable,
    #[serde(rename = "people.changed")]
    PeopleChanged,
    #[serde(rename = "revocation")]
    Revocation,
    #[serde(rename = "revocation.refused")]
    RevocationRefused,
    #[serde(rename = "secret.changed")]
    SecretChanged,
    #[serde(rename = "secret.lost")]
    SecretLost,
    #[serde(rename = "service_token.added")]
    ServiceTokenAdded,
    #[serde(rename = "service_token.first_used")]
    ServiceTokenFirstUsed,
    #[serde(rename = "service_token.refused")]
    ServiceTokenRefused,
    #[serde(rename = "service_token.removed")]
    ServiceTokenRemoved,
    #[serde(rename = "service_token.rotated")]
    ServiceTokenRotated,
    #[serde(rename = "sessions.ended")]
    SessionsEnded,
    #[serde(rename = "settings.applied")]
    SettingsApplied,
    #[serde(rename = "settings.unusable")]
    SettingsUnusable,
}

/// One event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Event {
    pub(crate) event: Name,
    /// Seconds since 1970.
    pub(crate) at: u64,
    /// What the page showed to the person, so that support can find this event.
    pub(crate) reference: String,
    /// Host of the desk.
    pub(crate) desk: String,
    pub(crate) client_address: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) connection: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) expected: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) found: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) help: Option<String>,
    /// The `sub` of the session: a hash.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) subject: Option<String>,
    /// The `sid` of the session.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) session: Option<String>,
    /// `ID` of the assertion that somebody signed in with.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) assertion: Option<String>,
    /// The app that somebody is handed to.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) app: Option<String>,
    /// What the token for the app is called; its `jti` where it has one, the `ID` of a SAML response. Or the
    /// name of a service token.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) token: Option<String>,
}

impl Event {
    /// Of the gateway itself, in no request of anybody.
    pub(crate) fn of_desk(event: Name, desk: &str, now: UnixTime) -> Self {
        Self {
            event,
            at: now.seconds(),
            reference: String::new(),
            desk: desk.to_owned(),
            client_address: String::new(),
            connection: None,
            code: None,
            expected: None,
            found: None,
            help: None,
            subject: None,
            session: None,
            assertion: None,
            app: None,
            token: None,
        }
    }

    /// Of a request.
    pub(crate) fn new(event: Name, head: &RequestHead, reference: &str, now: UnixTime) -> Self {
        Self {
            reference: reference.to_owned(),
            client_address: head.client_address.clone(),
            ..Self::of_desk(event, &head.host, now)
        }
    }

    /// Something that the edge itself refuses.
    pub(crate) fn code(self, code: &str, help: &str) -> Self {
        Self { code: Some(code.to_owned()), help: Some(help.to_owned()), ..self }
    }

    pub(crate) fn connection(mut self, name: &str) -> Self {
        self.connection = Some(name.to_owned());
        self
    }

    /// About a service token.
    pub(crate) fn service_token(self, name: &str) -> Self {
        Self { token: Some(name.to_owned()), ..self }
    }

    /// The same for each of these sessions; itself, when there is none.
    pub(crate) fn of_sessions(self, sessions: &[BegunSession]) -> Vec<Self> {
        if sessions.is_empty() {
            return vec![self];
        }
        let of = |begun: &BegunSession| Self {
            connection: Some(begun.connection.clone()),
            subject: Some(begun.subject.clone()),
            session: Some(begun.session.clone()),
            ..self.clone()
        };
        sessions.iter().map(of).collect()
    }

    /// Everything that the error tells.
    pub(crate) fn diagnostic(self, error: &dyn Diagnostic) -> Self {
        Self {
            code: Some(error.code().to_owned()),
            expected: error.expected(),
            found: error.found(),
            help: Some(error.help().to_owned()),
            ..self
        }
    }

    /// Writes the event to the log, as one line of JSON.
    pub(crate) fn log(&self, host: &dyn Host) {
        host.log(&json::write(self));
    }
}
