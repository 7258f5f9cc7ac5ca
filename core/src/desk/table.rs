//! Strict reading of JSON: every field by its type, no field unknown, all problems collected.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::ops::RangeInclusive;

use serde_json::{Map, Value};

use super::SecretText;
use super::error::{Fault, Problem};
use super::url::{Origin, WebUrl};
use crate::diagnostic::Excerpt;
use crate::helpdesk::{self, MIN_SECRET_BYTES};
use crate::preset::Provisioning;
use crate::time::UnixTime;

/// What is longer is no secret but a key or a file.
const MAX_SECRET_BYTES: usize = 512;

/// RFC 1035, section 2.3.4, without the root.
const MAX_HOST_NAME_BYTES: usize = 253;

/// Enough to correct a file in one go; what comes after these is not told.
const MAX_PROBLEMS: usize = 50;

/// What a value means, or what is wrong with it.
pub(super) type Read<T> = Result<T, Fault>;

/// A JSON object whose fields are read one by one. A method that answers `None` for a field that is
/// there has told a problem, so callers may go on with any value.
///
/// Where a field is read little is inlined, and nothing that tells a problem: there are a hundred fields, and settings
/// are read once.
pub(super) struct Table<'v, 'p> {
    members: &'v Map<String, Value>,
    path: String,
    problems: &'p mut Vec<Problem>,
}

impl<'v, 'p> Table<'v, 'p> {
    /// Opens the object at `path` and tells the fields that are not `known`.
    pub(super) fn open(
        value: &'v Value,
        path: String,
        known: &'static [&'static str],
        problems: &'p mut Vec<Problem>,
    ) -> Option<Self> {
        let Value::Object(members) = value else {
            tell(problems, path, wrong_type("a table", value));
            return None;
        };
        let mut table = Self { members, path, problems };
        for name in members.keys().filter(|name| !known.contains(&name.as_str())) {
            table.tell(Excerpt::new(name).as_str(), Fault::Unknown { known });
        }
        Some(table)
    }

    /// A field that must be there; `help` says what belongs into it.
    pub(super) fn required<T>(
        &mut self,
        name: &str,
        help: &'static str,
        read: impl FnOnce(&'v Value) -> Read<T>,
    ) -> Option<T> {
        let value = self.member_or_tell(name, help)?;
        self.told(name, read(value))
    }

    #[inline(never)]
    fn member_or_tell(&mut self, name: &str, help: &'static str) -> Option<&'v Value> {
        let value = self.member(name);
        if value.is_none() {
            self.tell(name, Fault::Missing { help });
        }
        value
    }

    #[inline(never)]
    fn member(&self, name: &str) -> Option<&'v Value> {
        self.members.get(name)
    }

    /// What was read of field `name`, after what is wrong with it was told.
    #[inline(never)]
    fn told<T>(&mut self, name: &str, read: Read<T>) -> Option<T> {
        read.map_err(|fault| self.tell(name, fault)).ok()
    }

    /// Whether the field is there, whatever is in it.
    pub(super) fn has(&self, name: &str) -> bool {
        self.members.contains_key(name)
    }

    /// A field that may be left out.
    pub(super) fn optional<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&'v Value) -> Read<T>,
    ) -> Option<T> {
        let value = self.member(name)?;
        self.told(name, read(value))
    }

    /// A list that may be left out; each entry is read by itself.
    pub(super) fn list<T>(
        &mut self,
        name: &str,
        count: RangeInclusive<usize>,
        read: impl Fn(&'v Value) -> Read<T>,
    ) -> Option<Vec<T>> {
        let entries = self.optional(name, |value| entries(value, count))?;
        let path = self.path_of(name);
        let mut values = Vec::new();
        for (index, entry) in entries.iter().enumerate() {
            match read(entry) {
                Ok(value) => values.push(value),
                Err(fault) => tell(self.problems, alloc::format!("{path}[{index}]"), fault),
            }
        }
        Some(values)
    }

    /// A table within this one, that may be left out.
    pub(super) fn table<T>(
        &mut self,
        name: &str,
        known: &'static [&'static str],
        read: impl FnOnce(Table<'v, '_>) -> T,
    ) -> Option<T> {
        let value = self.members.get(name)?;
        Table::open(value, self.path_of(name), known, self.problems).map(read)
    }

    /// A list of tables, that may be left out; `None` also when one of them has a problem.
    pub(super) fn tables<T>(
        &mut self,
        name: &str,
        count: RangeInclusive<usize>,
        known: &'static [&'static str],
        read: impl Fn(Table<'v, '_>) -> Option<T>,
    ) -> Option<Vec<T>> {
        let entries = self.optional(name, |value| entries(value, count))?;
        let path = self.path_of(name);
        let mut values = Vec::new();
        for (index, entry) in entries.iter().enumerate() {
            let table = Table::open(entry, alloc::format!("{path}[{index}]"), known, self.problems);
            values.push(table.and_then(&read));
        }
        values.into_iter().collect()
    }

    /// A table whose fields have names of the administrator's choice, that may be left out; in the order
    /// of the names.
    pub(super) fn map<T>(
        &mut self,
        name: &str,
        max: usize,
        read: impl Fn(&str, &'v Value) -> Read<T>,
    ) -> Option<Vec<T>> {
        let members = self.optional(name, |value| members(value, max))?;
        let path = self.path_of(name);
        let mut values = Vec::new();
        for (key, value) in members {
            match read(key, value) {
                Ok(value) => values.push(value),
                Err(fault) => {
                    let key = Excerpt::new(key);
                    tell(self.problems, alloc::format!("{path}.{key}"), fault);
                }
            }
        }
        Some(values)
    }

    /// Whether the field is a list that is not empty.
    pub(super) fn has_entries(&self, name: &str) -> bool {
        matches!(self.members.get(name), Some(Value::Array(entries)) if !entries.is_empty())
    }

    /// What a helpdesk's own rules say about the values of this table together.
    pub(super) fn site<T>(&mut self, site: Result<T, helpdesk::Error>) -> Option<T> {
        let path = self.path.clone();
        site.map_err(|error| tell(self.problems, path, Fault::Helpdesk(error))).ok()
    }

    /// Whether something in field `name` was told, so that it only seems to be missing.
    pub(super) fn has_problem(&self, name: &str) -> bool {
        let path = self.path_of(name);
        self.problems.iter().any(|problem| problem.field.starts_with(&path))
    }

    /// Records what is wrong with field `name` of this table.
    #[cold]
    pub(super) fn tell(&mut self, name: &str, fault: Fault) {
        tell(self.problems, self.path_of(name), fault);
    }

    #[cold]
    fn path_of(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_string() } else { alloc::format!("{}.{name}", self.path) }
    }
}

