use super::*;
use crate::crypto::{PrivateKey, PublicKey, RustCrypto, SecretKey};
use crate::diagnostic::Diagnostic as _;
use crate::jose::json::Object;
use crate::jose::{ExpectedClaims, JwkKind, sign_jwt, verify_jwt};
use crate::time::UnixTime;
use core::time::Duration;
use std::format;
use std::string::ToString as _;

const EDDSA: &[JwsAlgorithm] = &[JwsAlgorithm::EdDsa];

fn signing_key(seed: u8) -> SigningKey {
    let private = PrivateKey::ed25519_from_seed(&[seed; 32]).unwrap();
    SigningKey::from_private(private, &RustCrypto::new()).unwrap()
}

fn secret_key(algorithm: JwsAlgorithm) -> SigningKey {
    SigningKey::from_secret(SecretKey::new(&[9; 64]), algorithm, Some("hmac")).unwrap()
}

fn set(keys: &[&SigningKey]) -> JwkSet {
    JwkSet::new(keys.iter().map(|key| key.verification_key()).collect()).unwrap()
}

/// Verifies against the key of seed 1 with the list EdDSA; gives `ok` or the code.
fn verdict(token: &str) -> &'static str {
    let keys = set(&[&signing_key(1)]);
    match verify_jws(token, Keys::Set(&keys), EDDSA, &RustCrypto::new()) {
        Ok(_) => "ok",
        Err(error) => error.code(),
    }
}

fn token() -> String {
    sign_jws(b"{\"sub\":\"bsimon\"}", Some("JWT"), &signing_key(1), &RustCrypto::new()).unwrap()
}

/// A token with this header, really signed with the key of seed 1 over it.
fn with_header(header: &str) -> String {
    let signing_input = format!("{}.e30", base64::encode_url(header.as_bytes()));
    let signature = make_signature(&signing_key(1), signing_input.as_bytes(), &RustCrypto::new());
    format!("{signing_input}.{}", base64::encode_url(&signature.unwrap()))
}

fn kid() -> String {
    signing_key(1).key_id().unwrap().to_string()
}

#[test]
fn a_signed_token_verifies_and_its_payload_comes_out() {
    let keys = set(&[&signing_key(1)]);
    let jws = verify_jws(&token(), Keys::Set(&keys), EDDSA, &RustCrypto::new()).unwrap();
    assert_eq!(jws.payload(), b"{\"sub\":\"bsimon\"}");
    assert_eq!(jws.header().token_type(), Some("JWT"));
    assert_eq!(jws.header().key_id(), Some(kid().as_str()));
}

#[test]
fn every_changed_byte_is_refused() {
    let token = token();
    for index in 0..token.len() {
        let mut changed = token.clone().into_bytes();
        changed[index] = if changed[index] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        assert_ne!(verdict(&changed), "ok", "{changed}");
    }
    let (signing_input, _) = token.rsplit_once('.').unwrap();
    assert_eq!(verdict(&format!("{signing_input}.")), "jose.signature_invalid");
    let other = sign_jws(b"{}", None, &signing_key(2), &RustCrypto::new()).unwrap();
    assert_eq!(verdict(&other), "jose.key_id_unknown");
}

#[test]
fn only_three_segments_of_canonical_base64url_are_a_token() {
    let token = token();
    for (text, code) in [
        ("".to_string(), "jose.segment_count"),
        ("a.b".to_string(), "jose.segment_count"),
        ("..".to_string(), "jose.json_malformed"),
        (format!("{token}."), "jose.segment_count"),
        (format!("{token}.e30.e30"), "jose.segment_count"),
        (format!(".{token}"), "jose.segment_count"),
        (format!("{token}="), "jose.not_base64url"),
        (format!("{token}\n"), "jose.not_base64url"),
        (format!(" {token}"), "jose.not_base64url"),
        (format!("Bearer {token}"), "jose.not_base64url"),
        (token.replacen('.', "=.", 1), "jose.not_base64url"),
        (format!("{{\"payload\":\"{token}\"}}"), "jose.not_base64url"),
        (".".repeat(MAX_TOKEN_BYTES), "jose.segment_count"),
        ("a".repeat(MAX_TOKEN_BYTES + 1), "jose.too_long"),
    ] {
        assert_eq!(verdict(&text), code, "{text}");
    }
    // The last character of a 64-byte signature carries 4 unused bits, all zero in our spelling.
    let last = token.chars().last().unwrap();
    for other in ['B', 'C', 'E', 'I'].into_iter().filter(|c| *c != last) {
        let respelled = format!("{}{other}", &token[..token.len() - 1]);
        assert_ne!(verdict(&respelled), "ok");
    }
}

