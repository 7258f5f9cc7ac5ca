use super::*;
use alloc::format;
use alloc::vec;

use crate::crypto::tests::{ED25519, P256, P384, P521, RSA, hex, private};

const RSA_PKCS1: &str = include_str!("../testdata/rsa-pkcs1.key");
const RSA_1024: &str = include_str!("../testdata/rsa1024.key");

#[track_caller]
fn refused<T: fmt::Debug>(result: Result<T, InvalidKey>, code: &str) {
    let error = result.unwrap_err();
    assert_eq!(error.code(), code, "{error}");
    assert!(!error.help().is_empty());
}

#[test]
fn private_keys_are_read_in_the_forms_that_openssl_writes() {
    for (pem, kind) in [
        (RSA, KeyKind::Rsa { bits: 2048 }),
        (RSA_PKCS1, KeyKind::Rsa { bits: 2048 }),
        (P256, KeyKind::Ec(EcCurve::P256)),
        (P384, KeyKind::Ec(EcCurve::P384)),
        (P521, KeyKind::Ec(EcCurve::P521)),
        (include_str!("../testdata/sec1.key"), KeyKind::Ec(EcCurve::P256)),
        (include_str!("../testdata/sec1-521.key"), KeyKind::Ec(EcCurve::P521)),
        (ED25519, KeyKind::Ed25519),
    ] {
        let key = private(pem);
        assert_eq!(key.kind(), kind);
        assert_eq!(private(&pem.replace('\n', "\r\n")).public_key(), key.public_key());
        let certificate = include_str!("../../../../core/src/x509/testdata/rsa.pem");
        assert_eq!(private(&format!("{certificate}{pem}")).public_key(), key.public_key());
        let der = key.pkcs8_der();
        let again = PrivateKey::from_pkcs8_der(der, KeyRules::default()).unwrap();
        assert_eq!(again.public_key(), key.public_key());
        let spki = key.public_key().spki_der();
        let public = PublicKey::from_spki_der(spki, KeyRules::default()).unwrap();
        assert_eq!(&public, key.public_key());
    }
    assert_eq!(private(RSA).public_key(), private(RSA_PKCS1).public_key());
}

#[test]
fn other_private_keys_are_refused() {
    let read = |pem: &str| PrivateKey::from_pem(pem, KeyRules::default());
    refused(read(""), "key.no_private_key");
    refused(read(include_str!("../../../../core/src/x509/testdata/rsa.pem")), "key.no_private_key");
    refused(read(include_str!("../testdata/encrypted.key")), "key.encrypted");
    refused(read(include_str!("../testdata/rsa-pkcs1-encrypted.key")), "key.encrypted");
    refused(read(include_str!("../testdata/secp256k1.key")), "key.unsupported_curve");
    refused(read(include_str!("../testdata/explicit.key")), "key.unsupported_curve");
    refused(read(include_str!("../testdata/x25519.key")), "key.unsupported_algorithm");
    refused(read(RSA_1024), "key.rsa_too_small");
    refused(read(&format!("{RSA}{P256}")), "key.malformed");
    refused(read(&RSA[..1000]), "key.malformed");
    refused(read(&RSA.replacen('A', "", 1)), "key.malformed");
    refused(read(&RSA.replacen('A', "*", 1)), "key.malformed");
    assert!(PrivateKey::from_pem(RSA_1024, KeyRules::dangerous_min_rsa_bits(1024)).is_ok());
}

#[test]
fn private_keys_are_not_printed() {
    for pem in [RSA, P256, ED25519] {
        let key = private(pem);
        let printed = format!("{key:?}");
        assert!(printed.starts_with("PrivateKey { public: PublicKey { kind: "));
        let secret = crate::base64::encode(key.pkcs8_der());
        assert!(!printed.contains(&secret[secret.len() - 20..]));
    }
}

#[test]
fn public_keys_give_their_parts_and_are_made_of_them() {
    let rules = KeyRules::default();
    let rsa = private(RSA);
    let (n, e) = rsa.public_key().rsa_components().unwrap();
    assert_eq!(e, [1, 0, 1]);
    assert_eq!(&PublicKey::from_rsa_components(&n, &e, rules).unwrap(), rsa.public_key());
    for pem in [P256, P384, P521] {
        let key = private(pem);
        let (curve, x, y) = key.public_key().ec_coordinates().unwrap();
        assert_eq!((x.len(), y.len()), (curve.coordinate_bytes(), curve.coordinate_bytes()));
        assert_eq!(&PublicKey::from_ec_point(curve, &x, &y).unwrap(), key.public_key());
        refused(PublicKey::from_ec_point(curve, &x[1..], &y), "key.malformed");
        refused(
            PublicKey::from_ec_point(curve, &[&[0], x.as_slice()].concat(), &y),
            "key.malformed",
        );
        refused(PublicKey::from_ec_point(curve, &y, &x), "key.not_on_curve");
        let zero = vec![0; curve.coordinate_bytes()];
        refused(PublicKey::from_ec_point(curve, &zero, &zero), "key.not_on_curve");
    }
    let ed25519 = private(ED25519);
    let bytes = ed25519.public_key().ed25519_bytes().unwrap();
    assert_eq!(&PublicKey::from_ed25519(&bytes).unwrap(), ed25519.public_key());
    assert!(rsa.public_key().ec_coordinates().is_none());
    assert!(rsa.public_key().ed25519_bytes().is_none());
    assert!(ed25519.public_key().rsa_components().is_none());
}

