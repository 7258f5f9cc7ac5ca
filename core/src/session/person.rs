//! What the helpdesk learns about a person, chosen from whatever attributes an identity provider sends.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use crate::identity::Identity;
use crate::jose;
use crate::jose::json::{Object, Value};
use crate::jose::string_member;
use crate::preset::IdentityProvider;
use crate::session::email_address::{NoEmail, email_address};

/// Longest name, e-mail address or group, in bytes. RFC 5321, section 4.5.3.1, allows 254 for an
/// address, SAML Core 8.3.7 256 for a persistent NameID.
pub(super) const MAX_TEXT_BYTES: usize = 256;

/// NameID formats (SAML Core 8.3) that decide what a NameID is good for.
pub(super) const EMAIL_NAME_ID: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress";
const PERSISTENT_NAME_ID: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent";
pub(super) const TRANSIENT_NAME_ID: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient";

/// Entra ID sends this instead of the groups when there are more than 150.
const GROUPS_OVERAGE: &str = "http://schemas.microsoft.com/claims/groups.link";

/// Names of attributes to look at, in this order, for each thing to know about a person.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "one field for each of Person's")]
pub struct AttributeNames {
    /// For [`Person::email`].
    pub email: Vec<String>,
    /// For [`Person::family_name`].
    pub family_name: Vec<String>,
    /// For [`Person::given_name`].
    pub given_name: Vec<String>,
    /// For [`Person::groups`].
    pub groups: Vec<String>,
    /// For [`Person::id`].
    pub id: Vec<String>,
    /// For [`Person::name`].
    pub name: Vec<String>,
    /// For [`Person::organization`].
    pub organization: Vec<String>,
    /// For [`Person::phone`].
    pub phone: Vec<String>,
}

/// Those of any identity provider.
impl Default for AttributeNames {
    fn default() -> Self {
        Self::of(IdentityProvider::Generic)
    }
}

impl AttributeNames {
    /// What this product sends, then what others do: people choose names of attributes by the guides of
    /// other products too. For the identifier only its own, because it has to be one that never changes.
    #[must_use]
    pub fn of(identity_provider: IdentityProvider) -> Self {
        let of = &identity_provider.preset().attributes;
        let any = &IdentityProvider::Generic.preset().attributes;
        let names = |own: &[&str], others: &[&str]| {
            let others = others.iter().filter(|other| !own.contains(other));
            own.iter().chain(others).map(|name| (*name).to_string()).collect()
        };
        Self {
            email: names(of.email, any.email),
            family_name: names(of.family_name, any.family_name),
            given_name: names(of.given_name, any.given_name),
            groups: names(of.groups, any.groups),
            id: names(of.id, &[]),
            name: names(of.name, any.name),
            organization: names(of.organization, any.organization),
            phone: names(of.phone, any.phone),
        }
    }
}

/// A person in words, for greeting and matching. All of it is what the identity provider says; only
/// `sub` of a token says who it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Person {
    /// The value of the NameID.
    pub name_id: Option<String>,
    /// One e-mail address: ASCII, exactly one `@`, as sent.
    pub email: Option<String>,
    /// Why there is none.
    pub no_email: Option<NoEmail>,
    /// The identity provider's identifier of the person that outlives names and addresses: an attribute,
    /// or else the NameID where its format is persistent.
    pub id: Option<String>,
    /// The full name; from given and family name when none is sent.
    pub name: Option<String>,
    /// The given name.
    pub given_name: Option<String>,
    /// The family name.
    pub family_name: Option<String>,
    /// The telephone number, as sent.
    pub phone: Option<String>,
    /// The company.
    pub organization: Option<String>,
    /// Groups as sent: names, identifiers or distinguished names.
    pub groups: Vec<String>,
    /// There are groups, but too many to carry. A rule about groups has to fail closed then.
    pub groups_omitted: bool,
}

