use super::*;
use alloc::vec;

use DigestAlgorithm::{Sha1, Sha256, Sha384, Sha512};

pub(super) const RSA: &str = include_str!("testdata/rsa.key");
pub(super) const P256: &str = include_str!("testdata/prime256v1.key");
pub(super) const P384: &str = include_str!("testdata/secp384r1.key");
pub(super) const P521: &str = include_str!("testdata/secp521r1.key");
pub(super) const ED25519: &str = include_str!("testdata/ed25519.key");

pub(super) fn private(pem: &str) -> PrivateKey {
    PrivateKey::from_pem(pem, KeyRules::default()).unwrap()
}

/// Whoever does the work, the same has to hold. The Worker's provider gets the vectors of others, inside workerd.
const PROVIDERS: &[&dyn Crypto] = &[
    &RustCrypto::with_dangerous_rsa_private_operations(),
    #[cfg(feature = "aws-lc-rs")]
    &AwsLc::with_dangerous_rsa_private_operations(),
];

pub(super) fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
    digits
        .chunks(2)
        .map(|pair| u8::from_str_radix(core::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

#[test]
fn every_signature_verifies_and_its_twins_do_not() {
    for crypto in PROVIDERS {
        let all = [RSA, P256, P384, P521, ED25519].map(private);
        let message = b"message";
        let mut count = 0;
        for key in &all {
            for algorithm in SignatureAlgorithm::ALL {
                let Ok(signature) = crypto.sign(algorithm, key, message) else {
                    let is_pss = matches!(algorithm, SignatureAlgorithm::RsaPss(_));
                    assert!(is_pss || !algorithm.fits(key.kind()));
                    continue;
                };
                count += 1;
                let verify = |message: &[u8], signature: &[u8]| {
                    crypto.verify(algorithm, key.public_key(), message, signature)
                };
                assert_eq!(verify(message, &signature), Ok(()));
                assert_eq!(verify(b"massage", &signature), Err(InvalidSignature));
                assert_eq!(verify(message, &signature[1..]), Err(InvalidSignature));
                assert_eq!(
                    verify(message, &signature[..signature.len() - 1]),
                    Err(InvalidSignature)
                );
                let longer = [signature.as_slice(), &[0]].concat();
                assert_eq!(verify(message, &longer), Err(InvalidSignature));
                let longer = [&[0], signature.as_slice()].concat();
                assert_eq!(verify(message, &longer), Err(InvalidSignature));
                for at in [0, signature.len() / 2, signature.len() - 1] {
                    let mut changed = signature.clone();
                    changed[at] ^= 1;
                    assert_eq!(verify(message, &changed), Err(InvalidSignature));
                }
                for value in [0x00, 0x01, 0xff] {
                    assert_eq!(
                        verify(message, &vec![value; signature.len()]),
                        Err(InvalidSignature)
                    );
                }
                assert_eq!(verify(message, &[]), Err(InvalidSignature));
                for other in &all {
                    for another in SignatureAlgorithm::ALL {
                        let same = (other.public_key(), another) == (key.public_key(), algorithm);
                        let result =
                            crypto.verify(another, other.public_key(), message, &signature);
                        assert_eq!(result.is_ok(), same, "{algorithm:?} {another:?}");
                    }
                }
            }
        }
        assert_eq!(count, 4 + 3 * 4 + 1);
    }
}

#[test]
fn without_the_opt_in_no_rsa_key_is_used() {
    let without: &[&dyn Crypto] = &[
        &RustCrypto::new(),
        #[cfg(feature = "aws-lc-rs")]
        &AwsLc::new(),
    ];
    for crypto in without {
        let key = private(RSA);
        let rsa = SignatureAlgorithm::RsaPkcs1(Sha256);
        assert_eq!(crypto.sign(rsa, &key, b""), Err(SigningFailed));
        assert_eq!(crypto.decrypt_rsa(&key, &[0; 256]).err(), Some(DecryptionFailed));
        assert!(crypto.sign(SignatureAlgorithm::Ecdsa(Sha256), &private(P256), b"").is_ok());
    }
}

/// EMSA-PKCS1-v1_5 for SHA-256, with the parts that attacks change.
fn encoded(padding: usize, fill: u8, prefix: &str, digest: &[u8], garbage: usize) -> Vec<u8> {
    let mut block = vec![0x00, 0x01];
    block.resize(2 + padding, fill);
    block.push(0x00);
    block.extend(hex(prefix));
    block.extend_from_slice(digest);
    block.resize(block.len() + garbage, 0x55);
    block
}

#[test]
fn only_the_one_pkcs1_encoding_verifies() {
    for crypto in PROVIDERS {
        let key = private(RSA);
        let digest = crypto.digest(Sha256, b"message");
        let digest = digest.as_bytes();
        // The private-key operation of decryption signs any block.
        let verdict = |block: &[u8]| {
            assert_eq!(block.len(), 256);
            let signature = crypto.decrypt_rsa(&key, block).unwrap();
            let algorithm = SignatureAlgorithm::RsaPkcs1(Sha256);
            crypto.verify(algorithm, key.public_key(), b"message", signature.as_bytes())
        };
        let prefix = "3031300d060960864801650304020105000420";
        assert_eq!(verdict(&encoded(202, 0xff, prefix, digest, 0)), Ok(()));
        // Bleichenbacher 2006: short padding, garbage after the digest.
        assert!(verdict(&encoded(8, 0xff, prefix, digest, 194)).is_err());
        assert!(verdict(&encoded(201, 0xff, prefix, digest, 1)).is_err());
        // Padding of other bytes; NULL missing; NULL as garbage (CVE-2026-33894); BER length (BERserk).
        assert!(verdict(&encoded(202, 0xfe, prefix, digest, 0)).is_err());
        assert!(
            verdict(&encoded(204, 0xff, "302f300b0609608648016503040201 0420", digest, 0)).is_err()
        );
        let garbage = "3033300f0609608648016503040201 04020000 0420";
        assert!(verdict(&encoded(200, 0xff, garbage, digest, 0)).is_err());
        let long_length = "308131300d060960864801650304020105000420";
        assert!(verdict(&encoded(201, 0xff, long_length, digest, 0)).is_err());
        // The digest alone, and the identifier of SHA-512/256.
        assert!(verdict(&encoded(221, 0xff, "", digest, 0)).is_err());
        let other = "3031300d060960864801650304020605000420";
        assert!(verdict(&encoded(202, 0xff, other, digest, 0)).is_err());
        // Block type 2, first byte not zero.
        let mut block = encoded(202, 0xff, prefix, digest, 0);
        block[1] = 0x02;
        assert!(verdict(&block).is_err());
        block[..2].copy_from_slice(&[0x01, 0x01]);
        assert!(verdict(&block).is_err());
    }
}

#[test]
fn a_signature_is_below_the_modulus() {
    for crypto in PROVIDERS {
        let key = private(RSA);
        let (n, _) = key.public_key().rsa_components().unwrap();
        let algorithm = SignatureAlgorithm::RsaPkcs1(Sha256);
        let mut signature = crypto.sign(algorithm, &key, b"message").unwrap();
        // s + n is the same residue, but another number; it fits 256 bytes if s is small enough.
        let mut carry = 0;
        for (s, n) in signature.iter_mut().zip(&n).rev() {
            let sum = u16::from(*s) + u16::from(*n) + carry;
            *s = sum as u8;
            carry = sum >> 8;
        }
        let result = crypto.verify(algorithm, key.public_key(), b"message", &signature);
        assert_eq!(result, Err(InvalidSignature));
        assert_eq!(crypto.decrypt_rsa(&key, &n).err(), Some(DecryptionFailed));
    }
}

#[test]
fn pss_takes_one_salt_length_and_one_mask_function() {
    for crypto in PROVIDERS {
        let key = private(RSA);
        for line in
            include_str!("testdata/rsa-pss.txt").lines().filter(|line| !line.starts_with('#'))
        {
            let fields: Vec<&str> = line.split(' ').collect();
            let [hash, salt, mask, signature] = fields[..] else { panic!() };
            let digest =
                DigestAlgorithm::ALL.into_iter().find(|row| row.xml_uri().ends_with(hash)).unwrap();
            let signature = crate::base64::decode(signature).unwrap();
            let verify = |message: &[u8]| {
                let algorithm = SignatureAlgorithm::RsaPss(digest);
                crypto.verify(algorithm, key.public_key(), message, &signature).is_ok()
            };
            assert_eq!(
                verify(b"message"),
                salt == "digest" && mask == hash,
                "{hash} {salt} {mask}"
            );
            assert!(!verify(b"massage"));
        }
    }
}

#[test]
fn deterministic_signatures_are_those_of_the_specifications() {
    for crypto in PROVIDERS {
        // RFC 6979, A.2.5: P-256, SHA-256, "sample".
        let pkcs8 = hex("3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420
         c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721");
        let key = PrivateKey::from_pkcs8_der(&pkcs8, KeyRules::default()).unwrap();
        let signature = crypto.sign(SignatureAlgorithm::Ecdsa(Sha256), &key, b"sample").unwrap();
        assert_eq!(
            signature,
            hex("efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716
             f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8")
        );
        // RFC 8032, 7.1, test 2.
        let seed = hex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
        let key = PrivateKey::ed25519_from_seed(&seed.try_into().unwrap()).unwrap();
        assert_eq!(
            key.public_key().ed25519_bytes().unwrap().to_vec(),
            hex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
        );
        let signature = crypto.sign(SignatureAlgorithm::Ed25519, &key, &[0x72]).unwrap();
        assert_eq!(
            signature,
            hex("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da
             085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")
        );
    }
}

#[test]
fn digests_and_macs_are_those_of_the_specifications() {
    for crypto in PROVIDERS {
        // FIPS 180-4 examples, "abc".
        for (algorithm, expected) in [
            (Sha1, "a9993e364706816aba3e25717850c26c9cd0d89d"),
            (Sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                Sha384,
                "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed
             8086072ba1e7cc2358baeca134c825a7",
            ),
            (
                Sha512,
                "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a
             2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
            ),
        ] {
            let mut hasher = crypto.hasher(algorithm);
            hasher.update(b"a");
            hasher.update(b"");
            hasher.update(b"bc");
            let digest = hasher.finish();
            assert_eq!(digest.as_bytes(), hex(expected));
            assert_eq!(digest.as_bytes().len(), algorithm.output_bytes());
            assert!(digest.matches(&hex(expected)));
            assert!(!digest.matches(&hex(expected)[1..]));
            assert!(!digest.matches(&[]));
            let twin = crypto.digest(algorithm, b"abd");
            assert!(!twin.matches(digest.as_bytes()));
        }
        // RFC 4231, test case 2.
        let mac = crypto.mac(Sha256, &SecretKey::new(b"Jefe"), b"what do ya want for nothing?");
        assert_eq!(
            mac.as_bytes(),
            hex("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        );
    }
}

#[test]
fn sealed_bytes_open_only_unchanged() {
    for crypto in PROVIDERS {
        // McGrew and Viega, the GCM submission, test cases 3 (without the last block) and 16.
        let key = SecretKey::new(&hex(
            "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
        ));
        let nonce: [u8; 12] = hex("cafebabefacedbaddecaf888").try_into().unwrap();
        let data = hex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
        let plaintext = hex(
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525
         b16aedf5aa0de657ba637b39",
    );
        let sealed = crypto.seal(&key, &nonce, &data, &plaintext).unwrap();
        assert_eq!(
        sealed,
        hex("522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838
             c5f61e6393ba7a0abcc9f662 76fc6ece0f4e1768cddf8853bb2d551b")
    );
        assert_eq!(crypto.open(&key, &nonce, &data, &sealed), Ok(plaintext));
        for at in [0, sealed.len() - 17, sealed.len() - 1] {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(crypto.open(&key, &nonce, &data, &changed), Err(DecryptionFailed));
        }
        for length in [0, 12, 15, sealed.len() - 12, sealed.len() - 1] {
            assert_eq!(crypto.open(&key, &nonce, &data, &sealed[..length]), Err(DecryptionFailed));
        }
        assert_eq!(crypto.open(&key, &nonce, &data[1..], &sealed), Err(DecryptionFailed));
        assert_eq!(crypto.open(&key, &[0; 12], &data, &sealed), Err(DecryptionFailed));
        for length in [16, 24, 32] {
            let key = SecretKey::new(&key.as_bytes()[..length]);
            let sealed = crypto.seal(&key, &nonce, &[], b"x").unwrap();
            assert_eq!(crypto.open(&key, &nonce, &[], &sealed).as_deref(), Ok(b"x".as_slice()));
        }
        for length in [0, 15, 17, 31, 33] {
            let key = SecretKey::new(&[7; 33][..length]);
            assert_eq!(crypto.seal(&key, &nonce, &[], b"x"), Err(SigningFailed));
            assert_eq!(crypto.open(&key, &nonce, &[], &[0; 17]), Err(DecryptionFailed));
            assert_eq!(crypto.decrypt_cbc(&key, &[0; 16], &[0; 16]), Err(DecryptionFailed));
        }
    }
}

#[test]
fn cbc_decrypts_whole_blocks() {
    for crypto in PROVIDERS {
        // NIST SP 800-38A, F.2.1, F.2.3 and F.2.5: the first block.
        let plaintext = hex("6bc1bee22e409f96e93d7e117393172a");
        let iv: [u8; 16] = hex("000102030405060708090a0b0c0d0e0f").try_into().unwrap();
        for (key, ciphertext) in [
            ("2b7e151628aed2a6abf7158809cf4f3c", "7649abac8119b246cee98e9b12e9197d"),
            (
                "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b",
                "4f021db243bc633d7178183a9fa071e8",
            ),
            (
                "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
                "f58c4c04d6e5f1ba779eabfb5f7bfbd6",
            ),
        ] {
            let (key, ciphertext) = (SecretKey::new(&hex(key)), hex(ciphertext));
            let decrypt = |ciphertext: &[u8]| crypto.decrypt_cbc(&key, &iv, ciphertext);
            assert_eq!(decrypt(&ciphertext), Ok(plaintext.clone()));
            assert_eq!(decrypt(&ciphertext[1..]), Err(DecryptionFailed));
            assert_eq!(decrypt(&[]), Ok(Vec::new()));
        }
    }
}

/// CVE-2022-21449: with r and s zero every message verified under every key.
#[test]
fn both_halves_of_an_ecdsa_signature_lie_between_zero_and_the_order() {
    for crypto in PROVIDERS {
        let order = hex("ffffffff 00000000 ffffffff ffffffff bce6faad a7179e84 f3b9cac2 fc632551");
        for (pem, order) in [(P256, Some(order)), (P384, None), (P521, None)] {
            let key = private(pem);
            let KeyKind::Ec(curve) = key.kind() else { panic!() };
            let width = curve.coordinate_bytes();
            let algorithm = SignatureAlgorithm::Ecdsa(Sha256);
            let signature = crypto.sign(algorithm, &key, b"message").unwrap();
            let (r, s) = signature.split_at(width);
            let verify = |parts: [&[u8]; 2]| {
                crypto.verify(algorithm, key.public_key(), b"message", &parts.concat())
            };
            assert_eq!(verify([r, s]), Ok(()));
            let zero = vec![0; width];
            let mut refused = vec![[zero.as_slice(), s], [r, &zero], [&zero, &zero], [s, r]];
            if let Some(order) = &order {
                refused.extend([[order, s], [r, order], [order, order], [&zero, order]]);
            }
            for parts in refused {
                assert_eq!(verify(parts), Err(InvalidSignature), "{parts:?}");
            }
        }
    }
}
