//! `EncryptedData` for a recipient whose RSA certificate an administrator gave us.

use alloc::string::String;

use super::Error;
use super::structure::TYPE_ELEMENT;
use crate::base64;
use crate::crypto::{
    ContentCipher, Crypto, DigestAlgorithm, EncryptionFailed, KeyTransport, PublicKey, RsaOaep,
    SecretKey,
};
use crate::xml::{Writer, names};

/// Random bytes for one encryption: the content key, the nonce, and a seed for the longest digest.
pub const ENCRYPTION_ENTROPY_BYTES: usize = KEY_BYTES + NONCE_BYTES + 64;

/// AES-256-GCM, the only cipher that we send.
const CIPHER: ContentCipher = ContentCipher::Aes256Gcm;
const KEY_BYTES: usize = CIPHER.key_bytes();
/// XML Encryption 1.1, section 5.2.4.
const NONCE_BYTES: usize = 12;

/// RSA-OAEP of version 1.0: its mask function is MGF1 of SHA-1, whatever the digest, which every
/// recipient has.
const TRANSPORT: KeyTransport = KeyTransport::RsaOaepMgf1p;

/// Who shall be able to read it.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "a new choice has to be made by every caller")]
pub struct Recipient<'a> {
    /// An RSA key.
    pub key: &'a PublicKey,
    /// The digest of OAEP. SHA-1, which nothing is known against here, is read by everybody.
    pub oaep_digest: DigestAlgorithm,
}

/// The `EncryptedData` of an element that was written as text, with its key inside `KeyInfo`
/// (XML Encryption 1.1, section 3).
///
/// The text must declare every namespace prefix that it uses: it will be read as a document of its
/// own. `entropy` must be fresh randomness.
///
/// # Errors
/// [`Error::EncryptionFailed`] when the recipient's key is not RSA or too short for the digest.
pub fn encrypt(
    element: &str,
    recipient: &Recipient<'_>,
    entropy: &[u8; ENCRYPTION_ENTROPY_BYTES],
    crypto: &dyn Crypto,
) -> Result<String, Error> {
    let (content_key, rest) = entropy.split_first_chunk::<KEY_BYTES>().ok_or(EncryptionFailed)?;
    let (nonce, seed) = rest.split_first_chunk::<NONCE_BYTES>().ok_or(EncryptionFailed)?;
    let seed = seed.get(..recipient.oaep_digest.output_bytes()).ok_or(EncryptionFailed)?;
    let content_key = SecretKey::new(content_key);
    let oaep =
        RsaOaep { digest: recipient.oaep_digest, mgf_digest: DigestAlgorithm::Sha1, label: &[] };
    let wrapped = oaep.wrap_key(recipient.key, &content_key, seed, crypto)?;
    let sealed = crypto
        .seal(&content_key, nonce, &[], element.as_bytes())
        .map_err(|_| Error::EncryptionFailed)?;

    let mut xml = Writer::new();
    xml.start("xenc:EncryptedData").attribute("xmlns:xenc", names::XENC);
    xml.attribute("Type", TYPE_ELEMENT);
    xml.start("xenc:EncryptionMethod").attribute("Algorithm", CIPHER.xml_uri()).end();
    xml.start("ds:KeyInfo").attribute("xmlns:ds", names::DSIG).start("xenc:EncryptedKey");
    xml.start("xenc:EncryptionMethod").attribute("Algorithm", TRANSPORT.xml_uri());
    xml.start("ds:DigestMethod").attribute("Algorithm", recipient.oaep_digest.xml_uri());
    xml.end().end();
    cipher_data(&mut xml, &wrapped);
    xml.end().end();
    cipher_data(&mut xml, &[nonce.as_slice(), &sealed].concat());
    Ok(xml.finish())
}

fn cipher_data(xml: &mut Writer, octets: &[u8]) {
    xml.start("xenc:CipherData").start("xenc:CipherValue").text(&base64::encode(octets));
    xml.end().end();
}

impl From<EncryptionFailed> for Error {
    fn from(_: EncryptionFailed) -> Self {
        Self::EncryptionFailed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::crypto::{KeyRules, PrivateKey, RustCrypto};
    use crate::limits::XmlLimits;
    use crate::xenc::{EncryptionRules, decrypt};
    use crate::xml::Document;

    const CRYPTO: RustCrypto = RustCrypto::with_dangerous_rsa_private_operations();
    const ELEMENT: &str = "<a xmlns=\"urn:x\">geheim</a>";

    fn key(pem: &str) -> PrivateKey {
        PrivateKey::from_pem(pem, KeyRules::dangerous_min_rsa_bits(1024)).unwrap()
    }

    fn rsa() -> PrivateKey {
        key(include_str!("../../../xmldsig/src/crypto/testdata/rsa.key"))
    }

    fn encrypted(digest: DigestAlgorithm, entropy: u8) -> String {
        let key = rsa();
        let recipient = Recipient { key: key.public_key(), oaep_digest: digest };
        encrypt(ELEMENT, &recipient, &[entropy; ENCRYPTION_ENTROPY_BYTES], &CRYPTO).unwrap()
    }

    #[test]
    fn what_is_encrypted_is_read_by_the_recipient_alone() {
        for digest in DigestAlgorithm::ALL {
            let text = encrypted(digest, 7);
            let document = Document::parse(text.as_bytes(), &XmlLimits::MESSAGE).unwrap();
            let read = |key| decrypt(document.root(), &[key], &EncryptionRules::default(), &CRYPTO);
            assert_eq!(read(rsa()).as_deref(), Ok(ELEMENT.as_bytes()), "{digest:?}");
            let other = key(include_str!("../../../xmldsig/src/dsig/testdata/other-rsa.key"));
            assert_eq!(read(other), Err(Error::DecryptionFailed));
        }
    }

    #[test]
    fn other_entropy_gives_other_ciphertext() {
        assert_ne!(encrypted(DigestAlgorithm::Sha1, 1), encrypted(DigestAlgorithm::Sha1, 2));
    }

    #[test]
    fn a_key_that_cannot_take_it_is_refused() {
        let entropy = [7; ENCRYPTION_ENTROPY_BYTES];
        let ed25519 = key(include_str!("../../../xmldsig/src/crypto/testdata/ed25519.key"));
        let small = key(include_str!("../../../xmldsig/src/crypto/testdata/rsa1024.key"));
        for (key, oaep_digest, expected) in [
            (&ed25519, DigestAlgorithm::Sha1, Err(Error::EncryptionFailed)),
            (&small, DigestAlgorithm::Sha512, Err(Error::EncryptionFailed)),
            (&small, DigestAlgorithm::Sha256, Ok(())),
        ] {
            let recipient = Recipient { key: key.public_key(), oaep_digest };
            let result = encrypt(ELEMENT, &recipient, &entropy, &CRYPTO);
            assert_eq!(result.map(drop), expected, "{oaep_digest:?}");
        }
    }
}
