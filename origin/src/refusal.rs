//! Why nobody is believed to be calling.

use std::fmt;

use deskgate_core::diagnostic::Diagnostic as _;
use deskgate_core::session;
use http::StatusCode;

/// Why nobody is believed to be calling.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There is no `Deskgate-Assertion`: the request did not come through the desk, or the desk lets
    /// everybody pass there (`public_paths`, `force_saml = false`).
    AssertionMissing,
    /// There are several, or it is no text. The desk sends one.
    AssertionNotSingle,
    /// The groups that were too many for the token could not be had.
    GroupsUnavailable {
        /// What went wrong.
        reason: String,
    },
    /// The desk's keys could not be had, and none are known that may still be used.
    KeysUnavailable {
        /// What went wrong last.
        reason: String,
    },
    /// A handler asks for the caller where the layer is not in front of it. Nobody's fault but ours.
    LayerMissing,
    /// The token was used before.
    Replayed,
    /// The token does not verify.
    Token(session::Error),
    /// More tokens arrived within a minute than are remembered, so none more can be told from a replay.
    TooManyTokens,
}

impl Refusal {
    /// The stable code: of deskgate's table of errors for a token, `origin.` and a word for the rest.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::AssertionMissing => "origin.assertion_missing",
            Self::AssertionNotSingle => "origin.assertion_not_single",
            Self::GroupsUnavailable { .. } => "origin.groups_unavailable",
            Self::KeysUnavailable { .. } => "origin.keys_unavailable",
            Self::LayerMissing => "origin.layer_missing",
            Self::Replayed => "origin.replayed",
            Self::Token(error) => error.code(),
            Self::TooManyTokens => "origin.too_many_tokens",
        }
    }

    /// 401 without a token, 403 with one that is refused, 503 while that cannot be known.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::AssertionMissing => StatusCode::UNAUTHORIZED,
            Self::AssertionNotSingle | Self::Replayed | Self::Token(_) => StatusCode::FORBIDDEN,
            Self::GroupsUnavailable { .. } | Self::KeysUnavailable { .. } | Self::TooManyTokens => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Self::LayerMissing => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The whole answer: status, and the code as text. The details are for the log of the server.
    pub(crate) fn answer<B: From<String>>(&self) -> http::Response<B> {
        let mut response = http::Response::new(B::from(format!("{}\n", self.code())));
        *response.status_mut() = self.status();
        let headers = response.headers_mut();
        let text = http::HeaderValue::from_static("text/plain; charset=utf-8");
        headers.insert(http::header::CONTENT_TYPE, text);
        headers.insert(http::header::CACHE_CONTROL, http::HeaderValue::from_static("no-store"));
        response
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AssertionMissing => f.write_str("the request carries no Deskgate-Assertion"),
            Self::AssertionNotSingle => {
                f.write_str("the request does not carry exactly one Deskgate-Assertion")
            }
            Self::GroupsUnavailable { reason } => {
                write!(f, "the groups of the caller could not be fetched: {reason}")
            }
            Self::KeysUnavailable { reason } => {
                write!(f, "the keys of the desk could not be fetched: {reason}")
            }
            Self::LayerMissing => f.write_str("no AssertionLayer is in front of this handler"),
            Self::Replayed => f.write_str("the token was used before"),
            Self::Token(error) => error.fmt(f),
            Self::TooManyTokens => f.write_str("too many tokens arrived within a minute"),
        }
    }
}

impl std::error::Error for Refusal {}

#[cfg(feature = "axum")]
impl axum::response::IntoResponse for Refusal {
    fn into_response(self) -> axum::response::Response {
        self.answer()
    }
}
