//! `acs/complete`: verifies the response, makes sure that it is new, and begins the session.

use deskgate_core::desk::Connection;
use deskgate_core::diagnostic::{Diagnostic, Excerpt};
use deskgate_core::saml::{
    self, Solicitation, UnverifiedMessage, VerifiedAssertion, decode_post_value,
};
use deskgate_core::session::cookie::{CookieName, clear_cookie};
use deskgate_core::session::{
    self, NewSession, PendingLogins, Person, ReturnTarget, Session, Transaction,
};

use super::acs::{self, Fields, read_fields};
use super::{login, respond_and_record};
use crate::audit::Name;
use crate::desk_object::{
    BegunSession, EndedSession, OneTime, Operation, Reply, StoredNameId, Unknown, Use, Visitor,
};
use crate::error::{SignInDescription, SignInRefusal, notice_for};
use crate::host::random;
use crate::http::Response;
use crate::pages::Notice;
use crate::renewal;
use crate::step::{Step, Unreachable};
use crate::visit::Visit;

#[inline(never)]
pub(super) fn answer(visit: Visit) -> Step {
    if !visit.head.is_same_origin() {
        return acs::refuse(&visit, SignInRefusal::CrossSite);
    }
    read_fields(visit, |visit, fields| match verify(&visit, fields) {
        Ok(sign_in) => claim(visit, sign_in),
        Err(refused) => refuse(&visit, &refused),
    })
}

/// A response that was verified and not yet used.
struct SignIn {
    session: Session,
    begins: BegunSession,
    assertion_id: String,
    uses: Vec<OneTime>,
    target: ReturnTarget,
    pending: PendingLogins,
}

/// Why not, and through which connection.
struct Refused {
    connection: Option<String>,
    error: Box<dyn Diagnostic>,
}

impl Refused {
    fn new(connection: Option<&Connection>, error: impl Diagnostic + 'static) -> Self {
        Self { connection: connection.map(|c| c.name.clone()), error: Box::new(error) }
    }
}

fn verify(visit: &Visit, fields: Fields) -> Result<SignIn, Refused> {
    let Fields { saml_response, relay_state } = fields;
    let octets = decode_post_value(saml_response).map_err(|error| Refused::new(None, error))?;
    let mut pending = login::pending_logins(visit);
    // The RelayState that we sent is the ID of the request.
    let transaction = relay_state.as_deref().and_then(|id| pending.take(id).ok());
    if let Some(transaction) = &transaction {
        visit.is_for(&transaction.return_target);
    }
    let message = UnverifiedMessage::parse(&octets);
    let connection = match (&transaction, &message) {
        (Some(transaction), _) => visit.desk.desk.connection(&transaction.connection),
        (None, Ok(message)) => unsolicited_connection(visit, message)?,
        (None, Err(error)) => return Err(Refused::new(None, error.clone())),
    };
    // Switched off or removed since the login began.
    let Some(connection) = connection.filter(|connection| connection.enabled) else {
        return Err(Refused::new(connection, session::Error::TransactionUnknown));
    };
    let solicitation = match &transaction {
        Some(transaction) => Solicitation::InResponseTo(&transaction.request_id),
        None => Solicitation::Unsolicited,
    };
    let assertion = message
        .and_then(|message| {
            verify_message(visit, &message, connection, solicitation, transaction.as_ref())
        })
        .map_err(|error| Refused::new(Some(connection), error))?;
    let session = begin_session(visit, connection, &assertion)
        .map_err(|error| Refused::new(Some(connection), error))?;
    let uses = uses(visit, &assertion, transaction.as_ref());
    let target = transaction
        .map_or_else(|| connection.idp_initiated_target.clone(), |login| login.return_target);
    let begins = begun(&session, &assertion, connection);
    let assertion_id = Excerpt::new(&assertion.assertion_id).into();
    Ok(SignIn { session, begins, assertion_id, uses, target, pending })
}

