//! What is different between two settings, field by field.

use std::collections::BTreeMap;

use deskgate_core::crypto::{KeyRules, RustCrypto};
use deskgate_core::desk::SecretText;
use deskgate_core::x509::Certificate;
use serde::Serialize;
use serde_json::Value;

use crate::page::Page;

/// One field that is not the same.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Change {
    field: String,
    before: Option<String>,
    after: Option<String>,
}

impl Change {
    /// A secret differs, which neither side shows.
    pub(crate) fn of_a_secret() -> Self {
        let hidden = || Some(SecretText::HIDDEN.to_owned());
        Self { field: "a secret".to_owned(), before: hidden(), after: hidden() }
    }

    pub(crate) fn write(&self, page: &mut Page) {
        match (&self.before, &self.after) {
            (None, Some(after)) => page.row("added", format_args!("{} = {after}", self.field)),
            (Some(before), None) => page.row("removed", format_args!("{} = {before}", self.field)),
            (before, after) => {
                page.row("changed", &self.field);
                page.row_if("  from", before.as_ref());
                page.row_if("  to", after.as_ref());
            }
        }
    }
}

/// The fields that differ, in alphabetical order. Without settings before, all fields are new.
pub(crate) fn changes(before: Option<&Value>, after: &Value) -> Vec<Change> {
    let before = before.map(fields).unwrap_or_default();
    let after = fields(after);
    let names: std::collections::BTreeSet<_> = before.keys().chain(after.keys()).collect();
    names
        .into_iter()
        .filter(|name| before.get(*name) != after.get(*name))
        .map(|name| Change {
            field: name.clone(),
            before: before.get(name).cloned(),
            after: after.get(name).cloned(),
        })
        .collect()
}

/// Every field with its value as text. Connections go by their names, so that a new one in the middle
/// does not change those after it.
fn fields(settings: &Value) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut pending = vec![(String::new(), settings)];
    while let Some((path, value)) = pending.pop() {
        match value {
            Value::Object(members) => {
                pending.extend(members.iter().map(|(name, value)| (join(&path, name), value)));
            }
            Value::Array(entries) if entries.iter().any(Value::is_object) => {
                pending.extend(entries.iter().enumerate().map(|(index, entry)| {
                    let name =
                        entry["name"].as_str().map_or_else(|| index.to_string(), String::from);
                    (format!("{path}[{name}]"), entry)
                }));
            }
            Value::Array(entries) if path.ends_with(".certificates") => {
                let names: Vec<_> = entries.iter().map(certificate_name).collect();
                found.insert(path, names.join("; "));
            }
            Value::Array(entries) => {
                let texts: Vec<_> = entries.iter().map(text).collect();
                found.insert(path, texts.join(", "));
            }
            value => {
                found.insert(path, text(value));
            }
        }
    }
    found
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.into() } else { format!("{path}.{name}") }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), String::from)
}

/// Its fingerprint tells two certificates of one subject apart.
fn certificate_name(value: &Value) -> String {
    let base64 = text(value);
    let certificate = Certificate::parse_all(base64.as_bytes(), KeyRules::default());
    match certificate.as_deref() {
        Ok([certificate]) => format!(
            "{}, SHA-1 {}",
            certificate.subject(),
            certificate.sha1_fingerprint(&RustCrypto::new())
        ),
        _ => base64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_fields_that_differ_are_changes() {
        let before = json!({
            "name": "Help", "support": "it@contoso.com",
            "connections": [{ "name": "contoso", "enabled": true }],
        });
        let after = json!({
            "name": "Help",
            "connections": [
                { "name": "fabrikam", "enabled": true },
                { "name": "contoso", "enabled": false },
            ],
        });
        let found: Vec<_> = changes(Some(&before), &after)
            .into_iter()
            .map(|change| (change.field, change.before, change.after))
            .collect();
        let text = |text: &str| Some(text.to_string());
        assert_eq!(
            found,
            [
                ("connections[contoso].enabled".into(), text("true"), text("false")),
                ("connections[fabrikam].enabled".into(), None, text("true")),
                ("connections[fabrikam].name".into(), None, text("fabrikam")),
                ("support".into(), text("it@contoso.com"), None),
            ]
        );
        assert_eq!(changes(Some(&after), &after), []);
    }
}
