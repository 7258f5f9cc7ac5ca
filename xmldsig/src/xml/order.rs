//! Names as numbers, which compare faster than texts. An element may need many comparisons: each of its
//! prefixes is looked for among all that are in scope, and its attributes are sorted.

use alloc::vec::Vec;
use core::cmp::Ordering;

/// How many bytes of a name its key has.
pub(super) const KEY_BYTES: usize = 8;

/// The first bytes of the name of `length` bytes that `text` begins with, and zeros where it is shorter. Keys
/// sort as names do. A key that ends in zero is that of one name only, because no name has U+0000.
pub(crate) fn name_key(text: &[u8], length: usize) -> u64 {
    let Some(first) = text.first_chunk::<KEY_BYTES>() else {
        let mut padded = [0; KEY_BYTES];
        for (to, from) in padded.iter_mut().zip(text.iter().take(length)) {
            *to = *from;
        }
        return u64::from_be_bytes(padded);
    };
    let key = u64::from_be_bytes(*first);
    let free = KEY_BYTES.saturating_sub(length);
    match u32::try_from(8 * free) {
        Ok(0) | Err(_) => key,
        Ok(free) => key & u64::MAX.unbounded_shl(free),
    }
}

/// Whether two texts are the same. WebAssembly compares one byte at a time, if it is left to the compiler.
#[inline]
pub(super) fn is_same(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    // What is left after whole words is looked at with some of what was seen before.
    if let (Some(end), Some(other_end)) = (one.last_chunk::<8>(), other.last_chunk::<8>()) {
        let (words, other_words) = (one.as_chunks::<8>().0, other.as_chunks::<8>().0);
        return end == other_end && words.iter().zip(other_words).all(|(one, other)| one == other);
    }
    one.iter().zip(other).all(|(one, other)| one == other)
}

/// A text that is there twice, found in time n log n.
pub(crate) fn repeated<'t>(texts: impl Iterator<Item = &'t str>) -> Option<&'t str> {
    let mut sorted: Vec<_> =
        texts.map(|text| (name_key(text.as_bytes(), text.len()), text)).collect();
    sorted.sort_unstable();
    sorted.array_windows().find(|[one, next]| one == next).map(|[(_, text), _]| *text)
}

/// Compares names, of which the keys are known.
pub(crate) fn by_key(one: (u64, &str), other: (u64, &str)) -> Ordering {
    let is_whole = || one.1.len() < KEY_BYTES;
    match one.0.cmp(&other.0) {
        Ordering::Equal if is_whole() => Ordering::Equal,
        Ordering::Equal => one.1.cmp(other.1),
        unequal => unequal,
    }
}
