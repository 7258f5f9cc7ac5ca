//! `login`: sends a person to their identity provider.

use deskgate_core::desk::{Connection, SsoBinding};
use deskgate_core::saml::{self, AuthnRequest, request_id};
use deskgate_core::session::cookie::{CookieName, cookie_value, set_cookie};
use deskgate_core::session::{PendingLogins, ReturnTarget, TRANSACTION_LIFETIME, Transaction};

use super::{discovery, idp, kept};
use crate::gate::{is_too_old, return_target};
use crate::host::random;
use crate::http::{Repeated, Response, query_of};
use crate::pages::{self, Notice};
use crate::snapshot::Trust;
use crate::visit::Visit;

/// `login?return=/path&connection=name`, both optional. With several connections and no name the page
/// of [`super::discovery`] finds out which one it is.
#[inline(never)]
pub(super) fn answer(visit: &Visit) -> Response {
    let Ok((target, name)) = parameters(visit) else {
        return visit.page(Notice::Unreadable);
    };
    visit.is_for(&target);
    // It could not be finished: the object has to say that a response is new.
    if visit.trust == Trust::SessionsOnly {
        return visit.page(Notice::Unavailable);
    }
    let connections: Vec<_> = visit.desk.desk.enabled_connections().collect();
    let chosen = match name {
        Some(name) => connections.iter().find(|connection| connection.name == name).copied(),
        None if connections.len() > 1 => return discovery::ask(visit, &target),
        None => connections.first().copied(),
    };
    let Some(connection) = chosen else { return visit.page(Notice::NoConnection) };
    begin(visit, connection, target, None)
}

fn parameters(visit: &Visit) -> Result<(ReturnTarget, Option<String>), Repeated> {
    let parameters = visit.head.parameters();
    let target = return_target(parameters.once("return")?.unwrap_or("/"), visit);
    Ok((target, parameters.once("connection")?.map(str::to_owned)))
}

/// Sends the browser to this identity provider. `email` fills the first box there, where the product
/// has a parameter for it.
pub(super) fn begin(
    visit: &Visit,
    connection: &Connection,
    target: ReturnTarget,
    email: Option<&str>,
) -> Response {
    let id = request_id(&random(visit.host));
    let mut transaction = Transaction::new(&id, &connection.name, target, visit.now);
    transaction.force_authn = connection.force_authn
        || idp::asks_for_a_new_sign_in(visit, &transaction.return_target)
        || kept::asks_for_a_new_sign_in(visit, &transaction.return_target)
        || wants_a_new_sign_in(visit, &transaction.return_target);
    let force_authn = transaction.force_authn;
    let cookie = add_to_cookie(visit, transaction);
    let response = cookie.and_then(|cookie| {
        Some(send(visit, connection, &id, email, force_authn)?.with("Set-Cookie", cookie))
    });
    // The request could not be signed, or the transaction not be sealed.
    response.unwrap_or_else(|| visit.page(Notice::Unavailable))
}

/// Whether the target wants a more recent sign-in than this browser has. Without one, the identity provider
/// may know the person from a moment ago; if not, the gate sends the browser here again.
fn wants_a_new_sign_in(visit: &Visit, target: &ReturnTarget) -> bool {
    let path = target.as_str().split(['?', '#']).next().unwrap_or_default();
    visit.session().valid().is_some_and(|session| is_too_old(visit, &session, path))
}

/// What this browser has begun, with one more.
fn add_to_cookie(visit: &Visit, transaction: Transaction) -> Option<String> {
    let mut pending = pending_logins(visit);
    pending.add(transaction);
    seal(visit, &pending)
}

/// What this browser has begun. A cookie that stands there twice counts as none.
pub(super) fn pending_logins(visit: &Visit) -> PendingLogins {
    let desk = &visit.desk.desk;
    let header = visit.head.header("cookie").unwrap_or_default();
    let cookie = cookie_value(header, CookieName::Login).ok().flatten();
    let (url, prefix) = (desk.issuer(), &desk.prefix);
    PendingLogins::open(cookie, url, prefix, &visit.secrets, visit.now, visit.crypto())
}

/// The `Set-Cookie` that keeps them.
pub(super) fn seal(visit: &Visit, pending: &PendingLogins) -> Option<String> {
    let nonce = random::<12>(visit.host);
    let url = visit.desk.desk.issuer();
    let value = pending.seal(url, &visit.secrets, nonce, visit.crypto()).ok()?;
    Some(set_cookie(CookieName::Login, &value, TRANSACTION_LIFETIME))
}

/// The request itself. Its ID is also the RelayState, which brings it back unread, so that the
/// response finds its transaction among those of other tabs (attacks.md B-06, B-09).
fn send(
    visit: &Visit,
    connection: &Connection,
    id: &str,
    email: Option<&str>,
    force_authn: bool,
) -> Option<Response> {
    let desk = &visit.desk.desk;
    let request = AuthnRequest {
        id,
        issue_instant: visit.now,
        sp_entity_id: &connection.sp_entity_id,
        acs_url: desk.acs_url(),
        destination: connection.sso_url.as_str(),
        force_authn,
        authn_contexts: &connection.require_authn_context,
    };
    let signing_key = match connection.sign_requests {
        true => Some(visit.desk.saml_signing_key(&visit.secrets, visit.host)?),
        false => None,
    };
    let response = match connection.sso_binding {
        SsoBinding::Redirect => request
            .redirect_url(Some(id), signing_key.as_ref(), visit.crypto())
            .map(|url| Response::redirect(303, with_hint(url, connection, email))),
        SsoBinding::Post => request.post_value(signing_key.as_ref(), visit.crypto()).map(|value| {
            let fields = [("SAMLRequest", value.as_str()), ("RelayState", id)];
            pages::post_message(
                &desk.name,
                &connection.display_name,
                connection.sso_url.as_str(),
                &fields,
            )
        }),
    };
    response.map_err(|_: saml::Error| ()).ok()
}

/// The address in a query parameter of the product's choice. Never as the Subject of the request, which
/// Entra refuses (AADSTS900236); and after what is signed.
fn with_hint(url: String, connection: &Connection, email: Option<&str>) -> String {
    match (connection.preset.preset().login_hint, email) {
        (Some(parameter), Some(email)) => format!("{url}&{}", query_of(&[(parameter, email)])),
        _ => url,
    }
}
