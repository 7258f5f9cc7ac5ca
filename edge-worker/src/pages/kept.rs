//! Pages for what somebody wrote in a session that had ended.

use askama::Template;

use super::notice::DeskFacts;
use super::{policy, render};
use crate::http::Response;

#[derive(Template)]
#[template(path = "kept.html")]
struct Kept<'a> {
    style: &'static str,
    desk: &'a str,
    page: &'a KeptPage<'a>,
}

/// What the page that asks shows.
pub(crate) struct KeptPage<'a> {
    pub(crate) desk: &'a str,
    pub(crate) facts: &'a [(&'a str, String)],
    /// It was sent before, and the helpdesk did not answer.
    pub(crate) was_tried: bool,
    /// Where it is sent from here, absolute.
    pub(crate) send: &'a str,
    pub(crate) discard: &'a str,
    pub(crate) token: &'a str,
}

/// Asks whether to send what was kept.
pub(crate) fn confirm_kept(page: &KeptPage<'_>) -> Response {
    let (status, style) = (200, policy::STYLE);
    render(status, &Kept { style, desk: page.desk, page }, policy::Forms::SameOrigin)
}

#[derive(Template)]
#[template(path = "kept_until_sign_in.html")]
struct UntilSignIn<'a> {
    style: &'static str,
    desk: &'a str,
    login: &'a str,
}

/// It is kept; the person has to sign in first.
pub(crate) fn kept_until_sign_in(desk: DeskFacts<'_>, login: &str) -> Response {
    let page = UntilSignIn { style: policy::STYLE, desk: desk.name, login };
    render(401, &page, policy::Forms::None)
}

#[derive(Template)]
#[template(path = "not_kept.html")]
struct StillInBrowser<'a> {
    style: &'static str,
    desk: &'a str,
    why: &'static str,
    login: &'a str,
}

/// Why a form cannot be kept here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotKept {
    /// A kind of content that is not kept.
    Kind,
    /// There is no session of which it could be known whose form it is.
    NobodyKnown,
    TooLarge,
    /// There is no room, or the object does not answer.
    Unavailable,
}

impl NotKept {
    const fn status(self) -> u16 {
        match self {
            Self::Kind => 415,
            Self::NobodyKnown => 401,
            Self::TooLarge => 413,
            Self::Unavailable => 503,
        }
    }

    const fn why(self) -> &'static str {
        match self {
            Self::Kind | Self::Unavailable => {
                "What you sent did not reach the helpdesk, and it cannot be kept here while you sign in."
            }
            Self::NobodyKnown => {
                "What you sent did not reach the helpdesk, and it cannot be kept here, because nobody has \
                 been signed in at this browser for a while."
            }
            Self::TooLarge => {
                "What you sent did not reach the helpdesk. With its files it is too large to be kept here \
                 while you sign in."
            }
        }
    }
}

/// Nothing was sent and nothing is kept, but the browser still has it. No redirect: that would discard it.
pub(crate) fn not_kept(desk: DeskFacts<'_>, why: NotKept, login: &str) -> Response {
    let page = StillInBrowser { style: policy::STYLE, desk: desk.name, why: why.why(), login };
    render(why.status(), &page, policy::Forms::None)
}
