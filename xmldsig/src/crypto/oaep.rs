use alloc::vec::Vec;

use subtle::{ConditionallySelectable as _, ConstantTimeEq as _};
use zeroize::Zeroizing;

use super::{Crypto, DigestAlgorithm, EncryptionFailed, KeyKind, PrivateKey, PublicKey, SecretKey};

/// RSAES-OAEP (RFC 8017, section 7.1) with its parameters, for wrapping and unwrapping keys.
///
/// Decoded here and not by the provider: hosts cannot mix hash functions, and for a key of known
/// length there is exactly one right encoding, which is compared as a whole in constant time
/// (attack: Manger 2001, which asks where the decoding failed).
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "RFC 8017 has no more parameters")]
pub struct RsaOaep<'a> {
    /// The hash of the label.
    pub digest: DigestAlgorithm,
    /// The hash of the mask generation function MGF1.
    pub mgf_digest: DigestAlgorithm,
    /// The label, usually empty.
    pub label: &'a [u8],
}

impl RsaOaep<'_> {
    /// `content_key` encrypted to `key` (RFC 8017, section 7.1.1).
    ///
    /// `seed` is fresh randomness, exactly as long as the digest.
    ///
    /// # Errors
    /// [`EncryptionFailed`] when the key is not RSA or too short for these hash functions, or `seed`
    /// has another length.
    pub fn wrap_key(
        &self,
        key: &PublicKey,
        content_key: &SecretKey,
        seed: &[u8],
        crypto: &dyn Crypto,
    ) -> Result<Vec<u8>, EncryptionFailed> {
        let KeyKind::Rsa { bits } = key.kind() else { return Err(EncryptionFailed) };
        if seed.len() != self.digest.output_bytes() {
            return Err(EncryptionFailed);
        }
        let content_key = content_key.as_bytes();
        // EM = 00 || maskedSeed || maskedDB
        let data_length = bits.div_ceil(8).checked_sub(1 + seed.len()).ok_or(EncryptionFailed)?;
        // DB = lHash || 00 ... 00 || 01 || M
        let zeros_end = data_length.checked_sub(1 + content_key.len()).ok_or(EncryptionFailed)?;
        let mut data = Zeroizing::new(Vec::with_capacity(data_length));
        data.extend_from_slice(crypto.digest(self.digest, self.label).as_bytes());
        if data.len() > zeros_end {
            return Err(EncryptionFailed);
        }
        data.resize(zeros_end, 0x00);
        data.push(0x01);
        data.extend_from_slice(content_key);
        let masked_data = unmask(&data, seed, self.mgf_digest, crypto);
        let masked_seed = unmask(seed, &masked_data, self.mgf_digest, crypto);
        let mut block = Zeroizing::new(Vec::with_capacity(1 + seed.len() + data_length));
        block.push(0x00);
        block.extend_from_slice(&masked_seed);
        block.extend_from_slice(&masked_data);
        crypto.encrypt_rsa(key, &block)
    }

    /// The key inside `ciphertext` if that holds a key as long as `fallback`, otherwise `fallback`.
    ///
    /// There is no error on purpose: with a fallback that the sender cannot predict, the decryption
    /// of the content fails, and nobody learns which of the two failed.
    #[must_use]
    pub fn unwrap_key(
        &self,
        key: &PrivateKey,
        ciphertext: &[u8],
        fallback: &SecretKey,
        crypto: &dyn Crypto,
    ) -> SecretKey {
        self.decode(key, ciphertext, fallback, crypto).unwrap_or_else(|| fallback.clone())
    }

    /// `None` depends on lengths only, which the sender knows. A ciphertext that the provider refuses,
    /// for it is not below the modulus, is decoded like any other, from a block that is no encoding.
    fn decode(
        &self,
        key: &PrivateKey,
        ciphertext: &[u8],
        fallback: &SecretKey,
        crypto: &dyn Crypto,
    ) -> Option<SecretKey> {
        let fallback = fallback.as_bytes();
        let hash_bytes = self.digest.output_bytes();
        let refused = || SecretKey::new(&alloc::vec![0xff; ciphertext.len()]);
        let block = crypto.decrypt_rsa(key, ciphertext).unwrap_or_else(|_| refused());
        // EM = 00 || maskedSeed || maskedDB
        let (zero, masked) = block.as_bytes().split_at_checked(1)?;
        let (masked_seed, masked_data) = masked.split_at_checked(hash_bytes)?;
        let seed = unmask(masked_seed, masked_data, self.mgf_digest, crypto);
        let data = unmask(masked_data, &seed, self.mgf_digest, crypto);
        // DB = lHash || 00 ... 00 || 01 || M
        let (start, message) = data.split_at_checked(data.len().checked_sub(fallback.len())?)?;
        let mut expected = crypto.digest(self.digest, self.label).as_bytes().to_vec();
        let padding = start.len().checked_sub(hash_bytes + 1)?;
        expected.resize(hash_bytes + padding, 0x00);
        expected.push(0x01);
        let valid = zero.ct_eq(&[0x00]) & start.ct_eq(&expected);
        let selected: Zeroizing<Vec<u8>> = Zeroizing::new(
            fallback
                .iter()
                .zip(message)
                .map(|(f, m)| u8::conditional_select(f, m, valid))
                .collect(),
        );
        Some(SecretKey::new(&selected))
    }
}

/// `masked` XOR MGF1(`seed`) (RFC 8017, appendix B.2.1).
pub(super) fn unmask(
    masked: &[u8],
    seed: &[u8],
    digest: DigestAlgorithm,
    crypto: &dyn Crypto,
) -> Zeroizing<Vec<u8>> {
    let mut unmasked = Zeroizing::new(masked.to_vec());
    for (counter, block) in (0_u32..).zip(unmasked.chunks_mut(digest.output_bytes())) {
        let mut hasher = crypto.hasher(digest);
        hasher.update(seed);
        hasher.update(&counter.to_be_bytes());
        for (byte, mask) in block.iter_mut().zip(hasher.finish().as_bytes()) {
            *byte ^= mask;
        }
    }
    unmasked
}
