//! Strict JSON objects (RFC 8259): read without duplicate members, written in the order given.

use alloc::string::String;
use alloc::vec::Vec;
use core::cell::Cell;
use core::fmt;
use core::fmt::Write as _;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Number;

use crate::diagnostic::Excerpt;
use crate::jose::{Error, Part};

/// Deepest nesting of objects and arrays, the outer object counted as one. It bounds the recursion of
/// the parser too.
pub const MAX_DEPTH: usize = 8;

/// Most members of one object. Duplicates are found by comparing each pair.
pub const MAX_MEMBERS: usize = 64;

/// A JSON value.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "JSON has six kinds of values")]
pub enum Value {
    /// An array.
    Array(Vec<Self>),
    /// `true` or `false`.
    Bool(bool),
    /// `null`.
    Null,
    /// A number within the range of a double.
    Number(Number),
    /// An object.
    Object(Object),
    /// A string.
    String(String),
}

/// A JSON object whose members have different names and an order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Object {
    members: Vec<(String, Value)>,
}

impl Object {
    /// An object without members.
    #[must_use]
    pub const fn new() -> Self {
        Self { members: Vec::new() }
    }

    /// Reads one object and nothing after it.
    ///
    /// # Errors
    /// [`Error::DuplicateMember`], [`Error::JsonTooDeep`], [`Error::TooManyMembers`], or
    /// [`Error::JsonMalformed`] for everything that is not one JSON object in UTF-8.
    pub fn parse(bytes: &[u8], part: Part) -> Result<Self, Error> {
        let refused = Cell::new(None);
        let seed = ValueSeed { depth_left: MAX_DEPTH, part, refused: &refused };
        let mut deserializer = serde_json::Deserializer::from_slice(bytes);
        let value = seed.deserialize(&mut deserializer).and_then(|value| {
            deserializer.end()?;
            Ok(value)
        });
        match (value, refused.into_inner()) {
            (Ok(Value::Object(object)), None) => Ok(object),
            (_, Some(error)) => Err(error),
            (_, None) => Err(Error::JsonMalformed { part }),
        }
    }

    /// Adds a member at the end, or replaces the one of the same name where it stands.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        let value = value.into();
        match self.members.iter_mut().find(|(existing, _)| existing == name) {
            Some((_, existing)) => *existing = value,
            None => self.members.push((String::from(name), value)),
        }
        self
    }

    /// Adds a member when there is a value.
    #[must_use]
    pub fn with_some<V: Into<Value>>(self, name: &str, value: Option<V>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// The value of the member of this name.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<&Value> {
        self.members.iter().find(|(existing, _)| existing == name).map(|(_, value)| value)
    }

    /// Takes the member of this name out.
    pub fn take_member(&mut self, name: &str) -> Option<Value> {
        let mut taken = self.members.extract_if(.., |(existing, _)| existing == name);
        taken.next().map(|(_, value)| value)
    }

    /// All members in order.
    pub fn members(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.members.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// The object as JSON without white space, members in order.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut json = String::new();
        write_object(self, &mut json);
        json
    }
}

impl Value {
    /// The text of a string.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(String::from(text))
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::String(text)
    }
}

impl From<u64> for Value {
    fn from(number: u64) -> Self {
        Self::Number(Number::from(number))
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<Object> for Value {
    fn from(object: Object) -> Self {
        Self::Object(object)
    }
}

impl From<Vec<Self>> for Value {
    fn from(values: Vec<Self>) -> Self {
        Self::Array(values)
    }
}

/// Depth is bounded: values come from [`Object::parse`] or are built by this crate.
fn write_value(value: &Value, json: &mut String) {
    match value {
        Value::Array(values) => {
            json.push('[');
            for (index, value) in values.iter().enumerate() {
                if index > 0 {
                    json.push(',');
                }
                write_value(value, json);
            }
            json.push(']');
        }
        Value::Bool(true) => json.push_str("true"),
        Value::Bool(false) => json.push_str("false"),
        Value::Null => json.push_str("null"),
        Value::Number(number) => {
            // Writing to a string cannot fail.
            let _infallible = write!(json, "{number}");
        }
        Value::Object(object) => write_object(object, json),
        Value::String(text) => write_string(text, json),
    }
}

fn write_object(object: &Object, json: &mut String) {
    json.push('{');
    for (index, (name, value)) in object.members().enumerate() {
        if index > 0 {
            json.push(',');
        }
        write_string(name, json);
        json.push(':');
        write_value(value, json);
    }
    json.push('}');
}

/// RFC 8259, section 7, with the fewest escapes.
fn write_string(text: &str, json: &mut String) {
    json.push('"');
    let is_escaped = |b: u8| matches!(b, b'"' | b'\\' | 0..=0x1f);
    let mut rest = text;
    while let Some(at) = rest.bytes().position(is_escaped)
        && let Some((plain, escaped)) = rest.split_at_checked(at)
    {
        json.push_str(plain);
        let mut after = escaped.chars();
        match after.next() {
            Some('"') => json.push_str("\\\""),
            Some('\\') => json.push_str("\\\\"),
            control => {
                // Writing to a string cannot fail.
                let _infallible = write!(json, "\\u{:04x}", u32::from(control.unwrap_or_default()));
            }
        }
        rest = after.as_str();
    }
    json.push_str(rest);
    json.push('"');
}

/// Carries our reason past the errors of serde, which are strings. Whoever makes one of those takes along all that
/// formats text, 5 KB of WebAssembly: so what is refused is null, and its reason stands beside it.
#[derive(Clone, Copy)]
struct ValueSeed<'r> {
    depth_left: usize,
    part: Part,
    refused: &'r Cell<Option<Error>>,
}

impl ValueSeed<'_> {
    /// The first reason counts. Reading ends here, or with what is left open.
    fn refuse(self, reason: Error) -> Value {
        self.refused.set(self.refused.take().or(Some(reason)));
        Value::Null
    }

