//! JSON to and from our own types: messages between the shim, the rules and the object, and rows.
//!
//! The types derive serde's traits; reading and writing are ours. serde_json's carry for each type a way
//! to read it from an array, and texts of errors for every field: three quarters of what they add to the
//! module, where nobody reads them.

mod read;
mod write;

use serde::de::DeserializeOwned;
use serde::{Serialize, de, ser};
use serde_json::Value;

use crate::host::Row;

/// Reads a text; `None` when it is not JSON or not such a value.
pub(crate) fn read<T: DeserializeOwned>(text: &[u8]) -> Option<T> {
    from_value(&parse(text)?)
}

/// Reads a value.
pub(crate) fn from_value<T: DeserializeOwned>(value: &Value) -> Option<T> {
    T::deserialize(read::Source(value)).ok()
}

/// Reads a row of the storage.
pub(crate) fn from_row<T: DeserializeOwned>(row: Row) -> Option<T> {
    from_value(&Value::Object(row))
}

/// Reads the rows that the storage gives.
pub(crate) fn read_rows(text: &[u8]) -> Option<Vec<Row>> {
    let Value::Array(rows) = parse(text)? else { return None };
    let row = |row| if let Value::Object(row) = row { Some(row) } else { None };
    rows.into_iter().map(row).collect()
}

/// The only place that parses.
pub(crate) fn parse(text: &[u8]) -> Option<Value> {
    serde_json::from_slice(text).ok()
}

/// Writes a value of one of our types, all of whose keys are strings.
pub(crate) fn write(value: &impl Serialize) -> String {
    let mut text = String::new();
    let written = value.serialize(write::Target(&mut text));
    // Every message crosses this in the native tests, which are built with debug assertions.
    debug_assert!(written.is_ok(), "a type that this writer does not know: {text}");
    text
}

/// The same as a value.
pub(crate) fn to_value(value: &impl Serialize) -> Value {
    parse(write(value).as_bytes()).unwrap_or_default()
}

/// Not such a value. Why is of no use to whoever has only the rules to blame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Unfit;

impl core::fmt::Display for Unfit {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("not such a value")
    }
}

impl core::error::Error for Unfit {}

impl de::Error for Unfit {
    fn custom<T: core::fmt::Display>(_: T) -> Self {
        Self
    }

    fn invalid_type(_: de::Unexpected<'_>, _: &dyn de::Expected) -> Self {
        Self
    }

    fn invalid_value(_: de::Unexpected<'_>, _: &dyn de::Expected) -> Self {
        Self
    }

    fn invalid_length(_: usize, _: &dyn de::Expected) -> Self {
        Self
    }

    fn unknown_variant(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }

    fn unknown_field(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }

    fn missing_field(_: &'static str) -> Self {
        Self
    }

    fn duplicate_field(_: &'static str) -> Self {
        Self
    }
}

impl ser::Error for Unfit {
    fn custom<T: core::fmt::Display>(_: T) -> Self {
        Self
    }
}

#[cfg(test)]
mod tests;
