//! What the npm package `@deskgate/verify` calls. No logic of its own: it gives text from JavaScript to
//! the core and results back.
//!
//! Values and refusals come back as JSON text: the code that writes it is in the core already, and the
//! bindings need no table of JavaScript objects, no exceptions and no second serializer.

mod crypto;
mod json;

use deskgate_core::jose::{self, JwkKind, JwkSet};
use deskgate_core::session::{ExpectedOriginToken, verify_origin_token, verify_session};
use deskgate_core::time::UnixTime;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::crypto::TokenCrypto;

/// The keys of one desk, or why they are refused.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Keys(Result<JwkSet, jose::Error>);

#[wasm_bindgen]
impl Keys {
    /// From the text of a JWK Set. Keys other than Ed25519 are left out.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(jwks: &str) -> Self {
        Self(JwkSet::parse(jwks.as_bytes(), &[JwkKind::OKP]))
    }

    /// Why the set is refused.
    #[must_use]
    pub fn refusal(&self) -> Option<String> {
        self.0.as_ref().err().map(json::refusal)
    }

    /// Verifies a session token. `now` is in seconds since 1970.
    #[wasm_bindgen(js_name = verifySession)]
    #[must_use]
    pub fn verify_session(&self, token: &str, issuer: &str, now: f64) -> String {
        let keys = match &self.0 {
            Ok(keys) => keys,
            Err(error) => return json::refusal(error),
        };
        match verify_session(token, keys, issuer, seconds(now), &TokenCrypto) {
            Ok(session) => json::session(&session).to_json(),
            Err(error) => json::refusal(&error),
        }
    }

    /// Verifies the origin token of a request. `now` is in seconds since 1970.
    #[wasm_bindgen(js_name = verifyOriginToken)]
    #[must_use]
    pub fn verify_origin_token(
        &self,
        token: &str,
        issuer: &str,
        audience: &str,
        method: &str,
        path: &str,
        now: f64,
    ) -> String {
        let keys = match &self.0 {
            Ok(keys) => keys,
            Err(error) => return json::refusal(error),
        };
        let expected = ExpectedOriginToken {
            desk_url: issuer,
            origin: audience,
            method,
            path_and_query: path,
        };
        match verify_origin_token(token, keys, &expected, seconds(now), &TokenCrypto) {
            Ok(token) => json::origin_token(&token).to_json(),
            Err(error) => json::refusal(&error),
        }
    }
}

/// The header and claims of a token, unverified.
#[wasm_bindgen(js_name = decodeUnverified)]
#[must_use]
pub fn decode_unverified(token: &str) -> String {
    match jose::decode_unverified(token) {
        Ok(token) => json::unverified(token).to_json(),
        Err(error) => json::refusal(&error),
    }
}

/// Whole seconds. The conversion saturates, and what is not a number becomes the end of time, when no
/// token is valid.
#[expect(clippy::as_conversions, reason = "f64 to u64 has no other conversion; it saturates")]
fn seconds(now: f64) -> UnixTime {
    UnixTime::from_seconds(if now.is_nan() { u64::MAX } else { now as u64 })
}
