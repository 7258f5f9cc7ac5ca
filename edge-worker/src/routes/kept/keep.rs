//! Keeping a form.

use std::rc::Rc;

use deskgate_core::base64;
use deskgate_core::session::break_glass::BREAK_GLASS;
use deskgate_core::session::cookie::{CookieName, set_cookie};
use deskgate_core::session::{PAST_SESSION_KNOWN, Session};

use super::form::{Form, Keeper, LIFETIME};
use super::{browser, event, login_to, names, page_of};
use crate::audit::Name;
use crate::desk_object::{Operation, Reply, Visitor};
use crate::gate::form_page;
use crate::host::random;
use crate::http::{RequestHead, Response};
use crate::pages::{self, NotKept};
use crate::snapshot::Trust;
use crate::step::{Step, TooLarge};
use crate::visit::Visit;

/// Largest body. Long replies have some KB, and one with a picture of the screen fits. In base64 it stays
/// far below the 2 MB that a row of the object may have, and sealing it takes milliseconds.
pub(super) const MAX_BODY_BYTES: usize = 512 * 1024;

/// Longest Content-Type: a boundary has at most 70 characters (RFC 2046, section 5.1.1).
const MAX_CONTENT_TYPE_BYTES: usize = 200;

/// A form arrived without a session in force. `session` is the one that ended, or that is too old for the
/// path, where it is known.
pub(crate) fn keep(visit: Visit, session: Option<Rc<Session>>) -> Step {
    // Whatever another site sends was not written here, and would be sent with a click of somebody who
    // thinks it was.
    if !visit.head.is_same_origin() || is_in_a_frame(&visit.head) {
        let target = crate::gate::return_target(&form_page(&visit.head), &visit);
        let login = crate::gate::login_path(&visit, &target, None);
        return pages::session_ended(visit.desk.facts(), &login).into();
    }
    let known = session.filter(|session| is_known(&visit, session));
    let Some(session) = known else { return not_kept(&visit, NotKept::NobodyKnown) };
    let Some(content_type) = content_type(&visit.head) else {
        return not_kept(&visit, NotKept::Kind);
    };
    if visit.trust == Trust::SessionsOnly {
        return not_kept(&visit, NotKept::Unavailable);
    }
    // Before it is read: the browser need not send it all.
    if content_length(&visit.head).is_some_and(|length| length > MAX_BODY_BYTES) {
        return not_kept(&visit, NotKept::TooLarge);
    }
    Step::read(MAX_BODY_BYTES, move |body, now| {
        let mut visit = visit;
        visit.now = now;
        match body {
            Ok(body) => ask_to_keep(visit, &session, content_type, &body),
            Err(TooLarge) => not_kept(&visit, NotKept::TooLarge),
        }
    })
}

/// An owner with an emergency link comes back through another connection, if at all.
fn is_known(visit: &Visit, session: &Session) -> bool {
    session.connection() != BREAK_GLASS
        && visit.now < session.expires_at().saturating_add(PAST_SESSION_KNOWN)
}

fn ask_to_keep(visit: Visit, session: &Session, content_type: String, body: &[u8]) -> Step {
    let browser = browser(&visit).unwrap_or_else(|| base64::encode_url(&random::<16>(visit.host)));
    let name = base64::encode_url(&random::<16>(visit.host));
    let referer = visit.head.header("referer").filter(|from| is_of_the_desk(&visit.head, from));
    let (fields, files) = names::of(&content_type, body);
    let referer = referer.map(str::to_owned);
    let form = Form { content_type, referer, fields, files, body };
    let Some(form) = Keeper::new(&visit, session, &name, &browser).seal(&visit, form) else {
        return not_kept(&visit, NotKept::Unavailable);
    };
    let event = event(&visit, Name::FormKept, session);
    let visitor = Visitor::of(session);
    let operation = Operation::Keep { form: Box::new(form), visitor, event: event.clone() };
    Step::ask(operation, move |reply| match reply {
        Ok(Reply::Done) => {
            event.log(visit.host);
            // To a page of its own, so that loading it again sends nothing again.
            let address = format!("{}{}", visit.desk.desk.issuer(), page_of(&visit, &name));
            Response::redirect(303, address)
                .with("Set-Cookie", set_cookie(CookieName::Kept, &browser, LIFETIME))
                .into()
        }
        Ok(Reply::NotAdmitted { .. }) => not_kept(&visit, NotKept::NobodyKnown),
        _ => not_kept(&visit, NotKept::Unavailable),
    })
}

/// The browser still has it. This page stands at the address of the form, so that loading it again after a
/// sign-in elsewhere sends the form again.
fn not_kept(visit: &Visit, why: NotKept) -> Step {
    pages::not_kept(visit.desk.facts(), why, &login_to(visit, &form_page(&visit.head))).into()
}

/// In a frame nobody would see our page: it forbids that.
fn is_in_a_frame(head: &RequestHead) -> bool {
    head.header("sec-fetch-dest").is_some_and(|dest| dest != "document")
}

/// What a form of a page can have, as it was sent.
fn content_type(head: &RequestHead) -> Option<String> {
    const KINDS: [&str; 3] =
        ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"];
    let sent = head.header("content-type")?;
    let is_form = KINDS.iter().any(|kind| names::is_of_kind(sent, kind));
    let is_plain = sent.len() <= MAX_CONTENT_TYPE_BYTES
        && sent.bytes().all(|b| b.is_ascii_graphic() || b == b' ')
        && head.header("content-encoding").is_none();
    (is_form && is_plain).then(|| sent.to_owned())
}

fn content_length(head: &RequestHead) -> Option<usize> {
    // What is no number is longer than anything.
    head.header("content-length").map(|length| length.trim().parse().unwrap_or(usize::MAX))
}

fn is_of_the_desk(head: &RequestHead, url: &str) -> bool {
    url.strip_prefix(&head.origin()).is_some_and(|path| path.starts_with('/'))
}
