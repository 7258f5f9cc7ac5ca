//! From a request to a [`Step`]: find the desk, then the gate or one of our own routes.

use deskgate_core::time::UnixTime;

use crate::audit::{Event, Name};
use crate::desk_object::{Operation, Reply};
use crate::gate::{self, Passage};
use crate::host::Host;
use crate::http::{RequestHead, Response};
use crate::isolate;
use crate::loaded_desk::Unusable;
use crate::pages::{self, DeskFacts, Notice};
use crate::reference::new_reference;
use crate::routes::{self, admin, kept};
use crate::service_token;
use crate::snapshot::{Found, Trust};
use crate::step::{Step, Unreachable};
use crate::visit::Visit;

/// Begins to answer a request. The second value asks for a refresh of the snapshot meanwhile.
pub(crate) fn enter(
    head: RequestHead,
    now: UnixTime,
    host: &'static dyn Host,
) -> (Step, Option<Operation>) {
    let secrets = isolate::with(|isolate| isolate.secrets.clone());
    let Some(secrets) = secrets else {
        return (without_desk(&head, Notice::NotOperating, host).into(), None);
    };
    if admin::is_admin(&head.path) {
        return (admin::answer(head, secrets, now, host), None);
    }
    let (found, known) = isolate::with(|isolate| {
        (isolate.snapshots.find(&head.host, now), isolate.snapshots.known(&head.host))
    });
    match found {
        Found::Desk { desk, trust, refresh } => {
            let refresh = refresh.then_some(Operation::Snapshot { known });
            (proceed(Visit::new(head, desk, trust, secrets, now, host)), refresh)
        }
        Found::NotSetUp => (without_desk(&head, Notice::NotSetUp, host).into(), None),
        Found::Ask => {
            let snapshot = Operation::Snapshot { known };
            (Step::ask(snapshot, move |reply| with_snapshot(head, reply, now, host)), None)
        }
    }
}

/// Takes the object's answer to [`Operation::Snapshot`] in, or that there was none. Answers why it cannot
/// be used.
pub(crate) fn install(
    host_name: &str,
    reply: Result<Reply, Unreachable>,
    now: UnixTime,
    host: &dyn Host,
) -> Option<Unusable> {
    let unusable = isolate::with(|isolate| {
        let secrets = isolate.secrets.clone()?;
        let snapshots = &mut isolate.snapshots;
        let installed = reply.map(|reply| snapshots.install(host_name, reply, &secrets, host, now));
        if installed == Ok(Ok(())) {
            return None;
        }
        snapshots.object_lost(host_name, now);
        installed.ok()?.err()
    });
    if let Some(unusable) = unusable {
        let event = Event::of_desk(Name::SettingsUnusable, host_name, now);
        event.code(unusable.code(), unusable.help()).log(host);
    }
    unusable
}

/// Answers in place of an origin that did not. The desk was there a moment ago.
pub(crate) fn origin_unreachable(
    head: RequestHead,
    now: UnixTime,
    host: &'static dyn Host,
) -> Step {
    let found = isolate::with(|isolate| {
        let secrets = isolate.secrets.clone()?;
        Some((isolate.snapshots.find_unreachable(&head.host, now)?, secrets))
    });
    match found {
        Some((desk, secrets)) => {
            routes::origin_unreachable(Visit::new(head, desk, Trust::Current, secrets, now, host))
        }
        None => without_desk(&head, Notice::OriginUnreachable, host).into(),
    }
}

fn with_snapshot(
    head: RequestHead,
    reply: Result<Reply, Unreachable>,
    now: UnixTime,
    host: &'static dyn Host,
) -> Step {
    let reachable = reply.is_ok();
    let unusable = install(&head.host, reply, now, host);
    let found = isolate::with(|isolate| {
        let secrets = isolate.secrets.clone()?;
        match isolate.snapshots.find(&head.host, now) {
            Found::Desk { desk, trust, .. } => Some((Some((desk, trust)), secrets)),
            Found::NotSetUp => Some((None, secrets)),
            Found::Ask => {
                let desk = isolate.snapshots.find_unreachable(&head.host, now)?;
                Some((Some((desk, Trust::SessionsOnly)), secrets))
            }
        }
    });
    match found {
        Some((Some((desk, trust)), secrets)) => {
            proceed(Visit::new(head, desk, trust, secrets, now, host))
        }
        Some((None, _)) if reachable => without_desk(&head, Notice::NotSetUp, host).into(),
        _ => match unusable {
            Some(Unusable::Keys) => without_desk(&head, Notice::KeysDoNotOpen, host).into(),
            Some(Unusable::Settings) | None => {
                without_desk(&head, Notice::Unavailable, host).into()
            }
        },
    }
}

fn proceed(visit: Visit) -> Step {
    if let Some(response) = gate::other_address(&visit) {
        return response.into();
    }
    if let Some(page) = routes::page_of(&visit) {
        return routes::answer(visit, &page);
    }
    if !visit.head.has_names_that_can_be_removed() || visit.head.has_body_without_meaning() {
        return visit.page_or_json(Notice::Unreadable).into();
    }
    if let Some(step) = service_token::answer(&visit) {
        return step;
    }
    if let Some(name) = kept::marked(&visit.head) {
        return kept::send(visit, name);
    }
    match gate::pass(&visit) {
        Passage::Forward(forward) => Step::Forward(forward, None),
        Passage::LostForm(session) => kept::keep(visit, session),
        Passage::Refuse(response) => response.into(),
    }
}

/// A page for a host of which nothing is known but its name.
pub(crate) fn without_desk(head: &RequestHead, notice: Notice, host: &dyn Host) -> Response {
    let facts = DeskFacts { name: &head.host, support: None, login: "/deskgate/login" };
    pages::notice(notice, facts, &new_reference(host))
}
