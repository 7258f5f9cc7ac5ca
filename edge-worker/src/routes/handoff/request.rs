//! What a helpdesk sends along, whichever it is.

use deskgate_core::desk::HandOff;
use deskgate_core::helpdesk::{Error, freshworks, help_scout, jitbit, zendesk};

/// A checked request of a helpdesk.
#[derive(Clone, Debug)]
pub(super) enum Request {
    Docs(help_scout::docs::Request),
    Freshworks(freshworks::Request),
    Jitbit(jitbit::Request),
    Zendesk(zendesk::Request),
}

impl Request {
    /// `None` when nobody is taken anywhere: Help Scout with a Beacon and no Docs site.
    pub(super) fn parse(hand_off: &HandOff, query: &str) -> Option<Result<Self, Error>> {
        Some(match hand_off {
            HandOff::Freshworks(freshworks) => {
                freshworks::Request::parse(query, &freshworks.site).map(Self::Freshworks)
            }
            HandOff::HelpScout(help_scout) => {
                help_scout.docs.as_ref()?;
                help_scout::docs::Request::parse(query).map(Self::Docs)
            }
            HandOff::Jitbit(jitbit) => {
                jitbit::Request::parse(query, &jitbit.site).map(Self::Jitbit)
            }
            HandOff::Zendesk(zendesk) => {
                zendesk::Request::parse(query, &zendesk.site).map(Self::Zendesk)
            }
        })
    }

    pub(super) fn to_query(&self) -> String {
        match self {
            Self::Docs(request) => request.to_query(),
            Self::Freshworks(request) => request.to_query(),
            Self::Jitbit(request) => request.to_query(),
            Self::Zendesk(request) => request.to_query(),
        }
    }
}
