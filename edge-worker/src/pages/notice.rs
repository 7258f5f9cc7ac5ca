//! The page for everything that is not going on: what happened, what to do next, whom to ask.

use askama::Template;

use super::{Choice, policy, render};
use crate::http::Response;
use crate::json;
use crate::loaded_desk::Unusable;

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
    AccessEnded,
    AddressElsewhere,
    AddressOfAnother,
    AlreadySignedIn,
    AlreadyUsed,
    AppSwitchedOff,
    BreakGlassElsewhere,
    BreakGlassRefused,
    Discarded,
    Expired,
    KeysDoNotOpen,
    LinkRefused,
    LogoutRefused,
    LogoutUnavailable,
    LogoutUnknown,
    MethodNotAllowed,
    NoAddress,
    NoConnection,
    NotConfirmed,
    NotForYou,
    NotFound,
    NotFresh,
    NotFromHere,
    NotInDirectory,
    NotKept,
    NotNavigated,
    NotOperating,
    NotSetUp,
    NotSignedIn,
    NotStarted,
    OriginUnreachable,
    ProviderRefused,
    SessionIdle,
    SignedOut,
    SignedOutEverywhere,
    SignedOutHere,
    SignedOutPartly,
    StillSignedIn,
    TooLarge,
    Unavailable,
    Unreadable,
    WrongAddress,
    ZendeskClock,
    ZendeskEmail,
    ZendeskRefused,
    ZendeskSecret,
    ZendeskUsedBefore,
}

/// What the person can do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    GoToDesk,
    Nothing,
    SignIn,
    SignInOrGoToDesk,
    TryAgain,
}

/// All there is to say about a notice.
pub(crate) struct Content {
    pub(crate) status: u16,
    /// What a script reads in place of the page.
    pub(crate) code: &'static str,
    pub(crate) heading: &'static str,
    pub(crate) sentences: &'static [&'static str],
    next: Next,
    /// Whether support can find more about it in the log.
    has_reference: bool,
}

