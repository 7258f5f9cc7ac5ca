use super::*;
use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use crate::base64;
use crate::crypto::{
    DigestAlgorithm, EcCurve, KeyKind, KeyRules, PrivateKey, RustCrypto, SignatureAlgorithm,
};
use crate::diagnostic::Diagnostic as _;
use crate::time::UnixTime;

const RSA: &str = include_str!("testdata/rsa.pem");
const RSA_TEXT: &str = include_str!("testdata/rsa-text.pem");
const EC: &str = include_str!("testdata/prime256v1.pem");
const ED25519: &str = include_str!("testdata/ed25519.pem");
const REQUEST: &str = include_str!("testdata/request.pem");
const PKCS7: &str = include_str!("testdata/bundle.p7b");
const PKCS12: &str = include_str!("testdata/store.pfx.base64");
const PUBLIC: &str = include_str!("testdata/rsa.pub");
const RSA_KEY: &str = include_str!("../../../xmldsig/src/crypto/testdata/rsa.key");

/// The base64 text between the BEGIN and END lines.
fn body(pem: &str) -> String {
    pem.lines().filter(|line| !line.starts_with("-----")).collect::<Vec<_>>().join("\n")
}

fn der(pem: &str) -> Vec<u8> {
    base64::decode(&body(pem)).unwrap()
}

#[track_caller]
fn accepted(pasted: &[u8]) -> Vec<Certificate> {
    Certificate::parse_all(pasted, KeyRules::default()).unwrap()
}

#[track_caller]
fn same_as_rsa(pasted: impl AsRef<[u8]>) {
    let found = accepted(pasted.as_ref());
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].der(), der(RSA));
}

#[track_caller]
fn refused(pasted: impl AsRef<[u8]>, code: &str) {
    let error = Certificate::parse_all(pasted.as_ref(), KeyRules::default()).unwrap_err();
    assert_eq!(error.code(), code, "{error}");
    assert!(!error.help().is_empty());
}

#[test]
fn a_certificate_is_read_as_openssl_reads_it() {
    let certificate = &accepted(RSA.as_bytes())[0];
    assert_eq!(certificate.public_key().kind(), KeyKind::Rsa { bits: 2048 });
    assert_eq!(base64::encode(certificate.public_key().spki_der()), body(PUBLIC).replace('\n', ""));
    assert_eq!(certificate.subject(), "CN=idp.example.org,O=Example\\, Inc.,C=DE");
    assert_eq!(certificate.issuer(), certificate.subject());
    assert!(certificate.is_self_issued());
    assert_eq!(certificate.serial(), "0123456789ABCDEF");
    assert_eq!(certificate.not_before().to_string(), "2026-11-21T02:47:06Z");
    assert_eq!(certificate.not_after().to_string(), "2056-11-13T02:47:06Z");
    assert_eq!(
        certificate.sha1_fingerprint(&RustCrypto::new()),
        "C2:71:87:1A:75:4A:D5:9E:ED:3E:AF:F8:85:FA:E9:80:E2:3B:14:3A"
    );
    assert_eq!(
        certificate.sha256_fingerprint(&RustCrypto::new()),
        "BF:A7:80:84:61:07:BF:BE:82:D4:90:4D:25:A8:9C:B6:E7:81:B7:86:0E:AF:5C:E1:A2:FB:65:47:88:EB:E8:0A"
    );
}

#[test]
fn other_keys_and_odd_serial_numbers_are_read() {
    assert_eq!(accepted(EC.as_bytes())[0].public_key().kind(), KeyKind::Ec(EcCurve::P256));
    assert_eq!(accepted(ED25519.as_bytes())[0].public_key().kind(), KeyKind::Ed25519);
    let negative = &accepted(include_bytes!("testdata/negative.pem"))[0];
    assert_eq!(negative.serial(), "FB");
}