impl Person {
    /// Chooses from a verified identity. An attribute that is empty, too long, contains control
    /// characters or is no e-mail address where one is needed counts as absent.
    #[must_use]
    pub fn from_identity(identity: &Identity<'_>, names: &AttributeNames) -> Self {
        let first = |names: &[String]| {
            names.iter().find_map(|name| values(identity, name).find_map(text)).map(String::from)
        };
        let given_name = first(&names.given_name);
        let family_name = first(&names.family_name);
        let name = first(&names.name).or_else(|| match (&given_name, &family_name) {
            (Some(given), Some(family)) => Some(alloc::format!("{given} {family}")),
            (given, family) => given.clone().or_else(|| family.clone()),
        });
        let groups = names.groups.iter().find_map(|name| identity.attribute(name));
        let groups = groups.map(|attribute| attribute.values.as_slice()).unwrap_or_default();
        let email = email(identity, &names.email);
        // OneLogin sends one empty value for somebody in no group.
        let named = groups.iter().filter(|group| !trimmed(group).is_empty());
        let (groups, refused): (Vec<_>, Vec<_>) = named.partition(|group| text(group).is_some());
        Self {
            name_id: identity
                .name_id
                .as_ref()
                .and_then(|name_id| text(&name_id.value))
                .map(String::from),
            email: email.ok().map(String::from),
            no_email: email.err(),
            id: first(&names.id).or_else(|| persistent_name_id(identity)),
            name,
            given_name,
            family_name,
            phone: first(&names.phone),
            organization: first(&names.organization),
            groups: groups.into_iter().map(|group| group.clone().into_owned()).collect(),
            groups_omitted: !refused.is_empty() || identity.attribute(GROUPS_OVERAGE).is_some(),
        }
    }

    /// The claim `identity`. Absent members are left out, `groups` too when empty.
    pub(super) fn to_object(&self) -> Object {
        let groups = self.groups.iter().map(|group| Value::from(group.as_str()));
        let groups = Some(groups.collect::<Vec<_>>()).filter(|groups| !groups.is_empty());
        Object::new()
            .with_some("name_id", self.name_id.as_deref())
            .with_some("email", self.email.as_deref())
            .with_some("no_email", self.no_email.map(NoEmail::name))
            .with_some("id", self.id.as_deref())
            .with_some("name", self.name.as_deref())
            .with_some("given_name", self.given_name.as_deref())
            .with_some("family_name", self.family_name.as_deref())
            .with_some("phone", self.phone.as_deref())
            .with_some("organization", self.organization.as_deref())
            .with_some("groups", groups)
            .with_some("groups_omitted", self.groups_omitted.then_some(true))
    }

    pub(super) fn from_object(object: &Object) -> Result<Self, jose::Error> {
        let text = |name| string_member(object, name).map(|text| text.map(String::from));
        Ok(Self {
            name_id: text("name_id")?,
            email: text("email")?,
            no_email: text("no_email")?.map(|word| no_email(&word)).transpose()?,
            id: text("id")?,
            name: text("name")?,
            given_name: text("given_name")?,
            family_name: text("family_name")?,
            phone: text("phone")?,
            organization: text("organization")?,
            groups: groups_member(object)?,
            groups_omitted: match object.member("groups_omitted") {
                None => false,
                Some(Value::Bool(omitted)) => *omitted,
                Some(_) => return Err(jose::Error::ClaimMalformed { claim: "groups_omitted" }),
            },
        })
    }
}

fn no_email(name: &str) -> Result<NoEmail, jose::Error> {
    NoEmail::of_name(name).ok_or(jose::Error::ClaimMalformed { claim: "no_email" })
}

fn groups_member(object: &Object) -> Result<Vec<String>, jose::Error> {
    let malformed = || jose::Error::ClaimMalformed { claim: "groups" };
    match object.member("groups") {
        None => Ok(Vec::new()),
        Some(Value::Array(groups)) => groups
            .iter()
            .map(|group| group.as_str().map(String::from).ok_or_else(malformed))
            .collect(),
        Some(_) => Err(malformed()),
    }
}

fn values<'i>(identity: &'i Identity<'_>, name: &str) -> impl Iterator<Item = &'i str> {
    identity
        .attribute(name)
        .into_iter()
        .flat_map(|attribute| &attribute.values)
        .map(|value| &**value)
}

/// Attributes first; a NameID only where its format says that it is an address. Otherwise what is most
/// telling about those that are none.
fn email<'i>(identity: &'i Identity<'_>, names: &[String]) -> Result<&'i str, NoEmail> {
    let attributes = names.iter().filter_map(|name| identity.attribute(name));
    let is_empty = attributes.clone().any(|attribute| attribute.values.is_empty());
    let name_id = identity.name_id.iter();
    let name_id = name_id.filter(|name_id| name_id.format.as_deref() == Some(EMAIL_NAME_ID));
    let candidates = attributes
        .flat_map(|attribute| attribute.values.iter().map(|value| &**value))
        .chain(name_id.map(|name_id| name_id.value.as_str()));
    let mut reason = if is_empty { NoEmail::Empty } else { NoEmail::NotSent };
    for candidate in candidates {
        match email_address(candidate) {
            Ok(address) => return Ok(address),
            Err(why) => reason = reason.min(why),
        }
    }
    Err(reason)
}

