//! The role of a person in a helpdesk, by their groups. Sent only where settings have such rules.

use alloc::string::String;
use alloc::vec::Vec;

/// A role that a helpdesk knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "each helpdesk has a name for each of these")]
pub enum Role {
    /// Changes the settings of the helpdesk.
    Admin,
    /// Answers tickets.
    Agent,
    /// Writes tickets.
    EndUser,
}

/// Which groups make whom. Group names are compared byte for byte, as the identity provider sends them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "one list for each role that groups give")]
pub struct RoleRules {
    /// Groups of [`Role::Admin`].
    pub admin: Vec<String>,
    /// Groups of [`Role::Agent`].
    pub agent: Vec<String>,
}

impl RoleRules {
    /// The highest role that the groups give. `groups_omitted`: there are more than were sent. Then no
    /// role is known, and none may be sent: a helpdesk takes one that it is sent as the new one.
    #[must_use]
    pub fn role(&self, groups: &[String], groups_omitted: bool) -> Option<Role> {
        if groups_omitted {
            return None;
        }
        let is_in = |list: &[String]| groups.iter().any(|group| list.contains(group));
        Some(match (is_in(&self.admin), is_in(&self.agent)) {
            (true, _) => Role::Admin,
            (false, true) => Role::Agent,
            (false, false) => Role::EndUser,
        })
    }
}
