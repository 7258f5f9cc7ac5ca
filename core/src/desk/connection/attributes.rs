use crate::desk::table::{self, Table};
use crate::session::AttributeNames;

const MAX_NAMES: usize = 16;
const MAX_NAME_CHARS: usize = 512;

pub(in crate::desk) const FIELDS: &[&str] =
    &["email", "name", "given_name", "family_name", "groups", "id", "phone", "organization"];

/// A list that is there replaces the one of the preset.
pub(super) fn read(mut table: Table<'_, '_>, defaults: AttributeNames) -> AttributeNames {
    let mut names = |field, default| {
        table
            .list(field, 0..=MAX_NAMES, |value| table::line(value, MAX_NAME_CHARS))
            .unwrap_or(default)
    };
    AttributeNames {
        email: names("email", defaults.email),
        name: names("name", defaults.name),
        given_name: names("given_name", defaults.given_name),
        family_name: names("family_name", defaults.family_name),
        groups: names("groups", defaults.groups),
        id: names("id", defaults.id),
        organization: names("organization", defaults.organization),
        phone: names("phone", defaults.phone),
    }
}
