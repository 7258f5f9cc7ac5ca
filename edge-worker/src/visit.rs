//! One request to one desk, with everything that answering it needs.

use core::cell::OnceCell;
use std::rc::Rc;

use deskgate_core::crypto::{Crypto, SecretKey};
use deskgate_core::policy::{RequestFacts, WithoutSession};
use deskgate_core::time::UnixTime;

use crate::audit::{Event, Name};
use crate::host::Host;
use crate::http::{RequestHead, Response};
use crate::isolate::{self, Presented};
use crate::loaded_desk::LoadedDesk;
use crate::pages::{self, Notice};
use crate::reference::new_reference;
use crate::snapshot::Trust;

/// See the module.
#[derive(Clone, Debug)]
pub(crate) struct Visit {
    pub(crate) head: RequestHead,
    pub(crate) desk: Rc<LoadedDesk>,
    pub(crate) trust: Trust,
    pub(crate) secret: Rc<SecretKey>,
    pub(crate) now: UnixTime,
    pub(crate) host: &'static dyn Host,
    reference: OnceCell<String>,
}

impl Visit {
    pub(crate) fn new(
        head: RequestHead,
        desk: Rc<LoadedDesk>,
        trust: Trust,
        secret: Rc<SecretKey>,
        now: UnixTime,
        host: &'static dyn Host,
    ) -> Self {
        Self { head, desk, trust, secret, now, host, reference: OnceCell::new() }
    }

    pub(crate) fn crypto(&self) -> &dyn Crypto {
        self.host.crypto()
    }

    /// What the session cookie is worth.
    pub(crate) fn session(&self) -> Presented {
        isolate::with(|isolate| {
            isolate.session(&self.head, &self.desk, self.now, self.host.crypto())
        })
    }

    /// How to answer without a session.
    pub(crate) fn without_session(&self) -> WithoutSession {
        without_session(&self.head)
    }

    /// The text that connects the page with the event.
    pub(crate) fn reference(&self) -> &str {
        self.reference.get_or_init(|| new_reference(self.host))
    }

    /// An event of this request.
    pub(crate) fn event(&self, name: Name) -> Event {
        Event::new(name, &self.head, self.reference(), self.now)
    }

    /// The page of a notice.
    pub(crate) fn page(&self, notice: Notice) -> Response {
        pages::notice(notice, self.desk.facts(), self.reference())
    }

    /// The page of a notice for people, the same in JSON for scripts.
    pub(crate) fn page_or_json(&self, notice: Notice) -> Response {
        match self.without_session() {
            WithoutSession::Unauthorized => {
                pages::notice_json(notice, Some(&self.desk.desk.login_url()), self.reference())
            }
            WithoutSession::Login | WithoutSession::LostForm => self.page(notice),
        }
    }
}

/// What the headers say about who waits for the answer.
pub(crate) fn without_session(head: &RequestHead) -> WithoutSession {
    RequestFacts {
        method: &head.method,
        accept: head.header("accept"),
        sec_fetch_dest: head.header("sec-fetch-dest"),
        sec_fetch_mode: head.header("sec-fetch-mode"),
        sec_purpose: head.header("sec-purpose"),
        upgrade: head.header("upgrade"),
        x_requested_with: head.header("x-requested-with"),
    }
    .without_session()
}
