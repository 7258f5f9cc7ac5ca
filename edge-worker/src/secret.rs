//! The one secret of the Worker. All keys that it needs are derived from it, one for each purpose.

use deskgate_core::base64;
use deskgate_core::crypto::SecretKey;
use zeroize::Zeroizing;

/// 32 random bytes, as `deskgate keys new` prints them.
const SECRET_BYTES: usize = 32;

/// Reads `DESKGATE_SECRET`; `None` when it is not base64url of exactly 32 bytes.
pub(crate) fn parse(text: &str) -> Option<SecretKey> {
    let bytes = Zeroizing::new(base64::decode_url(text.trim()).ok()?);
    (bytes.len() == SECRET_BYTES).then(|| SecretKey::new(&bytes))
}
