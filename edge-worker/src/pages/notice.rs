//! The page for everything that is not going on: what happened, what to do next, whom to ask.

use askama::Template;
use serde_json::json;

use super::{Choice, policy, render};
use crate::http::Response;

#[derive(Template)]
#[template(path = "notice.html")]
struct Page<'a> {
    style: &'static str,
    desk: &'a str,
    heading: &'a str,
    sentences: &'a [&'a str],
    actions: &'a [Choice],
    reference: Option<&'a str>,
    support: Option<Support<'a>>,
}

struct Support<'a> {
    text: &'a str,
    address: Option<String>,
}

/// What to tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Notice {
    AlreadySignedIn,
    AlreadyUsed,
    Expired,
    MethodNotAllowed,
    NoConnection,
    NotConfirmed,
    NotFound,
    NotFromHere,
    NotOperating,
    NotSetUp,
    NotSignedIn,
    NotStarted,
    OriginUnreachable,
    ProviderRefused,
    SignedOut,
    TooLarge,
    Unavailable,
    Unreadable,
    WrongAddress,
}

/// What the person can do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    GoToDesk,
    Nothing,
    SignIn,
    SignInOrGoToDesk,
}

impl Notice {
    /// The status of a page with this notice.
    const fn status(self) -> u16 {
        match self {
            Self::SignedOut => 200,
            Self::Unreadable => 400,
            Self::NotSignedIn => 401,
            Self::AlreadySignedIn
            | Self::AlreadyUsed
            | Self::Expired
            | Self::NotConfirmed
            | Self::NotFromHere
            | Self::NotStarted
            | Self::ProviderRefused => 403,
            Self::NoConnection | Self::NotFound | Self::NotSetUp => 404,
            Self::MethodNotAllowed => 405,
            Self::TooLarge => 413,
            Self::WrongAddress => 421,
            Self::NotOperating => 500,
            Self::OriginUnreachable => 502,
            Self::Unavailable => 503,
        }
    }

    const fn heading(self) -> &'static str {
        match self {
            Self::AlreadySignedIn => "You are signed in already",
            Self::AlreadyUsed => "This sign-in was already used",
            Self::Expired => "That took too long",
            Self::MethodNotAllowed | Self::NotFound => "There is no page here",
            Self::NoConnection => "Signing in is not set up yet",
            Self::NotConfirmed => "We could not confirm who you are",
            Self::NotFromHere => "This request came from another site",
            Self::NotOperating => "This gateway is not set up completely",
            Self::NotSetUp => "No helpdesk is set up here",
            Self::NotSignedIn => "You are not signed in",
            Self::NotStarted => "This sign-in was not started here",
            Self::OriginUnreachable => "The helpdesk does not answer",
            Self::ProviderRefused => "Your organization did not sign you in",
            Self::SignedOut => "You are signed out",
            Self::TooLarge => "That was too much to read",
            Self::Unavailable => "Signing in is not possible right now",
            Self::Unreadable => "This request could not be read",
            Self::WrongAddress => "This is not the right address",
        }
    }

    const fn sentences(self) -> &'static [&'static str] {
        match self {
            Self::AlreadySignedIn => &[
                "The sign-in that just arrived had been finished, or belonged to another tab. You can go on working.",
            ],
            Self::AlreadyUsed => &[
                "Each sign-in works once. This happens when a page is loaded again or opened from the browser's history.",
                "If you are signed in already, just go on. Otherwise sign in again.",
            ],
            Self::Expired => &[
                "The confirmation from your organization was no longer valid when it arrived.",
                "Sign in again. If it happens every time, a clock may be wrong somewhere.",
            ],
            Self::MethodNotAllowed => {
                &["This address is used by machines while you sign in. There is nothing to see."]
            }
            Self::NoConnection => &[
                "No identity provider is connected to this helpdesk yet, so nobody can sign in.",
                "The operator of the helpdesk can add one to its settings.",
            ],
            Self::NotConfirmed => &[
                "The confirmation from your organization did not pass our checks, so you were not signed in.",
                "Try once more. If it happens again, the operator of this helpdesk can look up what was wrong.",
            ],
            Self::NotFound => &["The address may be misspelled, or the page may have moved."],
            Self::NotFromHere => {
                &["For your safety nothing was changed: only pages of this helpdesk may do that."]
            }
            Self::NotOperating => {
                &["The operator of this helpdesk has to give the gateway a valid secret."]
            }
            Self::NotSetUp => &[
                "This address leads to a gateway that does not know a helpdesk of this name.",
                "If you operate it, apply its settings with the command deskgate apply.",
            ],
            Self::NotSignedIn => &["Sign in to see your session."],
            Self::NotStarted => &[
                "The confirmation that arrived does not belong to a sign-in of this browser. It may come from an old page, or the sign-in took longer than ten minutes.",
                "Start again here.",
            ],
            Self::OriginUnreachable => &[
                "The gateway works, but the helpdesk behind it cannot be reached. Please try again in a minute.",
            ],
            Self::ProviderRefused => &[
                "Its identity provider answered that you may not sign in here, or that something went wrong there.",
                "Your administrator can see the reason, and can give you access to this application.",
            ],
            Self::SignedOut => &[
                "You may still be signed in at your organization. On a shared computer, sign out there too or close the browser.",
            ],
            Self::TooLarge => &[
                "The confirmation from your organization is larger than we accept. Often it lists hundreds of groups; your administrator can reduce them.",
            ],
            Self::Unavailable => &[
                "Nothing is wrong with your account. Please try again in a minute.",
                "If you were signed in already, you can go on working.",
            ],
            Self::Unreadable => &["Something was missing in it, or stood there twice."],
            Self::WrongAddress => &["The helpdesk is reached at another address."],
        }
    }

    const fn next(self) -> Next {
        match self {
            Self::AlreadyUsed => Next::SignInOrGoToDesk,
            Self::Expired
            | Self::NotConfirmed
            | Self::NotSignedIn
            | Self::NotStarted
            | Self::ProviderRefused
            | Self::SignedOut
            | Self::Unavailable
            | Self::Unreadable => Next::SignIn,
            Self::AlreadySignedIn
            | Self::MethodNotAllowed
            | Self::NotFound
            | Self::NotFromHere
            | Self::OriginUnreachable
            | Self::TooLarge => Next::GoToDesk,
            Self::NoConnection | Self::NotOperating | Self::NotSetUp | Self::WrongAddress => {
                Next::Nothing
            }
        }
    }

    /// Whether support can find more about it in the audit log.
    const fn has_reference(self) -> bool {
        !matches!(
            self,
            Self::MethodNotAllowed | Self::NotFound | Self::NotSignedIn | Self::SignedOut
        )
    }

    /// A short text for scripts, in place of the page.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::AlreadySignedIn => "login.already_signed_in",
            Self::AlreadyUsed => "login.already_used",
            Self::Expired => "login.expired",
            Self::MethodNotAllowed => "request.method_not_allowed",
            Self::NoConnection => "login.no_connection",
            Self::NotConfirmed => "login.not_confirmed",
            Self::NotFound => "request.not_found",
            Self::NotFromHere => "request.cross_site",
            Self::NotOperating => "worker.secret_missing",
            Self::NotSetUp => "desk.not_set_up",
            Self::NotSignedIn => "session.required",
            Self::NotStarted => "login.not_started",
            Self::OriginUnreachable => "origin.unreachable",
            Self::ProviderRefused => "login.provider_refused",
            Self::SignedOut => "session.ended",
            Self::TooLarge => "request.too_large",
            Self::Unavailable => "login.unavailable",
            Self::Unreadable => "request.malformed",
            Self::WrongAddress => "request.wrong_address",
        }
    }
}

