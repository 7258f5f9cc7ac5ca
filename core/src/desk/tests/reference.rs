//! docs/settings.md has every field, and no other.

use std::prelude::v1::*;

use super::super::{
    FIELDS, FRESH_FIELDS, KEYS_FIELDS, ORIGIN_HEADER_FIELDS, SESSION_FIELDS, app, connection,
};

const REFERENCE: &str = include_str!("../../../../docs/settings.md");

/// Fields that only stand in desk.toml: the command line replaces them by what they name.
const OF_THE_FILE: [&str; 2] = ["certificate_files", "metadata_file"];

/// The fields of the table under a heading, in their order.
fn documented(heading: &str) -> Vec<&'static str> {
    let start = REFERENCE.find(&format!("\n## {heading}\n")).expect(heading);
    let section = REFERENCE[start + 4..].split("\n## ").next().unwrap();
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `"));
    rows.map(|row| row.split('`').next().unwrap())
        .filter(|field| !OF_THE_FILE.contains(field))
        .collect()
}

#[test]
fn every_field_stands_in_the_reference() {
    let mut sections = app::fields().to_vec();
    sections.extend([
        ("The desk", FIELDS),
        ("session", SESSION_FIELDS),
        ("fresh", FRESH_FIELDS),
        ("origin_headers", ORIGIN_HEADER_FIELDS),
        ("keys", KEYS_FIELDS),
        ("connections", connection::FIELDS),
        ("connections.attributes", connection::ATTRIBUTE_FIELDS),
    ]);
    for (heading, fields) in &sections {
        let (mut expected, mut found) = (fields.to_vec(), documented(heading));
        expected.sort_unstable();
        found.sort_unstable();
        assert_eq!(found, expected, "{heading}");
    }
    assert_eq!(REFERENCE.matches("\n## ").count(), sections.len());
}