#[test]
fn every_usual_form_of_a_file_is_read() {
    same_as_rsa(RSA);
    same_as_rsa(RSA.trim_end());
    same_as_rsa(RSA.replace('\n', "\r\n"));
    same_as_rsa(RSA.replace('\n', "\r"));
    same_as_rsa(RSA.replace('\n', "\\n"));
    same_as_rsa(RSA.replace('\n', "\\r\\n"));
    same_as_rsa(RSA.replace('\n', "   \n\n  "));
    same_as_rsa(RSA.replace(" CERTIFICATE", " X509 CERTIFICATE"));
    same_as_rsa(format!("\u{feff}{RSA}"));
    same_as_rsa(RSA_TEXT);
    same_as_rsa(format!("Hi,\n\nhere is it:\n{RSA}\nKind regards\n"));
    same_as_rsa(body(RSA));
    same_as_rsa(format!("\u{feff}  {}  \n", body(RSA).replace('\n', "\r\n")));
    same_as_rsa(body(RSA).replace('\n', ""));
    same_as_rsa(der(RSA));
    same_as_rsa(base64::encode(RSA.as_bytes()));
    same_as_rsa(base64::encode(RSA_TEXT.replace('\n', "\r\n").as_bytes()));
    let utf16: Vec<u8> =
        [0xff, 0xfe].into_iter().chain(RSA.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    same_as_rsa(utf16);
}

#[test]
fn several_certificates_keep_their_order() {
    let found = accepted(format!("{EC}\n{RSA}{ED25519}").as_bytes());
    let kinds: Vec<_> = found.iter().map(|found| found.public_key().kind()).collect();
    assert_eq!(kinds, [KeyKind::Ec(EcCurve::P256), KeyKind::Rsa { bits: 2048 }, KeyKind::Ed25519]);
    assert_eq!(accepted(EC.repeat(MAX_CERTIFICATES).as_bytes()).len(), MAX_CERTIFICATES);
    refused(EC.repeat(MAX_CERTIFICATES + 1), "x509.too_many");
}

#[test]
fn one_bad_certificate_refuses_them_all() {
    refused(format!("{RSA}{REQUEST}"), "x509.certificate_request");
    refused(format!("{RSA}{}", include_str!("testdata/rsa1024.pem")), "key.rsa_too_small");
    refused(format!("{RSA}-----BEGIN CERTIFICATE-----\nMIIB"), "x509.truncated");
}

#[test]
fn other_files_are_named() {
    refused("", "x509.empty");
    refused(" \r\n\t", "x509.empty");
    refused("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----", "x509.empty");
    refused(REQUEST, "x509.certificate_request");
    refused(der(REQUEST), "x509.certificate_request");
    refused(PKCS7, "x509.pkcs7");
    refused(der(PKCS7), "x509.pkcs7");
    refused(body(PKCS7), "x509.pkcs7");
    refused(PKCS12, "x509.pkcs12");
    refused(base64::decode(PKCS12).unwrap(), "x509.pkcs12");
    refused(PUBLIC, "x509.public_key_only");
    refused(body(PUBLIC), "x509.public_key_only");
    refused(include_str!("testdata/rsa-pkcs1.pub"), "x509.public_key_only");
    refused(body(include_str!("testdata/rsa-pkcs1.pub")), "x509.public_key_only");
    refused("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA== admin", "x509.public_key_only");
    refused("<!DOCTYPE html>\n<html><body>Sign in</body></html>", "x509.html");
    refused("<HTML lang=de>", "x509.html");
    refused("<?xml version=\"1.0\"?><EntityDescriptor/>", "x509.xml");
    refused("C2:71:87:1A:75:4A:D5:9E:ED:3E:AF:F8:85:FA:E9:80:E2:3B:14:3A", "x509.fingerprint");
    refused("c271871a754ad59eed3eaff885fae980e23b143a", "x509.fingerprint");
    refused("-----BEGIN X509 CRL-----\nMIIB\n-----END X509 CRL-----", "x509.unexpected_block");
    refused("aGVsbG8gd29ybGQh", "x509.not_a_certificate");
    refused([0xff, 0xd8, 0xff, 0xe0], "x509.not_a_certificate");
    refused("A".repeat(MAX_INPUT_BYTES + 1), "x509.too_large");
}

#[test]
fn a_private_key_is_reported_before_anything_else() {
    for key in [
        RSA_KEY,
        include_str!("../../../xmldsig/src/crypto/testdata/rsa-pkcs1.key"),
        include_str!("../../../xmldsig/src/crypto/testdata/encrypted.key"),
        include_str!("../../../xmldsig/src/crypto/testdata/sec1.key"),
        include_str!("../../../xmldsig/src/crypto/testdata/ed25519.key"),
    ] {
        refused(key, "x509.private_key_pasted");
        refused(format!("{RSA}\n{key}"), "x509.private_key_pasted");
        refused(format!("{key}\n{REQUEST}-----BEGIN CERT"), "x509.private_key_pasted");
    }
    for key in [
        RSA_KEY,
        include_str!("../../../xmldsig/src/crypto/testdata/rsa-pkcs1.key"),
        include_str!("../../../xmldsig/src/crypto/testdata/encrypted.key"),
        include_str!("../../../xmldsig/src/crypto/testdata/ed25519.key"),
    ] {
        refused(body(key), "x509.private_key_pasted");
        refused(der(key), "x509.private_key_pasted");
    }
}

#[test]
fn unusable_keys_are_refused_with_the_reason() {
    refused(include_str!("testdata/rsa1024.pem"), "key.rsa_too_small");
    refused(include_str!("testdata/secp256k1.pem"), "key.unsupported_curve");
    refused(include_str!("testdata/explicit.pem"), "key.unsupported_curve");
    refused(include_str!("testdata/rsa-pss.pem"), "key.unsupported_algorithm");
    let rules = KeyRules::dangerous_min_rsa_bits(1024);
    assert!(Certificate::parse_all(include_bytes!("testdata/rsa1024.pem"), rules).is_ok());
}

#[test]
fn damage_is_told_apart() {
    let der = der(RSA);
    refused(&der[..der.len() - 1], "x509.truncated");
    refused(&der[..100], "x509.truncated");
    refused([der.as_slice(), &[0]].concat(), "x509.trailing_bytes");
    refused([der.as_slice(), der.as_slice()].concat(), "x509.trailing_bytes");
    let end = RSA.find("-----END").unwrap();
    refused(&RSA[..end], "x509.truncated");
    refused(&RSA[..end - 3], "x509.truncated");
    refused(&RSA[..end + 4], "x509.truncated");
    refused(&RSA[1..], "x509.damaged_pem_line");
    refused(RSA.replace("-----", "\u{2014}\u{2014}-"), "x509.damaged_pem_line");
    refused(
        RSA.replace("-----END CERTIFICATE-----", "-----END CERTIFICAT-----"),
        "x509.damaged_pem_line",
    );
    refused(&body(RSA)[..400], "x509.truncated");
    refused(&body(RSA)[..399], "x509.truncated");
    let mut broken = der.clone();
    broken[6] = 0x31;
    refused(broken, "x509.malformed");
}

#[test]
fn a_wrong_character_is_found_where_it_is() {
    let check = |pasted: &str, line, column| {
        let error = Certificate::parse_all(pasted.as_bytes(), KeyRules::default()).unwrap_err();
        assert_eq!(error, Error::NotBase64 { line, column });
    };
    check(&RSA.replacen("\nM", "\n?", 1), 2, 1);
    check(&format!("Gr\u{fc}\u{df}e\n{}", RSA.replacen("\nMIID", "\nMII\u{e4}", 1)), 3, 4);
    check(&RSA.replace("\nM", "\n> M"), 2, 1);
    check("MIID=MII", 1, 6);
    check("a_b-", 1, 2);
}

#[test]
fn no_byte_of_a_certificate_can_cause_a_panic() {
    let der = der(EC);
    for at in 0..der.len() {
        for value in [0x00, 0x30, 0x7f, 0x80, 0xff] {
            let mut changed = der.clone();
            changed[at] = value;
            let _ = Certificate::parse_all(&changed, KeyRules::default());
        }
        let _ = Certificate::parse_all(&der[..at], KeyRules::default());
        let _ = Certificate::parse_all(&der[at..], KeyRules::default());
    }
}

#[test]
fn our_own_certificate_is_read_back() {
    // From 2026-11-21T00:00:00Z to 2036-11-18T00:00:00Z.
    let (from, to) = (UnixTime::from_seconds(1_795_219_200), UnixTime::from_seconds(2_110_579_200));
    let crypto = RustCrypto::with_dangerous_rsa_private_operations();
    let sha256 = DigestAlgorithm::Sha256;
    for (key, algorithm) in [
        (RSA_KEY, SignatureAlgorithm::RsaPkcs1(sha256)),
        (
            include_str!("../../../xmldsig/src/crypto/testdata/prime256v1.key"),
            SignatureAlgorithm::Ecdsa(sha256),
        ),
        (
            include_str!("../../../xmldsig/src/crypto/testdata/secp521r1.key"),
            SignatureAlgorithm::Ecdsa(sha256),
        ),
        (
            include_str!("../../../xmldsig/src/crypto/testdata/ed25519.key"),
            SignatureAlgorithm::Ed25519,
        ),
    ] {
        let key = PrivateKey::from_pem(key, KeyRules::default()).unwrap();
        let name = "desk.example, \"O=x\"";
        let der = self_signed(name, [0xff; 16], from, to, algorithm, &key, &crypto).unwrap();
        let certificate = Certificate::from_der(&der, KeyRules::default()).unwrap();
        assert_eq!(certificate.public_key(), key.public_key());
        assert_eq!(certificate.subject(), "CN=desk.example\\, \\\"O=x\\\"");
        assert!(certificate.is_self_issued());
        assert_eq!(certificate.serial(), format!("7F{}", "FF".repeat(15)));
        assert_eq!((certificate.not_before(), certificate.not_after()), (from, to));
    }
}

#[test]
fn a_certificate_that_cannot_be_made_is_an_error() {
    let time = UnixTime::from_seconds(0);
    let crypto = RustCrypto::new();
    let key = PrivateKey::from_pem(RSA_KEY, KeyRules::default()).unwrap();
    let rsa = SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256);
    let make = |name: &str, algorithm| {
        self_signed(name, [0; 16], time, time, algorithm, &key, &crypto).is_err()
    };
    assert!(make("desk", rsa), "this provider does not use RSA private keys");
    assert!(make("desk", SignatureAlgorithm::Ed25519));
    assert!(make("desk", SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha1)));
    assert!(make("", rsa) && make(&"x".repeat(65), rsa));
}
