//! Which of several identity providers somebody belongs to: the sign-in page asks for the e-mail address.

use deskgate_core::desk::Connection;
use deskgate_core::session::{ReturnTarget, email_address};

use super::login;
use crate::gate::return_target;
use crate::http::{Parameters, Repeated, Response, query_of};
use crate::pages::{self, Choice, Discovery, Notice};
use crate::snapshot::Trust;
use crate::step::{Step, TooLarge};
use crate::visit::Visit;

/// An address has 254 bytes at most, a return target 2,048, and each may be percent-encoded.
const MAX_BODY_BYTES: usize = 8 * 1024;

/// What was wrong with the address; the page says it.
#[derive(Clone, Copy)]
enum Problem {
    NoAddress,
    UnknownDomain,
}

impl Problem {
    const fn sentence(self) -> &'static str {
        match self {
            Self::NoAddress => {
                "This is not an e-mail address that we can use. Write one, such as name@example.com."
            }
            Self::UnknownDomain => {
                "No organization that signs in here has this address. Check what stands after the @, \
                 and use the address of your organization."
            }
        }
    }
}

/// The page that asks.
pub(super) fn ask(visit: &Visit, target: &ReturnTarget) -> Response {
    page(visit, target, None, "")
}

/// What the page sends. The address travels in the body, so that it stands in no history and no log, and
/// goes to the identity provider of its domain only.
#[inline(never)]
pub(super) fn answer(visit: Visit) -> Step {
    if !visit.head.is_same_origin() {
        return visit.page(Notice::NotFromHere).into();
    }
    if visit.trust == Trust::SessionsOnly {
        return visit.page(Notice::Unavailable).into();
    }
    if !visit.head.is_form() {
        return visit.page(Notice::Unreadable).into();
    }
    Step::read(MAX_BODY_BYTES, move |body, now| {
        let mut visit = visit;
        visit.now = now;
        match body {
            Err(TooLarge) => visit.page(Notice::TooLarge).into(),
            Ok(body) => find(&visit, &Parameters::parse(&body))
                .unwrap_or_else(|Repeated| visit.page(Notice::Unreadable))
                .into(),
        }
    })
}

fn find(visit: &Visit, form: &Parameters) -> Result<Response, Repeated> {
    let target = return_target(form.once("return")?.unwrap_or("/"), visit);
    let written = form.once("email")?.unwrap_or_default();
    let Ok(address) = email_address(written) else {
        return Ok(page(visit, &target, Some(Problem::NoAddress), written));
    };
    Ok(match connection_of(visit, address) {
        Some(connection) => login::begin(visit, connection, target, Some(address)),
        None => page(visit, &target, Some(Problem::UnknownDomain), written),
    })
}

/// Subdomains are other domains; no domain has two connections.
fn connection_of<'v>(visit: &'v Visit, address: &str) -> Option<&'v Connection> {
    let (_, domain) = address.split_once('@')?;
    visit.desk.desk.enabled_connections().find(|connection| {
        connection.email_domains.iter().any(|other| domain.eq_ignore_ascii_case(other))
    })
}

/// Connections with domains are found by them and not shown: who signs in here is nobody else's affair.
fn page(visit: &Visit, target: &ReturnTarget, problem: Option<Problem>, email: &str) -> Response {
    let desk = &visit.desk.desk;
    let choice = |connection: &Connection| {
        let query = query_of(&[("connection", &connection.name), ("return", target.as_str())]);
        let address = format!("{}?{query}", visit.desk.login_path());
        Choice { address, name: connection.display_name.clone() }
    };
    let without_domains = desk.enabled_connections().filter(|c| c.email_domains.is_empty());
    let choices: Vec<_> = without_domains.map(choice).collect();
    if desk.enabled_connections().count() == choices.len() {
        return pages::choose(&desk.name, &choices);
    }
    pages::discover(&Discovery {
        desk: &desk.name,
        action: visit.desk.login_path(),
        target: target.as_str(),
        email,
        problem: problem.map(Problem::sentence),
        choices: &choices,
    })
}
