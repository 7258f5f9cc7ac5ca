use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

use super::{DigestValue, SecretKey};

/// SHA-256 in Rust: for a few hundred bytes no host is faster, because the call costs more.
#[must_use]
pub fn sha256(bytes: &[u8]) -> DigestValue {
    DigestValue::new(&Sha256::digest(bytes))
}

/// HMAC with SHA-256, in Rust as [`sha256`].
#[must_use]
pub fn hmac_sha256(key: &SecretKey, message: &[u8]) -> DigestValue {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of every length; other MACs do not")]
    let mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("any length");
    DigestValue::new(&mac.chain_update(message).finalize().into_bytes())
}
