use alloc::vec::Vec;
use core::fmt;

use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

/// Secret bytes for a MAC or a cipher: never printed, overwritten when dropped.
#[derive(Clone)]
pub struct SecretKey(Zeroizing<Vec<u8>>);

impl SecretKey {
    /// A copy of the bytes.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Self {
        Self(Zeroizing::new(bytes.to_vec()))
    }

    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// A key of 32 bytes for one purpose: HKDF-SHA-256 (RFC 5869) without salt, `label` as the info.
    ///
    /// Distinct labels give independent keys, so that one secret of the deployment serves for
    /// sealing, signing and administration. This secret has to be uniformly random.
    #[must_use]
    pub fn derive(&self, label: &str) -> Self {
        let mut derived = Zeroizing::new([0; 32].to_vec());
        // 32 bytes are one block of SHA-256; expand fails only above 255 blocks.
        let expanded = Hkdf::<Sha256>::new(None, &self.0).expand(label.as_bytes(), &mut derived);
        debug_assert!(expanded.is_ok());
        Self(derived)
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn derivation_is_rfc_5869_test_case_3() {
        // RFC 5869, A.3: zero-length salt and info; the first 32 bytes of OKM.
        let derived = SecretKey::new(&[0x0b; 22]).derive("");
        let expected: [u8; 32] = [
            0x8d, 0xa4, 0xe7, 0x75, 0xa5, 0x63, 0xc1, 0x8f, 0x71, 0x5f, 0x80, 0x2a, 0x06, 0x3c,
            0x5a, 0x31, 0xb8, 0xa1, 0x1f, 0x5c, 0x5e, 0xe1, 0x87, 0x9e, 0xc3, 0x45, 0x4e, 0x5f,
            0x3c, 0x73, 0x8d, 0x2d,
        ];
        assert_eq!(derived.as_bytes(), expected);
    }

    #[test]
    fn labels_give_different_keys() {
        let secret = SecretKey::new(&[7; 32]);
        assert_ne!(secret.derive("a").as_bytes(), secret.derive("b").as_bytes());
    }

    #[test]
    fn a_secret_is_not_printed() {
        assert_eq!(format!("{:?}", SecretKey::new(b"hunter2")), "SecretKey(redacted)");
    }
}
