//! AWS-LC against RustCrypto: the same answer to everything, right or wrong. What has to hold of every provider
//! is in `crypto/tests.rs`, which puts it to both.

use alloc::vec;
use alloc::vec::Vec;

use super::*;
use crate::crypto::tests::{ED25519, P256, P384, P521, RSA, private};
use crate::crypto::{KeyRules, PrivateKey};

const RUST: RustCrypto = RustCrypto::with_dangerous_rsa_private_operations();
const AWS_LC: AwsLc = AwsLc::with_dangerous_rsa_private_operations();

/// Numbers that are the same in each run (xorshift64, Marsaglia 2003).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 as usize % end
    }

    fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.below(256) as u8).collect()
    }
}

fn keys() -> Vec<PrivateKey> {
    let small = include_str!("../testdata/rsa1024.key");
    let small = PrivateKey::from_pem(small, KeyRules::dangerous_min_rsa_bits(1024)).unwrap();
    [RSA, P256, P384, P521, ED25519].map(private).into_iter().chain([small]).collect()
}

#[test]
fn every_signature_gets_the_verdict_of_rustcrypto() {
    let mut numbers = Numbers(7);
    for key in keys() {
        let public = key.public_key();
        for algorithm in SignatureAlgorithm::ALL {
            let message = numbers.bytes(100);
            let compare = |signature: &[u8]| {
                let verdict = RUST.verify(algorithm, public, &message, signature);
                let ours = AWS_LC.verify(algorithm, public, &message, signature);
                assert_eq!(ours, verdict, "{algorithm:?} {public:?} {signature:?}");
            };
            let right = RUST.sign(algorithm, &key, &message);
            assert_eq!(AWS_LC.sign(algorithm, &key, &message), right, "{algorithm:?}");
            let length = right.as_ref().map_or(64, Vec::len);
            let right = right.unwrap_or_else(|_| vec![1; length]);
            compare(&right);
            for _ in 0..40 {
                let mut changed = right.clone();
                changed[numbers.below(length)] ^= 1 << numbers.below(8);
                compare(&changed);
            }
            for other in [0, 1, length - 1, length, length + 1, 2 * length] {
                compare(&numbers.bytes(other));
                compare(&vec![0; other]);
                compare(&vec![0xff; other]);
            }
        }
    }
}

#[test]
fn digests_and_macs_of_every_length_are_those_of_rustcrypto() {
    let mut numbers = Numbers(11);
    let message = numbers.bytes(300);
    for algorithm in DigestAlgorithm::ALL {
        for length in 0..message.len() {
            let (before, after) = message[..length].split_at(numbers.below(length + 1));
            let expected = RUST.digest(algorithm, &message[..length]);
            let mut hasher = AWS_LC.hasher(algorithm);
            hasher.update(before);
            hasher.update(after);
            assert!(hasher.finish().matches(expected.as_bytes()), "{algorithm:?} {length}");
            let whole = AWS_LC.digest(algorithm, &message[..length]);
            assert!(whole.matches(expected.as_bytes()), "{algorithm:?} {length}");
            let key = SecretKey::new(after);
            let mac = AWS_LC.mac(algorithm, &key, before);
            assert!(mac.matches(RUST.mac(algorithm, &key, before).as_bytes()), "{algorithm:?}");
        }
    }
}

#[test]
fn ciphers_give_what_rustcrypto_gives() {
    let mut numbers = Numbers(13);
    for length in 0..100 {
        for key_length in [0, 15, 16, 24, 31, 32, 33] {
            let key = SecretKey::new(&numbers.bytes(key_length));
            let (nonce, iv) = ([length as u8; 12], [length as u8; 16]);
            let (plaintext, data) = (numbers.bytes(length), numbers.bytes(length / 3));
            let sealed = RUST.seal(&key, &nonce, &data, &plaintext);
            assert_eq!(AWS_LC.seal(&key, &nonce, &data, &plaintext), sealed);
            let mut sealed = sealed.unwrap_or_default();
            assert_eq!(
                AWS_LC.open(&key, &nonce, &data, &sealed),
                RUST.open(&key, &nonce, &data, &sealed)
            );
            if let Some(at) = sealed.len().checked_sub(1) {
                sealed[numbers.below(at)] ^= 1;
                assert!(AWS_LC.open(&key, &nonce, &data, &sealed).is_err());
            }
            assert_eq!(
                AWS_LC.decrypt_cbc(&key, &iv, &plaintext),
                RUST.decrypt_cbc(&key, &iv, &plaintext)
            );
        }
    }
}
