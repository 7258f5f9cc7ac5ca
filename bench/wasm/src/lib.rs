//! The core as the Worker compiles it, with the Worker's crypto provider (its very source file) and with
//! others: what a validation or a token costs without HTTP, form, session and audit. Nothing of it ships.

#[path = "../../../edge-worker/src/host/crypto.rs"]
mod crypto;

use core::hint::black_box;

use deskgate_bench::connection::Connection;
use deskgate_bench::remembered::Remembered;
use deskgate_bench::tokens::Tokens;
use deskgate_core::crypto::{Crypto, RustCrypto};
use serde_json::json;
use wasm_bindgen::prelude::*;

use crypto::HostCrypto;

/// All in Rust, as in browsers; decryption too, which browsers never do.
const RUST: RustCrypto = RustCrypto::with_dangerous_rsa_private_operations();

/// Who does the cryptography.
#[wasm_bindgen]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provider {
    /// `node:crypto`, as in the Worker.
    Host,
    /// This module.
    Rust,
    /// This module makes digests; the rest is remembered.
    Digests,
    /// All is remembered.
    Memory,
}

/// A connection, and what is remembered of one document.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Bench {
    connection: Connection,
    digests: Remembered,
    memory: Remembered,
}

#[wasm_bindgen]
impl Bench {
    /// From the certificate of the identity provider and our key for decryption, if any, both PEM.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(certificate: &str, decryption_key: Option<String>) -> Self {
        Self {
            connection: Connection::new(certificate, decryption_key.as_deref()),
            digests: Remembered::default(),
            memory: Remembered::default(),
        }
    }

    /// Prepares the providers that remember for this document.
    pub fn remember(&mut self, post_value: &[u8]) {
        let validate = |crypto: &dyn Crypto| {
            let _ = self.connection.validate(post_value, crypto, |_| ());
        };
        let digests = Remembered::without_digests(validate);
        (self.memory, self.digests) = (Remembered::of(validate), digests);
    }

    /// Validates the value of the form field; whether it is right.
    #[must_use]
    pub fn validate(&self, provider: Provider, post_value: &[u8]) -> bool {
        let verified = self.connection.validate(post_value, self.crypto(provider), |sign_in| {
            drop(black_box(sign_in));
        });
        verified.is_ok()
    }

    /// Who signed in, or why nobody did, as JSON.
    #[must_use]
    pub fn verdict(&self, provider: Provider, post_value: &[u8]) -> String {
        match self.connection.verdict(post_value, self.crypto(provider)) {
            Ok((name, groups)) => json!({ "name": name, "groups": groups }).to_string(),
            Err(error) => json!({ "refused": error }).to_string(),
        }
    }

    /// The tokens of whoever signed in with this document.
    #[must_use]
    pub fn tokens(&self, desk_key: &str, post_value: &[u8]) -> DeskTokens {
        let tokens = self.connection.validate(post_value, &HostCrypto, |sign_in| {
            Tokens::new(desk_key, &sign_in, &HostCrypto)
        });
        DeskTokens(tokens.expect("a right response"))
    }

    fn crypto(&self, provider: Provider) -> &dyn Crypto {
        match provider {
            Provider::Host => &HostCrypto,
            Provider::Rust => &RUST,
            Provider::Digests => &self.digests,
            Provider::Memory => &self.memory,
        }
    }
}

/// Session and origin tokens by the host's crypto.
#[wasm_bindgen]
#[derive(Debug)]
pub struct DeskTokens(Tokens);

#[wasm_bindgen]
impl DeskTokens {
    /// A session token.
    #[wasm_bindgen(js_name = mintSession)]
    #[must_use]
    pub fn mint_session(&self) -> String {
        self.0.mint_session(&HostCrypto)
    }

    /// Whether a session token is right.
    #[wasm_bindgen(js_name = verifySession)]
    #[must_use]
    pub fn verify_session(&self, token: &str) -> bool {
        self.0.verify_session(token, &HostCrypto).is_ok()
    }

    /// An origin token.
    #[wasm_bindgen(js_name = mintOrigin)]
    #[must_use]
    pub fn mint_origin(&self) -> String {
        self.0.mint_origin(&HostCrypto)
    }

    /// Whether an origin token is right.
    #[wasm_bindgen(js_name = verifyOrigin)]
    #[must_use]
    pub fn verify_origin(&self, token: &str) -> bool {
        self.0.verify_origin(token, &HostCrypto).is_ok()
    }
}
