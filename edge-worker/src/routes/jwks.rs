//! `jwks.json`: the keys that verify sessions and origin tokens.

use crate::http::Response;
use crate::visit::Visit;

/// A new key is published this long before anything is signed with it.
const MAX_AGE_SECONDS: u32 = 300;

pub(super) fn answer(visit: &Visit) -> Response {
    Response::new(200, "application/jwk-set+json", visit.desk.token_keys.to_json())
        .cacheable(MAX_AGE_SECONDS)
        .with("Access-Control-Allow-Origin", "*".to_owned())
}
