//! What happened, for the operator: every event goes to the Worker's log and into the audit table
//! of the Durable Object. The only place that logs.
//!
//! An event never holds a NameID, an attribute, an assertion or a token. Texts from a message are
//! bounded and escaped by the core before they come here (attacks.md G-20).

use deskgate_core::diagnostic::Diagnostic;
use deskgate_core::time::UnixTime;

use crate::desk_object::BegunSession;
use crate::host::Host;
use crate::http::RequestHead;
use crate::json;

/// What kind of thing happened. The names are stable: operators filter by them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Name {
    AdminRefused,
    BreakGlassRefused,
    BreakGlassUsed,
    Bridge,
    BridgeKeyRotated,
    BridgeRefused,
    FormDiscarded,
    FormKept,
    FormNotDelivered,
    FormSent,
    HandOff,
    HandOffRefused,
    KeysAnnounced,
    KeysForgotten,
    KeysReplaced,
    LoginAccepted,
    LoginRefused,
    LoginUnavailable,
    Logout,
    LogoutIncomplete,
    LogoutNotRecorded,
    LogoutRefused,
    OriginUnreachable,
    PeopleChanged,
    Revocation,
    RevocationRefused,
    SecretChanged,
    SecretLost,
    ServiceTokenAdded,
    ServiceTokenFirstUsed,
    ServiceTokenRefused,
    ServiceTokenRemoved,
    ServiceTokenRotated,
    SessionsEnded,
    SettingsApplied,
    SettingsUnusable,
}

json::named! { Name {
    AdminRefused = "admin.refused",
    BreakGlassRefused = "break_glass.refused",
    BreakGlassUsed = "break_glass.used",
    Bridge = "bridge",
    BridgeKeyRotated = "bridge.key_rotated",
    BridgeRefused = "bridge.refused",
    FormDiscarded = "form.discarded",
    FormKept = "form.kept",
    FormNotDelivered = "form.not_delivered",
    FormSent = "form.sent",
    HandOff = "handoff",
    HandOffRefused = "handoff.refused",
    KeysAnnounced = "keys.announced",
    KeysForgotten = "keys.forgotten",
    KeysReplaced = "keys.replaced",
    LoginAccepted = "login.accepted",
    LoginRefused = "login.refused",
    LoginUnavailable = "login.unavailable",
    Logout = "logout",
    LogoutIncomplete = "logout.incomplete",
    LogoutNotRecorded = "logout.not_recorded",
    LogoutRefused = "logout.refused",
    OriginUnreachable = "origin.unreachable",
    PeopleChanged = "people.changed",
    Revocation = "revocation",
    RevocationRefused = "revocation.refused",
    SecretChanged = "secret.changed",
    SecretLost = "secret.lost",
    ServiceTokenAdded = "service_token.added",
    ServiceTokenFirstUsed = "service_token.first_used",
    ServiceTokenRefused = "service_token.refused",
    ServiceTokenRemoved = "service_token.removed",
    ServiceTokenRotated = "service_token.rotated",
    SessionsEnded = "sessions.ended",
    SettingsApplied = "settings.applied",
    SettingsUnusable = "settings.unusable",
} }

/// One event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Event {
    pub(crate) event: Name,
    /// Seconds since 1970.
    pub(crate) at: u64,
    /// What the page showed to the person, so that support can find this event.
    pub(crate) reference: String,
    /// Host of the desk.
    pub(crate) desk: String,
    pub(crate) client_address: String,
    pub(crate) connection: Option<String>,
    pub(crate) code: Option<String>,
    pub(crate) expected: Option<String>,
    pub(crate) found: Option<String>,
    pub(crate) help: Option<String>,
    /// The `sub` of the session: a hash.
    pub(crate) subject: Option<String>,
    /// The `sid` of the session.
    pub(crate) session: Option<String>,
    /// `ID` of the assertion that somebody signed in with.
    pub(crate) assertion: Option<String>,
    /// The app that somebody is handed to.
    pub(crate) app: Option<String>,
    /// What the token for the app is called; its `jti` where it has one, the `ID` of a SAML response. Or the
    /// name of a service token.
    pub(crate) token: Option<String>,
}

json::object! { Event {
    event, at, reference, desk, client_address;
    connection, code, expected, found, help, subject, session, assertion, app, token
} }

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
