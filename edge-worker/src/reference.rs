//! The short text on an error page by which support finds the event in the audit log.

use crate::host::{Host, random};

/// Crockford's base32: no I, L, O, U, so it can be read over the telephone.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Eight characters, 40 bits: enough to be unique among the events that are kept.
pub(crate) fn new_reference(host: &dyn Host) -> String {
    let bytes = random::<8>(host);
    let mut text: String =
        bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect();
    text.insert(4, '-');
    text
}
