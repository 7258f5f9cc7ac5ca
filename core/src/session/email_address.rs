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
    const ALL: [Self; 4] = [Self::Guest, Self::Malformed, Self::Empty, Self::NotSent];

    /// Its name in tokens.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Guest => "guest",
            Self::Malformed => "malformed",
            Self::NotSent => "not_sent",
        }
    }

    /// What is wrong and what to change, for the administrator.
    #[must_use]
    pub const fn help(self) -> &'static str {
        match self {
            Self::Empty => {
                "The attribute of the e-mail address is empty. In Entra ID the user has no mailbox: fill in \
                 Email, or choose another source for the claim."
            }
            Self::Guest => {
                "The user principal name of a guest (#EXT#) stands in the place of an e-mail address. Let \
                 Entra ID send user.mail as emailaddress."
            }
            Self::Malformed => {
                "What stands in the place of the e-mail address is none that helpdesks read alike: one @, \
                 ASCII, nothing around it."
            }
            Self::NotSent => {
                "No attribute with an e-mail address came. Let the identity provider send one, or name it \
                 under attributes of the connection."
            }
        }
    }

    pub(super) fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == name)
    }
}

/// Exactly one `@` and nothing that an address book, a header or a shell would take for syntax
/// (CVE-2026-40574: two `@`, of which each reader believes another one). White space around it is
/// dropped. No dot at an end of the domain, and no two together: `b@contoso.com.` is another text, and
/// to those who look a domain up the same address.
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
    let domain_byte = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    let fit = value.len() <= super::person::MAX_TEXT_BYTES
        && !local.is_empty()
        && local.bytes().all(local_byte)
        && domain.split('.').all(|label| !label.is_empty() && label.bytes().all(domain_byte));
    match fit {
        false => Err(NoEmail::Malformed),
        true if local.to_ascii_uppercase().contains(ENTRA_GUEST) => Err(NoEmail::Guest),
        true => Ok(value),
    }
}
