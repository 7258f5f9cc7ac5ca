//! `health`: for whoever watches the deployment, without any detail.

use serde_json::json;

use crate::http::Response;
use crate::snapshot::Trust;
use crate::visit::Visit;

#[inline(never)]
pub(super) fn answer(visit: &Visit) -> Response {
    match visit.trust {
        Trust::Current => Response::json(200, &json!({"status": "ok"})),
        Trust::SessionsOnly => Response::json(503, &json!({"status": "degraded"})),
    }
}
