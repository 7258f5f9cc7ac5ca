//! The one kind of e-mail address that every helpdesk reads alike.

/// Part of the user principal name of a guest in Entra ID, `b_gmail.com#EXT#@contoso.onmicrosoft.com`.
/// It has the shape of an address and Entra sends it as one, but mail to it goes nowhere, and in a
/// helpdesk it would make a second user.
const ENTRA_GUEST: &str = "#EXT#";

/// Why there is no e-mail address, most telling first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum NoEmail {
    /// A guest's user principal name stands in its place.
    Guest,
    /// What stands in its place is none, or one that readers understand differently.
    Malformed,
    /// The attribute came without a value: in Entra ID, a user without a mailbox.
    Empty,
    /// No attribute of these names came.
    NotSent,
}

impl NoEmail {
    pub(super) const WORDS: &'static [(&'static str, Self)] = &[
        ("guest", Self::Guest),
        ("malformed", Self::Malformed),
        ("empty", Self::Empty),
        ("not_sent", Self::NotSent),
    ];
}

/// Exactly one `@` and nothing that an address book, a header or a shell would take for syntax
/// (CVE-2026-40574: two `@`, of which each reader believes another one). White space around it is
/// dropped.
///
/// # Errors
/// [`NoEmail::Empty`], [`NoEmail::Malformed`], [`NoEmail::Guest`].
pub fn email_address(value: &str) -> Result<&str, NoEmail> {
    let value = value.trim_matches([' ', '\t', '\r', '\n']);
    if value.is_empty() {
        return Err(NoEmail::Empty);
    }
    let (local, domain) = value.split_once('@').ok_or(NoEmail::Malformed)?;
    let local_byte = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&b);
    let domain_byte = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.');
    let fit = value.len() <= super::person::MAX_TEXT_BYTES
        && !local.is_empty()
        && local.bytes().all(local_byte)
        && !domain.is_empty()
        && domain.bytes().all(domain_byte);
    match fit {
        false => Err(NoEmail::Malformed),
        true if local.to_ascii_uppercase().contains(ENTRA_GUEST) => Err(NoEmail::Guest),
        true => Ok(value),
    }
}
