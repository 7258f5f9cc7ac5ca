//! XML Encryption as SAML uses it: `EncryptedData` in an `EncryptedAssertion`, `EncryptedID` or
//! `EncryptedAttribute` (SAML Core, sections 2.2.4, 2.3.4, 2.7.3.2), its key encrypted with RSA-OAEP.
//!
//! Encryption proves nothing: anybody can encrypt to a public key. What comes out of [`decrypt`] is
//! as untrusted as what went in, unless a signature covered the encrypted form (E-05).

mod encrypt;
mod error;
mod structure;

pub use encrypt::{ENCRYPTION_ENTROPY_BYTES, Recipient, encrypt};
pub use error::Error;
pub use structure::MAX_ENCRYPTED_KEYS;

use alloc::vec::Vec;

use crate::crypto::{Crypto, DigestAlgorithm, KeyKind, PrivateKey, RsaOaep, SecretKey};
use crate::xml::Element;
use structure::{EncryptedContent, EncryptedKey};

/// RSA private-key operations for one message, about half a millisecond each at best (E-07). Two
/// keys during a rollover times two recipients.
pub const MAX_RSA_OPERATIONS: usize = 4;

/// Which ciphers are good enough.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EncryptionRules {
    /// Accept AES-CBC. Default: no. An attacker who can resend changed messages and see whether they
    /// fail differently reads them (E-01), unless a signature over the encrypted form is verified
    /// first.
    pub allow_cbc: bool,
}

/// Decrypts the `EncryptedData` in `encrypted` (or `encrypted` itself, if it is one) with whichever
/// of `keys` it was encrypted to.
///
/// The plaintext is unverified bytes. It has to be parsed as a document of its own by
/// [`crate::xml::Document::parse`], and its signature verified in that document (E-06). Some senders,
/// xmlsec1 among them, leave out the namespace declarations that stand around the encrypted element.
///
/// With AES-CBC a wrong key or changed ciphertext may give garbage instead of an error, so whatever
/// reads the plaintext has to answer in the same way as for [`Error::DecryptionFailed`] (E-12).
///
/// # Errors
/// Distinct errors for what everybody can see: the structure, the algorithms, the rules. From then on
/// there is only [`Error::DecryptionFailed`].
pub fn decrypt(
    encrypted: Element<'_>,
    keys: &[PrivateKey],
    rules: &EncryptionRules,
    crypto: &dyn Crypto,
) -> Result<Vec<u8>, Error> {
    let content = structure::read(encrypted)?;
    if content.cipher.is_cbc() && !rules.allow_cbc {
        return Err(Error::CbcNotAllowed);
    }
    let key = content_key(&content, keys, crypto)?;
    let plaintext = if content.cipher.is_cbc() {
        decrypt_cbc(&key, &content.octets, crypto)
    } else {
        decrypt_gcm(&key, &content.octets, crypto)
    };
    plaintext.ok_or(Error::DecryptionFailed)
}

/// The content key, or a random-looking one when no key of ours fits: the same work follows, so time
/// and outcome do not tell whether the RSA padding was right (E-04).
fn content_key(
    content: &EncryptedContent,
    keys: &[PrivateKey],
    crypto: &dyn Crypto,
) -> Result<SecretKey, Error> {
    let is_rsa = |key: &&PrivateKey| matches!(key.kind(), KeyKind::Rsa { .. });
    let first = keys.iter().find(is_rsa).ok_or(Error::NoDecryptionKey)?;
    let first_wrapped = content.keys.first().ok_or(Error::NoEncryptedKey)?;
    let pairs: Vec<(&EncryptedKey, &PrivateKey)> = content
        .keys
        .iter()
        .flat_map(|wrapped| keys.iter().map(move |key| (wrapped, key)))
        .filter(|(wrapped, key)| fits(wrapped, key))
        .collect();
    if pairs.len() > MAX_RSA_OPERATIONS {
        return Err(Error::TooManyRsaOperations { count: pairs.len() });
    }
    let secret = first.implicit_rejection_secret();
    let random = crypto.mac(DigestAlgorithm::Sha256, &secret, &first_wrapped.octets);
    let random =
        random.as_bytes().get(..content.cipher.key_bytes()).ok_or(Error::DecryptionFailed)?;
    Ok(pairs.into_iter().fold(SecretKey::new(random), |so_far, (wrapped, key)| {
        let oaep = RsaOaep {
            digest: wrapped.digest,
            mgf_digest: wrapped.mgf_digest,
            label: &wrapped.label,
        };
        oaep.unwrap_key(key, &wrapped.octets, &so_far, crypto)
    }))
}

/// A ciphertext of RSA is as long as the modulus.
fn fits(wrapped: &EncryptedKey, key: &PrivateKey) -> bool {
    matches!(key.kind(), KeyKind::Rsa { bits } if bits.div_ceil(8) == wrapped.octets.len())
}

/// A 12-byte nonce, the ciphertext, a 16-byte tag (XML Encryption 1.1, section 5.2.4).
fn decrypt_gcm(key: &SecretKey, octets: &[u8], crypto: &dyn Crypto) -> Option<Vec<u8>> {
    let (nonce, sealed) = octets.split_first_chunk::<12>()?;
    crypto.open(key, nonce, &[], sealed).ok()
}

/// A 16-byte initialization vector, then whole blocks; the last byte of the plaintext counts the
/// padding, of which only it has a fixed value (XML Encryption 1.1, section 5.2.2).
fn decrypt_cbc(key: &SecretKey, octets: &[u8], crypto: &dyn Crypto) -> Option<Vec<u8>> {
    let (iv, ciphertext) = octets.split_first_chunk::<16>()?;
    let mut plaintext = crypto.decrypt_cbc(key, iv, ciphertext).ok()?;
    let padding = plaintext.last().copied().filter(|padding| (1..=16).contains(padding))?;
    plaintext.truncate(plaintext.len().checked_sub(usize::from(padding))?);
    Some(plaintext)
}

#[cfg(test)]
mod tests;
