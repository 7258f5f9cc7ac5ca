//! What helpdesks want to know of a person, read from the many names that identity providers use.

use alloc::string::String;
use alloc::vec::Vec;

use crate::identity::Identity;

const EMAIL: &[&str] = &[
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
    "email",
    "User.email",
    "mail",
    "urn:oid:0.9.2342.19200300.100.1.3",
];
const NAME: &[&str] = &[
    "http://schemas.microsoft.com/identity/claims/displayname",
    "displayName",
    "name",
    "urn:oid:2.16.840.1.113730.3.1.241",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name",
];
const GIVEN_NAME: &[&str] = &[
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname",
    "given_name",
    "firstName",
    "first_name",
    "User.FirstName",
    "givenName",
    "urn:oid:2.5.4.42",
];
const FAMILY_NAME: &[&str] = &[
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname",
    "family_name",
    "lastName",
    "last_name",
    "User.LastName",
    "sn",
    "urn:oid:2.5.4.4",
];
const GROUPS: &[&str] = &[
    "http://schemas.microsoft.com/ws/2008/06/identity/claims/groups",
    "http://schemas.xmlsoap.org/claims/Group",
    "groups",
    "memberOf",
];

const EMAIL_NAME_ID_FORMAT: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress";

/// Longest e-mail address: what fits into an SMTP path (RFC 5321 4.5.3.1.3).
const MAX_EMAIL_BYTES: usize = 254;

/// Names of the attributes that carry each field, tried in order. The default lists fit Entra, Okta,
/// OneLogin, Google, ADFS and LDAP-backed identity providers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttributeNames {
    /// For the e-mail address; after these comes the NameID, if its format is emailAddress.
    pub email: Vec<String>,
    /// For the family name.
    pub family_name: Vec<String>,
    /// For the given name.
    pub given_name: Vec<String>,
    /// For the groups.
    pub groups: Vec<String>,
    /// For the name to show; after these come given and family name together.
    pub name: Vec<String>,
}

impl Default for AttributeNames {
    fn default() -> Self {
        let list = |names: &[&str]| names.iter().copied().map(String::from).collect();
        Self {
            email: list(EMAIL),
            family_name: list(FAMILY_NAME),
            given_name: list(GIVEN_NAME),
            groups: list(GROUPS),
            name: list(NAME),
        }
    }
}

/// A person in the fields that helpdesks know. Every field is optional: identity providers send none
/// of them unless told to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// An address with exactly one `@`, never the user principal name of an Entra guest.
    pub email: Option<String>,
    /// The last name.
    pub family_name: Option<String>,
    /// The first name.
    pub given_name: Option<String>,
    /// All values of the first attribute that has any, in their order.
    pub groups: Vec<String>,
    /// The name to greet the person with.
    pub name: Option<String>,
}

impl Profile {
    /// Reads the fields of a verified identity.
    #[must_use]
    pub fn read(identity: &Identity, names: &AttributeNames) -> Self {
        let given_name = first_value(identity, &names.given_name, is_text);
        let family_name = first_value(identity, &names.family_name, is_text);
        let name = first_value(identity, &names.name, is_display_name);
        Self {
            email: first_value(identity, &names.email, is_email)
                .or_else(|| email_of_name_id(identity))
                .map(String::from),
            name: name.map(String::from).or_else(|| full_name(given_name, family_name)),
            given_name: given_name.map(String::from),
            family_name: family_name.map(String::from),
            groups: groups(identity, &names.groups),
        }
    }
}

/// The first value that will do, in the order of `names`, then of the message.
fn first_value<'i>(
    identity: &'i Identity,
    names: &[String],
    will_do: fn(&str) -> bool,
) -> Option<&'i str> {
    names
        .iter()
        .filter_map(|name| identity.attribute(name))
        .flat_map(|attribute| &attribute.values)
        .map(String::as_str)
        .find(|value| will_do(value))
}

fn groups(identity: &Identity, names: &[String]) -> Vec<String> {
    names
        .iter()
        .filter_map(|name| identity.attribute(name))
        .map(|attribute| &attribute.values)
        .find(|values| !values.is_empty())
        .cloned()
        .unwrap_or_default()
}

fn email_of_name_id(identity: &Identity) -> Option<&str> {
    let name_id = identity.name_id.as_ref()?;
    let is_address = name_id.format.as_deref() == Some(EMAIL_NAME_ID_FORMAT);
    (is_address && is_email(&name_id.value)).then_some(name_id.value.as_str())
}

fn full_name(given_name: Option<&str>, family_name: Option<&str>) -> Option<String> {
    match (given_name, family_name) {
        (Some(given), Some(family)) => Some(alloc::format!("{given} {family}")),
        (one, other) => one.or(other).map(String::from),
    }
}

fn is_text(value: &str) -> bool {
    !value.trim().is_empty()
}

/// Entra fills its `name` claim with the user principal name unless told otherwise, and that is
/// nothing to greet a person with.
fn is_display_name(value: &str) -> bool {
    is_text(value) && !value.contains('@')
}

