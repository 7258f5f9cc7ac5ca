//! `health`: for whoever watches the deployment, without any detail.

use crate::http::Response;
use crate::json;
use crate::snapshot::Trust;
use crate::visit::Visit;

#[inline(never)]
pub(super) fn answer(visit: &Visit) -> Response {
    match visit.trust {
        Trust::Current => Response::json(200, json::written! {"status": "ok"}),
        Trust::SessionsOnly => Response::json(503, json::written! {"status": "degraded"}),
    }
}
