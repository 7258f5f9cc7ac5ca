//! Who is calling.

use std::fmt;

use deskgate_core::session::{OriginToken, Person};

/// Somebody whom the desk vouches for in this request.
#[derive(Clone, PartialEq, Eq)]
pub struct Caller {
    token: OriginToken,
    /// As it was sent.
    text: String,
}

impl Caller {
    pub(crate) const fn new(token: OriginToken, text: String) -> Self {
        Self { token, text }
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Names this person, and nobody else, for as long as the identity provider does. What to store.
    #[must_use]
    pub fn subject(&self) -> &str {
        self.token.session().subject()
    }

    /// Name, e-mail address and groups, as the identity provider says them. Many groups are left out:
    /// [`Verifier::groups`](crate::Verifier::groups).
    #[must_use]
    pub const fn person(&self) -> &Person {
        self.token.session().person()
    }

    /// The connection through which the person came.
    #[must_use]
    pub fn connection(&self) -> &str {
        self.token.session().connection()
    }

    /// The name of the service token, when no person but a script sends the request. Then there is no e-mail
    /// address, and [`Caller::subject`] is one that no person has.
    #[must_use]
    pub fn service_token(&self) -> Option<&str> {
        self.token.session().service_token()
    }

    /// Everything that the token says.
    #[must_use]
    pub const fn token(&self) -> &OriginToken {
        &self.token
    }
}

/// Without the token, which opens what the caller may see for as long as it lives.
impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caller").field("token", &self.token).finish_non_exhaustive()
    }
}

/// What [`AssertionLayer`](crate::AssertionLayer) found. Without the layer nobody is believed.
#[cfg(feature = "axum")]
impl<S: Sync> axum::extract::FromRequestParts<S> for Caller {
    type Rejection = crate::Refusal;

    async fn from_request_parts(
        parts: &mut http::request::Parts,
        _: &S,
    ) -> Result<Self, Self::Rejection> {
        parts.extensions.get::<Self>().cloned().ok_or(crate::Refusal::LayerMissing)
    }
}
