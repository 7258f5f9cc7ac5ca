//! What `deskgate saml verify` says about a response that is accepted.

use std::borrow::Cow;

use deskgate_core::diagnostic::Excerpt;
use deskgate_core::identity::{Identity, NameId};
use deskgate_core::saml::VerifiedAssertion;
use deskgate_core::session::{NoEmail, Person};
use serde::Serialize;

use crate::output::Report;
use crate::page::Page;

#[derive(Serialize)]
pub(super) struct Accepted<'a> {
    verdict: &'static str,
    identity: IdentityJson<'a>,
    person: PersonJson<'a>,
    assertion: AssertionJson<'a>,
    not_checked: Vec<&'static str>,
    #[serde(skip)]
    no_email: Option<NoEmail>,
}

#[derive(Serialize)]
struct IdentityJson<'a> {
    issuer: &'a str,
    name_id: Option<NameIdJson<'a>>,
    attributes: Vec<AttributeJson<'a>>,
}

#[derive(Serialize)]
struct NameIdJson<'a> {
    value: &'a str,
    format: Option<&'a str>,
    name_qualifier: Option<&'a str>,
    sp_name_qualifier: Option<&'a str>,
}

#[derive(Serialize)]
struct AttributeJson<'a> {
    name: &'a str,
    values: &'a [Cow<'a, str>],
}

#[derive(Serialize)]
struct PersonJson<'a> {
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

#[derive(Serialize)]
struct AssertionJson<'a> {
    id: &'a str,
    response_id: &'a str,
    in_response_to: Option<&'a str>,
    session_index: Option<&'a str>,
    session_not_on_or_after: Option<String>,
    authn_instant: String,
    authn_context_class: Option<&'a str>,
    not_on_or_after: String,
}

impl<'a> Accepted<'a> {
    pub(super) fn new(
        verified: &'a VerifiedAssertion<'_>,
        person: &'a Person,
        is_request_known: bool,
    ) -> Self {
        let mut not_checked = vec!["one_time_use"];
        if !is_request_known {
            not_checked.push("in_response_to");
        }
        Self {
            verdict: "accepted",
            identity: identity_json(&verified.identity),
            person: person_json(person),
            no_email: person.no_email,
            assertion: assertion_json(verified),
            not_checked,
        }
    }
}

fn identity_json<'a>(identity: &'a Identity<'_>) -> IdentityJson<'a> {
    IdentityJson {
        issuer: &identity.issuer,
        name_id: identity.name_id.as_ref().map(name_id_json),
        attributes: identity
            .attributes
            .iter()
            .map(|attribute| AttributeJson { name: &attribute.name, values: &attribute.values })
            .collect(),
    }
}

fn name_id_json(name_id: &NameId) -> NameIdJson<'_> {
    NameIdJson {
        value: &name_id.value,
        format: name_id.format.as_deref(),
        name_qualifier: name_id.name_qualifier.as_deref(),
        sp_name_qualifier: name_id.sp_name_qualifier.as_deref(),
    }
}

fn person_json(person: &Person) -> PersonJson<'_> {
    PersonJson {
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

fn assertion_json<'a>(verified: &'a VerifiedAssertion<'_>) -> AssertionJson<'a> {
    AssertionJson {
        id: &verified.assertion_id,
        response_id: &verified.response_id,
        in_response_to: verified.in_response_to.as_deref(),
        session_index: verified.session_index.as_deref(),
        session_not_on_or_after: verified.session_not_on_or_after.map(|time| time.to_string()),
        authn_instant: verified.authn_instant.to_string(),
        authn_context_class: verified.authn_context_class.as_deref(),
        not_on_or_after: verified.not_on_or_after.to_string(),
    }
}

impl Report for Accepted<'_> {
    fn write(&self, page: &mut Page) {
        let person = &self.person;
        let name_id = self.identity.name_id.as_ref();
        let who = person.name.or(person.email).or_else(|| name_id.map(|name_id| name_id.value));
        page.accepted(who.map_or_else(|| "a person without a name".into(), Excerpt::new));
        row(page, "e-mail", person.email);
        row(page, "NameID", name_id.map(|name_id| name_id.value));
        row(page, "", name_id.and_then(|name_id| name_id.format));
        row(page, "issuer", Some(self.identity.issuer));
        row(page, "signed in", Some(&self.assertion.authn_instant));
        row(page, "by", self.assertion.authn_context_class);
        row(page, "good until", Some(&self.assertion.not_on_or_after));
        row(page, "session until", self.assertion.session_not_on_or_after.as_deref());
        row(page, "answers", self.assertion.in_response_to);
        if let Some(reason) = self.no_email {
            page.warning(format_args!("no e-mail address. {}", reason.help()));
        }
        if person.groups_omitted {
            page.warning("the identity provider left out groups: there are too many");
        }
        page.blank();
        self.identity.write(page);
        page.note("Not checked here: whether the response was used before.");
        if self.not_checked.contains(&"in_response_to") {
            page.note("Nor whether it answers a request of the desk; see --in-response-to.");
        }
    }
}

impl IdentityJson<'_> {
    fn write(&self, page: &mut Page) {
        if self.attributes.is_empty() {
            return;
        }
        page.heading("Attributes");
        for attribute in &self.attributes {
            page.line(format_args!("  {}", Excerpt::new(attribute.name)));
            for value in attribute.values {
                page.line(format_args!("    {}", Excerpt::new(value)));
            }
        }
        page.blank();
    }
}

/// Texts of a message could move the cursor of a terminal.
fn row(page: &mut Page, label: &str, value: Option<&str>) {
    page.row_if(label, value.map(Excerpt::new));
}

#[cfg(test)]
mod tests {
    use super::*;
    use deskgate_core::identity::Attribute;

    #[test]
    fn texts_of_a_message_cannot_move_the_cursor() {
        let identity = Identity {
            issuer: "https://idp.example/".into(),
            name_id: None,
            attributes: vec![Attribute {
                name: "name\u{1b}[2J".into(),
                values: vec!["\u{202e}b".into()],
            }],
        };
        let mut page = Page::default();
        identity_json(&identity).write(&mut page);
        let text = anstream::adapter::strip_str(&page.to_string()).to_string();
        assert_eq!(text, "Attributes\n  name\\u{1b}[2J\n    \\u{202e}b\n\n");
    }
}
