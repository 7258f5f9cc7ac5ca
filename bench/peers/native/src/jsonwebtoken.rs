//! jsonwebtoken with AWS-LC or with RustCrypto, on the tokens that deskgate-bench made.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::crypto::{aws_lc, rust_crypto};
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde_json::{Map, Value};

use crate::{Result, Work, read};

const DESK: &str = "http://127.0.0.1:47887";

/// Its cryptography, for all of this process.
pub(crate) fn install(provider: Option<&str>) {
    let provider = match provider {
        Some("rust-crypto") => &rust_crypto::DEFAULT_PROVIDER,
        _ => &aws_lc::DEFAULT_PROVIDER,
    };
    provider.install_default().expect("the first one");
}

pub(crate) fn begin(folder: &Path, work: &str) -> Result<Work> {
    let (token, operation) = work.split_once('-').ok_or("no such work")?;
    let audience = if token == "session" { DESK } else { "http://127.0.0.1:47890" };
    let token = read(folder, &format!("{token}.jwt"))?;
    match operation {
        "verify" => {
            let keys: JwkSet = serde_json::from_str(&read(folder, "jwks.json")?)?;
            let key = DecodingKey::from_jwk(keys.keys.first().ok_or("no key")?)?;
            let mut validation = Validation::new(Algorithm::EdDSA);
            validation.set_audience(&[audience]);
            validation.set_issuer(&[DESK]);
            // Its clock cannot be set to the time of the tokens; the comparison is made all the same.
            validation.leeway = 20_000 * 24 * 3600;
            Ok(Box::new(move || {
                let verified =
                    jsonwebtoken::decode::<Map<String, Value>>(&token, &key, &validation)?;
                std::hint::black_box(verified);
                Ok(Value::Null)
            }))
        }
        "mint" => {
            let mut parts = token.split('.').map(|part| URL_SAFE_NO_PAD.decode(part));
            let header: Header = serde_json::from_slice(&parts.next().ok_or("no header")??)?;
            let claims: Value = serde_json::from_slice(&parts.next().ok_or("no claims")??)?;
            let key = EncodingKey::from_ed_pem(read(folder, "desk.key")?.as_bytes())?;
            Ok(Box::new(move || {
                std::hint::black_box(jsonwebtoken::encode(&header, &claims, &key)?);
                Ok(Value::Null)
            }))
        }
        _ => Err("no such work".into()),
    }
}
