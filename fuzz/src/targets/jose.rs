//! Tokens and key sets.

use std::collections::HashSet;
use std::sync::LazyLock;

use deskgate_core::base64;
use deskgate_core::crypto::{JwsAlgorithm, SecretKey};
use deskgate_core::jose::{
    Jwk, JwkKind, JwkSet, Keys, MAX_JWK_SET_BYTES, MAX_KEYS, MAX_TOKEN_BYTES, SigningKey, sign_jws,
    verify_jws,
};
use deskgate_core::session::admin_token::{AdminRequest, verify_admin_token};
use deskgate_core::session::{
    ExpectedOriginToken, mint_session, verify_origin_token, verify_session,
};

use super::certificate::check_key;
use crate::trusted::{CRYPTO, Credulous, DESK_KEYS, DESK_URL, NOW, SIGNING_KEY};
use crate::{Target, seeds};

const SECRET: [u8; 32] = [7; 32];

/// What verifies is one of the seeds, letter by letter: nobody can sign, and one signature has one
/// spelling.
pub(super) fn token(input: &[u8]) {
    static GENUINE: LazyLock<HashSet<String>> = LazyLock::new(|| {
        let target = Target::named("jws").expect("this target");
        let text = |seed: Vec<u8>| String::from_utf8(seed).ok();
        seeds::of(target).into_iter().filter_map(text).filter(|token| verifies(token)).collect()
    });
    assert!(!GENUINE.is_empty());
    let Ok(token) = str::from_utf8(input) else { return };
    let is_genuine = GENUINE.contains(token);
    assert_eq!(verifies(token), is_genuine);
    let session = verify_session(token, &DESK_KEYS, DESK_URL, NOW, &CRYPTO);
    let request = ExpectedOriginToken {
        desk_url: DESK_URL,
        origin: "https://tickets.internal",
        method: "POST",
        path_and_query: "/tickets/17?reply=1",
    };
    let origin = verify_origin_token(token, &DESK_KEYS, &request, NOW, &CRYPTO);
    assert!(is_genuine || (session.is_err() && origin.is_err()));
    assert!(session.is_err() || origin.is_err(), "a token has one purpose");
    let request = AdminRequest {
        desk_url: DESK_URL,
        method: "PUT",
        path_and_query: "/deskgate/admin/desk",
        body: b"{}",
    };
    assert!(verify_admin_token(token, &request, NOW, &SecretKey::new(&SECRET), &CRYPTO).is_err());
}

fn verifies(token: &str) -> bool {
    let of_desk = verify_jws(token, Keys::Set(&DESK_KEYS), &[JwsAlgorithm::EdDsa], &CRYPTO);
    let shared = Jwk::from_secret(SecretKey::new(&SECRET), JwsAlgorithm::Hs256, None);
    let shared = shared.expect("a secret");
    let of_secret = verify_jws(token, Keys::One(&shared), &[JwsAlgorithm::Hs256], &CRYPTO);
    for verified in [&of_desk, &of_secret].into_iter().flatten() {
        assert!(token.len() <= MAX_TOKEN_BYTES);
        let (_, rest) = token.split_once('.').expect("three segments");
        let (payload, _) = rest.split_once('.').expect("three segments");
        assert_eq!(payload, base64::encode_url(verified.payload()));
    }
    of_desk.is_ok() || of_secret.is_ok()
}

/// The input is a claims set that our key signs. What reads as a session is written the same.
pub(super) fn claims(input: &[u8]) {
    let Some(kid) = DESK_KEYS.keys()[0].key_id() else { return };
    let header = format!(r#"{{"alg":"EdDSA","typ":"deskgate-session+jwt","kid":"{kid}"}}"#);
    let token = format!(
        "{}.{}.{}",
        base64::encode_url(header.as_bytes()),
        base64::encode_url(input),
        base64::encode_url(&[0; 64])
    );
    let session = verify_session(&token, &DESK_KEYS, DESK_URL, NOW, &Credulous);
    if let Ok(session) = session {
        let token = mint_session(&session, DESK_URL, &SIGNING_KEY, &CRYPTO);
        let keys = JwkSet::new(vec![SIGNING_KEY.verification_key()]).expect("one key");
        if let Ok(token) = token {
            assert_eq!(verify_session(&token, &keys, DESK_URL, NOW, &CRYPTO), Ok(session));
        }
    }
    sign_payload(input);
}

/// Any payload within the limit can be signed with HMAC, and verifies as itself.
fn sign_payload(payload: &[u8]) {
    let secret = || SecretKey::new(&SECRET);
    let key = SigningKey::from_secret(secret(), JwsAlgorithm::Hs256, None).expect("a secret");
    let Ok(token) = sign_jws(payload, None, &key, &CRYPTO) else { return };
    let key = Jwk::from_secret(secret(), JwsAlgorithm::Hs256, None).expect("a secret");
    let read = verify_jws(&token, Keys::One(&key), &[JwsAlgorithm::Hs256], &CRYPTO);
    assert_eq!(read.expect("our own token").payload(), payload);
}

/// An accepted set has keys that are strong enough and reads the same from what it writes.
pub(super) fn key_set(input: &[u8]) {
    for kinds in [JwkKind::ALL, JwkKind::PUBLIC] {
        let Ok(set) = JwkSet::parse(input, kinds) else { continue };
        assert!(input.len() <= MAX_JWK_SET_BYTES && set.keys().len() <= MAX_KEYS);
        set.keys().iter().filter_map(Jwk::public_key).for_each(check_key);
        let json = set.to_json();
        if let Ok(again) = JwkSet::parse(json.as_bytes(), JwkKind::PUBLIC) {
            assert_eq!(again.to_json(), json);
        }
    }
}