/// A response that this browser did not ask for is looked at only where the connection of its
/// issuer allows that (attacks.md M-03).
fn unsolicited_connection<'v>(
    visit: &'v Visit,
    message: &UnverifiedMessage<'_>,
) -> Result<Option<&'v Connection>, Refused> {
    let issuer = message.issuer().map_err(|error| Refused::new(None, error))?;
    // Two connections may have one identity provider, and only one of them allow this.
    let of_issuer = || visit.desk.desk.enabled_connections().filter(|c| c.idp_entity_id == issuer);
    match of_issuer().find(|connection| connection.allow_idp_initiated) {
        Some(connection) => Ok(Some(connection)),
        None => Err(Refused::new(of_issuer().next(), session::Error::TransactionUnknown)),
    }
}

fn verify_message<'i>(
    visit: &Visit,
    message: &UnverifiedMessage<'i>,
    connection: &Connection,
    solicitation: Solicitation<'_>,
    transaction: Option<&Transaction>,
) -> Result<VerifiedAssertion<'i>, saml::Error> {
    let verify = |keys: &[_]| {
        let desk = &visit.desk.desk;
        let mut expected = desk.expected_response(connection, solicitation, keys, visit.now);
        // A fresh sign-in is one since this login began.
        let since = &mut expected.further.authenticated_since;
        if let Some(login) = transaction.filter(|login| login.force_authn || since.is_some()) {
            *since = Some(login.began_at());
        }
        saml::verify_message(message, &expected, visit.now, visit.crypto())
    };
    match verify(&[]) {
        // Opening the private key takes longer than all the rest, and few identity providers
        // encrypt.
        Err(saml::Error::EncryptedAssertionWithoutKey) => {
            match visit.desk.saml_private_key(&visit.secrets, visit.host) {
                Some(key) => verify(core::slice::from_ref(key)),
                None => Err(saml::Error::EncryptedAssertionWithoutKey),
            }
        }
        verdict => verdict,
    }
}

fn begin_session(
    visit: &Visit,
    connection: &Connection,
    assertion: &VerifiedAssertion<'_>,
) -> Result<Session, session::Error> {
    let new = NewSession {
        identity: &assertion.identity,
        attribute_names: &connection.attributes,
        connection: &connection.name,
        email_domains: connection.accepted_email_domains(),
        authenticated_at: Some(assertion.authn_instant),
        authn_context: assertion.authn_context_class.as_deref(),
        session_not_on_or_after: assertion.session_not_on_or_after,
        lifetime: visit.desk.desk.session_lifetime,
        entropy: random(visit.host),
    };
    Session::begin(&new, visit.now, visit.crypto())
}

/// How to find the session when the identity provider ends it, and how to ask it to end its own.
fn begun(
    session: &Session,
    assertion: &VerifiedAssertion<'_>,
    connection: &Connection,
) -> BegunSession {
    let name_id = assertion.identity.name_id.as_ref().map(StoredNameId::new);
    let index = assertion.session_index.as_deref();
    let mut begun = BegunSession::new(session, name_id, index);
    if session.person().groups_omitted {
        let person = Person::from_identity(&assertion.identity, &connection.attributes);
        // What the identity provider left out is nowhere.
        begun.all_groups = (!person.groups_omitted).then_some(person.groups);
    }
    begun
}

/// The assertion, and the request that it answers, are good for one sign-in (attacks.md M-01,
/// M-02).
fn uses(
    visit: &Visit,
    assertion: &VerifiedAssertion<'_>,
    transaction: Option<&Transaction>,
) -> Vec<OneTime> {
    let key = &assertion.replay_key;
    let crypto = visit.crypto();
    let mut uses =
        vec![OneTime::new(Use::Assertion, &key.issuer, &key.assertion_id, key.expires_at, crypto)];
    uses.extend(transaction.map(|login| {
        let desk = visit.desk.desk.issuer();
        OneTime::new(Use::LoginRequest, desk, &login.request_id, login.expires_at, crypto)
    }));
    uses
}

