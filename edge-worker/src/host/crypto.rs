//! [`Crypto`] by `node:crypto`, which verifies RSA 25 times and Ed25519 twice as fast as wasm, and is
//! there already: the module has no cryptography but SHA-256.

use core::cell::RefCell;
use std::collections::BTreeMap;

use deskgate_core::crypto::{
    Crypto, DecryptionFailed, DigestAlgorithm, DigestValue, EncryptionFailed, Hasher,
    InvalidSignature, KeyKind, PrivateKey, PublicKey, SecretKey, SignatureAlgorithm, SigningFailed,
    has_small_order_commitment, hmac_sha256, sha256, verify_pss,
};
use wasm_bindgen::prelude::*;
use zeroize::Zeroizing;

#[wasm_bindgen(raw_module = "./host.mjs")]
extern "C" {
    fn digest(algorithm: u8, bytes: &[u8], to: &mut [u8]);
    #[wasm_bindgen(js_name = newHash)]
    fn new_hash(algorithm: u8) -> JsValue;
    #[wasm_bindgen(js_name = updateHash)]
    fn update_hash(hash: &JsValue, bytes: &[u8]);
    #[wasm_bindgen(js_name = finishHash)]
    fn finish_hash(hash: &JsValue, to: &mut [u8]);
    #[wasm_bindgen(catch, js_name = publicKey)]
    fn public_key(spki: &[u8]) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = privateKey)]
    fn private_key(pkcs8: &[u8]) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_name = verifySignature)]
    fn verify_signature(algorithm: u8, message: &[u8], key: &JsValue, signature: &[u8]) -> bool;
    #[wasm_bindgen(js_name = verifyEcdsa)]
    fn verify_ecdsa(algorithm: u8, message: &[u8], spki: &[u8], signature: &[u8]) -> bool;
    #[wasm_bindgen(catch, js_name = makeSignature)]
    fn make_signature(algorithm: u8, message: &[u8], key: &JsValue) -> Result<Vec<u8>, JsValue>;
    #[wasm_bindgen(catch, js_name = encryptRsa)]
    fn encrypt_rsa(spki: &[u8], block: &[u8]) -> Result<Vec<u8>, JsValue>;
    #[wasm_bindgen(catch, js_name = decryptRsa)]
    fn decrypt_rsa(pkcs8: &[u8], ciphertext: &[u8]) -> Result<Vec<u8>, JsValue>;
    fn hmac(algorithm: u8, key: &[u8], message: &[u8]) -> Vec<u8>;
    #[wasm_bindgen(catch)]
    fn seal(
        bits: usize,
        key: &[u8],
        nonce: &[u8],
        data: &[u8],
        plaintext: &[u8],
    ) -> Result<Vec<u8>, JsValue>;
    #[wasm_bindgen(catch)]
    fn open(
        bits: usize,
        key: &[u8],
        nonce: &[u8],
        data: &[u8],
        ciphertext: &[u8],
        tag: &[u8],
    ) -> Result<Vec<u8>, JsValue>;
    #[wasm_bindgen(catch, js_name = decryptCbc)]
    fn decrypt_cbc(
        bits: usize,
        key: &[u8],
        iv: &[u8],
        ciphertext: &[u8],
    ) -> Result<Vec<u8>, JsValue>;
}

/// Keys kept parsed by the host. A desk has a handful; the rest is other desks of the same isolate.
const MAX_KEPT_KEYS: usize = 128;

thread_local! {
    static PUBLIC_KEYS: RefCell<BTreeMap<Vec<u8>, JsValue>> =
        const { RefCell::new(BTreeMap::new()) };
    static PRIVATE_KEYS: RefCell<BTreeMap<Vec<u8>, JsValue>> =
        const { RefCell::new(BTreeMap::new()) };
}

