//! Rows of the corpus whose verdict we do not share, and why.

use std::collections::BTreeMap;

use crate::vectors;

/// The rows of one `exceptions.toml`.
#[derive(Debug)]
pub struct Exceptions {
    reasons: Vec<String>,
    /// Index of the reason and the verdict we give, by row.
    rows: BTreeMap<String, (usize, String)>,
}

impl Exceptions {
    /// Reads a file below `tests/vectors`: groups of `{ids, expected, actual, reason}`, where `actual` is
    /// `accept` or an error code.
    ///
    /// # Panics
    /// When the file is malformed.
    #[must_use]
    pub fn read(path: &str) -> Self {
        let text = vectors::text(path);
        let file: toml::Table = text.parse().expect("exceptions.toml");
        let mut exceptions = Self { reasons: Vec::new(), rows: BTreeMap::new() };
        let groups = file.get("exception").and_then(toml::Value::as_array);
        for group in groups.into_iter().flatten() {
            let field = |name: &str| {
                group.get(name).and_then(toml::Value::as_str).unwrap_or_else(|| panic!("{name}"))
            };
            assert!(matches!(field("expected"), "accept" | "reject"), "{group}");
            assert!((field("actual") == "accept") == (field("expected") == "reject"), "{group}");
            let index = exceptions.reasons.len();
            exceptions.reasons.push(format!("{}: {}", field("actual"), field("reason")));
            for id in group.get("ids").and_then(toml::Value::as_array).expect("ids") {
                let id = id.as_str().expect("an id").to_owned();
                let entry = (index, field("actual").to_owned());
                assert!(exceptions.rows.insert(id.clone(), entry).is_none(), "{id} twice");
            }
        }
        exceptions
    }

    /// The reason's index and our verdict for a row that stands in the file.
    #[must_use]
    pub fn of(&self, id: &str) -> Option<(usize, &str)> {
        self.rows.get(id).map(|(index, actual)| (*index, actual.as_str()))
    }

    /// Verdict and reason of a group.
    ///
    /// # Panics
    /// When `index` is not from [`Exceptions::of`].
    #[must_use]
    pub fn reason(&self, index: usize) -> &str {
        &self.reasons[index]
    }

    /// Rows of the file that the corpus does not have any more.
    #[must_use]
    pub fn ids_not_in(&self, seen: &[String]) -> Vec<String> {
        self.rows.keys().filter(|id| !seen.contains(id)).cloned().collect()
    }
}
