//! A form on its way through the object: sealed, and bound to all that it may be used for.

use core::time::Duration;
use std::rc::Rc;

use deskgate_core::base64;
use deskgate_core::crypto::DigestAlgorithm;
use deskgate_core::session::{Session, seal};
use deskgate_core::time::UnixTime;

use super::browser;
use crate::desk_object::{KeptForm, SealedForm};
use crate::host::random;
use crate::http::Parameters;
use crate::json;
use crate::step::{Step, TooLarge};
use crate::visit::Visit;

/// How long a form is kept: a sign-in with a second factor, and a phone that had to be fetched.
pub(super) const LIFETIME: Duration = Duration::from_secs(15 * 60);

/// Longest form of the confirmation page: one token.
const MAX_CONFIRMATION_BYTES: usize = 4 * 1024;

/// What is sealed; see [`seal`].
const HEAD: &str = "head of a kept form";
const BODY: &str = "body of a kept form";
const CONFIRMATION: &str = "confirmation of a kept form";

/// What is known of a form without its contents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) path_and_query: String,
    pub(super) content_type: String,
    /// The page on which it was filled in, when that is one of this desk.
    pub(super) referer: Option<String>,
    pub(super) bytes: usize,
    /// Names of its fields and files, for the person. What stands in the fields is not shown: it may be a
    /// password.
    pub(super) fields: Vec<String>,
    pub(super) files: Vec<String>,
    expires_at: u64,
}

json::object! { Head {
    path_and_query, content_type, referer, bytes, fields, files, expires_at
} }

impl Head {
    pub(super) fn path(&self) -> &str {
        self.path_and_query.split('?').next().unwrap_or_default()
    }

    pub(super) const fn expires_at(&self) -> UnixTime {
        UnixTime::from_seconds(self.expires_at)
    }

    pub(super) const fn kept_at(&self) -> UnixTime {
        self.expires_at().saturating_sub(LIFETIME)
    }
}

/// A form that is about to be kept.
pub(super) struct Form<'a> {
    pub(super) content_type: String,
    pub(super) referer: Option<String>,
    pub(super) fields: Vec<String>,
    pub(super) files: Vec<String>,
    pub(super) body: &'a [u8],
}

/// For whom, in which browser, of which desk and for which origin a form is kept.
#[derive(Clone, Debug)]
pub(super) struct Keeper {
    /// Everything that it is bound to, with U+0000 between.
    context: String,
    key: String,
    owner: String,
}

impl Keeper {
    /// The person is who the identity provider says: the subject at its connection.
    pub(super) fn new(visit: &Visit, session: &Session, name: &str, browser: &str) -> Self {
        let desk = &visit.desk.desk;
        let origin = desk.origin.as_ref().map_or("", |origin| origin.as_str());
        let (url, connection, subject) = (desk.issuer(), session.connection(), session.subject());
        let context = [url, origin, connection, subject, browser, name].join("\0");
        let digest = |text: &str| {
            let digest = visit.crypto().digest(DigestAlgorithm::Sha256, text.as_bytes());
            base64::encode_url(digest.as_bytes())
        };
        let owner = digest(&format!("{connection}\0{subject}"));
        Self { key: digest(&context), owner, context }
    }

    /// Under which the object finds the form. Another person or browser has another one.
    pub(super) fn key(&self) -> String {
        self.key.clone()
    }

    /// `None` when the platform cannot encrypt.
    pub(super) fn seal(&self, visit: &Visit, form: Form<'_>) -> Option<KeptForm> {
        let Form { content_type, referer, fields, files, body } = form;
        let expires_at = visit.now.saturating_add(LIFETIME).seconds();
        let (path_and_query, bytes) = (visit.head.path_and_query(), body.len());
        let head = Head { path_and_query, content_type, referer, bytes, fields, files, expires_at };
        let seal = |plaintext: &[u8], purpose: &str, context: &str| {
            let nonce = random::<12>(visit.host);
            seal::seal(plaintext, purpose, context, &visit.secrets, nonce, visit.crypto()).ok()
        };
        let sealed = SealedForm {
            head: seal(json::write(&head).as_bytes(), HEAD, &self.context)?,
            body: Some(seal(body, BODY, &self.context_of_body(&head))?),
            was_tried: false,
        };
        Some(KeptForm { key: self.key(), owner: self.owner.clone(), expires_at, sealed })
    }

    /// `None` when it belongs to something else or has expired.
    pub(super) fn open_head(&self, visit: &Visit, form: &SealedForm) -> Option<Head> {
        let (secret, crypto) = (&visit.secrets, visit.crypto());
        let text = seal::open(&form.head, HEAD, &self.context, secret, crypto).ok()?;
        let head: Head = json::read(&text)?;
        (visit.now < head.expires_at()).then_some(head)
    }

    pub(super) fn open(&self, visit: &Visit, form: &SealedForm) -> Option<(Head, Vec<u8>)> {
        let head = self.open_head(visit, form)?;
        let context = self.context_of_body(&head);
        let body = form.body.as_deref()?;
        let body = seal::open(body, BODY, &context, &visit.secrets, visit.crypto()).ok()?;
        Some((head, body.to_vec()))
    }

    /// A body fits one request: only POST is kept.
    fn context_of_body(&self, head: &Head) -> String {
        let Head { path_and_query, content_type, expires_at, .. } = head;
        format!("{}\0POST\0{path_and_query}\0{content_type}\0{expires_at}", self.context)
    }
}

/// What the confirmation page sends along: only a page that was made for this session has it.
pub(super) fn confirmation(visit: &Visit, session: &Session, name: &str) -> Option<String> {
    let context = context_of_confirmation(visit, session, name);
    let nonce = random::<12>(visit.host);
    seal::seal(b"", CONFIRMATION, &context, &visit.secrets, nonce, visit.crypto()).ok()
}

/// Reads what the confirmation page sent. `None` when there is no session any more, or another one than the
/// page was made for: then the page has to ask again.
pub(super) fn read_confirmation(
    visit: Visit,
    name: String,
    then: impl FnOnce(Visit, Option<(Keeper, Rc<Session>)>) -> Step + 'static,
) -> Step {
    Step::read(MAX_CONFIRMATION_BYTES, move |body, now| {
        let mut visit = visit;
        visit.now = now;
        let confirmed = body.map_err(|TooLarge| ()).ok().and_then(|body| {
            let form = Parameters::parse(&body);
            let token = form.once("confirmation").ok().flatten()?;
            let session = visit.session().valid()?;
            let context = context_of_confirmation(&visit, &session, &name);
            let (secret, crypto) = (&visit.secrets, visit.crypto());
            seal::open(token, CONFIRMATION, &context, secret, crypto).ok()?;
            let keeper = Keeper::new(&visit, &session, &name, &browser(&visit)?);
            Some((keeper, session))
        });
        then(visit, confirmed)
    })
}

fn context_of_confirmation(visit: &Visit, session: &Session, name: &str) -> String {
    format!("{}\0{}\0{name}", visit.desk.desk.issuer(), session.id())
}
