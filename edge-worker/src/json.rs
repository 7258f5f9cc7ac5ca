//! JSON to and from our own types: messages between the shim, the rules and the object, and rows.
//!
//! Each type has a line that names its members ([`object`]), its variants ([`tagged`]) or its names
//! ([`named`]); everything else is done by the functions here, once. What serde derives carries a state
//! machine for each type, which was a tenth of the Worker.

mod read;
mod tables;
mod write;

pub(crate) use read::{FromJson, Misfits, member, member_or_default, object_of, variant_of};
pub(crate) use tables::{
    name_of_variant, named, object, read_variant, tagged, write_variant, written,
};
pub(crate) use write::{Members, ToJson, Written, quote};

use serde_json::Value;

use crate::host::Row;

/// Reads a text; `None` when it is not JSON or not such a value.
pub(crate) fn read<T: FromJson>(text: &[u8]) -> Option<T> {
    from_value(&parse(text)?)
}

/// Reads a member of an object.
pub(crate) fn read_member<T: FromJson>(text: &[u8], name: &str) -> Option<T> {
    from_value(parse(text)?.get(name)?)
}

/// Reads a value.
pub(crate) fn from_value<T: FromJson>(value: &Value) -> Option<T> {
    let mut misfits = Misfits::default();
    let read = T::from_json(value, &mut misfits);
    misfits.none().then_some(read)
}

/// Reads a row of the storage.
pub(crate) fn from_row<T: FromJson>(row: Row) -> Option<T> {
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

/// Writes a value of one of our types.
pub(crate) fn write(value: &(impl ToJson + ?Sized)) -> String {
    let mut text = String::new();
    value.to_json(&mut text);
    text
}

#[cfg(test)]
mod tests;
