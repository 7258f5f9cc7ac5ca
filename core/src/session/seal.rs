//! Sealing: what only this deployment may read again, kept where others could look.
//!
//! AES-256-GCM. The key follows from the deployment's one secret and a purpose, so that what was
//! sealed for one purpose never opens for another; a context, such as the desk's URL, is bound too.

use alloc::string::String;
use alloc::vec::Vec;

use zeroize::Zeroizing;

use crate::base64;
use crate::crypto::{Crypto, SecretKey};
use crate::session::{Error, Secrets};

/// First byte of sealed data, so that the form can change while old data still opens.
const VERSION: u8 = 1;

const NONCE_BYTES: usize = 12;

/// Seals `plaintext`, as base64url text.
///
/// `purpose` names what is sealed, `context` where it belongs; both are needed to open it. The current one
/// of `secrets` is used. `nonce` is
/// fresh random bytes: one that repeats under the same secret and purpose breaks the cipher.
///
/// # Errors
/// [`Error::SealBroken`] when the provider cannot encrypt.
pub fn seal(
    plaintext: &[u8],
    purpose: &str,
    context: &str,
    secrets: &Secrets,
    nonce: [u8; NONCE_BYTES],
    crypto: &dyn Crypto,
) -> Result<String, Error> {
    let key = sealing_key(secrets.current(), purpose);
    let ciphertext = crypto
        .seal(&key, &nonce, &associated_data(context), plaintext)
        .map_err(|_| Error::SealBroken)?;
    let mut sealed = Vec::with_capacity(1 + NONCE_BYTES + ciphertext.len());
    sealed.push(VERSION);
    sealed.extend_from_slice(&nonce);
    sealed.extend_from_slice(&ciphertext);
    Ok(base64::encode_url(&sealed))
}

/// Opens what [`seal`] made with one of these secrets, and the same purpose and context.
///
/// # Errors
/// [`Error::SealBroken`], one error for every cause.
pub fn open(
    sealed: &str,
    purpose: &str,
    context: &str,
    secrets: &Secrets,
    crypto: &dyn Crypto,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let sealed = base64::decode_url(sealed).map_err(|_| Error::SealBroken)?;
    let Some((&VERSION, rest)) = sealed.split_first() else { return Err(Error::SealBroken) };
    let (nonce, ciphertext) = rest.split_first_chunk().ok_or(Error::SealBroken)?;
    let data = associated_data(context);
    secrets
        .each()
        .find_map(|secret| {
            crypto.open(&sealing_key(secret, purpose), nonce, &data, ciphertext).ok()
        })
        .map(Zeroizing::new)
        .ok_or(Error::SealBroken)
}

fn sealing_key(secret: &SecretKey, purpose: &str) -> SecretKey {
    secret.derive(&alloc::format!("deskgate seal {purpose}"))
}

fn associated_data(context: &str) -> Vec<u8> {
    let mut data = Vec::from([VERSION]);
    data.extend_from_slice(context.as_bytes());
    data
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::RustCrypto;

    fn secret() -> Secrets {
        SecretKey::new(&[7; 32]).into()
    }

    fn sealed(plaintext: &[u8]) -> String {
        seal(plaintext, "login", "https://a", &secret(), [1; 12], &RustCrypto::new()).unwrap()
    }

    fn opened(sealed: &str, purpose: &str, context: &str, secret: &Secrets) -> Option<Vec<u8>> {
        match open(sealed, purpose, context, secret, &RustCrypto::new()) {
            Ok(plaintext) => Some(plaintext.to_vec()),
            Err(error) => {
                assert_eq!(error, Error::SealBroken);
                None
            }
        }
    }

    #[test]
    fn what_is_sealed_opens_with_the_same_secret_purpose_and_context() {
        let text = sealed(b"hello");
        assert_eq!(opened(&text, "login", "https://a", &secret()).as_deref(), Some(&b"hello"[..]));
        assert_eq!(opened(&text, "keys", "https://a", &secret()), None);
        assert_eq!(opened(&text, "login", "https://b", &secret()), None);
        assert_eq!(opened(&text, "login", "https://a", &SecretKey::new(&[8; 32]).into()), None);
        assert_eq!(
            opened(&sealed(b""), "login", "https://a", &secret()).as_deref(),
            Some(&b""[..])
        );
    }

    #[test]
    fn a_fallback_opens_and_seals_nothing() {
        let (old, new) = (SecretKey::new(&[7; 32]), SecretKey::new(&[8; 32]));
        let both = Secrets::new(new.clone(), Some(old.clone()));
        let open = |text: &str, secret: &Secrets| opened(text, "login", "https://a", secret);
        assert_eq!(open(&sealed(b"hello"), &both).as_deref(), Some(&b"hello"[..]));
        let again =
            seal(b"hello", "login", "https://a", &both, [2; 12], &RustCrypto::new()).unwrap();
        assert_eq!(open(&again, &new.clone().into()).as_deref(), Some(&b"hello"[..]));
        assert_eq!(open(&again, &old.clone().into()), None);
        // Before the change: the other way round.
        let before = Secrets::new(old, Some(new));
        assert_eq!(open(&again, &before).as_deref(), Some(&b"hello"[..]));
        let third = Secrets::new(SecretKey::new(&[9; 32]), Some(SecretKey::new(&[10; 32])));
        assert_eq!(open(&again, &third), None);
    }

    #[test]
    fn every_changed_or_missing_byte_breaks_the_seal() {
        let text = sealed(b"hello");
        for index in 0..text.len() {
            let mut changed = text.clone().into_bytes();
            changed[index] = if changed[index] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(opened(&changed, "login", "https://a", &secret()), None, "{changed}");
            assert_eq!(opened(&text[..index], "login", "https://a", &secret()), None);
        }
        assert_eq!(opened(&std::format!("{text}A"), "login", "https://a", &secret()), None);
    }
}
