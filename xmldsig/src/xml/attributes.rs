//! The attributes of one element, in the order of canonical XML (C14N 1.0, section 2.2): by namespace name, then by
//! local name. Bytes of UTF-8 sort as code points do.

use alloc::vec::Vec;
use core::cell::Cell;

use super::scope::Scope;
use super::store::{AttributeData, long, short};

/// What an attribute is sorted by, in the first place.
#[derive(Clone, Copy)]
struct Key {
    name: u64,
    namespace: u32,
    /// Index of the attribute.
    index: u32,
}

/// Sorts in time n log n, which brings those together that are the same (RUSTSEC-2026-0194 was a quadratic check).
/// Whether they were in order.
///
/// # Errors
/// The byte of an attribute of which an earlier one has the name.
pub(super) fn sort(
    attributes: &mut [AttributeData],
    scope: &Scope<'_>,
    input: &str,
) -> Result<bool, u32> {
    if attributes.len() < 2 {
        return Ok(true);
    }
    let key = |(index, attribute): (usize, &AttributeData)| Key {
        name: attribute.name.local_key(attribute.byte, input),
        namespace: attribute.name.namespace,
        index: short(index),
    };
    let local_name = |key: &Key| {
        let attribute = attributes.get(long(key.index));
        attribute.map_or("", |found| found.name.local_name(found.byte, input))
    };
    // Whoever sorts compares at least those that come to stand beside each other.
    let is_repeated = Cell::new(false);
    let by_name = |one: &Key, other: &Key| {
        // Nearly all comparisons are of this kind.
        if one.namespace == other.namespace && one.name != other.name {
            return one.name.cmp(&other.name);
        }
        let by_key = scope.by_uri(one.namespace, other.namespace).then(one.name.cmp(&other.name));
        if by_key.is_ne() {
            return by_key;
        }
        // A key that ends in zero is that of one name.
        let is_whole = one.name.to_be_bytes().last() == Some(&0);
        let order = if is_whole { by_key } else { local_name(one).cmp(local_name(other)) };
        if order.is_eq() {
            is_repeated.set(true);
        }
        order
    };
    if attributes.iter().enumerate().map(key).is_sorted_by(|one, next| by_name(one, next).is_lt()) {
        return Ok(true);
    }
    let mut keys: Vec<Key> = attributes.iter().enumerate().map(key).collect();
    // What is equal stays in its order. This compares less often than a sort that is not stable.
    keys.sort_by(by_name);
    // A sort may also compare one with itself.
    if is_repeated.get()
        && let Some([_, repeated]) =
            keys.array_windows().find(|[one, next]| by_name(one, next).is_eq())
    {
        return Err(attributes.get(long(repeated.index)).map_or(0, |found| found.byte));
    }
    let mut sorted: Vec<AttributeData> = Vec::with_capacity(keys.len());
    sorted.extend(keys.iter().filter_map(|key| attributes.get(long(key.index))));
    if let Some(all) = attributes.get_mut(..sorted.len()) {
        all.copy_from_slice(&sorted);
    }
    Ok(false)
}
