//! The gate: what reaches the origin, and as whom.

use std::rc::Rc;

use deskgate_core::desk::Origin;
use deskgate_core::policy::fresh::max_age;
use deskgate_core::policy::headers::{ASSERTION_HEADER, Upgrade};
use deskgate_core::policy::{HeaderRules, WithoutSession};
use deskgate_core::session::cookie::{CookieName, clear_cookie, without_ours};
use deskgate_core::session::service_token::carries_ours;
use deskgate_core::session::{
    OriginRequest, OriginTokenMint, ReturnTarget, Session, origin_headers,
};

use crate::host::random;
use crate::http::{RequestHead, Response, query_of};
use crate::isolate::Presented;
use crate::lines::Lines;
use crate::pages::{self, Notice};
use crate::renewal;
use crate::routes::home;
use crate::service_token;
use crate::visit::Visit;

/// A request to the origin: the client's own, with another address and these headers changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Forward {
    url: String,
    /// Headers of the client that go no further, in the client's spelling.
    remove: Vec<String>,
    /// Headers that are set afterwards, each replacing what the client sent.
    set: Vec<(&'static str, String)>,
    /// Whether the answer may be for one person: somebody is signed in, or the path is not public, and
    /// the origin's own sign-in may know who asks. Then nothing between here and the browser keeps it.
    personal: bool,
    /// Whether a session let it pass: then what goes on for long is looked after.
    watched: bool,
    /// Whether the answer should bring a new session cookie.
    renews: bool,
    /// Whether another body goes in place of the client's.
    replays: bool,
    other_body: Vec<u8>,
}

/// The rest of a request that was kept, in place of one that says to send it now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Replay {
    pub(crate) body: Vec<u8>,
    pub(crate) content_type: String,
    pub(crate) referer: Option<String>,
}

impl Forward {
    /// The same address and identity, with what was kept. The platform counts the bytes.
    pub(crate) fn replaying(mut self, replay: Replay) -> Self {
        self.remove.extend(["content-length", "referer"].map(str::to_owned));
        self.set.push(("Content-Type", replay.content_type));
        self.set.extend(replay.referer.map(|referer| ("Referer", referer)));
        Self { replays: true, other_body: replay.body, ..self }
    }

    /// For the shim: the address, a letter for each thing that it is, two operations for the object (to begin
    /// at once, and when the origin has answered), what is removed, then what is set.
    pub(crate) fn lines(&self, refresh: Option<&str>, later: Option<&str>) -> String {
        let is =
            [(self.personal, "p"), (self.renews, "n"), (self.replays, "b"), (self.watched, "w")];
        let is: String = is.iter().filter(|(is, _)| *is).map(|(_, letter)| *letter).collect();
        let mut lines = Lines::of("forward");
        for line in [&self.url, is.as_str(), refresh.unwrap_or_default(), later.unwrap_or_default()]
        {
            lines.add(line);
        }
        lines.add_names(&self.remove);
        lines.add_headers(&self.set);
        lines.into_text()
    }

    /// What goes in place of the client's body.
    pub(crate) fn other_body(&self) -> Option<&[u8]> {
        self.replays.then_some(&self.other_body)
    }
}

/// What happens to a request for the helpdesk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Passage {
    Forward(Forward),
    /// A person sent a form, and the session is missing, has ended or is too old for it: this one, where it
    /// is known.
    LostForm(Option<Rc<Session>>),
    Refuse(Response),
}

