//! What a helpdesk can be told about a person, by our own names.

/// One thing to tell about a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ProfileField {
    /// The e-mail address.
    Email,
    /// The family name.
    FamilyName,
    /// The given name.
    GivenName,
    /// The groups.
    Groups,
    /// The identity provider's own, immutable identifier of the person.
    Id,
    /// The full name.
    Name,
    /// The company.
    Organization,
    /// The telephone number.
    Phone,
}

impl ProfileField {
    /// All, with their names in settings.
    pub const WORDS: &'static [(&'static str, Self)] = &[
        ("email", Self::Email),
        ("family_name", Self::FamilyName),
        ("given_name", Self::GivenName),
        ("groups", Self::Groups),
        ("id", Self::Id),
        ("name", Self::Name),
        ("organization", Self::Organization),
        ("phone", Self::Phone),
    ];
}

/// What a bridge puts into the NameID of its assertions (SAML Core 8.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NameIdSource {
    /// The e-mail address, Format `emailAddress`.
    Email,
    /// What stands before the `@` of the e-mail address, Format `unspecified`.
    EmailLocalPart,
    /// The NameID that the identity provider sent, Format `unspecified`.
    NameId,
    /// The `sub` of the session: opaque, the same for as long as the identity provider names the person
    /// alike, Format `persistent`.
    Persistent,
}

impl NameIdSource {
    /// All, with their names in settings.
    pub const WORDS: &'static [(&'static str, Self)] = &[
        ("email", Self::Email),
        ("email_local_part", Self::EmailLocalPart),
        ("name_id", Self::NameId),
        ("persistent", Self::Persistent),
    ];
}
