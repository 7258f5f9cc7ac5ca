//! `jwks.json`: the keys that verify sessions and origin tokens.

use crate::http::Response;
use crate::visit::Visit;

/// How long it may be cached on its way.
pub(crate) const MAX_AGE_SECONDS: u32 = 300;

#[inline(never)]
pub(super) fn answer(visit: &Visit) -> Response {
    Response::new(200, "application/jwk-set+json", visit.desk.token_keys.to_json())
        .cacheable(MAX_AGE_SECONDS)
        .with("Access-Control-Allow-Origin", "*".to_owned())
}
