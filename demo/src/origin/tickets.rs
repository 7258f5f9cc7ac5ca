//! The made-up tickets.

use std::fmt;

/// A ticket with its conversation.
#[derive(Debug)]
pub(super) struct Ticket {
    pub(super) number: u32,
    pub(super) subject: &'static str,
    pub(super) requester: &'static str,
    pub(super) assignee: &'static str,
    pub(super) status: Status,
    pub(super) is_urgent: bool,
    pub(super) updated: &'static str,
    pub(super) messages: &'static [Message],
}

/// Where a ticket stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    Open,
    Solved,
    Waiting,
}

/// One message of a conversation.
#[derive(Debug)]
pub(super) struct Message {
    pub(super) author: &'static str,
    pub(super) sent: &'static str,
    pub(super) text: &'static str,
}

impl Status {
    pub(super) const fn css_class(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Solved => "solved",
            Self::Waiting => "waiting",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Open => "Open",
            Self::Solved => "Solved",
            Self::Waiting => "Waiting",
        })
    }
}

/// The user of the demo identity provider.
const B_SIMON: &str = "B. Simon";

/// Newest first.
pub(super) const TICKETS: &[Ticket] = &[
    Ticket {
        number: 4218,
        subject: "Label printer in dispatch prints blank labels",
        requester: "Marta Ruiz, Warehouse",
        assignee: B_SIMON,
        status: Status::Open,
        is_urgent: true,
        updated: "12 minutes ago",
        messages: &[
            Message {
                author: "Marta Ruiz",
                sent: "today, 08:41",
                text: "Since this morning every label comes out blank. The 14:00 truck needs 160 of them. \
                       We changed the roll yesterday evening.",
            },
            Message {
                author: B_SIMON,
                sent: "today, 08:52",
                text: "Could you check which side of the new roll is coated? Scratch it with a fingernail: the \
                       side that turns dark has to face the print head.",
            },
        ],
    },
    Ticket {
        number: 4217,
        subject: "Shared mailbox orders@ is missing in Outlook",
        requester: "Jonas Weber, Sales",
        assignee: "Priya Nair",
        status: Status::Open,
        is_urgent: false,
        updated: "40 minutes ago",
        messages: &[Message {
            author: "Jonas Weber",
            sent: "today, 08:20",
            text: "I moved to the sales team on Monday and still do not see orders@ in my folder list. \
                   Everyone else has it.",
        }],
    },
    Ticket {
        number: 4214,
        subject: "New starter on 1 December: laptop and accounts",
        requester: "Aiko Tanaka, People",
        assignee: B_SIMON,
        status: Status::Waiting,
        is_urgent: false,
        updated: "2 hours ago",
        messages: &[
            Message {
                author: "Aiko Tanaka",
                sent: "yesterday, 15:07",
                text: "Leo Martin joins the finance team on 1 December. He needs a laptop with a docking \
                       station and access to the ledger.",
            },
            Message {
                author: B_SIMON,
                sent: "today, 07:30",
                text: "The laptop is ready. For the ledger I need the approval of the finance lead; I have asked.",
            },
        ],
    },
    Ticket {
        number: 4209,
        subject: "VPN drops every 30 minutes from home",
        requester: "Samuel Okoro, Engineering",
        assignee: B_SIMON,
        status: Status::Open,
        is_urgent: false,
        updated: "yesterday",
        messages: &[Message {
            author: "Samuel Okoro",
            sent: "yesterday, 11:48",
            text: "Almost to the minute: after half an hour the tunnel goes away and I have to sign in again. \
                   At the office it stays up for days.",
        }],
    },
    Ticket {
        number: 4203,
        subject: "Meeting room Lisbon: camera not recognised",
        requester: "Chloé Dubois, Marketing",
        assignee: "Priya Nair",
        status: Status::Waiting,
        is_urgent: false,
        updated: "yesterday",
        messages: &[Message {
            author: "Chloé Dubois",
            sent: "yesterday, 09:15",
            text: "The room system says that no camera is connected. We unplugged it twice.",
        }],
    },
    Ticket {
        number: 4198,
        subject: "Invoice PDF opens with wrong characters",
        requester: "Łukasz Nowak, Billing",
        assignee: "Priya Nair",
        status: Status::Solved,
        is_urgent: false,
        updated: "2 days ago",
        messages: &[Message {
            author: "Priya Nair",
            sent: "Wednesday, 16:22",
            text: "The template used a font that was not embedded. It is now; please tell me if you see it again.",
        }],
    },
];
