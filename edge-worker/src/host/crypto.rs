//! [`Crypto`] by `node:crypto`, which verifies RSA 25 times and Ed25519 twice as fast as wasm.

use core::cell::RefCell;
use std::collections::HashMap;

use deskgate_core::crypto::{
    Crypto, DecryptionFailed, DigestAlgorithm, DigestValue, Hasher, InvalidSignature, KeyKind,
    PrivateKey, PublicKey, RustCrypto, SecretKey, SignatureAlgorithm, SigningFailed,
};
use wasm_bindgen::prelude::*;
use zeroize::Zeroizing;

#[wasm_bindgen(raw_module = "./host.mjs")]
extern "C" {
    #[wasm_bindgen(js_name = newHash)]
    fn new_hash(algorithm: &str) -> JsValue;
    #[wasm_bindgen(js_name = updateHash)]
    fn update_hash(hash: &JsValue, bytes: &[u8]);
    #[wasm_bindgen(js_name = finishHash)]
    fn finish_hash(hash: &JsValue) -> Vec<u8>;
    #[wasm_bindgen(catch, js_name = publicKey)]
    fn public_key(spki: &[u8]) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = privateKey)]
    fn private_key(pkcs8: &[u8]) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = verifySignature)]
    fn verify_signature(
        algorithm: Option<&str>,
        message: &[u8],
        key: &JsValue,
        signature: &[u8],
    ) -> Result<bool, JsValue>;
    #[wasm_bindgen(catch, js_name = verifyEcdsa)]
    fn verify_ecdsa(
        algorithm: &str,
        message: &[u8],
        spki: &[u8],
        signature: &[u8],
    ) -> Result<bool, JsValue>;
    #[wasm_bindgen(catch, js_name = makeSignature)]
    fn make_signature(
        algorithm: Option<&str>,
        message: &[u8],
        key: &JsValue,
    ) -> Result<Vec<u8>, JsValue>;
    #[wasm_bindgen(catch, js_name = decryptRsa)]
    fn decrypt_rsa(pkcs8: &[u8], ciphertext: &[u8]) -> Result<Vec<u8>, JsValue>;
}

/// Keys kept parsed by the host. A desk has a handful; the rest is other desks of the same isolate.
const MAX_KEPT_KEYS: usize = 128;

thread_local! {
    static PUBLIC_KEYS: RefCell<HashMap<Vec<u8>, JsValue>> = RefCell::default();
    static PRIVATE_KEYS: RefCell<HashMap<Vec<u8>, JsValue>> = RefCell::default();
}

/// The host's cryptography, and the Rust one for what the host lacks or does slower.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HostCrypto;

/// Without RSA private operations (RUSTSEC-2023-0071): those are the host's alone.
const RUST: RustCrypto = RustCrypto::new();

impl Crypto for HostCrypto {
    fn hasher(&self, algorithm: DigestAlgorithm) -> Box<dyn Hasher> {
        Box::new(BufferedHash { algorithm, buffer: Vec::new(), host: None })
    }

    fn verify(
        &self,
        algorithm: SignatureAlgorithm,
        key: &PublicKey,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        if !algorithm.fits(key.kind()) {
            return Err(InvalidSignature);
        }
        let verified = match algorithm {
            SignatureAlgorithm::Ed25519 if has_small_order_commitment(signature) => Ok(false),
            SignatureAlgorithm::Ed25519 => {
                verify_signature(None, message, &kept_public_key(key)?, signature)
            }
            SignatureAlgorithm::RsaPkcs1(digest) => {
                let key = kept_public_key(key)?;
                verify_signature(Some(host_name(digest)), message, &key, signature)
            }
            SignatureAlgorithm::Ecdsa(digest) => {
                if Some(signature.len()) != fixed_width(key.kind()) {
                    return Err(InvalidSignature);
                }
                verify_ecdsa(host_name(digest), message, key.spki_der(), signature)
            }
            // workerd ignores `saltLength` when it verifies and would take salts of any length.
            _ => return RUST.verify(algorithm, key, message, signature),
        };
        if matches!(verified, Ok(true)) { Ok(()) } else { Err(InvalidSignature) }
    }

    fn sign(
        &self,
        algorithm: SignatureAlgorithm,
        key: &PrivateKey,
        message: &[u8],
    ) -> Result<Vec<u8>, SigningFailed> {
        if !algorithm.fits(key.kind()) {
            return Err(SigningFailed);
        }
        let name = match algorithm {
            SignatureAlgorithm::Ed25519 => None,
            SignatureAlgorithm::RsaPkcs1(digest) => Some(host_name(digest)),
            // Our own keys are Ed25519 and RSA; ECDSA in Rust would add 40 KB to the module.
            SignatureAlgorithm::Ecdsa(_) | SignatureAlgorithm::RsaPss(_) => {
                return Err(SigningFailed);
            }
        };
        make_signature(name, message, &kept_private_key(key)?).map_err(|_| SigningFailed)
    }

    /// In wasm: for the few hundred bytes of a token the call to the host costs more than the hash.
    fn mac(&self, algorithm: DigestAlgorithm, key: &SecretKey, message: &[u8]) -> DigestValue {
        RUST.mac(algorithm, key, message)
    }

    fn seal(
        &self,
        key: &SecretKey,
        nonce: &[u8; 12],
        associated_data: &[u8],
        plaintext: &[u8],
    ) -> Result<Vec<u8>, SigningFailed> {
        RUST.seal(key, nonce, associated_data, plaintext)
    }

    fn open(
        &self,
        key: &SecretKey,
        nonce: &[u8; 12],
        associated_data: &[u8],
        sealed: &[u8],
    ) -> Result<Vec<u8>, DecryptionFailed> {
        RUST.open(key, nonce, associated_data, sealed)
    }

