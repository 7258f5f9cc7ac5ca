//! The demo helpdesk: it shows tickets to people whom the edge vouches for, and says why it
//! believes the edge.

mod caller;
mod probe;
mod replies;
#[cfg(test)]
mod tests;
mod tickets;

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{any, get, post};
use deskgate_origin::{InvalidUrl, Refusal, Verifier};

use self::caller::Caller;
use self::replies::{Replies, Reply};
use self::tickets::{Status, TICKETS, Ticket};
use crate::page::{page, style_sheet};

/// What a helpdesk behind deskgate is configured with: two addresses, and no secret.
#[derive(Debug)]
pub(crate) struct Helpdesk {
    /// This helpdesk, as the desk knows it: the audience of the tokens.
    url: String,
    /// The desk: the issuer of the tokens.
    edge: String,
    verifier: Verifier,
    /// Forgotten when the demo ends.
    replies: Replies,
}

impl Helpdesk {
    pub(crate) fn new(url: &str, edge: &str) -> Result<Self, InvalidUrl> {
        let verifier = Verifier::new(edge, url)?;
        let edge = edge.trim_end_matches('/').to_owned();
        Ok(Self { url: url.to_owned(), edge, verifier, replies: Replies::default() })
    }
}

pub(crate) fn router(helpdesk: Helpdesk) -> Router {
    let helpdesk = Arc::new(helpdesk);
    let for_people = Router::new()
        .route("/", get(list))
        .route("/tickets", get(list))
        .route("/tickets/{number}", get(ticket))
        .route("/tickets/{number}/replies", post(replies::add))
        .route_layer(middleware::from_fn_with_state(Arc::clone(&helpdesk), believe));
    let for_anybody = Router::new()
        .route("/assets/demo.css", get(style_sheet))
        .route("/robots.txt", get(async || "User-agent: *\nDisallow: /\n"))
        .route("/public/echo", any(probe::echo));
    // What programs and tests ask; behind the edge these need a session as everything does.
    let for_tests = Router::new()
        .route("/echo", any(probe::echo))
        .route("/slow", get(probe::slow))
        .route("/stream", get(probe::stream))
        .route("/ws", get(probe::web_socket));
    for_people.merge(for_anybody).merge(for_tests).with_state(helpdesk)
}

#[derive(Template)]
#[template(path = "origin/refused.html")]
struct Refused<'a> {
    heading: &'static str,
    reason: String,
    code: Option<&'static str>,
    edge: &'a str,
}

/// Nothing for people is shown without a caller that is believed.
async fn believe(State(helpdesk): State<Arc<Helpdesk>>, request: Request, next: Next) -> Response {
    let (mut head, body) = request.into_parts();
    match Caller::of(&head, &helpdesk).await {
        Ok(caller) => {
            head.extensions.insert(Arc::new(caller));
            next.run(Request::from_parts(head, body)).await
        }
        Err(refusal) => refuse(&helpdesk, &refusal),
    }
}

fn refuse(helpdesk: &Helpdesk, refusal: &Refusal) -> Response {
    let (heading, reason) = match refusal {
        Refusal::AssertionMissing => (
            "Nobody is signed in",
            "The request carries no Deskgate-Assertion header, so it did not come through the edge.".to_owned(),
        ),
        Refusal::KeysUnavailable { reason } => {
            ("The edge does not answer", format!("Its public keys could not be read: {reason}."))
        }
        refusal => (
            "This request is not believed",
            format!("The Deskgate-Assertion of this request is refused: {refusal}."),
        ),
    };
    let template = Refused { heading, reason, code: Some(refusal.code()), edge: &helpdesk.edge };
    page(refusal.status(), &template)
}

#[derive(Template)]
#[template(path = "origin/tickets.html")]
struct TicketList<'a> {
    caller: &'a Caller,
    tickets: &'static [Ticket],
    open: usize,
    mine: usize,
}

async fn list(axum::Extension(caller): axum::Extension<Arc<Caller>>) -> Response {
    let open: Vec<&Ticket> =
        TICKETS.iter().filter(|ticket| ticket.status == Status::Open).collect();
    let mine = open.iter().filter(|ticket| ticket.assignee == caller.display_name()).count();
    page(StatusCode::OK, &TicketList { caller: &caller, tickets: TICKETS, open: open.len(), mine })
}

#[derive(Template)]
#[template(path = "origin/ticket.html")]
struct TicketPage<'a> {
    caller: &'a Caller,
    ticket: &'static Ticket,
    replies: Vec<Reply>,
}

async fn ticket(
    State(helpdesk): State<Arc<Helpdesk>>,
    axum::Extension(caller): axum::Extension<Arc<Caller>>,
    Path(number): Path<u32>,
) -> Response {
    match TICKETS.iter().find(|ticket| ticket.number == number) {
        Some(ticket) => {
            let replies = helpdesk.replies.to(number);
            page(StatusCode::OK, &TicketPage { caller: &caller, ticket, replies })
        }
        None => {
            let reason = format!("There is no ticket {number}.");
            let template =
                Refused { heading: "Not found", reason, code: None, edge: &helpdesk.edge };
            page(StatusCode::NOT_FOUND, &template)
        }
    }
}