/// The host's cryptography, and Rust's for what the host does slower.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HostCrypto;

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
            // BoringSSL does not look at that.
            SignatureAlgorithm::Ed25519 if has_small_order_commitment(signature) => false,
            SignatureAlgorithm::Ed25519 => {
                verify_signature(NO_DIGEST, message, &kept_public_key(key)?, signature)
            }
            SignatureAlgorithm::RsaPkcs1(digest) => {
                verify_signature(number(digest), message, &kept_public_key(key)?, signature)
            }
            SignatureAlgorithm::Ecdsa(digest) => {
                if Some(signature.len()) != fixed_width(key.kind()) {
                    return Err(InvalidSignature);
                }
                verify_ecdsa(number(digest), message, key.spki_der(), signature)
            }
            // workerd ignores `saltLength` when it verifies and would take salts of any length.
            SignatureAlgorithm::RsaPss(digest) => {
                return verify_pss(digest, key, message, signature, self);
            }
        };
        if verified { Ok(()) } else { Err(InvalidSignature) }
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
        let digest = match algorithm {
            SignatureAlgorithm::Ed25519 => NO_DIGEST,
            SignatureAlgorithm::RsaPkcs1(digest) => number(digest),
            // Our own keys are Ed25519 and RSA.
            SignatureAlgorithm::Ecdsa(_) | SignatureAlgorithm::RsaPss(_) => {
                return Err(SigningFailed);
            }
        };
        make_signature(digest, message, &kept_private_key(key)?).map_err(|_| SigningFailed)
    }

    /// In wasm, for the few hundred bytes of a token: the call to the host costs more than the hash.
    fn mac(&self, algorithm: DigestAlgorithm, key: &SecretKey, message: &[u8]) -> DigestValue {
        match algorithm {
            DigestAlgorithm::Sha256 => hmac_sha256(key, message),
            other => DigestValue::new(&hmac(number(other), key.as_bytes(), message)),
        }
    }

    fn seal(
        &self,
        key: &SecretKey,
        nonce: &[u8; 12],
        associated_data: &[u8],
        plaintext: &[u8],
    ) -> Result<Vec<u8>, SigningFailed> {
        let bits = aes_bits(key).ok_or(SigningFailed)?;
        seal(bits, key.as_bytes(), nonce, associated_data, plaintext).map_err(|_| SigningFailed)
    }

    fn open(
        &self,
        key: &SecretKey,
        nonce: &[u8; 12],
        associated_data: &[u8],
        sealed: &[u8],
    ) -> Result<Vec<u8>, DecryptionFailed> {
        let bits = aes_bits(key).ok_or(DecryptionFailed)?;
        // The host would take a shorter tag.
        let (ciphertext, tag) = sealed.split_last_chunk::<16>().ok_or(DecryptionFailed)?;
        open(bits, key.as_bytes(), nonce, associated_data, ciphertext, tag)
            .map_err(|_| DecryptionFailed)
    }

    fn decrypt_cbc(
        &self,
        key: &SecretKey,
        iv: &[u8; 16],
        ciphertext: &[u8],
    ) -> Result<Vec<u8>, DecryptionFailed> {
        let bits = aes_bits(key).ok_or(DecryptionFailed)?;
        decrypt_cbc(bits, key.as_bytes(), iv, ciphertext).map_err(|_| DecryptionFailed)
    }

    fn encrypt_rsa(&self, key: &PublicKey, block: &[u8]) -> Result<Vec<u8>, EncryptionFailed> {
        let KeyKind::Rsa { bits } = key.kind() else { return Err(EncryptionFailed) };
        if block.len() != bits.div_ceil(8) {
            return Err(EncryptionFailed);
        }
        encrypt_rsa(key.spki_der(), block).map_err(|_| EncryptionFailed)
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
        let block = decrypt_rsa(key.pkcs8_der(), ciphertext).map_err(|_| DecryptionFailed)?;
        let block = Zeroizing::new(block);
        if block.len() == ciphertext.len() {
            Ok(SecretKey::new(&block))
        } else {
            Err(DecryptionFailed)
        }
    }
}

/// Where the name of a digest stands among the `DIGESTS` of the host: a text would have to be decoded there.
const fn number(digest: DigestAlgorithm) -> u8 {
    match digest {
        DigestAlgorithm::Sha1 => 1,
        DigestAlgorithm::Sha256 => 2,
        DigestAlgorithm::Sha384 => 3,
        DigestAlgorithm::Sha512 => 4,
    }
}

/// For signatures that choose their own.
const NO_DIGEST: u8 = 0;

/// Of the AES that a key is for.
fn aes_bits(key: &SecretKey) -> Option<usize> {
    match key.as_bytes().len() {
        length @ (16 | 24 | 32) => Some(length * 8),
        _ => None,
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
        let parsed = private_key(key.pkcs8_der()).map_err(|_| SigningFailed)?;
        keep(kept, key.public_key(), &parsed);
        Ok(parsed)
    })
}

/// A full map is emptied: parsing again costs 10 µs.
fn keep(kept: &mut BTreeMap<Vec<u8>, JsValue>, key: &PublicKey, parsed: &JsValue) {
    if kept.len() == MAX_KEPT_KEYS {
        kept.clear();
    }
    kept.insert(key.spki_der().to_vec(), parsed.clone());
}

/// Bytes gathered before they cross to the host. Canonicalization writes a few bytes at a time, and
/// each crossing costs about 100 ns. More at once are not copied.
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
        let host = self.host.get_or_insert_with(|| new_hash(number(self.algorithm)));
        if !self.buffer.is_empty() {
            update_hash(host, &self.buffer);
            self.buffer.clear();
        }
        host
    }
}

impl Hasher for BufferedHash {
    fn update(&mut self, bytes: &[u8]) {
        if self.buffer.len() + bytes.len() <= BUFFER_BYTES {
            return self.buffer.extend_from_slice(bytes);
        }
        let host = self.flush();
        update_hash(host, bytes);
    }

    fn finish(mut self: Box<Self>) -> DigestValue {
        let is_short = self.host.is_none() && self.buffer.len() < MIN_HOST_BYTES;
        if is_short && self.algorithm == DigestAlgorithm::Sha256 {
            return sha256(&self.buffer);
        }
        let mut value = [0; 64];
        let (value, _) = value.split_at_mut(self.algorithm.output_bytes());
        if self.host.is_none() {
            digest(number(self.algorithm), &self.buffer, value);
        } else {
            finish_hash(self.flush(), value);
        }
        DigestValue::new(value)
    }
}
