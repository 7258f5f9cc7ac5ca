//! `handoff/<app>/logout`: where a helpdesk sends people who signed out of it. Zendesk sends those here
//! too whom it did not let in, with its reason.

use deskgate_core::desk::HandOff;
use deskgate_core::helpdesk::zendesk::{Cause, SignOut};

use super::{Target, refuse_because};
use crate::pages::Notice;
use crate::routes::logout;
use crate::step::Step;
use crate::visit::Visit;

/// Nothing ends here by itself, because any page can send a browser here: who signed out of the helpdesk
/// is asked about the session of the desk.
///
/// The words of Zendesk go into the log only. A page that showed them would show whatever the maker of a
/// link wants people to read under the name of their helpdesk (attacks.md H-05).
pub(super) fn answer(visit: &Visit, name: &str) -> Step {
    let Some(target) = Target::find(&visit.desk.desk, name) else {
        return visit.page_or_json(Notice::NotFound).into();
    };
    if let HandOff::Zendesk(_) = target.hand_off {
        let sign_out = SignOut::parse(visit.head.query.trim_start_matches('?'));
        if sign_out.cause != Cause::SignedOut {
            return refuse_because(visit, target, &sign_out);
        }
    }
    logout::confirm(visit).into()
}
