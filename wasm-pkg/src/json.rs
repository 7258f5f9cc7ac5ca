//! The objects that JavaScript gets. `index.d.ts` describes them; absent members are left out.

use deskgate_core::diagnostic::Diagnostic;
use deskgate_core::jose::UnverifiedJwt;
use deskgate_core::jose::json::{Object, Value};
use deskgate_core::session::{NoEmail, OriginToken, Person, Session};
use deskgate_core::time::UnixTime;

pub(crate) fn session(session: &Session) -> Object {
    Object::new()
        .with("subject", session.subject())
        .with("sessionId", session.id())
        .with("connection", session.connection())
        .with("identity", person(session.person()))
        .with("authenticatedAt", session.authenticated_at().seconds())
        .with_some("authnContext", session.authn_context())
        .with("issuedAt", session.issued_at().seconds())
        .with("expiresAt", session.expires_at().seconds())
        .with_some("idleExpiresAt", session.idle_expires_at().map(UnixTime::seconds))
}

pub(crate) fn origin_token(token: &OriginToken) -> Object {
    session(token.session())
        .with("tokenId", token.id())
        .with_some("serviceToken", token.session().service_token())
}

pub(crate) fn unverified(token: UnverifiedJwt) -> Object {
    Object::new().with("header", token.header).with("claims", token.claims)
}

/// Why something was refused; `errors.mjs` makes an Error of it. Generic, because a table of methods would
/// hold `Debug` too, which nobody calls. What to do about a code is in docs/ERRORS.md: with it this module
/// would be 3 KB larger.
pub(crate) fn refusal(error: &impl Diagnostic) -> String {
    let refusal = Object::new()
        .with("code", error.code())
        .with("message", error.to_string())
        .with_some("expected", error.expected())
        .with_some("found", error.found());
    Object::new().with("refusal", refusal).to_json()
}

fn person(person: &Person) -> Object {
    let groups: Vec<Value> = person.groups.iter().map(|group| group.as_str().into()).collect();
    Object::new()
        .with_some("nameId", person.name_id.as_deref())
        .with_some("email", person.email.as_deref())
        .with_some("noEmail", person.no_email.map(NoEmail::name))
        .with_some("id", person.id.as_deref())
        .with_some("name", person.name.as_deref())
        .with_some("givenName", person.given_name.as_deref())
        .with_some("familyName", person.family_name.as_deref())
        .with_some("phone", person.phone.as_deref())
        .with_some("organization", person.organization.as_deref())
        .with("groups", groups)
        .with("groupsOmitted", person.groups_omitted)
}
