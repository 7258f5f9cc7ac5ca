//! The Beacon in secure mode: `Beacon("identify", { email, name, signature })`.

use alloc::string::String;

use crate::crypto::{Crypto, DigestAlgorithm, SecretKey};
use crate::helpdesk::hex::lower_hex;
use crate::helpdesk::{Error, Profile, check_secret};

/// HMAC-SHA-256 of the e-mail address, in lower-case hexadecimal.
///
/// It has neither an end nor a number: whoever has it can show this person's conversations until the
/// secret is changed. It belongs into the page of the person who is signed in, and nowhere else.
///
/// # Errors
/// [`Error::WeakSecret`].
pub fn signature(
    profile: &Profile,
    secret: &SecretKey,
    crypto: &dyn Crypto,
) -> Result<String, Error> {
    check_secret(secret)?;
    let mac = crypto.mac(DigestAlgorithm::Sha256, secret, profile.email().as_bytes());
    Ok(lower_hex(mac.as_bytes()))
}