#[cold]
fn tell(problems: &mut Vec<Problem>, field: String, fault: Fault) {
    if problems.len() < MAX_PROBLEMS {
        problems.push(Problem { field, fault });
    }
}

fn entries(value: &Value, count: RangeInclusive<usize>) -> Read<&Vec<Value>> {
    let Value::Array(entries) = value else { return Err(wrong_type("a list", value)) };
    if !count.contains(&entries.len()) {
        let (min, max) = count.into_inner();
        return Err(Fault::Count { min, max, found: entries.len() });
    }
    Ok(entries)
}

fn members(value: &Value, max: usize) -> Read<&Map<String, Value>> {
    let Value::Object(members) = value else { return Err(wrong_type("a table", value)) };
    if members.len() > max {
        return Err(Fault::Count { min: 0, max, found: members.len() });
    }
    Ok(members)
}

#[cold]
fn wrong_type(expected: &'static str, value: &Value) -> Fault {
    let found = match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a table",
    };
    Fault::WrongType { expected, found }
}

pub(super) fn text(value: &Value) -> Read<&str> {
    value.as_str().ok_or_else(|| wrong_type("a text", value))
}

pub(super) fn flag(value: &Value) -> Read<bool> {
    value.as_bool().ok_or_else(|| wrong_type("true or false", value))
}

