//! JSON Web Tokens: JWS in compact serialization (RFC 7515), JWT (RFC 7519), JWK Sets (RFC 7517).
//!
//! Accepted: exactly three segments of strict base64url, one JSON object each as header and claims
//! without duplicate members, algorithms EdDSA (Ed25519), ES256, RS256 and HS256/384/512.
//!
//! Refused: `none`, JWE, JSON serialization, detached and unencoded payloads, and every header
//! parameter that changes how a token is verified or brings a key: `crit`, `b64`, `zip`, `jwk`, `jku`,
//! `x5c`, `x5u` (RFC 8725, section 3).
//!
//! A key belongs to one algorithm. The header's `alg` is compared with it, never followed; the
//! header's `kid` selects among configured keys by equality, and there is no second try.

mod claims;
mod error;
mod header;
pub mod json;
mod jwk;
mod jwk_set;
mod jws;
mod jwt;

pub(crate) use claims::string_member;
pub use claims::{Claims, ExpectedClaims, MAX_CLOCK_SKEW};
pub use error::{Error, Part};
pub use header::Header;
pub use jwk::{Jwk, JwkKind, SigningKey, thumbprint};
pub use jwk_set::{JwkSet, MAX_JWK_SET_BYTES, MAX_KEYS};
pub use jws::{Keys, MAX_TOKEN_BYTES, VerifiedJws, sign_jws, verify_jws};
pub(crate) use jws::{protected_header, sign};
pub use jwt::{UnverifiedJwt, VerifiedJwt, decode_unverified, sign_jwt, verify_jwt};