    fn inside(self) -> Option<Self> {
        Some(Self { depth_left: self.depth_left.checked_sub(1)?, ..self })
    }

    fn too_deep(self) -> Value {
        self.refuse(Error::JsonTooDeep { part: self.part })
    }
}

impl<'de> DeserializeSeed<'de> for ValueSeed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ValueSeed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(Number::from(value)))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(Number::from(value)))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        let malformed = Error::JsonMalformed { part: self.part };
        Ok(Number::from_f64(value).map_or_else(|| self.refuse(malformed), Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        let Some(inside) = self.inside() else { return Ok(self.too_deep()) };
        let mut values = Vec::new();
        while let Some(value) = elements.next_element_seed(inside)? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let Some(inside) = self.inside() else { return Ok(self.too_deep()) };
        let mut object = Object::new();
        while let Some(name) = entries.next_key::<String>()? {
            if object.members.len() == MAX_MEMBERS {
                return Ok(self.refuse(Error::TooManyMembers { part: self.part }));
            }
            if object.member(&name).is_some() {
                let name = Excerpt::new(&name);
                return Ok(self.refuse(Error::DuplicateMember { part: self.part, name }));
            }
            let value = entries.next_value_seed(inside)?;
            object.members.push((name, value));
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Diagnostic as _;

    #[track_caller]
    fn check(json: &str, expected: &str) {
        let found = match Object::parse(json.as_bytes(), Part::Claims) {
            Ok(_) => "ok",
            Err(error) => error.code(),
        };
        assert_eq!(found, expected, "{json}");
    }

    #[test]
    fn what_is_read_is_written_again_in_order() {
        for json in [
            "{}",
            r#"{"b":1,"a":[true,false,null,-2,1.5],"c":{"é":"\u0001\"\\/\ufeff"}}"#,
            r#"{"n":9007199254740991,"m":18446744073709551615}"#,
        ] {
            let object = Object::parse(json.as_bytes(), Part::Claims).unwrap();
            assert_eq!(Object::parse(object.to_json().as_bytes(), Part::Claims), Ok(object));
        }
        let object = Object::new().with("b", 1).with("a", "x\n\"").with("b", 2).with("c", true);
        assert_eq!(object.to_json(), r#"{"b":2,"a":"x\u000a\"","c":true}"#);
    }

    #[test]
    fn duplicate_members_are_refused_at_every_level() {
        check(r#"{"a":1,"a":1}"#, "jose.duplicate_member");
        check(r#"{"a":1,"\u0061":2}"#, "jose.duplicate_member");
        check(r#"{"a":{"b":1,"c":2,"b":3}}"#, "jose.duplicate_member");
        check(r#"{"a":[[{"b":1,"b":3}]]}"#, "jose.duplicate_member");
        check(r#"{"a":{"a":{"a":1}},"A":1}"#, "ok");
    }

    #[test]
    fn anything_but_one_object_is_refused() {
        for json in [
            "",
            " ",
            "null",
            "1",
            "\"a\"",
            "[]",
            "[{}]",
            "{",
            "{}{}",
            "{} x",
            "{}\0",
            "\u{feff}{}",
            "{a:1}",
            "{'a':1}",
            r#"{"a":1,}"#,
            r#"{"a":01}"#,
            r#"{"a":NaN}"#,
            r#"{"a":1e400}"#,
            r#"{"a":.5}"#,
            r#"{"a":"\ud800"}"#,
            "{\"a\":\"\n\"}",
            "{} // comment",
            r#"{/**/"a":1}"#,
            r#"{"a":+1}"#,
            r#"{1:1}"#,
            r#"{"a"}"#,
            r#"{"a":"\x41"}"#,
        ] {
            check(json, "jose.json_malformed");
        }
        assert_eq!(
            Object::parse(b"{\"a\":\"\xff\"}", Part::Header),
            Err(Error::JsonMalformed { part: Part::Header })
        );
        check(" {\r\n\t\"a\" : 1 } ", "ok");
    }

    #[test]
    fn depth_and_members_are_limited() {
        let nested = |depth: usize| {
            let inner = depth - 1;
            std::format!("{{\"a\":{}{}}}", "[".repeat(inner), "]".repeat(inner))
        };
        check(&nested(MAX_DEPTH), "ok");
        check(&nested(MAX_DEPTH + 1), "jose.json_too_deep");
        check(&nested(5_000), "jose.json_too_deep");
        let members = |count: usize| {
            let members: Vec<String> = (0..count).map(|i| std::format!("\"m{i}\":1")).collect();
            std::format!("{{{}}}", members.join(","))
        };
        check(&members(MAX_MEMBERS), "ok");
        check(&members(MAX_MEMBERS + 1), "jose.too_many_members");
    }
}