fn persistent_name_id(identity: &Identity<'_>) -> Option<String> {
    let name_id = identity.name_id.as_ref()?;
    let is_persistent = name_id.format.as_deref() == Some(PERSISTENT_NAME_ID);
    text(&name_id.value).filter(|_| is_persistent).map(String::from)
}

/// A value without the white space that pretty-printing puts around it, if it is fit to show.
fn text(value: &str) -> Option<&str> {
    let value = trimmed(value);
    let fit = !value.is_empty()
        && value.len() <= MAX_TEXT_BYTES
        && !value.chars().any(|c| c.is_control());
    fit.then_some(value)
}

fn trimmed(value: &str) -> &str {
    value.trim_matches([' ', '\t', '\r', '\n'])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::{Attribute, NameId};

    fn identity<'a>(attributes: &[(&'a str, &[&'a str])]) -> Identity<'a> {
        Identity {
            issuer: "https://idp.example".into(),
            name_id: None,
            attributes: attributes
                .iter()
                .map(|(name, values)| Attribute {
                    name: (*name).into(),
                    values: values.iter().map(|value| (*value).into()).collect(),
                })
                .collect(),
        }
    }

    fn person(attributes: &[(&str, &[&str])]) -> Person {
        Person::from_identity(&identity(attributes), &AttributeNames::default())
    }

    #[test]
    fn entra_okta_and_ldap_names_are_understood() {
        let entra = person(&[
            (
                "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
                &["b@contoso.com"],
            ),
            ("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname", &["B."]),
            ("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname", &["Simon"]),
            ("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name", &["b_x#EXT#@contoso"]),
            ("http://schemas.microsoft.com/ws/2008/06/identity/claims/groups", &["g1", "g2"]),
        ]);
        assert_eq!(entra.email.as_deref(), Some("b@contoso.com"));
        assert_eq!(entra.name.as_deref(), Some("B. Simon"));
        assert_eq!(entra.groups, ["g1", "g2"]);
        assert!(!entra.groups_omitted);
        let ldap = person(&[("mail", &["b@contoso.com"]), ("displayName", &["B. Simon"])]);
        assert_eq!(ldap.email.as_deref(), Some("b@contoso.com"));
        assert_eq!(ldap.name.as_deref(), Some("B. Simon"));
        assert_eq!(person(&[("sn", &["Simon"])]).name.as_deref(), Some("Simon"));
        let nobody = Person { no_email: Some(NoEmail::NotSent), ..Person::default() };
        assert_eq!(person(&[]), nobody);
    }

    #[test]
    fn a_value_that_is_not_fit_counts_as_absent() {
        let long = "x".repeat(MAX_TEXT_BYTES + 1);
        for value in ["", "  \n", "a\u{0}b", "a\nb", "a\u{1b}b", "a\u{85}b", &long] {
            assert_eq!(person(&[("name", &[value])]).name, None, "{value:?}");
            let fallback = person(&[("name", &[value]), ("displayName", &["B."])]);
            assert_eq!(fallback.name.as_deref(), Some("B."), "{value:?}");
        }
        assert_eq!(person(&[("name", &["\n  B. Simon\n"])]).name.as_deref(), Some("B. Simon"));
    }

    #[test]
    fn an_email_address_has_one_meaning() {
        for value in [
            "b",
            "@",
            "b@",
            "@contoso.com",
            "a@b@c",
            "b@contoso.com,x@evil.example",
            "b @contoso.com",
            "\"b@evil\"@contoso.com",
            "b@contoso.com\u{2003}",
            "b@contoso.com\n",
            "<b@contoso.com>",
            "B <b@contoso.com>",
            "b@contoso.com;x",
            "b@[127.0.0.1]",
            "b@contoso.com.",
            "b@.contoso.com",
            "b@contoso..com",
            "b@.",
            "b@cont\u{f6}so.com",
            "b\u{0}@c.d",
            "b_gmail.com#EXT#@contoso.onmicrosoft.com",
            "b_gmail.com#ext#@contoso.onmicrosoft.com",
        ] {
            let expected = (value == "b@contoso.com\n").then_some("b@contoso.com");
            assert_eq!(person(&[("email", &[value])]).email.as_deref(), expected, "{value:?}");
        }
        for value in ["b@contoso.com", "B.Simon+x@sub.contoso.co.uk", "o'neill@x.example"] {
            assert_eq!(person(&[("email", &[value])]).email.as_deref(), Some(value));
        }
    }

    #[test]
    fn it_is_told_why_there_is_no_address() {
        let guest = "b_gmail.com#EXT#@contoso.onmicrosoft.com";
        let reason = |values: &[&str]| person(&[("email", values)]).no_email;
        assert_eq!(reason(&["b@contoso.com"]), None);
        assert_eq!(reason(&[]), Some(NoEmail::Empty));
        assert_eq!(reason(&[" "]), Some(NoEmail::Empty));
        assert_eq!(reason(&["b"]), Some(NoEmail::Malformed));
        assert_eq!(reason(&["", "b", guest]), Some(NoEmail::Guest));
        assert_eq!(person(&[("upn", &[guest])]).no_email, Some(NoEmail::NotSent));
    }

    #[test]
    fn an_id_is_what_outlives_names_and_addresses() {
        let mut identity = identity(&[("id", &["00u1"])]);
        identity.name_id = Some(NameId {
            value: "pairwise".into(),
            format: Some(PERSISTENT_NAME_ID.into()),
            name_qualifier: None,
            sp_name_qualifier: None,
        });
        let names = AttributeNames::default();
        assert_eq!(Person::from_identity(&identity, &names).id.as_deref(), Some("00u1"));
        identity.attributes.clear();
        assert_eq!(Person::from_identity(&identity, &names).id.as_deref(), Some("pairwise"));
        identity.name_id.as_mut().unwrap().format = Some(EMAIL_NAME_ID.into());
        assert_eq!(Person::from_identity(&identity, &names).id, None);
    }

    #[test]
    fn a_name_id_is_an_address_only_when_its_format_says_so() {
        let mut identity = identity(&[]);
        let mut email = |format: Option<&str>| {
            identity.name_id = Some(NameId {
                value: "b@contoso.com".into(),
                format: format.map(String::from),
                name_qualifier: None,
                sp_name_qualifier: None,
            });
            Person::from_identity(&identity, &AttributeNames::default()).email
        };
        assert_eq!(email(Some(EMAIL_NAME_ID)).as_deref(), Some("b@contoso.com"));
        assert_eq!(email(None), None);
        assert_eq!(email(Some(TRANSIENT_NAME_ID)), None);
    }

    #[test]
    fn groups_that_cannot_be_carried_are_said_to_be_missing() {
        assert!(person(&[(GROUPS_OVERAGE, &["https://graph.windows.net/x"])]).groups_omitted);
        assert!(!person(&[("memberOf", &["", " \n"])]).groups_omitted);
        let some = person(&[("groups", &["a", "b\u{0}"])]);
        assert_eq!((some.groups.len(), some.groups_omitted), (1, true));
    }

    #[test]
    fn what_is_written_is_read_again() {
        let person = Person {
            name_id: Some("x".into()),
            email: Some("b@contoso.com".into()),
            no_email: Some(NoEmail::Guest),
            id: Some("3f1a".into()),
            name: Some("B. Simon".into()),
            given_name: Some("B.".into()),
            family_name: Some("Simon".into()),
            phone: Some("+1 425 555 0100".into()),
            organization: Some("Contoso".into()),
            groups: std::vec!["a".into(), "b".into()],
            groups_omitted: true,
        };
        assert_eq!(Person::from_object(&person.to_object()), Ok(person));
        assert_eq!(Person::default().to_object().to_json(), "{}");
        assert_eq!(Person::from_object(&Object::new()), Ok(Person::default()));
    }

    #[test]
    fn members_of_the_wrong_type_are_refused() {
        for object in [
            Object::new().with("email", 1),
            Object::new().with("no_email", "why"),
            Object::new().with("groups", "a"),
            Object::new().with("groups", std::vec![Value::Null]),
            Object::new().with("groups_omitted", "false"),
            Object::new().with("name", "a\u{0}"),
        ] {
            assert!(Person::from_object(&object).is_err(), "{object:?}");
        }
    }
}
