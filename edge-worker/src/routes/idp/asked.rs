//! What an app asked for, kept while the person signs in: sealed, in the address where the sign-in ends.

use deskgate_core::saml::MAX_CLOCK_SKEW;
use deskgate_core::saml::identity_provider::{
    ReceivedRequest, RequestSignature, RequestedAuthnContext,
};
use deskgate_core::session::{Session, TRANSACTION_LIFETIME, seal};
use deskgate_core::time::UnixTime;

use crate::host::random;
use crate::json;
use crate::visit::Visit;

/// What is sealed; see [`seal`].
const PURPOSE: &str = "request of an app";

/// Most bytes of it as text: it is part of a return target, which has 2,048 bytes.
const MAX_TEXT_BYTES: usize = 1_950;

/// A checked request, or none where the person began here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Asked {
    /// `ID` of the request.
    pub(super) request_id: Option<String>,
    pub(super) relay_state: Option<String>,
    /// The request was signed, and the settings have no key to verify that with: the log says so.
    pub(super) has_unverified_signature: bool,
    /// AuthnContextClassRefs.
    classes: Vec<String>,
    /// Since when the person has to be authenticated anew, in seconds since 1970.
    forced_since: Option<u64>,
    expires_at: u64,
}

json::object! { Asked {
    request_id, relay_state, has_unverified_signature, classes, forced_since, expires_at
} }

impl Asked {
    pub(super) fn new(request: ReceivedRequest, now: UnixTime) -> Self {
        Self {
            request_id: Some(request.id),
            relay_state: request.relay_state,
            has_unverified_signature: request.signature == RequestSignature::NotVerified,
            classes: request.authn_context.classes().to_vec(),
            forced_since: request.force_authn.then_some(now.seconds()),
            expires_at: now.saturating_add(TRANSACTION_LIFETIME).seconds(),
        }
    }

    pub(super) fn authn_context(&self) -> RequestedAuthnContext {
        RequestedAuthnContext::new(self.classes.clone())
    }

    pub(super) const fn is_forced(&self) -> bool {
        self.forced_since.is_some()
    }

    /// Whether the session will do: where a new sign-in is demanded, one that began after the request,
    /// with an authentication after it too, by the clock of the identity provider.
    pub(super) fn is_met_by(&self, session: &Session) -> bool {
        self.forced_since.is_none_or(|since| {
            let authenticated_at = session.authenticated_at().saturating_add(MAX_CLOCK_SKEW);
            session.issued_at().seconds() >= since && authenticated_at.seconds() >= since
        })
    }

    /// `None` when it is too long to be kept, or cannot be sealed.
    pub(super) fn seal(&self, visit: &Visit, app: &str) -> Option<String> {
        let text = json::write(self);
        let nonce = random::<12>(visit.host);
        let context = context(visit, app);
        let sealed =
            seal::seal(text.as_bytes(), PURPOSE, &context, &visit.secrets, nonce, visit.crypto());
        sealed.ok().filter(|sealed| sealed.len() <= MAX_TEXT_BYTES)
    }

    /// `None` when it was sealed for another app or has expired.
    pub(super) fn open(sealed: &str, visit: &Visit, app: &str) -> Option<Self> {
        let context = context(visit, app);
        let text = seal::open(sealed, PURPOSE, &context, &visit.secrets, visit.crypto()).ok()?;
        let asked: Self = json::read(&text)?;
        (visit.now.seconds() < asked.expires_at).then_some(asked)
    }
}

fn context(visit: &Visit, app: &str) -> String {
    format!("{}\0{app}", visit.desk.desk.issuer())
}
