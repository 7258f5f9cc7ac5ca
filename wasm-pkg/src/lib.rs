//! What the npm package `@deskgate/verify` calls. No logic of its own: it gives text from JavaScript to
//! the core and results back as plain objects.

mod crypto;
mod dto;

use deskgate_core::jose::{JwkKind, JwkSet};
use deskgate_core::session::{ExpectedOriginToken, verify_origin_token, verify_session};
use deskgate_core::time::UnixTime;
use serde::Serialize;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

use crate::crypto::TokenCrypto;
use crate::dto::{Refusal, SessionDto};

/// Verifies the tokens of one desk.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Verifier {
    keys: JwkSet,
    issuer: String,
    audience: Option<String>,
}

#[wasm_bindgen]
impl Verifier {
    /// From the text of a JWK Set, the desk's URL and, for origin tokens, the origin's.
    ///
    /// # Errors
    /// A `Refusal` when the set is refused.
    #[wasm_bindgen(constructor)]
    pub fn new(jwks: &str, issuer: String, audience: Option<String>) -> Result<Self, JsValue> {
        let keys = JwkSet::parse(jwks.as_bytes(), &[JwkKind::OKP])
            .map_err(|error| to_js(&Refusal::from(&error)))?;
        Ok(Self { keys, issuer, audience })
    }

    /// Verifies a session token. `now` is in seconds since 1970.
    ///
    /// # Errors
    /// A `Refusal`.
    #[wasm_bindgen(js_name = verifySession)]
    pub fn verify_session(&self, token: &str, now: f64) -> Result<JsValue, JsValue> {
        let session = verify_session(token, &self.keys, &self.issuer, seconds(now), &TokenCrypto)
            .map_err(|error| to_js(&Refusal::from(&error)))?;
        Ok(to_js(&SessionDto::from(&session)))
    }

    /// Verifies the origin token of a request. `now` is in seconds since 1970.
    ///
    /// # Errors
    /// A `Refusal`; `undefined` without an audience, which `index.mjs` does not let happen.
    #[wasm_bindgen(js_name = verifyOriginToken)]
    pub fn verify_origin_token(
        &self,
        token: &str,
        method: &str,
        path: &str,
        now: f64,
    ) -> Result<JsValue, JsValue> {
        let Some(origin) = &self.audience else { return Err(JsValue::UNDEFINED) };
        let expected =
            ExpectedOriginToken { desk_url: &self.issuer, origin, method, path_and_query: path };
        let token = verify_origin_token(token, &self.keys, &expected, seconds(now), &TokenCrypto)
            .map_err(|error| to_js(&Refusal::from(&error)))?;
        Ok(to_js(&SessionDto::from(&token)))
    }
}

/// Whole seconds. The conversion saturates, and what is not a number becomes the end of time, when no
/// token is valid.
#[expect(clippy::as_conversions, reason = "f64 to u64 has no other conversion; it saturates")]
fn seconds(now: f64) -> UnixTime {
    UnixTime::from_seconds(if now.is_nan() { u64::MAX } else { now as u64 })
}

/// Plain objects of strings, numbers and arrays always convert.
fn to_js(value: &impl Serialize) -> JsValue {
    serde_wasm_bindgen::to_value(value).unwrap_or(JsValue::NULL)
}