/// One `@` with something on both sides, and no white space or control character. Two of them were an
/// authorization bypass by domain (GHSA-c5c4-8r6x-56w3).
///
/// The user principal name of an Entra guest, `b.simon_gmail.com#EXT#@contoso.onmicrosoft.com`, has
/// the shape of an address; mail to it goes nowhere, and in a helpdesk it would make a second user.
fn is_email(value: &str) -> bool {
    let Some((local, domain)) = value.split_once('@') else { return false };
    value.len() <= MAX_EMAIL_BYTES
        && !local.is_empty()
        && !domain.is_empty()
        && !domain.contains('@')
        && !value.chars().any(|c| c.is_whitespace() || c.is_control())
        && !local.to_ascii_uppercase().contains("#EXT#")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::{Attribute, NameId};
    use alloc::vec;

    const GUEST: &str = "b.simon_gmail.com#EXT#@contoso.onmicrosoft.com";
    const CLAIMS: &str = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/";

    fn identity(attributes: &[(&str, &[&str])], name_id: Option<(&str, &str)>) -> Identity {
        Identity {
            issuer: "https://sts.windows.net/3e1f/".into(),
            name_id: name_id.map(|(value, format)| NameId {
                value: value.into(),
                format: Some(format.into()),
                name_qualifier: None,
                sp_name_qualifier: None,
            }),
            attributes: attributes
                .iter()
                .map(|(name, values)| Attribute {
                    name: name.replace("claims:", CLAIMS),
                    values: values.iter().copied().map(String::from).collect(),
                })
                .collect(),
        }
    }

    fn profile(attributes: &[(&str, &[&str])], name_id: Option<(&str, &str)>) -> Profile {
        Profile::read(&identity(attributes, name_id), &AttributeNames::default())
    }

    #[track_caller]
    fn check_email(
        attributes: &[(&str, &[&str])],
        name_id: Option<(&str, &str)>,
        expected: Option<&str>,
    ) {
        assert_eq!(profile(attributes, name_id).email.as_deref(), expected);
    }

    #[test]
    fn an_entra_user_is_read_whole() {
        let found = profile(
            &[
                ("claims:name", &["B.Simon@contoso.com"]),
                ("claims:givenname", &["B."]),
                ("claims:surname", &["Simon"]),
                ("claims:emailaddress", &["B.Simon@contoso.com"]),
                ("http://schemas.microsoft.com/ws/2008/06/identity/claims/groups", &["g1", "g2"]),
            ],
            None,
        );
        let expected = Profile {
            email: Some("B.Simon@contoso.com".into()),
            name: Some("B. Simon".into()),
            given_name: Some("B.".into()),
            family_name: Some("Simon".into()),
            groups: vec!["g1".into(), "g2".into()],
        };
        assert_eq!(found, expected);
    }

    #[test]
    fn an_entra_guest_has_no_e_mail_unless_the_claim_has_one() {
        check_email(
            &[("claims:emailaddress", &[GUEST])],
            Some((GUEST, EMAIL_NAME_ID_FORMAT)),
            None,
        );
        check_email(
            &[("claims:emailaddress", &[&GUEST.to_ascii_lowercase()]), ("mail", &["b@gmail.com"])],
            None,
            Some("b@gmail.com"),
        );
    }

    #[test]
    fn the_name_id_is_an_e_mail_only_by_its_format() {
        let email = "b.simon@contoso.com";
        check_email(&[], Some((email, EMAIL_NAME_ID_FORMAT)), Some(email));
        let unspecified = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified";
        check_email(&[], Some((email, unspecified)), None);
    }

    #[test]
    fn a_user_principal_name_is_never_an_e_mail() {
        check_email(
            &[("claims:upn", &["b@contoso.com"]), ("claims:name", &["b@contoso.com"])],
            None,
            None,
        );
    }

    #[test]
    fn texts_that_are_not_addresses_are_passed_over() {
        let long = alloc::format!("{}@contoso.com", "b".repeat(MAX_EMAIL_BYTES));
        for text in [
            "",
            " ",
            "b",
            "@contoso.com",
            "b@",
            "a@b@contoso.com",
            "a b@contoso.com",
            "a@b\n",
            &long,
        ] {
            check_email(&[("email", &[text, "b@contoso.com"])], None, Some("b@contoso.com"));
        }
    }

    #[test]
    fn earlier_names_win_and_empty_attributes_do_not_count() {
        check_email(
            &[("mail", &["2@x.example"]), ("email", &["1@x.example"])],
            None,
            Some("1@x.example"),
        );
        check_email(&[("mail", &["2@x.example"]), ("email", &[])], None, Some("2@x.example"));
        let found = profile(&[("groups", &[]), ("memberOf", &["staff"])], None);
        assert_eq!(found.groups, ["staff"]);
    }

    #[test]
    fn the_name_falls_back_on_given_and_family_name() {
        let name = |attributes: &[(&str, &[&str])]| profile(attributes, None).name;
        assert_eq!(
            name(&[("displayName", &["Britta Simon"]), ("sn", &["S"])]).as_deref(),
            Some("Britta Simon")
        );
        assert_eq!(name(&[("sn", &["Simon"])]).as_deref(), Some("Simon"));
        assert_eq!(name(&[("claims:name", &["b@contoso.com"])]), None);
    }
}
