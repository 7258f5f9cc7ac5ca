use alloc::boxed::Box;

use super::{
    Bridge, FreshworksHandOff, HelpScoutHandOff, JitbitHandOff, ZendeskHandOff, bridge, freshworks,
    help_scout, jitbit, zendesk,
};
use crate::desk::error::Fault;
use crate::desk::table::{self, Table};
use crate::diagnostic::Excerpt;
use crate::preset::Helpdesk;

/// How people are signed in to an app.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "the modes of an app; each route decides about both")]
pub enum Access {
    /// With SAML: deskgate is the helpdesk's identity provider.
    Bridge(Box<Bridge>),
    /// With the helpdesk's own kind of token.
    HandOff(HandOff),
}

/// The helpdesk's own kind of token.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "the kinds of token; each route decides about all")]
pub enum HandOff {
    /// An RS256 ID token.
    Freshworks(FreshworksHandOff),
    /// An HS512 token for Docs, an HMAC for the Beacon, or both.
    HelpScout(HelpScoutHandOff),
    /// A link with a hash.
    Jitbit(JitbitHandOff),
    /// An HS256 token in a form.
    Zendesk(ZendeskHandOff),
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Bridge,
    HandOff,
}

pub(super) const MODES: &[(&str, Mode)] = &[("hand_off", Mode::HandOff), ("bridge", Mode::Bridge)];

pub(super) fn read_mode(table: &mut Table<'_, '_>) -> Option<Mode> {
    table.required(
        "mode",
        "Write hand_off to sign people in with the helpdesk's own kind of token, or bridge to be its \
         SAML identity provider.",
        |value| table::one_of(value, MODES, "hand_off or bridge"),
    )
}

pub(super) fn read(table: &mut Table<'_, '_>, helpdesk: Helpdesk) -> Option<Access> {
    let mode = read_mode(table)?;
    if (helpdesk, mode) == (Helpdesk::Generic, Mode::HandOff) {
        table.tell(
            "mode",
            Fault::Text {
                expected: "bridge",
                found: Excerpt::new("hand_off"),
                help: "Other helpdesks than those known are signed in to with SAML.",
            },
        );
        return None;
    }
    let name = helpdesk.name();
    table.required(name, "Add the table of the helpdesk, such as [apps.zendesk].", |_| Ok(()));
    match mode {
        Mode::Bridge => {
            bridge::read(table, helpdesk).map(|bridge| Access::Bridge(Box::new(bridge)))
        }
        Mode::HandOff => hand_off(table, helpdesk).map(Access::HandOff),
    }
}

fn hand_off(table: &mut Table<'_, '_>, helpdesk: Helpdesk) -> Option<HandOff> {
    let name = helpdesk.name();
    match helpdesk {
        Helpdesk::Freshworks => {
            table.table(name, freshworks::FIELDS, freshworks::read)?.map(HandOff::Freshworks)
        }
        Helpdesk::HelpScout => {
            table.table(name, help_scout::FIELDS, help_scout::read)?.map(HandOff::HelpScout)
        }
        Helpdesk::Jitbit => table.table(name, jitbit::FIELDS, jitbit::read)?.map(HandOff::Jitbit),
        Helpdesk::Zendesk => {
            table.table(name, zendesk::FIELDS, zendesk::read)?.map(HandOff::Zendesk)
        }
        Helpdesk::Generic => None,
    }
}