#[test]
fn none_and_unknown_algorithms_are_refused() {
    let kid = kid();
    for alg in
        ["none", "None", "NONE", "nOnE", "", "HS256", "RS256", "EDDSA", "Ed25519", "PS256", "ES384"]
    {
        let token = with_header(&format!(r#"{{"alg":"{alg}","kid":"{kid}"}}"#));
        assert_eq!(verdict(&token), "jose.algorithm_not_allowed", "{alg}");
        let unsigned = format!("{}.", token.rsplit_once('.').unwrap().0);
        assert_eq!(verdict(&unsigned), "jose.algorithm_not_allowed", "{alg}");
    }
    assert_eq!(verdict(&with_header(&format!(r#"{{"alg":"EdDSA","kid":"{kid}"}}"#))), "ok");
}

/// CVE-2015-9235, CVE-2016-7036, CVE-2022-29217: the public key, in any form, taken as HMAC secret.
#[test]
fn a_public_key_is_never_an_hmac_secret() {
    let key = signing_key(1);
    let public = key.verification_key();
    let jwk = public.to_object().unwrap().to_json();
    let public = public.public_key().unwrap();
    for secret in [public.spki_der(), &public.ed25519_bytes().unwrap(), jwk.as_bytes()] {
        let forged =
            SigningKey::from_secret(SecretKey::new(secret), JwsAlgorithm::Hs256, key.key_id())
                .unwrap();
        let token = sign_jws(b"{}", None, &forged, &RustCrypto::new()).unwrap();
        assert_eq!(verdict(&token), "jose.algorithm_not_allowed");
        // Also for a verifier that takes both algorithms.
        let keys = set(&[&key]);
        let lists = &[JwsAlgorithm::Hs256, JwsAlgorithm::EdDsa];
        let error = verify_jws(&token, Keys::Set(&keys), lists, &RustCrypto::new()).unwrap_err();
        assert_eq!(error, Error::AlgorithmMismatch { expected: "EdDSA", found: "HS256" });
    }
}

#[test]
fn headers_that_bring_keys_or_change_the_rules_are_refused_although_signed() {
    let jwk = signing_key(1).verification_key().to_object().unwrap().to_json();
    for member in [
        format!(r#""jwk":{jwk}"#),
        r#""jku":"https://evil.example/jwks.json""#.to_string(),
        r#""x5u":"https://evil.example/cert.pem""#.to_string(),
        r#""x5c":["MIIB"]"#.to_string(),
        r#""crit":[]"#.to_string(),
        r#""crit":["exp"],"exp":1"#.to_string(),
        r#""b64":true"#.to_string(),
        r#""b64":false,"crit":["b64"]"#.to_string(),
        r#""zip":"DEF""#.to_string(),
        r#""enc":"A256GCM""#.to_string(),
    ] {
        let token = with_header(&format!(r#"{{"alg":"EdDSA","kid":"{}",{member}}}"#, kid()));
        assert_eq!(verdict(&token), "jose.header_parameter_refused", "{member}");
    }
}

#[test]
fn a_duplicate_header_member_is_refused_although_signed() {
    let token = with_header(&format!(r#"{{"alg":"EdDSA","alg":"EdDSA","kid":"{}"}}"#, kid()));
    assert_eq!(verdict(&token), "jose.duplicate_member");
}

#[test]
fn the_key_id_selects_by_equality_only() {
    let kid = kid();
    for (wrong, code) in [
        ("", "jose.header_parameter_malformed"),
        ("x", "jose.key_id_unknown"),
        ("../../dev/null", "jose.key_id_unknown"),
        ("' OR 1=1 --", "jose.key_id_unknown"),
        (&kid.to_uppercase(), "jose.key_id_unknown"),
        (&kid[1..], "jose.key_id_unknown"),
    ] {
        let token = with_header(&format!(r#"{{"alg":"EdDSA","kid":"{wrong}"}}"#));
        assert_eq!(verdict(&token), code, "{wrong}");
    }
    let nameless = with_header(r#"{"alg":"EdDSA"}"#);
    assert_eq!(verdict(&nameless), "jose.key_id_missing");
    let one = signing_key(1).verification_key();
    assert!(verify_jws(&nameless, Keys::One(&one), EDDSA, &RustCrypto::new()).is_ok());
    let other = with_header(r#"{"alg":"EdDSA","kid":"x"}"#);
    let error = verify_jws(&other, Keys::One(&one), EDDSA, &RustCrypto::new()).unwrap_err();
    assert_eq!(error.code(), "jose.key_id_unknown");
}

#[test]
fn all_hmacs_sign_and_verify_under_their_own_name_only() {
    let all = [JwsAlgorithm::Hs256, JwsAlgorithm::Hs384, JwsAlgorithm::Hs512];
    for algorithm in all {
        let token = sign_jws(b"{}", None, &secret_key(algorithm), &RustCrypto::new()).unwrap();
        for other in all {
            let key = secret_key(other).verification_key();
            let verified = verify_jws(&token, Keys::One(&key), &all, &RustCrypto::new());
            assert_eq!(verified.is_ok(), algorithm == other);
        }
    }
}

/// RFC 7515, A.1 (HS256), A.3 (ES256); RFC 8037, A.4 (EdDSA).
#[test]
fn the_examples_of_the_rfcs_verify() {
    let hs256 = r#"{"kty":"oct","alg":"HS256","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}"#;
    let es256 = r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;
    let eddsa =
        r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
    for (jwk, token) in [
        (
            hs256,
            "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
        ),
        (
            es256,
            "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
        ),
        (
            eddsa,
            "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
        ),
    ] {
        let key = Jwk::parse(jwk.as_bytes(), JwkKind::ALL).unwrap();
        let verify = |token: &str| {
            verify_jws(token, Keys::One(&key), &JwsAlgorithm::ALL, &RustCrypto::new())
        };
        assert!(verify(token).is_ok(), "{token}");
        let (rest, signature) = token.rsplit_once('.').unwrap();
        let changed = format!(
            "{rest}.{}{}",
            if signature.starts_with('A') { "B" } else { "A" },
            &signature[1..]
        );
        assert_eq!(verify(&changed), Err(Error::SignatureInvalid));
    }
}

#[test]
fn a_jwt_is_verified_with_its_type_and_claims() {
    let now = UnixTime::from_seconds(1_795_262_400); // 2026-11-21T12:00:00Z
    let claims = Object::new()
        .with("iss", "https://help.contoso.com")
        .with("aud", "https://help.contoso.com")
        .with("iat", now.seconds())
        .with("exp", now.seconds() + 60);
    let token = sign_jwt(&claims, "a+jwt", &signing_key(1), &RustCrypto::new()).unwrap();
    let keys = set(&[&signing_key(1)]);
    let verdict = |token: &str, typ, now| {
        let expected = ExpectedClaims {
            algorithms: EDDSA,
            audience: "https://help.contoso.com",
            issuer: "https://help.contoso.com",
            max_lifetime: Some(Duration::from_secs(60)),
            clock_skew: Duration::ZERO,
            typ,
        };
        match verify_jwt(token, Keys::Set(&keys), &expected, now, &RustCrypto::new()) {
            Ok(_) => "ok",
            Err(error) => error.code(),
        }
    };
    assert_eq!(verdict(&token, Some("a+jwt"), now), "ok");
    assert_eq!(verdict(&token, None, now), "ok");
    for typ in ["A+JWT", "application/a+jwt", "b+jwt", ""] {
        assert_eq!(verdict(&token, Some(typ), now), "jose.type_mismatch", "{typ}");
    }
    assert_eq!(verdict(&token, None, now.saturating_add(Duration::from_secs(60))), "jose.expired");
    let duplicate = claims.to_json().replacen('{', r#"{"aud":"x","#, 1);
    let duplicate =
        sign_jws(duplicate.as_bytes(), Some("a+jwt"), &signing_key(1), &RustCrypto::new());
    assert_eq!(verdict(&duplicate.unwrap(), Some("a+jwt"), now), "jose.duplicate_member");
    let untyped = sign_jws(claims.to_json().as_bytes(), None, &signing_key(1), &RustCrypto::new());
    assert_eq!(verdict(&untyped.unwrap(), Some("a+jwt"), now), "jose.type_mismatch");
}

#[test]
fn a_key_of_another_kind_does_not_verify() {
    let other = PublicKey::from_ed25519(
        &PrivateKey::ed25519_from_seed(&[2; 32]).unwrap().public_key().ed25519_bytes().unwrap(),
    )
    .unwrap();
    let key = Jwk::from_public(other, Some(&kid())).unwrap();
    let error = verify_jws(&token(), Keys::One(&key), EDDSA, &RustCrypto::new()).unwrap_err();
    assert_eq!(error, Error::SignatureInvalid);
}

#[test]
fn a_token_too_long_to_verify_is_not_made() {
    let payload = std::vec![b'a'; MAX_TOKEN_BYTES];
    let error = sign_jws(&payload, None, &signing_key(1), &RustCrypto::new()).unwrap_err();
    assert_eq!(error.code(), "jose.too_long");
}
