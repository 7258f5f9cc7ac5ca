use alloc::string::String;
use core::fmt;

use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// A secret that a helpdesk's console shows as text and that is used as these bytes: never printed,
/// compared in constant time, overwritten when dropped.
#[derive(Clone)]
pub struct SecretText(Zeroizing<String>);

impl SecretText {
    /// What [`Desk::to_json_redacted`](super::Desk::to_json_redacted) writes in its place.
    pub const HIDDEN: &str = "(hidden)";

    pub(super) fn new(text: &str) -> Self {
        Self(Zeroizing::new(String::from(text)))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl PartialEq for SecretText {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}

impl Eq for SecretText {}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretText(redacted)")
    }
}
