//! What goes on after the gate has let it pass: WebSockets, event streams, long answers. The shim looks
//! now and then whether the session behind it has ended (attacks.md G-14).

use core::time::Duration;

use deskgate_core::time::UnixTime;

use crate::desk_object::Operation;
use crate::gate::is_too_old;
use crate::host::Host;
use crate::http::RequestHead;
use crate::isolate::{self, Presented};
use crate::json::{self, Members, ToJson};
use crate::renewal::is_activity;
use crate::service_token;
use crate::snapshot::Found;
use crate::visit::Visit;

/// Time between two looks. With the age at which a look asks the object anew, it is less than the 30
/// seconds within which the end of a session is known everywhere.
pub(crate) const INTERVAL: Duration = Duration::from_secs(10);

/// What a look finds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Look {
    /// It goes on.
    Passes,
    /// It has to be closed, and the other end is told why.
    Ended(&'static str),
    /// The object has to be asked first.
    Refresh(Box<Operation>),
}

impl ToJson for Look {
    fn to_json(&self, text: &mut String) {
        let mut members = Members::open(text);
        match self {
            Self::Passes => {}
            Self::Ended(why) => members.add("ended", why),
            // As text: so it is sent on.
            Self::Refresh(operation) => members.add("refresh", &json::write(operation)),
        }
        members.close();
    }
}

/// Looks whether the request of this head would still pass. `has_asked`: the object was asked just now, in
/// vain or not.
pub(crate) fn look(
    head: RequestHead,
    has_asked: bool,
    now: UnixTime,
    host: &'static dyn Host,
) -> Look {
    let (found, known, secrets) = isolate::with(|isolate| {
        let found = isolate.snapshots.find(&head.host, now);
        (found, isolate.snapshots.known(&head.host), isolate.secrets.clone())
    });
    match (found, secrets) {
        (Found::Desk { refresh: true, .. } | Found::Ask, _) if !has_asked => {
            Look::Refresh(Box::new(Operation::Snapshot { known }))
        }
        (Found::Desk { desk, trust, .. }, Some(secrets)) => {
            judge(&Visit::new(head, desk, trust, secrets, now, host))
        }
        // A request would not pass either.
        (Found::Ask, _) => Look::Ended("it cannot be known whether the session has ended"),
        (Found::NotSetUp | Found::Desk { .. }, _) => Look::Ended("the desk is gone"),
    }
}

fn judge(visit: &Visit) -> Look {
    if let Some(passes) = service_token::still_passes(visit) {
        return if passes { Look::Passes } else { Look::Ended("the service token has ended") };
    }
    match visit.session() {
        Presented::Valid(session) if is_too_old(visit, &session, &visit.head.path) => {
            Look::Ended("a recent sign-in is needed")
        }
        Presented::Valid(_) => Look::Passes,
        // The token is as old as the request, and its session may have been used since. What opens itself
        // again comes back with the newest one; anything else would be lost.
        Presented::Idle(_) if is_activity(&visit.head) => Look::Passes,
        Presented::Idle(_) => Look::Ended("the session was not used"),
        Presented::Ended(_) | Presented::Nothing | Presented::Invalid => {
            Look::Ended("the session has ended")
        }
    }
}
