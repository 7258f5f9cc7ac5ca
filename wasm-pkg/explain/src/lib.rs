//! What the npm package `@deskgate/verify` calls for its entry point `explain`: a SAML response as a
//! checklist. A module of its own, because XML, RSA and certificates are three times what a token needs.

mod json;

use deskgate_core::crypto::{KeyRules, PublicKey, RustCrypto};
use deskgate_core::dsig::SignatureRules;
use deskgate_core::saml::{
    self, DEFAULT_CLOCK_SKEW, ExpectedResponse, FurtherDemands, Privacy, RequiredSignature,
    Solicitation,
};
use deskgate_core::time::UnixTime;
use deskgate_core::x509::{self, Certificate};
use deskgate_core::xenc::EncryptionRules;
use wasm_bindgen::prelude::wasm_bindgen;

/// What a response has to be like.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Expected {
    keys: Result<Vec<PublicKey>, x509::Error>,
    idp_entity_id: String,
    audience: String,
    acs_url: String,
    in_response_to: Option<String>,
    now: UnixTime,
}

#[wasm_bindgen]
impl Expected {
    /// From the settings of a connection; `certificates` is what the identity provider signs with, in
    /// PEM or base64. `now` is in seconds since 1970.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(
        certificates: &str,
        idp_entity_id: String,
        audience: String,
        acs_url: String,
        in_response_to: Option<String>,
        now: f64,
    ) -> Self {
        let certificates = Certificate::parse_all(certificates.as_bytes(), KeyRules::default());
        let keys = |certificates: Vec<Certificate>| {
            certificates.iter().map(|certificate| certificate.public_key().clone()).collect()
        };
        let keys = certificates.map(keys);
        Self { keys, idp_entity_id, audience, acs_url, in_response_to, now: seconds(now) }
    }

    /// Why the certificates are refused.
    #[must_use]
    pub fn refusal(&self) -> Option<String> {
        self.keys.as_ref().err().map(|error| json::refusal(error))
    }

    fn response(&self) -> ExpectedResponse<'_> {
        ExpectedResponse {
            idp_entity_id: &self.idp_entity_id,
            // None, where they were refused: then no signature is good.
            keys: self.keys.as_deref().unwrap_or_default(),
            audience: &self.audience,
            acs_url: &self.acs_url,
            solicitation: self
                .in_response_to
                .as_deref()
                .map_or(Solicitation::Unsolicited, Solicitation::InResponseTo),
            clock_skew: DEFAULT_CLOCK_SKEW,
            signature_rules: SignatureRules::default(),
            required_signature: RequiredSignature::Either,
            decryption_keys: &[],
            encryption_rules: EncryptionRules::default(),
            further: FurtherDemands::default(),
        }
    }
}

/// Explains a response, its XML or the base64 form value of it, as JSON. Takes any bytes: whatever is
/// wrong with them is the answer.
#[wasm_bindgen]
#[must_use]
pub fn explain(message: &[u8], expected: Option<Expected>, redact: bool) -> String {
    let privacy = if redact { Privacy::Redacted } else { Privacy::Shown };
    let demands = expected.as_ref().map(|expected| (expected.response(), expected.now));
    let demands = demands.as_ref().map(|(response, now)| (response, *now));
    json::explanation(&saml::explain(message, demands, &RustCrypto::new(), privacy)).to_json()
}

/// Whole seconds. The conversion saturates, and what is not a number becomes the end of time, when no
/// response is valid.
#[expect(clippy::as_conversions, reason = "f64 to u64 has no other conversion; it saturates")]
fn seconds(now: f64) -> UnixTime {
    UnixTime::from_seconds(if now.is_nan() { u64::MAX } else { now as u64 })
}
