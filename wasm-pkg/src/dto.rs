//! The objects that JavaScript gets. `index.d.ts` describes them.

use deskgate_core::diagnostic::Diagnostic;
use deskgate_core::session::{NoEmail, OriginToken, Person, Session};
use serde::Serialize;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SessionDto<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    token_id: Option<&'a str>,
    subject: &'a str,
    session_id: &'a str,
    connection: &'a str,
    identity: PersonDto<'a>,
    authenticated_at: u64,
    issued_at: u64,
    expires_at: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PersonDto<'a> {
    name_id: Option<&'a str>,
    email: Option<&'a str>,
    no_email: Option<&'static str>,
    id: Option<&'a str>,
    name: Option<&'a str>,
    given_name: Option<&'a str>,
    family_name: Option<&'a str>,
    phone: Option<&'a str>,
    organization: Option<&'a str>,
    groups: &'a [String],
    groups_omitted: bool,
}

/// Why something was refused; `index.mjs` makes an Error of it.
#[derive(Serialize)]
pub(crate) struct Refusal {
    code: &'static str,
    message: String,
    expected: Option<String>,
    found: Option<String>,
    help: &'static str,
}

impl<'a> From<&'a Session> for SessionDto<'a> {
    fn from(session: &'a Session) -> Self {
        Self {
            token_id: None,
            subject: session.subject(),
            session_id: session.id(),
            connection: session.connection(),
            identity: PersonDto::from(session.person()),
            authenticated_at: session.authenticated_at().seconds(),
            issued_at: session.issued_at().seconds(),
            expires_at: session.expires_at().seconds(),
        }
    }
}

impl<'a> From<&'a OriginToken> for SessionDto<'a> {
    fn from(token: &'a OriginToken) -> Self {
        Self { token_id: Some(token.id()), ..Self::from(token.session()) }
    }
}

impl<'a> From<&'a Person> for PersonDto<'a> {
    fn from(person: &'a Person) -> Self {
        Self {
            name_id: person.name_id.as_deref(),
            email: person.email.as_deref(),
            no_email: person.no_email.map(NoEmail::name),
            id: person.id.as_deref(),
            name: person.name.as_deref(),
            given_name: person.given_name.as_deref(),
            family_name: person.family_name.as_deref(),
            phone: person.phone.as_deref(),
            organization: person.organization.as_deref(),
            groups: &person.groups,
            groups_omitted: person.groups_omitted,
        }
    }
}

impl<E: Diagnostic> From<&E> for Refusal {
    fn from(error: &E) -> Self {
        Self {
            code: error.code(),
            message: error.to_string(),
            expected: error.expected(),
            found: error.found(),
            help: error.help(),
        }
    }
}