/// Before there is a session, the object has to say that nobody used the response before. The same
/// call ends the session that this browser had (attacks.md G-08).
fn claim(visit: Visit, sign_in: SignIn) -> Step {
    let SignIn { session, begins, assertion_id, uses, target, pending } = sign_in;
    let ends = visit.session().valid().map(|old| EndedSession {
        session: old.id().to_owned(),
        expires_at: old.expires_at().seconds(),
    });
    let mut event = visit.event(Name::LoginAccepted).connection(session.connection());
    event.subject = Some(session.subject().to_owned());
    event.session = Some(session.id().to_owned());
    event.assertion = Some(assertion_id);
    let visitor = Visitor::of(&session);
    let (unknown, begins) = (Unknown::from(visit.desk.desk.provisioning), Box::new(begins));
    let operation = Operation::Claim { uses, visitor, unknown, begins, ends, event: event.clone() };
    Step::ask(operation, move |reply| match reply {
        Ok(Reply::Done) => {
            event.log(visit.host);
            welcome(&visit, &session, &target, &pending)
        }
        Ok(Reply::AlreadyUsed { what }) => already_used(&visit, &session, what),
        Ok(Reply::NotAdmitted { why }) => refuse_session(&visit, &session, why.into()),
        Ok(_) | Err(Unreachable) => {
            let event = visit.event(Name::LoginUnavailable).connection(session.connection());
            respond_and_record(visit.page(Notice::Unavailable), event, &visit)
        }
    })
}

fn welcome(
    visit: &Visit,
    session: &Session,
    target: &ReturnTarget,
    pending: &PendingLogins,
) -> Step {
    let desk = &visit.desk.desk;
    let cookie = renewal::session_cookie(visit, session);
    let Some(cookie) = cookie else { return visit.page(Notice::Unavailable).into() };
    let others = match pending.is_empty() {
        true => None,
        false => login::seal(visit, pending),
    };
    Response::redirect(303, target.absolute(desk.issuer()))
        .with("Set-Cookie", cookie)
        .with("Set-Cookie", others.unwrap_or_else(|| clear_cookie(CookieName::Login)))
        .into()
}

fn already_used(visit: &Visit, session: &Session, what: Use) -> Step {
    let refusal = match what {
        Use::Assertion => SignInRefusal::AssertionReplayed,
        Use::AdminToken
        | Use::BreakGlass
        | Use::LoginRequest
        | Use::LogoutRequest
        | Use::Revocation => SignInRefusal::RequestAnsweredBefore,
    };
    refuse_session(visit, session, refusal)
}

/// The response is good, and there is still no session.
fn refuse_session(visit: &Visit, session: &Session, refusal: SignInRefusal) -> Step {
    let SignInDescription { code, notice, help } = refusal.describe_for(session.person());
    let event = visit.event(Name::LoginRefused).connection(session.connection()).code(code, help);
    let notice = for_this_browser(visit, notice);
    respond_and_record(visit.page(notice), event, visit)
}

/// Shows why not, and never begins a new login by itself: that would loop.
fn refuse(visit: &Visit, refused: &Refused) -> Step {
    let mut event = visit.event(Name::LoginRefused).diagnostic(&*refused.error);
    event.connection.clone_from(&refused.connection);
    let notice = for_this_browser(visit, notice_for(&*refused.error));
    respond_and_record(visit.page(notice), event, visit)
}

/// A browser with a session lost nothing: several tabs were restored, or a page was loaded again.
fn for_this_browser(visit: &Visit, notice: Notice) -> Notice {
    let is_harmless = matches!(notice, Notice::AlreadyUsed | Notice::NotStarted);
    if is_harmless && visit.session().valid().is_some() { Notice::AlreadySignedIn } else { notice }
}