/// A text for people: one line, not empty, at most `max_chars` characters.
pub(super) fn line(value: &Value, max_chars: usize) -> Read<String> {
    let text = text(value)?;
    let fits = !text.trim().is_empty()
        && text.trim() == text
        && !text.chars().any(char::is_control)
        && text.chars().count() <= max_chars;
    fits.then(|| text.to_string()).ok_or_else(|| Fault::Text {
        expected: "one line of text",
        found: Excerpt::new(text),
        help: "Write a short text without line breaks and without space at its ends.",
    })
}

pub(super) fn whole_number(value: &Value, limits: RangeInclusive<u64>) -> Read<u64> {
    let Value::Number(number) = value else { return Err(wrong_type("a whole number", value)) };
    let out_of_range = || Fault::OutOfRange {
        min: *limits.start(),
        max: *limits.end(),
        found: Excerpt::new(&number.to_string()),
    };
    number.as_u64().filter(|number| limits.contains(number)).ok_or_else(out_of_range)
}

pub(super) fn time(value: &Value) -> Read<UnixTime> {
    let text = text(value)?;
    UnixTime::parse(text).map_err(|_| Fault::Text {
        expected: "a date and time such as 2027-01-31T00:00:00Z",
        found: Excerpt::new(text),
        help: "Write date, T, time and Z. Choose the day on which the exception shall end by itself.",
    })
}

pub(super) fn origin(value: &Value) -> Read<Origin> {
    let text = text(value)?;
    Origin::parse(text).map_err(|reason| Fault::Url { reason, found: Excerpt::new(text) })
}

pub(super) fn web_url(value: &Value) -> Read<WebUrl> {
    let text = text(value)?;
    WebUrl::parse(text).map_err(|reason| Fault::Url { reason, found: Excerpt::new(text) })
}

/// One of a few words.
pub(super) fn one_of<T: Copy>(
    value: &Value,
    words: &[(&str, T)],
    expected: &'static str,
) -> Read<T> {
    word(text(value)?, words, expected)
}

/// The same, where the word stands in the place of a field's name.
pub(super) fn word<T: Copy>(text: &str, words: &[(&str, T)], expected: &'static str) -> Read<T> {
    words.iter().find(|(word, _)| *word == text).map(|(_, meaning)| *meaning).ok_or_else(|| {
        Fault::Text {
            expected,
            found: Excerpt::new(text),
            help: "Choose one of the words, in lower case.",
        }
    })
}

pub(super) fn provisioning(value: &Value) -> Read<Provisioning> {
    one_of(value, Provisioning::WORDS, "just_in_time, by_hand or off")
}

/// The text that a helpdesk's console shows as its secret. Errors never repeat it.
pub(super) fn secret(value: &Value) -> Read<SecretText> {
    let text = text(value)?;
    if text == SecretText::HIDDEN {
        return Err(Fault::Secret {
            expected: "the secret itself",
            help: "Settings that were read from a desk have (hidden) in the place of secrets. Apply the \
                   file that has them.",
        });
    }
    let is_of_characters = text.bytes().all(|b| b.is_ascii_graphic());
    if !is_of_characters || !(MIN_SECRET_BYTES..=MAX_SECRET_BYTES).contains(&text.len()) {
        return Err(Fault::Secret {
            expected: "16 to 512 visible ASCII characters",
            help: "Copy the whole secret as the helpdesk shows it, without spaces around it. Most consoles \
                   show it only once; make a new one when it is gone.",
        });
    }
    Ok(SecretText::new(text))
}

/// A DNS name of two labels or more, in lower case.
pub(super) fn host_name(value: &Value) -> Read<String> {
    let text = text(value)?;
    let fits = text.len() <= MAX_HOST_NAME_BYTES
        && text.contains('.')
        && text.split('.').all(is_host_label);
    fits.then(|| text.to_string()).ok_or_else(|| Fault::Text {
        expected: "a host name such as support.contoso.com",
        found: Excerpt::new(text),
        help: "Write only the name, in lower case, without https:// and without a path; an international \
               name in its xn-- form.",
    })
}

/// Letters in lower case, digits and inner hyphens, at most 63 (RFC 1123, section 2.1).
pub(super) fn is_host_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}
