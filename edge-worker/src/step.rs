//! How the rules and the shim take turns.
//!
//! Rust is called synchronously and never waits. Where the rules need the Durable Object or a body,
//! they say so and what to do then; the shim does the waiting and comes back. So a trap is always
//! caught by the request that caused it, nothing of Rust's executor is needed in the module, and a
//! whole sign-in runs natively in a test.

use core::fmt;

use deskgate_core::time::UnixTime;

use crate::audit::Event;
use crate::desk_object::{Operation, Reply};
use crate::gate::Forward;
use crate::http::Response;
use crate::json::{Members, ToJson};

/// What comes next.
pub(crate) enum Step {
    /// Ask the Durable Object, then go on with its reply.
    Ask(Box<Operation>, AfterReply),
    /// Send the request on to the origin; the operation is for the object when it has answered, and nobody
    /// waits for it.
    Forward(Forward, Option<Box<Operation>>),
    /// Read the body, at most so many bytes, then go on with it.
    Read(usize, AfterBody),
    /// Answer; keep the events in the object when that is done.
    Respond(Response, Vec<Event>),
}

type AfterReply = Box<dyn FnOnce(Result<Reply, Unreachable>) -> Step>;
type AfterBody = Box<dyn FnOnce(Result<Vec<u8>, TooLarge>, UnixTime) -> Step>;

impl Step {
    pub(crate) fn ask(
        operation: Operation,
        then: impl FnOnce(Result<Reply, Unreachable>) -> Self + 'static,
    ) -> Self {
        Self::Ask(Box::new(operation), Box::new(then))
    }

    pub(crate) fn read(
        max_bytes: usize,
        then: impl FnOnce(Result<Vec<u8>, TooLarge>, UnixTime) -> Self + 'static,
    ) -> Self {
        Self::Read(max_bytes, Box::new(then))
    }
}

impl From<Response> for Step {
    // At a hundred places.
    #[inline(never)]
    fn from(response: Response) -> Self {
        Self::Respond(response, Vec::new())
    }
}

impl fmt::Debug for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ask(operation, _) => f.debug_tuple("Ask").field(operation).finish(),
            Self::Forward(forward, _) => f.debug_tuple("Forward").field(forward).finish(),
            Self::Read(limit, _) => f.debug_tuple("Read").field(limit).finish(),
            Self::Respond(response, _) => f.debug_tuple("Respond").field(&response.status).finish(),
        }
    }
}

/// The Durable Object did not answer, or failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unreachable;

/// The body is longer than what was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooLarge;

/// A step as the shim reads it, except [`Step::Forward`], which is [`Forward::lines`].
pub(crate) struct Instruction<'a> {
    pub(crate) ask: Option<String>,
    pub(crate) read: Option<usize>,
    pub(crate) respond: Option<&'a Response>,
    /// Operations for the object that nobody waits for.
    pub(crate) later: Vec<String>,
    /// A question to the object whose answer refreshes the snapshot, while this request goes on.
    pub(crate) refresh: Option<String>,
}

impl Instruction<'_> {
    /// Says nothing yet.
    pub(crate) const NONE: Self =
        Self { ask: None, read: None, respond: None, later: Vec::new(), refresh: None };
}

impl ToJson for Instruction<'_> {
    fn to_json(&self, text: &mut String) {
        let Self { ask, read, respond, later, refresh } = self;
        let mut members = Members::open(text);
        members.add_some("ask", ask);
        members.add_some("read", read);
        members.add_some("respond", respond);
        members.add_some("later", later);
        members.add_some("refresh", refresh);
        members.close();
    }
}