/// Who asks, as far as it can be known here.
#[derive(Debug, PartialEq, Eq)]
enum Caller {
    /// The path is public: everybody gets the same.
    Anybody,
    /// Whoever the origin's own sign-in knows, or nobody.
    OfTheOrigin,
    /// With the headers that say who: the token, and what the settings want beside it.
    SignedIn(Vec<(&'static str, String)>),
}

/// A request of a script, which the desk vouches for as one: see [`crate::service_token`].
pub(crate) fn forward_as(visit: &Visit, origin: &Origin, session: &Session) -> Option<Forward> {
    let key = visit.desk.token_key(visit.now);
    let mint = OriginTokenMint::new(session, visit.desk.desk.issuer(), origin.as_str(), key);
    let headers = identity(visit, session, &mint)?;
    Some(forward(visit, origin, Caller::SignedIn(headers)))
}

/// Decides about a request to a path that is not ours. Default: protected (attacks.md R14, G-07).
pub(crate) fn pass(visit: &Visit) -> Passage {
    let head = &visit.head;
    let desk = &visit.desk.desk;
    let Some(origin) = &desk.origin else {
        return Passage::Refuse(home::answer(visit));
    };
    if desk.public_paths.contains(&head.path) {
        return Passage::Forward(forward(visit, origin, Caller::Anybody));
    }
    // A WebSocket carries cookies from any page and has no other protection (attacks.md G-14).
    if head.is_web_socket() && head.header("origin") != Some(desk.issuer()) {
        return Passage::Refuse(visit.page_or_json(Notice::NotFromHere));
    }
    match visit.session() {
        Presented::Valid(session) if is_too_old(visit, &session, &head.path) => {
            ask_to_sign_in(visit, Notice::NotFresh, Some(session))
        }
        Presented::Valid(session) => match identity(visit, &session, &visit.mint(origin, &session))
        {
            Some(headers) => Passage::Forward(Forward {
                renews: renewal::is_due(visit, &session),
                ..forward(visit, origin, Caller::SignedIn(headers))
            }),
            None => Passage::Refuse(visit.page_or_json(Notice::Unavailable)),
        },
        // The origin has a sign-in of its own, for whom it knows without us.
        Presented::Ended(_) | Presented::Idle(_) | Presented::Nothing | Presented::Invalid
            if !desk.force_saml =>
        {
            Passage::Forward(forward(visit, origin, Caller::OfTheOrigin))
        }
        Presented::Ended(session) => ask_to_sign_in(visit, Notice::NotSignedIn, Some(session)),
        Presented::Idle(session) => ask_to_sign_in(visit, Notice::SessionIdle, Some(session)),
        Presented::Nothing => ask_to_sign_in(visit, Notice::NotSignedIn, None),
        Presented::Invalid => match ask_to_sign_in(visit, Notice::NotSignedIn, None) {
            Passage::Refuse(response) => {
                Passage::Refuse(response.with("Set-Cookie", clear_cookie(CookieName::Session)))
            }
            passage => passage,
        },
    }
}

/// The desk was found by its host; the scheme has to be its own too, for our pages and for the
/// helpdesk: over plain http anybody on the way reads the forms of a sign-in.
pub(crate) fn other_address(visit: &Visit) -> Option<Response> {
    let url = visit.desk.desk.issuer();
    if visit.head.origin() == url {
        return None;
    }
    // A script that went on from there would send its secret in the clear for ever, and nobody would see it.
    let is_script = !matches!(service_token::presented(&visit.head), Ok(None));
    if matches!(visit.head.method.as_str(), "GET" | "HEAD") && !is_script {
        let location = format!("{url}{}", visit.head.path_and_query());
        return Some(Response::redirect(308, location));
    }
    Some(visit.page_or_json(Notice::WrongAddress))
}

/// Whether a path wants a more recent sign-in than the one of this session.
pub(crate) fn is_too_old(visit: &Visit, session: &Session, path: &str) -> bool {
    let age = visit.now.saturating_since(session.authenticated_at());
    max_age(&visit.desk.desk.fresh, path).is_some_and(|max_age| age > max_age)
}

/// Plain headers never go without the token: what can verify it needs to see no difference.
fn identity(
    visit: &Visit,
    session: &Session,
    mint: &OriginTokenMint,
) -> Option<Vec<(&'static str, String)>> {
    let path_and_query = visit.head.path_and_query();
    let request = OriginRequest { method: &visit.head.method, path_and_query: &path_and_query };
    let entropy = random::<16>(visit.host);
    let key = visit.desk.token_key(visit.now);
    let token = mint.mint(request, entropy, visit.now, key, visit.crypto()).ok()?;
    let mut headers = origin_headers(&visit.desk.desk.origin_headers, session);
    headers.push((ASSERTION_HEADER, token));
    Some(headers)
}

/// The platform writes the origin's own host, and has answered `Expect: 100-continue` itself;
/// workerd would take the origin's 100 for the response.
const OF_THE_PLATFORM: [&str; 2] = ["expect", "host"];

/// First everything is removed that only we may say, then we say it (attacks.md R15, G-01 to G-06).
fn forward(visit: &Visit, origin: &Origin, caller: Caller) -> Forward {
    let head = &visit.head;
    let upgrade = if head.is_web_socket() { Upgrade::WebSocket } else { Upgrade::None };
    let rules = HeaderRules::new(head.header("connection"), upgrade);
    let mut remove: Vec<String> =
        head.header_names().filter(|name| !rules.forwards(name)).map(str::to_owned).collect();
    remove.extend(OF_THE_PLATFORM.map(str::to_owned));
    // The secret of a service token is for the gate.
    if head.header("authorization").is_some_and(carries_ours) {
        remove.push("authorization".to_owned());
    }
    let mut set =
        vec![("X-Forwarded-Host", head.host.clone()), ("X-Forwarded-Proto", head.scheme.clone())];
    if !head.client_address.is_empty() {
        set.push(("X-Forwarded-For", head.client_address.clone()));
    }
    if let Some(cookies) = head.header("cookie") {
        match without_ours(cookies) {
            Some(others) => set.push(("Cookie", others)),
            None => remove.push("cookie".to_owned()),
        }
    }
    let personal = caller != Caller::Anybody;
    let watched = matches!(caller, Caller::SignedIn(_));
    if let Caller::SignedIn(headers) = caller {
        set.extend(headers);
    }
    let url = format!("{origin}{}", head.path_and_query());
    let other_body = Vec::new();
    Forward { url, remove, set, personal, watched, renews: false, replays: false, other_body }
}

/// A page opened leads to the login and back, a form sent cannot be repeated, a script is told.
fn ask_to_sign_in(visit: &Visit, notice: Notice, session: Option<Rc<Session>>) -> Passage {
    match visit.without_session() {
        WithoutSession::Login => {
            let target = return_target(&visit.head.path_and_query(), visit);
            Passage::Refuse(Response::redirect(302, login_url(visit, &target)))
        }
        WithoutSession::LostForm => Passage::LostForm(session),
        WithoutSession::Unauthorized => {
            let login = visit.desk.desk.login_url();
            Passage::Refuse(pages::notice_json(notice, Some(&login), visit.reference()))
        }
    }
}

/// The page on which a form was filled in, when it is one of this desk.
pub(crate) fn form_page(head: &RequestHead) -> String {
    let referer = head.header("referer").unwrap_or_default();
    let path = referer.strip_prefix(&head.origin()).filter(|path| path.starts_with('/'));
    path.unwrap_or("/").to_owned()
}

/// What is no acceptable return target becomes the start page.
pub(crate) fn return_target(text: &str, visit: &Visit) -> ReturnTarget {
    ReturnTarget::parse(text, &visit.desk.desk.prefix).unwrap_or_else(|_| ReturnTarget::home())
}

/// Path of the login that ends at `target`, through this connection where it is known.
pub(crate) fn login_path(visit: &Visit, target: &ReturnTarget, connection: Option<&str>) -> String {
    let mut parameters = vec![("return", target.as_str())];
    parameters.extend(connection.map(|connection| ("connection", connection)));
    format!("{}?{}", visit.desk.login_path(), query_of(&parameters))
}

fn login_url(visit: &Visit, target: &ReturnTarget) -> String {
    format!("{}{}", visit.desk.desk.issuer(), login_path(visit, target, None))
}
