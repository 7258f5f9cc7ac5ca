//! The secret of a deployment, and another one beside it while it changes.

use crate::base64;
use crate::crypto::SecretKey;

/// What a deployment seals and opens with.
///
/// While the secret changes there are two for a while, in every part of the deployment: what is sealed
/// under either opens everywhere, so that it does not matter which part has changed over already. The
/// fallback only opens. It seals nothing, and nothing that it signed is good for anything: whoever has
/// nothing but the old secret commands nothing.
#[derive(Clone, Debug)]
pub struct Secrets {
    current: SecretKey,
    fallback: Option<SecretKey>,
}

impl Secrets {
    /// The deployment's secret, and what opens what it does not. The same twice is one.
    #[must_use]
    pub fn new(current: SecretKey, fallback: Option<SecretKey>) -> Self {
        let fallback = fallback.filter(|fallback| id(fallback) != id(&current));
        Self { current, fallback }
    }

    /// The deployment's secret: what seals, and what the command line signs with.
    #[must_use]
    pub const fn current(&self) -> &SecretKey {
        &self.current
    }

    /// Whether there is another one that opens.
    #[must_use]
    pub const fn has_fallback(&self) -> bool {
        self.fallback.is_some()
    }

    /// A name of the current secret, to be stored beside what is sealed under it. It tells nothing else.
    #[must_use]
    pub fn id(&self) -> alloc::string::String {
        id(&self.current)
    }

    /// Both, the current one first.
    pub(super) fn each(&self) -> impl Iterator<Item = &SecretKey> {
        core::iter::once(&self.current).chain(&self.fallback)
    }
}

impl From<SecretKey> for Secrets {
    fn from(current: SecretKey) -> Self {
        Self { current, fallback: None }
    }
}

fn id(secret: &SecretKey) -> alloc::string::String {
    base64::encode_url(secret.derive("deskgate secret id").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(byte: u8) -> SecretKey {
        SecretKey::new(&[byte; 32])
    }

    #[test]
    fn the_id_tells_secrets_apart_and_is_neither_of_them() {
        let (first, second) = (Secrets::from(secret(7)), Secrets::from(secret(8)));
        assert_ne!(first.id(), second.id());
        assert_eq!(first.id(), Secrets::new(secret(7), Some(secret(8))).id());
        assert_ne!(first.id(), base64::encode_url(&[7; 32]));
    }

    #[test]
    fn the_same_secret_twice_is_one() {
        assert!(!Secrets::new(secret(7), Some(secret(7))).has_fallback());
        assert!(Secrets::new(secret(7), Some(secret(8))).has_fallback());
    }
}