    fn decrypt_cbc(
        &self,
        key: &SecretKey,
        iv: &[u8; 16],
        ciphertext: &[u8],
    ) -> Result<Vec<u8>, DecryptionFailed> {
        RUST.decrypt_cbc(key, iv, ciphertext)
    }

    fn decrypt_rsa(
        &self,
        key: &PrivateKey,
        ciphertext: &[u8],
    ) -> Result<SecretKey, DecryptionFailed> {
        let KeyKind::Rsa { bits } = key.kind() else { return Err(DecryptionFailed) };
        if ciphertext.len() != bits.div_ceil(8) {
            return Err(DecryptionFailed);
        }
        let pkcs8 = key.to_pkcs8_der().map_err(|_| DecryptionFailed)?;
        let block = decrypt_rsa(&pkcs8, ciphertext).map_err(|_| DecryptionFailed)?;
        let block = Zeroizing::new(block);
        if block.len() == ciphertext.len() {
            Ok(SecretKey::new(&block))
        } else {
            Err(DecryptionFailed)
        }
    }
}

/// The name of a digest in `node:crypto`.
const fn host_name(digest: DigestAlgorithm) -> &'static str {
    match digest {
        DigestAlgorithm::Sha1 => "sha1",
        DigestAlgorithm::Sha256 => "sha256",
        DigestAlgorithm::Sha384 => "sha384",
        DigestAlgorithm::Sha512 => "sha512",
    }
}

/// The length of `r || s`.
const fn fixed_width(kind: KeyKind) -> Option<usize> {
    match kind {
        KeyKind::Ec(curve) => Some(2 * curve.coordinate_bytes()),
        KeyKind::Ed25519 | KeyKind::Rsa { .. } => None,
    }
}

fn kept_public_key(key: &PublicKey) -> Result<JsValue, InvalidSignature> {
    PUBLIC_KEYS.with_borrow_mut(|kept| {
        if let Some(key) = kept.get(key.spki_der()) {
            return Ok(key.clone());
        }
        let parsed = public_key(key.spki_der()).map_err(|_| InvalidSignature)?;
        keep(kept, key, &parsed);
        Ok(parsed)
    })
}

fn kept_private_key(key: &PrivateKey) -> Result<JsValue, SigningFailed> {
    PRIVATE_KEYS.with_borrow_mut(|kept| {
        if let Some(key) = kept.get(key.public_key().spki_der()) {
            return Ok(key.clone());
        }
        let pkcs8 = key.to_pkcs8_der().map_err(|_| SigningFailed)?;
        let parsed = private_key(&pkcs8).map_err(|_| SigningFailed)?;
        keep(kept, key.public_key(), &parsed);
        Ok(parsed)
    })
}

/// A full map is emptied: parsing again costs 10 µs.
fn keep(kept: &mut HashMap<Vec<u8>, JsValue>, key: &PublicKey, parsed: &JsValue) {
    if kept.len() == MAX_KEPT_KEYS {
        kept.clear();
    }
    kept.insert(key.spki_der().to_vec(), parsed.clone());
}

/// The y coordinates of the points of small order on edwards25519, little endian: 1, -1, 0 and the
/// two of order 8.
const SMALL_ORDER_Y: [[u8; 32]; 5] = [
    [
        1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0,
    ],
    [
        0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0x7f,
    ],
    [0; 32],
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98,
        0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53,
        0xfc, 0x05,
    ],
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67,
        0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac,
        0x03, 0x7a,
    ],
];

/// Strict Ed25519 verification refuses an `R` of small order; BoringSSL does not look. Spellings of
/// `R` that are not canonical need no row: BoringSSL compares `R` as bytes with its own result.
fn has_small_order_commitment(signature: &[u8]) -> bool {
    signature.first_chunk::<32>().is_some_and(|r| {
        let mut y = *r;
        y[31] &= 0x7f;
        SMALL_ORDER_Y.contains(&y)
    })
}

/// Bytes gathered before they cross to the host. Canonicalization writes a few bytes at a time, and
/// each crossing costs about 100 ns.
const BUFFER_BYTES: usize = 8 * 1024;

/// Below this a digest in wasm is faster than a hash object of the host.
const MIN_HOST_BYTES: usize = 512;

struct BufferedHash {
    algorithm: DigestAlgorithm,
    buffer: Vec<u8>,
    host: Option<JsValue>,
}

impl BufferedHash {
    fn flush(&mut self) -> &JsValue {
        let host = self.host.get_or_insert_with(|| new_hash(host_name(self.algorithm)));
        update_hash(host, &self.buffer);
        self.buffer.clear();
        host
    }
}

impl Hasher for BufferedHash {
    fn update(&mut self, bytes: &[u8]) {
        if self.buffer.len() + bytes.len() > BUFFER_BYTES {
            self.flush();
        }
        self.buffer.extend_from_slice(bytes);
    }

    fn finish(mut self: Box<Self>) -> DigestValue {
        if self.host.is_none() && self.buffer.len() < MIN_HOST_BYTES {
            return RUST.digest(self.algorithm, &self.buffer);
        }
        DigestValue::new(&finish_hash(self.flush()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(y: &[u8; 32], sign: u8, expected: bool) {
        let mut signature = [7; 64];
        signature[..32].copy_from_slice(y);
        signature[31] |= sign;
        assert_eq!(has_small_order_commitment(&signature), expected);
    }

    #[test]
    fn commitments_of_small_order_are_found_with_either_sign() {
        for y in &SMALL_ORDER_Y {
            check(y, 0, true);
            check(y, 0x80, true);
        }
        check(&[9; 32], 0, false);
    }
}