/// What a notice needs to know of its desk.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DeskFacts<'a> {
    /// What the desk is called; its host when there are no settings.
    pub(crate) name: &'a str,
    /// Whom to ask: an e-mail address, an https address or any text.
    pub(crate) support: Option<&'a str>,
    /// Where to sign in.
    pub(crate) login: &'a str,
}

/// The page of a notice. `reference` finds the event in the audit log.
pub(crate) fn notice(notice: Notice, desk: DeskFacts<'_>, reference: &str) -> Response {
    let sign_in = || Choice { address: desk.login.to_owned(), name: "Sign in".to_owned() };
    let go = || Choice { address: "/".to_owned(), name: format!("Go to {}", desk.name) };
    let actions = match notice.next() {
        Next::GoToDesk => vec![go()],
        Next::Nothing => vec![],
        Next::SignIn => vec![sign_in()],
        Next::SignInOrGoToDesk => vec![go(), sign_in()],
    };
    let page = Page {
        style: policy::STYLE,
        desk: desk.name,
        heading: notice.heading(),
        sentences: notice.sentences(),
        actions: &actions,
        reference: notice.has_reference().then_some(reference),
        support: desk.support.map(support),
    };
    render(notice.status(), &page, policy::Forms::None)
}

/// A form arrived after the session had ended: what was written must not be lost without a word.
pub(crate) fn session_ended(desk: DeskFacts<'_>, login: &str) -> Response {
    let actions = [Choice { address: login.to_owned(), name: "Sign in".to_owned() }];
    let page = Page {
        style: policy::STYLE,
        desk: desk.name,
        heading: "Your session has ended",
        sentences: &[
            "What you sent was not delivered.",
            "Go back with your browser to copy what you wrote, sign in, and send it again.",
        ],
        actions: &actions,
        reference: None,
        support: None,
    };
    render(401, &page, policy::Forms::None)
}

/// A notice for a script.
pub(crate) fn notice_json(notice: Notice, login_url: Option<&str>, reference: &str) -> Response {
    let body = json!({
        "code": notice.code(),
        "message": notice.heading(),
        "login_url": login_url,
        "reference": notice.has_reference().then_some(reference),
    });
    let response = Response::json(notice.status(), &body);
    match notice.status() {
        // RFC 9110, section 11.6.1, wants a challenge; this one starts nothing in a browser.
        401 => response.with("WWW-Authenticate", "Deskgate".to_owned()),
        _ => response,
    }
}

/// An e-mail address or an https address becomes a link; nothing else may.
fn support(text: &str) -> Support<'_> {
    let is_word = !text.contains(char::is_whitespace);
    let address = if is_word && text.starts_with("https://") {
        Some(text.to_owned())
    } else if is_word && text.contains('@') && !text.contains([':', '?', '&']) {
        Some(format!("mailto:{text}"))
    } else {
        None
    };
    Support { text, address }
}
