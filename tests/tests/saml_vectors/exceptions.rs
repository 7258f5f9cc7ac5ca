//! Rows whose verdict we do not share, and why.

use std::collections::BTreeMap;

pub(crate) struct Exceptions {
    reasons: Vec<String>,
    /// Index of the reason and the verdict we give, by row.
    rows: BTreeMap<String, (usize, String)>,
}

impl Exceptions {
    /// Groups of `{ids, expected, actual, reason}`; `actual` is `accept` or an error code.
    pub(crate) fn load() -> Self {
        let text = include_str!("../../vectors/saml/exceptions.toml");
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

    pub(crate) fn of(&self, id: &str) -> Option<(usize, &str)> {
        self.rows.get(id).map(|(index, actual)| (*index, actual.as_str()))
    }

    pub(crate) fn reason(&self, index: usize) -> &str {
        &self.reasons[index]
    }

    pub(crate) fn ids_not_in(&self, seen: &[String]) -> Vec<String> {
        self.rows.keys().filter(|id| !seen.contains(id)).cloned().collect()
    }
}
