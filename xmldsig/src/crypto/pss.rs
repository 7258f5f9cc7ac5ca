use alloc::vec::Vec;

use super::{Crypto, DigestAlgorithm, InvalidSignature, KeyKind, PublicKey, oaep};

/// RSASSA-PSS-VERIFY (RFC 8017, section 8.1.2) with MGF1 of the same hash and a salt exactly as long as
/// the hash.
///
/// Above the provider, because `node:crypto` in workerd takes salts of any length: only the public-key
/// operation is the provider's. Nothing here is secret.
///
/// # Errors
/// [`InvalidSignature`].
pub fn verify_pss(
    digest: DigestAlgorithm,
    key: &PublicKey,
    message: &[u8],
    signature: &[u8],
    crypto: &dyn Crypto,
) -> Result<(), InvalidSignature> {
    let KeyKind::Rsa { bits } = key.kind() else { return Err(InvalidSignature) };
    let block = crypto.encrypt_rsa(key, signature).map_err(|_| InvalidSignature)?;
    let digest_of_message = crypto.digest(digest, message);
    let bits = bits.checked_sub(1).ok_or(InvalidSignature)?;
    match salt(&block, bits, digest, crypto) {
        Some((salt, hash)) => {
            let mut hasher = crypto.hasher(digest);
            hasher.update(&[0; 8]);
            hasher.update(digest_of_message.as_bytes());
            hasher.update(&salt);
            if hasher.finish().matches(hash) { Ok(()) } else { Err(InvalidSignature) }
        }
        None => Err(InvalidSignature),
    }
}

/// Steps 3 to 11 of EMSA-PSS-VERIFY (RFC 8017, section 9.1.2): the salt and the hash in an encoding of
/// `bits` bits.
fn salt<'b>(
    block: &'b [u8],
    bits: usize,
    digest: DigestAlgorithm,
    crypto: &dyn Crypto,
) -> Option<(Vec<u8>, &'b [u8])> {
    let hash_bytes = digest.output_bytes();
    // A modulus of 8n + 1 bits has one byte more than the encoding.
    let (zeros, encoded) = block.split_at_checked(block.len().checked_sub(bits.div_ceil(8))?)?;
    let (masked_and_hash, trailer) = encoded.split_at_checked(encoded.len().checked_sub(1)?)?;
    let data_length = masked_and_hash.len().checked_sub(hash_bytes)?;
    let (masked, hash) = masked_and_hash.split_at_checked(data_length)?;
    let mut data = oaep::unmask(masked, hash, digest, crypto);
    // The bits of the first byte that are not of the encoding.
    let unused = match bits % 8 {
        0 => 0,
        used => 0xff_u8 << used,
    };
    let first = data.first_mut()?;
    if zeros.iter().any(|byte| *byte != 0) || masked.first()? & unused != 0 || trailer != [0xbc] {
        return None;
    }
    *first &= !unused;
    let (padding, salt) = data.split_at_checked(data.len().checked_sub(hash_bytes)?)?;
    let (one, zeros) = padding.split_last()?;
    (*one == 0x01 && zeros.iter().all(|byte| *byte == 0)).then(|| (salt.to_vec(), hash))
}
