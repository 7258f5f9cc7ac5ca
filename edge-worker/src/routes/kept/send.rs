//! Sending a form that was kept, in place of the confirmation.

use super::form::{Head, read_confirmation};
use super::{browser, event, page_of, to};
use crate::audit::Name;
use crate::desk_object::{Operation, Reply};
use crate::gate::{self, Passage, Replay};
use crate::http::RequestHead;
use crate::pages::Notice;
use crate::step::Step;
use crate::visit::Visit;

use super::form::Keeper;

/// The confirmation goes to the address of the form itself, so that the answer of the origin stands where it
/// would have stood. This at its end tells it from a form of the origin.
const MARK: &str = "deskgate-kept=";

/// Where the confirmation page sends its form. Absolute: the path may begin with `//`.
pub(super) fn address(visit: &Visit, head: &Head, name: &str) -> String {
    let and = if head.path_and_query.contains('?') { '&' } else { '?' };
    format!("{}{}{and}{MARK}{name}", visit.desk.desk.issuer(), head.path_and_query)
}

/// The name of the kept form that a request confirms.
pub(crate) fn marked(head: &RequestHead) -> Option<String> {
    let (_, name) = split(head)?;
    Some(name.to_owned())
}

/// The query without the mark, and the name after it.
fn split(head: &RequestHead) -> Option<(&str, &str)> {
    if head.method != "POST" {
        return None;
    }
    let at = head.query.rfind(MARK)?;
    let (before, mark) = head.query.split_at_checked(at)?;
    let name = mark.strip_prefix(MARK)?;
    let is_name = !name.is_empty()
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    let before = before.strip_suffix(['?', '&']).filter(|_| is_name)?;
    Some((before, name))
}

/// Sends it, if the same person in the same browser says so, and the gate lets a request of now through.
pub(crate) fn send(visit: Visit, name: String) -> Step {
    if !visit.head.is_same_origin() {
        return visit.page(Notice::NotFromHere).into();
    }
    let page = page_of(&visit, &name);
    read_confirmation(visit, name, move |mut visit, confirmed| {
        let Some((keeper, session)) = confirmed else { return to(&visit, &page) };
        if let Some((query, _)) = split(&visit.head) {
            visit.head.query = query.to_owned();
        }
        let forward = match gate::pass(&visit) {
            Passage::Forward(forward) => forward,
            // The page asks for a newer sign-in.
            Passage::LostForm(_) => return to(&visit, &page),
            Passage::Refuse(response) => return response.into(),
        };
        let key = keeper.key();
        let event = event(&visit, Name::FormSent, &session);
        let operation = Operation::TakeKept { key: key.clone(), event: event.clone() };
        Step::ask(operation, move |reply| {
            let form = match reply {
                Ok(Reply::Kept(form)) => form,
                Ok(Reply::NotKept) => return visit.page(Notice::NotKept).into(),
                _ => return visit.page(Notice::Unavailable).into(),
            };
            let opened = keeper.open(&visit, &form);
            // It goes where it was meant to go, and nowhere else.
            let meant =
                opened.filter(|(head, _)| head.path_and_query == visit.head.path_and_query());
            let Some((head, body)) = meant else { return visit.page(Notice::NotKept).into() };
            event.log(visit.host);
            let arrived = Operation::DiscardKept { key, event: None };
            let (content_type, referer) = (head.content_type, head.referer);
            let forward = forward.replaying(Replay { body, content_type, referer });
            Step::Forward(forward, Some(Box::new(arrived)))
        })
    })
}

/// The origin did not answer: what was written is not lost by that.
pub(crate) fn give_back(visit: Visit, name: &str) -> Step {
    let known = visit.session().valid().zip(browser(&visit));
    let Some((session, browser)) = known else {
        return visit.page(Notice::OriginUnreachable).into();
    };
    let key = Keeper::new(&visit, &session, name, &browser).key();
    let event = event(&visit, Name::FormNotDelivered, &session);
    event.log(visit.host);
    let page = page_of(&visit, name);
    Step::ask(Operation::ReturnKept { key, event }, move |reply| match reply {
        Ok(Reply::Done) => to(&visit, &page),
        _ => visit.page(Notice::OriginUnreachable).into(),
    })
}
