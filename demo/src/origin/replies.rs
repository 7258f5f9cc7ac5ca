//! Replies that people write to tickets, so that the demo has something that could be lost.

use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{Multipart, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};

use super::{Caller, Helpdesk};

/// A reply to a ticket.
#[derive(Clone, Debug)]
pub(super) struct Reply {
    ticket: u32,
    pub(super) author: String,
    pub(super) text: String,
    pub(super) file: Option<File>,
}

/// An attached file, of which nothing is stored.
#[derive(Clone, Debug)]
pub(super) struct File {
    pub(super) name: String,
    pub(super) bytes: usize,
}

/// All of them, in their order.
#[derive(Debug, Default)]
pub(super) struct Replies(Mutex<Vec<Reply>>);

impl Replies {
    pub(super) fn to(&self, ticket: u32) -> Vec<Reply> {
        let replies = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        replies.iter().filter(|reply| reply.ticket == ticket).cloned().collect()
    }

    fn add(&self, reply: Reply) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(reply);
    }
}

/// The form below a ticket.
pub(super) async fn add(
    State(helpdesk): State<Arc<Helpdesk>>,
    axum::Extension(caller): axum::Extension<Arc<Caller>>,
    Path(ticket): Path<u32>,
    mut form: Multipart,
) -> Response {
    let author = caller.display_name().to_owned();
    let mut reply = Reply { ticket, author, text: String::new(), file: None };
    loop {
        let part = match form.next_field().await {
            Ok(Some(part)) => part,
            Ok(None) => break,
            Err(error) => return (error.status(), error.body_text()).into_response(),
        };
        let (name, file) = (part.name().map(str::to_owned), part.file_name().map(str::to_owned));
        let Ok(bytes) = part.bytes().await else { return StatusCode::BAD_REQUEST.into_response() };
        match (name.as_deref(), file) {
            (Some("text"), None) => reply.text = String::from_utf8_lossy(&bytes).into_owned(),
            (Some("file"), Some(name)) if !name.is_empty() => {
                reply.file = Some(File { name, bytes: bytes.len() });
            }
            _ => {}
        }
    }
    helpdesk.replies.add(reply);
    Redirect::to(&format!("/tickets/{ticket}")).into_response()
}
