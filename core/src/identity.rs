//! Who signed in: what SAML and JWT both speak, and all that sessions and policy read.
//!
//! Names and values of attributes stand in the message where it has them as they are meant: a person in a
//! thousand groups is not copied out of it. What has to outlive the message is made [`Identity::into_owned`].

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

/// A person as their identity provider named them. Built only from verified claims.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity<'a> {
    /// Entity ID of the identity provider that vouches for all of this.
    pub issuer: String,
    /// The NameID, where the identity provider sent one.
    pub name_id: Option<NameId>,
    /// All attributes, in the order of the message; equal names merged.
    pub attributes: Vec<Attribute<'a>>,
}

/// A SAML NameID (SAML Core 2.2.3) with everything that distinguishes two equal values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameId {
    /// The text, never empty.
    pub value: String,
    /// `Format`, a URN.
    pub format: Option<String>,
    /// `NameQualifier`.
    pub name_qualifier: Option<String>,
    /// `SPNameQualifier`.
    pub sp_name_qualifier: Option<String>,
}

/// One attribute with its values in order. An attribute may have no value (Google sends such).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute<'a> {
    /// `Name`, compared byte for byte; the friendly name is never used.
    pub name: Cow<'a, str>,
    /// The text of each AttributeValue.
    pub values: Vec<Cow<'a, str>>,
}

impl<'a> Identity<'a> {
    /// The attribute of exactly this name.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&Attribute<'a>> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }

    /// The same without the message.
    #[must_use]
    pub fn into_owned(self) -> Identity<'static> {
        let owned = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
        let attributes = self.attributes.into_iter().map(|Attribute { name, values }| Attribute {
            name: owned(name),
            values: values.into_iter().map(owned).collect(),
        });
        Identity { issuer: self.issuer, name_id: self.name_id, attributes: attributes.collect() }
    }
}