impl Notice {
    #[expect(clippy::too_many_lines, reason = "a table")]
    pub(crate) const fn content(self) -> Content {
        match self {
            Self::AccessEnded => Content {
                status: 403,
                code: "login.access_ended",
                heading: "Your access to this helpdesk has ended",
                sentences: &[
                    "Your organization signed you in, but your access here was switched off.",
                    "If you still need it, ask for it.",
                ],
                next: Next::Nothing,
                has_reference: true,
            },
            Self::AddressElsewhere => Content {
                status: 403,
                code: "login.address_elsewhere",
                heading: "Your e-mail address does not belong to your organization",
                sentences: &[
                    "Your organization signed you in with an e-mail address for which it cannot speak \
                     at this helpdesk, so you were not let in.",
                    "Your administrator can correct the address in your account. If the address is \
                     right, the operator of this helpdesk can allow it.",
                ],
                next: Next::Nothing,
                has_reference: true,
            },
            Self::AddressOfAnother => Content {
                status: 403,
                code: "login.address_of_another",
                heading: "This e-mail address belongs to somebody else here",
                sentences: &[
                    "Your organization signed you in, but this helpdesk knows your e-mail address \
                     from another account. To protect that account, you were not signed in.",
                    "Whoever looks after this helpdesk can correct it, for instance when you \
                     changed organizations or took over an address.",
                ],
                next: Next::Nothing,
                has_reference: true,
            },
            Self::AlreadySignedIn => Content {
                status: 403,
                code: "login.already_signed_in",
                heading: "You are signed in already",
                sentences: &[
                    "The sign-in that just arrived had been finished, or belonged to another tab. \
                     You can go on working.",
                ],
                next: Next::GoToDesk,
                has_reference: true,
            },
            Self::AlreadyUsed => Content {
                status: 403,
                code: "login.already_used",
                heading: "This sign-in was already used",
                sentences: &[
                    "Each sign-in works once. This happens when a page is loaded again or opened \
                     from the browser's history.",
                    "If you are signed in already, just go on. Otherwise sign in again.",
                ],
                next: Next::SignInOrGoToDesk,
                has_reference: true,
            },
            Self::BreakGlassElsewhere => Content {
                status: 403,
                code: "login.break_glass_only_here",
                heading: "Emergency access ends here",
                sentences: &[
                    "You came in by an emergency link, which opens this helpdesk and nothing else.",
                    "The other helpdesk has a way of its own for its account owner, with the \
                     password of that account.",
                ],
                next: Next::GoToDesk,
                has_reference: true,
            },
            Self::BreakGlassRefused => Content {
                status: 403,
                code: "login.break_glass_refused",
                heading: "This link does not sign anybody in",
                sentences: &[
                    "It may have been used before, be too old, or be for somebody who is no owner of \
                     this helpdesk any more.",
                    "Whoever operates this helpdesk can make another one with deskgate break-glass.",
                ],
                next: Next::SignIn,
                has_reference: true,
            },
            Self::AppSwitchedOff => Content {
                status: 403,
                code: "login.app_switched_off",
                heading: "You cannot go there at the moment",
                sentences: &["The operator of this helpdesk has switched this sign-in off."],
                next: Next::Nothing,
                has_reference: true,
            },
            Self::Discarded => Content {
                status: 200,
                code: "form.discarded",
                heading: "It was discarded",
                sentences: &["What you wrote was deleted here, and not sent."],
                next: Next::GoToDesk,
                has_reference: false,
            },
            Self::Expired => Content {
                status: 403,
                code: "login.expired",
                heading: "That took too long",
                sentences: &[
                    "The confirmation from your organization was no longer valid when it arrived.",
                    "Sign in again. If it happens every time, a clock may be wrong somewhere.",
                ],
                next: Next::SignIn,
                has_reference: true,
            },
            Self::LogoutRefused => Content {
                status: 403,
                code: "logout.not_accepted",
                heading: "This request to sign you out was not accepted",
                sentences: &[
                    "It did not pass our checks, or it was used before, so nothing was changed.",
                    "To sign out of this helpdesk, use its own Sign out.",
                ],
                next: Next::GoToDesk,
                has_reference: true,
            },
            Self::LogoutUnavailable => Content {
                status: 503,
                code: "logout.unavailable",
                heading: "We could not sign you out everywhere",
                sentences: &[
                    "Your organization asked us to end your sessions at this helpdesk, and that is \
                     not possible right now.",
                    "On a shared computer, sign out of this helpdesk or close the browser.",
                ],
                next: Next::GoToDesk,
                has_reference: true,
            },
            Self::LogoutUnknown => Content {
                status: 403,
                code: "logout.unknown",
                heading: "This does not belong to a sign-out that began here",
                sentences: &[
                    "It may come from an old page, or signing out took longer than ten minutes. If \
                     you signed out of this helpdesk, your session here has ended in any case.",
                ],
                next: Next::SignIn,
                has_reference: true,
            },
            Self::KeysDoNotOpen => Content {
                status: 503,
                code: Unusable::Keys.code(),
                heading: "This gateway cannot open its keys",
                sentences: &[
                    "Nothing is lost. The operator of this helpdesk has to give the gateway the secret \
                     that it had before.",
                ],
                next: Next::TryAgain,
                has_reference: false,
            },
            Self::LinkRefused => Content {
                status: 400,
                code: "login.link_refused",
                heading: "This link does not lead to the helpdesk",
                sentences: &[
                    "Something in it is not what the helpdesk sends, or would take you elsewhere. \
                     Nothing was passed on.",
                    "Open the helpdesk itself and sign in from there.",
                ],
                next: Next::Nothing,
                has_reference: true,
            },
            Self::MethodNotAllowed => Content {
                status: 405,
                code: "request.method_not_allowed",
                heading: "There is no page here",
                sentences: &[
                    "This address is used by machines while you sign in. There is nothing to see.",
                ],
                next: Next::GoToDesk,
                has_reference: false,
            },
            Self::NoAddress => Content {
                status: 403,
                code: "login.no_address",
                heading: "Your account has no e-mail address",
                sentences: &[
                    "Your organization signed you in, but sent no e-mail address of yours, and this \
                     helpdesk knows people by it.",
                    "Your administrator can add the address to your account.",
                ],
                next: Next::Nothing,
                has_reference: true,
            },
            Self::NoConnection => Content {
                status: 404,
                code: "login.no_connection",
                heading: "You cannot sign in this way",
                sentences: &[
                    "This helpdesk has no such sign-in, or it was switched off.",
                    "The operator of the helpdesk can add one to its settings.",
                ],
                next: Next::GoToDesk,
                has_reference: true,
            },
            Self::NotConfirmed => Content {
                status: 403,
                code: "login.not_confirmed",
                heading: "We could not confirm who you are",
                sentences: &[
                    "The confirmation from your organization did not pass our checks, so you were \
                     not signed in.",
                    "Try once more. If it happens again, the operator of this helpdesk can look \
                     up what was wrong.",
                ],
                next: Next::SignIn,
                has_reference: true,
            },
            Self::NotForYou => Content {
                status: 403,
                code: "login.not_for_you",
                heading: "This helpdesk is not for your organization",
                sentences: &[
                    "You are signed in, but people of your organization do not use this helpdesk.",
                ],
                next: Next::Nothing,
                has_reference: true,
            },
            Self::NotFound => Content {
                status: 404,
                code: "request.not_found",
                heading: "There is no page here",
                sentences: &["The address may be misspelled, or the page may have moved."],
                next: Next::GoToDesk,
                has_reference: false,
            },
            Self::NotFresh => Content {
                status: 401,
                code: "session.not_fresh",
                heading: "Please sign in again",
                sentences: &["This page wants a recent sign-in, and yours was a while ago."],
                next: Next::SignIn,
                has_reference: false,
            },
            Self::NotFromHere => Content {
                status: 403,
                code: "request.cross_site",
                heading: "This request came from another site",
                sentences: &[
                    "For your safety nothing was changed: only pages of this helpdesk may do that.",
                ],
                next: Next::GoToDesk,
                has_reference: true,
            },
            Self::NotInDirectory => Content {
                status: 403,
                code: "login.not_in_directory",
                heading: "You have no account at this helpdesk yet",
                sentences: &[
                    "Your organization signed you in, but nobody has given you access here.",
                    "Ask for it with the e-mail address of your organization.",
                ],
                next: Next::Nothing,
                has_reference: true,
            },
            Self::NotKept => Content {
                status: 404,
                code: "form.not_kept",
                heading: "Nothing is kept for you here",
                sentences: &[
                    "It was sent or discarded already, 15 minutes have passed, or it was written by \
                     somebody else or in another browser.",
                    "If you wrote it just now and are not sure, look in the helpdesk whether it arrived.",
                ],
                next: Next::GoToDesk,
                has_reference: false,
            },
            Self::NotNavigated => Content {
                status: 403,
                code: "login.not_navigated",
                heading: "Open this page in a window of its own",
                sentences: &[
                    "Another page tried to open it inside of itself or out of your sight. Nothing \
                     was passed on.",
                ],
                next: Next::SignIn,
                has_reference: true,
            },
            Self::NotOperating => Content {
                status: 500,
                code: "worker.secret_missing",
                heading: "This gateway is not set up completely",
                sentences: &[
                    "The operator of this helpdesk has to give the gateway a valid secret.",
                ],
                next: Next::Nothing,
                has_reference: false,
            },
            Self::NotSetUp => Content {
                status: 404,
                code: "desk.not_set_up",
                heading: "No helpdesk is set up here",
                sentences: &[
                    "This address leads to a gateway that does not know a helpdesk of this name.",
                    "If you operate it, apply its settings with the command deskgate apply.",
                ],
                next: Next::Nothing,
                has_reference: false,
            },
            Self::NotSignedIn => Content {
                status: 401,
                code: "session.required",
                heading: "You are not signed in",
                sentences: &["Sign in to see your session."],
                next: Next::SignIn,
                has_reference: false,
            },
            Self::NotStarted => Content {
                status: 403,
                code: "login.not_started",
                heading: "This sign-in was not started here",
                sentences: &[
                    "The confirmation that arrived does not belong to a sign-in of this browser. \
                     It may come from an old page, or the sign-in took longer than ten minutes.",
                    "Start again here.",
                ],
                next: Next::SignIn,
                has_reference: true,
            },
            Self::OriginUnreachable => Content {
                status: 502,
                code: "origin.unreachable",
                heading: "The helpdesk does not answer",
                sentences: &[
                    "The gateway works, but the helpdesk behind it cannot be reached. Please try \
                     again in a minute.",
                ],
                next: Next::TryAgain,
                has_reference: true,
            },
            Self::ProviderRefused => Content {
                status: 403,
                code: "login.provider_refused",
                heading: "Your organization did not sign you in",
                sentences: &[
                    "Its identity provider answered that you may not sign in here, or that \
                     something went wrong there.",
                    "Your administrator can see the reason, and can give you access to this \
                     application.",
                ],
                next: Next::SignIn,
                has_reference: true,
            },
            Self::SessionIdle => Content {
                status: 401,
                code: "session.idle",
                heading: "Please sign in again",
                sentences: &["You were signed out because nothing was done here for a while."],
                next: Next::SignIn,
                has_reference: false,
            },
            Self::SignedOut => Content {
                status: 200,
                code: "session.ended",
                heading: "You are signed out",
                sentences: &[
                    "You may still be signed in at your organization. On a shared computer, sign \
                     out there too or close the browser.",
                ],
                next: Next::SignIn,
                has_reference: false,
            },
            Self::SignedOutEverywhere => Content {
                status: 200,
                code: "session.ended_everywhere",
                heading: "You are signed out",
                sentences: &[
                    "Your session here has ended, and so has the one at your organization.",
                ],
                next: Next::SignIn,
                has_reference: false,
            },
            Self::SignedOutHere => Content {
                status: 200,
                code: "session.ended_here",
                heading: "You are signed out here",
                sentences: &[
                    "Your organization did not confirm that your session there has ended, too.",
                    "On a shared computer, sign out there or close the browser.",
                ],
                next: Next::SignIn,
                has_reference: true,
            },
            Self::SignedOutPartly => Content {
                status: 200,
                code: "session.ended_partly",
                heading: "You are signed out",
                sentences: &[
                    "Your session here has ended, and so has the one at your organization. Some \
                     other application could not be told.",
                    "On a shared computer, close the browser.",
                ],
                next: Next::SignIn,
                has_reference: true,
            },
            Self::StillSignedIn => Content {
                status: 200,
                code: "session.goes_on",
                heading: "You are signed in",
                sentences: &[
                    "An answer about signing out arrived, and this browser has a session here that \
                     began since. Nothing was changed.",
                ],
                next: Next::GoToDesk,
                has_reference: false,
            },
            Self::TooLarge => Content {
                status: 413,
                code: "request.too_large",
                heading: "That was too much to read",
                sentences: &[
                    "The confirmation from your organization is larger than we accept. Often it \
                     lists hundreds of groups; your administrator can reduce them.",
                ],
                next: Next::GoToDesk,
                has_reference: true,
            },
            Self::Unavailable => Content {
                status: 503,
                code: "login.unavailable",
                heading: "Signing in is not possible right now",
                sentences: &[
                    "Nothing is wrong with your account. Please try again in a minute.",
                    "If you were signed in already, you can go on working.",
                ],
                next: Next::SignIn,
                has_reference: true,
            },
            Self::Unreadable => Content {
                status: 400,
                code: "request.malformed",
                heading: "This request could not be read",
                sentences: &["Something was missing in it, or stood there twice."],
                next: Next::SignIn,
                has_reference: true,
            },
            Self::WrongAddress => Content {
                status: 421,
                code: "request.wrong_address",
                heading: "This is not the right address",
                sentences: &["The helpdesk is reached at another address."],
                next: Next::Nothing,
                has_reference: false,
            },
            Self::ZendeskClock => Content {
                status: 403,
                code: "login.zendesk_clock",
                heading: "That took too long",
                sentences: &[
                    "Zendesk takes a sign-in within three minutes, and this one came later.",
                    "Sign in again. If it happens every time, a clock is wrong somewhere.",
                ],
                next: Next::SignIn,
                has_reference: true,
            },
            Self::ZendeskEmail => Content {
                status: 403,
                code: "login.zendesk_email",
                heading: "Zendesk does not let you in",
                sentences: &[
                    "Your organization signed you in, but this Zendesk account is closed to e-mail \
                     addresses like yours.",
                    "Whoever looks after it can open it for you.",
                ],
                next: Next::Nothing,
                has_reference: true,
            },
            Self::ZendeskRefused => Content {
                status: 403,
                code: "login.zendesk_refused",
                heading: "Zendesk did not let you in",
                sentences: &[
                    "Zendesk gave a reason that stands in the log of this sign-in page.",
                    "Try once more. If it happens again, whoever looks after this helpdesk can look \
                     up what was wrong.",
                ],
                next: Next::SignIn,
                has_reference: true,
            },
            Self::ZendeskSecret => Content {
                status: 403,
                code: "login.zendesk_secret",
                heading: "Zendesk does not trust this sign-in page",
                sentences: &[
                    "Nothing is wrong with your account: the secret that Zendesk and this page share \
                     is no longer the same on both sides.",
                    "Whoever looks after this helpdesk has to copy it again.",
                ],
                next: Next::Nothing,
                has_reference: true,
            },
            Self::ZendeskUsedBefore => Content {
                status: 403,
                code: "login.zendesk_used_before",
                heading: "This sign-in was already used",
                sentences: &[
                    "Each sign-in works once. This happens when a page is loaded again or opened \
                     from the browser's history.",
                ],
                next: Next::SignIn,
                has_reference: true,
            },
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

/// The page of a notice. `reference` finds the event in the log.
pub(crate) fn notice(notice: Notice, desk: DeskFacts<'_>, reference: &str) -> Response {
    notice_with(notice, desk, reference, Vec::new())
}

/// The same, with `further` things to do after those that the notice has by itself.
pub(crate) fn notice_with(
    notice: Notice,
    desk: DeskFacts<'_>,
    reference: &str,
    further: Vec<Choice>,
) -> Response {
    let content = notice.content();
    let sign_in = || Choice { address: desk.login.to_owned(), name: "Sign in".to_owned() };
    let go = || Choice { address: "/".to_owned(), name: format!("Go to {}", desk.name) };
    let mut actions = match content.next {
        Next::GoToDesk => vec![go()],
        Next::Nothing => vec![],
        Next::SignIn => vec![sign_in()],
        Next::SignInOrGoToDesk => vec![go(), sign_in()],
        // The page stands at the address that did not answer.
        Next::TryAgain => vec![Choice { address: String::new(), name: "Try again".to_owned() }],
    };
    actions.extend(further);
    let page = Page {
        style: policy::STYLE,
        desk: desk.name,
        heading: content.heading,
        sentences: content.sentences,
        actions: &actions,
        reference: content.has_reference.then_some(reference),
        support: desk.support.map(support),
    };
    render(content.status, &page, policy::Forms::None)
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
    let content = notice.content();
    let body = json::written! {
        "code": content.code,
        "message": content.heading,
        "login_url": login_url,
        "reference": content.has_reference.then_some(reference),
    };
    let response = Response::json(content.status, body);
    match content.status {
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
