//! One request to one desk, with everything that answering it needs.

use core::cell::OnceCell;
use std::rc::Rc;

use deskgate_core::crypto::Crypto;
use deskgate_core::desk::Origin;
use deskgate_core::policy::{RequestFacts, WithoutSession};
use deskgate_core::session::{OriginTokenMint, ReturnTarget, Secrets, Session};
use deskgate_core::time::UnixTime;

use crate::audit::{Event, Name};
use crate::host::Host;
use crate::http::{RequestHead, Response};
use crate::isolate::{self, Presented};
use crate::loaded_desk::LoadedDesk;
use crate::pages::{self, Notice};
use crate::reference::new_reference;
use crate::snapshot::Trust;
use crate::ways_around::{app_of, ways_around};

/// See the module.
#[derive(Clone, Debug)]
pub(crate) struct Visit {
    pub(crate) head: RequestHead,
    pub(crate) desk: Rc<LoadedDesk>,
    pub(crate) trust: Trust,
    pub(crate) secrets: Rc<Secrets>,
    pub(crate) now: UnixTime,
    pub(crate) host: &'static dyn Host,
    reference: OnceCell<String>,
    /// The app that the sign-in of this request is for.
    app: OnceCell<String>,
}

impl Visit {
    pub(crate) fn new(
        head: RequestHead,
        desk: Rc<LoadedDesk>,
        trust: Trust,
        secrets: Rc<Secrets>,
        now: UnixTime,
        host: &'static dyn Host,
    ) -> Self {
        Self {
            head,
            desk,
            trust,
            secrets,
            now,
            host,
            reference: OnceCell::new(),
            app: OnceCell::new(),
        }
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

    /// What makes the tokens of its session for the origin.
    pub(crate) fn mint(&self, origin: &Origin, session: &Rc<Session>) -> Rc<OriginTokenMint> {
        let key = self.desk.token_key(self.now);
        isolate::with(|isolate| isolate.mint(session, &self.desk, origin.as_str(), key))
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

    /// From now on pages that tell of a failure name the ways into the app at `target`, if there is one.
    pub(crate) fn is_for(&self, target: &ReturnTarget) {
        if let Some(app) = app_of(&self.desk.desk, target) {
            // A sign-in has one target.
            let _known = self.app.set(app.name.clone());
        }
    }

    /// The page of a notice.
    pub(crate) fn page(&self, notice: Notice) -> Response {
        let app = self.app.get().and_then(|name| self.desk.desk.app(name));
        let further = app.map(ways_around).unwrap_or_default();
        pages::notice_with(notice, self.desk.facts(), self.reference(), further)
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
