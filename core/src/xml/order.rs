//! Names as numbers, which compare faster than texts. An element may need many comparisons: each of its
//! prefixes is looked for among all that are in scope, and its attributes are sorted.

use core::cmp::Ordering;

/// How many bytes of a name its key has.
pub(super) const KEY_BYTES: usize = 8;

/// The first bytes of a name, and zeros where it is shorter. Keys sort as names do. A key that ends in zero is
/// that of one name only, because no name has U+0000.
pub(crate) fn name_key(name: &str) -> u64 {
    match name.as_bytes().first_chunk::<KEY_BYTES>() {
        Some(first) => u64::from_be_bytes(*first),
        None => {
            let (key, free) =
                name.bytes().fold((0, 64), |(key, free), b| (key << 8 | u64::from(b), free - 8));
            key.unbounded_shl(free)
        }
    }
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

/// Namespace name and local name, in the order of canonical XML (C14N 1.0, section 2.2): by the former, then
/// by the latter. Bytes of UTF-8 sort as code points do.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ExpandedName<'a> {
    namespace: &'a str,
    key: u64,
    local_name: &'a str,
}

impl<'a> ExpandedName<'a> {
    pub(crate) fn new(namespace: &'a str, local_name: &'a str) -> Self {
        Self { namespace, key: name_key(local_name), local_name }
    }

    /// Whether this is the expanded name.
    pub(crate) fn is(self, namespace: &str, local_name: &str) -> bool {
        self.local_name == local_name && self.namespace == namespace
    }
}

impl Ord for ExpandedName<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        // Most are bound by the same declaration, which needs no look at its text.
        let namespaces = if core::ptr::eq(self.namespace, other.namespace) {
            Ordering::Equal
        } else {
            self.namespace.cmp(other.namespace)
        };
        namespaces.then_with(|| by_key((self.key, self.local_name), (other.key, other.local_name)))
    }
}

impl PartialOrd for ExpandedName<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for ExpandedName<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for ExpandedName<'_> {}
