//! RSA by the `rsa` crate, and by its arithmetic where the crate takes longer than it has to.

use alloc::vec::Vec;
use core::convert::Infallible;

use crypto_bigint::modular::BoxedMontyForm;
use rsa::hazmat::rsa_decrypt_and_check;
use rsa::rand_core::{TryCryptoRng, TryRng};
use rsa::traits::PublicKeyParts as _;
use rsa::{BoxedUint, Pkcs1v15Sign, RsaPrivateKey, RsaPublicKey};
use sha1::Sha1;
use sha2::{Sha256, Sha384, Sha512};
use zeroize::Zeroizing;

use crate::crypto::{
    DecryptionFailed, DigestAlgorithm, DigestValue, EncryptionFailed, InvalidSignature, SecretKey,
};

/// RSASSA-PKCS1-V1_5-VERIFY (RFC 8017, section 8.2.2): the whole expected encoding is compared, nothing is parsed
/// (attack: Bleichenbacher 2006, BERserk).
pub(super) fn verify_pkcs1(
    key: &RsaPublicKey,
    digest: DigestAlgorithm,
    hashed: DigestValue,
    signature: &[u8],
) -> Result<(), InvalidSignature> {
    let block = encrypt(key, signature).map_err(|_| InvalidSignature)?;
    match pkcs1_encoded(digest, hashed.as_bytes(), block.len()) {
        Some(expected) if block == expected => Ok(()),
        _ => Err(InvalidSignature),
    }
}

/// EMSA-PKCS1-v1_5 (RFC 8017, section 9.2) in `length` bytes, with at least eight bytes of padding.
fn pkcs1_encoded(digest: DigestAlgorithm, hashed: &[u8], length: usize) -> Option<Vec<u8>> {
    let prefix = pkcs1(digest).prefix;
    let end = length.checked_sub(hashed.len())?.checked_sub(prefix.len())?.checked_sub(1)?;
    if end < 2 + 8 {
        return None;
    }
    let mut encoded = Vec::with_capacity(length);
    encoded.extend_from_slice(&[0x00, 0x01]);
    encoded.resize(end, 0xff);
    encoded.push(0x00);
    encoded.extend_from_slice(&prefix);
    encoded.extend_from_slice(hashed);
    Some(encoded)
}

/// The DigestInfo prefix of EMSA-PKCS1-v1_5 (RFC 8017, section 9.2).
pub(super) fn pkcs1(digest: DigestAlgorithm) -> Pkcs1v15Sign {
    match digest {
        DigestAlgorithm::Sha1 => Pkcs1v15Sign::new::<Sha1>(),
        DigestAlgorithm::Sha256 => Pkcs1v15Sign::new::<Sha256>(),
        DigestAlgorithm::Sha384 => Pkcs1v15Sign::new::<Sha384>(),
        DigestAlgorithm::Sha512 => Pkcs1v15Sign::new::<Sha512>(),
    }
}

/// RSAEP and RSAVP1 (RFC 8017, section 5).
pub(super) fn encrypt(key: &RsaPublicKey, block: &[u8]) -> Result<Vec<u8>, EncryptionFailed> {
    if block.len() != key.size() {
        return Err(EncryptionFailed);
    }
    let message =
        BoxedUint::from_be_slice(block, key.n_bits_precision()).map_err(|_| EncryptionFailed)?;
    if message >= *key.n().as_ref() {
        return Err(EncryptionFailed);
    }
    let ciphertext = public_power(key, message).to_be_bytes();
    // The representation has whole limbs, the modulus whole bytes; what is cut off is zero.
    let start = ciphertext.len().checked_sub(key.size()).ok_or(EncryptionFailed)?;
    Ok(ciphertext.get(start..).ok_or(EncryptionFailed)?.to_vec())
}

/// `base` to the public exponent, bit by bit of it: the 17 multiplications that 65537 needs. That of the `rsa`
/// crate hides the exponent, which nobody has to here, with twice as many.
fn public_power(key: &RsaPublicKey, base: BoxedUint) -> BoxedUint {
    let base = BoxedMontyForm::new(base, key.n_params());
    let exponent = key.e();
    let mut power = base.clone();
    // The highest bit is the base itself.
    for bit in (0..exponent.bits_vartime().saturating_sub(1)).rev() {
        power = power.square();
        if exponent.bit_vartime(bit) {
            power = power.mul(&base);
        }
    }
    power.retrieve()
}

/// RSADP (RFC 8017, section 5.1.2).
pub(super) fn decrypt(
    key: &RsaPrivateKey,
    ciphertext: &[u8],
) -> Result<SecretKey, DecryptionFailed> {
    if ciphertext.len() != key.size() {
        return Err(DecryptionFailed);
    }
    let representative = BoxedUint::from_be_slice(ciphertext, key.n_bits_precision())
        .map_err(|_| DecryptionFailed)?;
    let unblinded: Option<&mut NoRandomness> = None;
    let block =
        rsa_decrypt_and_check(key, unblinded, &representative).map_err(|_| DecryptionFailed)?;
    let block = Zeroizing::new(block.to_be_bytes());
    // The representation has whole limbs, the modulus whole bytes; what is cut off is zero.
    let start = block.len().checked_sub(key.size()).ok_or(DecryptionFailed)?;
    Ok(SecretKey::new(block.get(start..).ok_or(DecryptionFailed)?))
}

/// The random numbers that blinding would take; there is no value of it, so they cannot be asked for.
enum NoRandomness {}

impl TryRng for NoRandomness {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        match *self {}
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        match *self {}
    }

    fn try_fill_bytes(&mut self, _: &mut [u8]) -> Result<(), Infallible> {
        match *self {}
    }
}

impl TryCryptoRng for NoRandomness {}

#[cfg(test)]
mod tests {
    use super::*;
    use rsa::hazmat::rsa_encrypt;

    #[test]
    fn the_public_key_operation_is_that_of_the_crate() {
        for length in [16, 128, 256, 257] {
            let n: Vec<u8> = (0..length).map(|at| (at * 37 + 129) as u8 | 0x81).collect();
            for exponent in [3, 5, 17, 257, 65_537, 65_539, 0x8000_0001, u64::from(u32::MAX)] {
                let (n, e) = (BoxedUint::from_be_slice_vartime(&n), BoxedUint::from(exponent));
                let key = RsaPublicKey::new_with_size_limits(n, e, 0..=8192).unwrap();
                for fill in [0, 1, 0x55, 0x80] {
                    let mut block = alloc::vec![fill; length];
                    block[length - 1] ^= 2;
                    let number = BoxedUint::from_be_slice(&block, key.n_bits_precision()).unwrap();
                    let expected = rsa_encrypt(&key, &number).unwrap().to_be_bytes();
                    let expected = expected[expected.len() - length..].to_vec();
                    assert_eq!(encrypt(&key, &block), Ok(expected), "{length} {exponent} {fill}");
                }
            }
        }
    }
}
