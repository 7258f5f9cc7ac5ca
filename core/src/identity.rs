//! Who signed in: what SAML and JWT both speak, and all that sessions and policy read.

use alloc::string::String;
use alloc::vec::Vec;

/// A person as their identity provider named them. Built only from verified claims.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Entity ID of the identity provider that vouches for all of this.
    pub issuer: String,
    /// The NameID, where the identity provider sent one.
    pub name_id: Option<NameId>,
    /// All attributes, in the order of the message; equal names merged.
    pub attributes: Vec<Attribute>,
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
pub struct Attribute {
    /// `Name`, compared byte for byte; the friendly name is never used.
    pub name: String,
    /// The text of each AttributeValue.
    pub values: Vec<String>,
}

impl Identity {
    /// The attribute of exactly this name.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }
}
