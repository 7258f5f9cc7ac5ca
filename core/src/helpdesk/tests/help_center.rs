use super::*;
use crate::helpdesk::zendesk::help_center::{KEY_KINDS, verify};
use crate::jose::{JwkSet, sign_jwt};
use std::vec;

/// The key set that Zendesk's reference shows.
const PUBLISHED: &str = concat!(
    r#"{"keys":[{"e":"AQAB","kid":"deeee01d5023d9b44c5b5ab2583be9354620249652a48568ed2cb5bff8d86841","#,
    r#""kty":"RSA","n":"yaiTIWA7vCbzoEEBAyV_dMd2Ao-IP8tSNSVxgZLyLiVorWtSdH7Vcp4qbTwiTWimDbjWZEZFUcbNDg_"#,
    "wLjv3efLcjE1eVrF_ewQOoR3C-dskNE_QyxC-aVvKDCGj-kMXnuHGvvZZmvt0CBeNZUSSbhGnqVta46O5hijoYCpNJOxwj8Ml",
    "84CnpBhgMllcyFUT7_Mx_I-w6_8CkSS-5XZMJXqaDZ3xljXMoIW5jTMfLU5_1X8sgv_Pn45yzACJHsyPIx0moEoL2lasI-jLPJ",
    "t8G3aj8pcjwLTTa5cIT4s0tlZlMC2m4Kz0ictVqyMvCaJTxf6YIFa63KN7IiHJqu_ULmWxtIFb90X6hurNvyUqTfBbY-gKYX-i",
    "8TjG2x96Zec7-5PQ6OCzuz6fu7Xq56B_IVCkkQKTWAVHGapP1wZXWRLZB7AyZMhQ3ug5-ISIC4ySE8bIhuo82HDZy-m2dSnG4B",
    r#"U9sHFPlCRAyp5UzNDJofrc_aGW_3nRgPJ0eiC12ig_"}]}"#
);

fn keys() -> JwkSet {
    JwkSet::new(vec![rsa_key().verification_key()]).unwrap()
}

fn claims() -> Object {
    Object::new()
        .with("userId", 5_151_515_u64)
        .with("email", "b.simon@contoso.com")
        .with("externalId", "11111111-2222")
        .with("iat", NOW.seconds() - 5)
        .with("exp", NOW.seconds() + 600)
}

fn verdict(claims: &Object) -> &'static str {
    let token = sign_jwt(claims, "JWT", &rsa_key(), &rsa_crypto()).unwrap();
    code(verify(&token, &keys(), NOW, &RustCrypto::new()))
}

#[test]
fn the_key_set_of_the_reference_is_read() {
    let keys = JwkSet::parse(PUBLISHED.as_bytes(), KEY_KINDS).unwrap();
    assert_eq!(keys.keys().len(), 1);
    assert_eq!(keys.keys()[0].algorithm(), JwsAlgorithm::Rs256);
}

#[test]
fn a_token_tells_who_is_signed_in() {
    let token = sign_jwt(&claims(), "JWT", &rsa_key(), &rsa_crypto()).unwrap();
    let user = verify(&token, &keys(), NOW, &RustCrypto::new()).unwrap();
    assert_eq!(user.user_id, "5151515");
    assert_eq!(user.email.as_deref(), Some("b.simon@contoso.com"));
    assert_eq!(user.external_id.as_deref(), Some("11111111-2222"));
    let null = Object::parse(
        br#"{"userId":"7","externalId":null,"email":"","exp":1795262401}"#,
        Part::Claims,
    );
    let token = sign_jwt(&null.unwrap(), "JWT", &rsa_key(), &rsa_crypto()).unwrap();
    let user = verify(&token, &keys(), NOW, &RustCrypto::new()).unwrap();
    assert_eq!((user.user_id.as_str(), user.email, user.external_id), ("7", None, None));
}

#[test]
fn every_changed_byte_is_refused() {
    let token = sign_jwt(&claims(), "JWT", &rsa_key(), &rsa_crypto()).unwrap();
    for index in 0..token.len() {
        let mut changed = token.clone().into_bytes();
        changed[index] = if changed[index] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        assert!(verify(&changed, &keys(), NOW, &RustCrypto::new()).is_err(), "byte {index}");
    }
}

#[test]
fn a_token_ends_and_has_a_user() {
    let with = |name: &str, value: u64| verdict(&claims().with(name, value));
    assert_eq!(with("exp", NOW.seconds() + 1), "ok");
    assert_eq!(with("exp", NOW.seconds()), "jose.expired");
    assert_eq!(with("iat", NOW.seconds() + 61), "jose.issued_in_future");
    assert_eq!(with("nbf", NOW.seconds() + 61), "jose.not_yet_valid");
    for name in ["exp", "userId"] {
        let mut claims = claims();
        claims.take_member(name);
        assert_eq!(verdict(&claims), "jose.claim_missing", "{name}");
    }
    for (name, value) in
        [("exp", "1795262999"), ("userId", "a\nb"), ("email", "a\u{0}"), ("iat", "x")]
    {
        assert_eq!(verdict(&claims().with(name, value)), "jose.claim_malformed", "{name}");
    }
    assert_eq!(verdict(&claims().with("userId", true)), "jose.claim_malformed");
}

#[test]
fn only_rs256_with_a_key_of_the_account_counts() {
    let hmac = SigningKey::from_secret(secret(), JwsAlgorithm::Hs256, rsa_key().key_id()).unwrap();
    let token = sign_jwt(&claims(), "JWT", &hmac, &RustCrypto::new()).unwrap();
    let found = verify(&token, &keys(), NOW, &RustCrypto::new());
    assert_eq!(code(found), "jose.algorithm_not_allowed");
    let token = sign_jwt(&claims(), "JWT", &rsa_key(), &rsa_crypto()).unwrap();
    let others = JwkSet::parse(PUBLISHED.as_bytes(), KEY_KINDS).unwrap();
    let found = verify(&token, &others, NOW, &RustCrypto::new());
    assert_eq!(code(found), "jose.key_id_unknown");
}