#[test]
fn rsa_keys_outside_the_rules_are_refused() {
    let (n, e) = private(RSA).public_key().rsa_components().unwrap();
    let check = |n: &[u8], e: &[u8], code| {
        refused(PublicKey::from_rsa_components(n, e, KeyRules::default()), code);
    };
    check(&n[1..], &e, "key.rsa_too_small");
    check(&[n.as_slice(), &[1]].concat().repeat(4), &e, "key.rsa_too_large");
    check(&[&[0], n.as_slice()].concat(), &e, "key.malformed");
    check(&n, &[0, 1, 0, 1], "key.malformed");
    check(&[], &e, "key.malformed");
    check(&n, &[], "key.malformed");
    check(&n, &[1], "key.rsa_exponent");
    check(&n, &[2], "key.rsa_exponent");
    check(&n, &[1, 0, 0], "key.rsa_exponent");
    check(&n, &[1, 0, 0, 0, 1], "key.rsa_exponent");
    let mut even = n.clone();
    *even.last_mut().unwrap() &= 0xfe;
    check(&even, &e, "key.malformed");
    let largest = [0xff, 0xff, 0xff, 0xff];
    for e in [&[3][..], &largest] {
        assert!(PublicKey::from_rsa_components(&n, e, KeyRules::default()).is_ok());
    }
}

#[test]
fn weak_and_non_canonical_ed25519_points_are_refused() {
    let check = |text: &str, code| refused(PublicKey::from_ed25519(&hex(text)), code);
    // The neutral element, the point of order 2, one of order 4 and one of order 8.
    check(&("01".to_string() + &"00".repeat(31)), "key.not_on_curve");
    check(&("ec".to_string() + &"ff".repeat(30) + "7f"), "key.not_on_curve");
    check(&"00".repeat(32), "key.not_on_curve");
    check("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", "key.not_on_curve");
    // y = 3 written as p + 3: the same point in another spelling.
    check(&("f0".to_string() + &"ff".repeat(30) + "7f"), "key.not_on_curve");
    check(&"00".repeat(31), "key.malformed");
    check(&"00".repeat(33), "key.malformed");
}

#[test]
fn points_of_small_order_are_found_with_either_sign() {
    for point in [
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    ] {
        let mut signature = [hex(point), vec![9; 32]].concat();
        assert!(has_small_order_commitment(&signature));
        signature[31] |= 0x80;
        assert!(has_small_order_commitment(&signature));
        assert!(!has_small_order_commitment(&signature[..31]));
    }
    assert!(!has_small_order_commitment(&[9; 64]));
}

#[test]
fn a_private_key_and_the_public_key_beside_it_belong_together() {
    let (rsa, ed25519) = (private(RSA), private(ED25519));
    for key in [&rsa, &ed25519] {
        let again = PrivateKey::from_parts(key.pkcs8_der(), key.public_key().clone()).unwrap();
        assert_eq!(again.pkcs8_der(), key.pkcs8_der());
    }
    let mixed = PrivateKey::from_parts(rsa.pkcs8_der(), ed25519.public_key().clone());
    refused(mixed, "key.malformed");
    let der = PrivateKey::ed25519_pkcs8(&[7; 32]);
    let key = PrivateKey::ed25519_from_seed(&[7; 32]).unwrap();
    assert_eq!(key.pkcs8_der(), der.as_slice());
}

#[test]
fn an_spki_is_read_whole_and_alone() {
    let spki = private(P256).public_key().spki_der().to_vec();
    let read = |der: &[u8]| PublicKey::from_spki_der(der, KeyRules::default());
    refused(read(&[spki.as_slice(), &[0]].concat()), "key.malformed");
    refused(read(&spki[..spki.len() - 1]), "key.malformed");
    refused(read(&[]), "key.malformed");
    for at in 0..spki.len() {
        let mut changed = spki.clone();
        changed[at] ^= 1;
        if let Ok(key) = read(&changed) {
            assert_ne!(key.spki_der(), spki);
        }
    }
}

#[test]
fn a_compressed_point_is_the_same_key() {
    let key = private(P256);
    let (_, x, y) = key.public_key().ec_coordinates().unwrap();
    let mut compressed = hex("3039301306072a8648ce3d020106082a8648ce3d030107032200");
    compressed.push(2 + (y[31] & 1));
    compressed.extend_from_slice(&x);
    let read = PublicKey::from_spki_der(&compressed, KeyRules::default()).unwrap();
    assert_eq!(&read, key.public_key());
}

#[test]
fn every_diagnostic_is_complete() {
    let all = [
        InvalidKey::Encrypted,
        InvalidKey::Malformed,
        InvalidKey::NoPrivateKey,
        InvalidKey::NotOnCurve,
        InvalidKey::RsaExponent,
        InvalidKey::RsaTooLarge { bits: 9000 },
        InvalidKey::RsaTooSmall { bits: 1024, minimum: 2048 },
        InvalidKey::UnsupportedAlgorithm("1.2.3".into()),
        InvalidKey::UnsupportedCurve,
    ];
    let codes: alloc::collections::BTreeSet<&str> = all.iter().map(InvalidKey::code).collect();
    assert_eq!(codes.len(), all.len());
    for error in all {
        assert!(error.code().starts_with("key."));
        assert!(!String::is_empty(&format!("{error}")) && !error.help().is_empty());
        let _ = (error.kind(), error.expected(), error.found());
    }
}
