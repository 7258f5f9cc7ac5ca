//! What an administrator copies into the app: metadata and certificates.

use deskgate_core::base64;
use deskgate_core::saml::identity_provider::IdentityProvider;
use deskgate_core::saml::request_id;
use deskgate_core::x509;

use super::{Target, answer, entity_id, page_of};
use crate::host::random;
use crate::http::Response;
use crate::pages::Notice;
use crate::visit::Visit;

/// Short, because what it says changes with a new key.
const MAX_AGE_SECONDS: u32 = 300;

/// The metadata, with the certificate of the announced key beside the current one. It names no end:
/// most apps read it once, and would stop at a date that nobody remembers.
pub(super) fn metadata(visit: &Visit, name: &str) -> Response {
    let Some(target) = Target::find(&visit.desk.desk, name) else {
        return visit.page_or_json(Notice::NotFound);
    };
    let Some(key) = visit.desk.bridge_signing_key(&visit.secrets, visit.host) else {
        return visit.page_or_json(Notice::Unavailable);
    };
    let certificates: Vec<&[u8]> =
        visit.desk.bridge_certificates().iter().map(Vec::as_slice).collect();
    let slo_url = visit.desk.desk.url_of(&page_of(target.app, "slo"));
    let signed = IdentityProvider {
        entity_id: &entity_id(visit, target.app),
        sso_url: &visit.desk.desk.url_of(&page_of(target.app, "sso")),
        slo_url: target.bridge.request_certificate.as_ref().map(|_| slo_url.as_str()),
        signing_certificates: &certificates,
        want_authn_requests_signed: target.bridge.request_certificate.is_some(),
        name_id_formats: &[answer::name_id_format(target.bridge.name_id)],
        valid_until: None,
    }
    .to_signed_xml(&request_id(&random(visit.host)), &key, visit.crypto());
    match signed {
        Ok(xml) => {
            Response::new(200, "application/samlmetadata+xml", xml).cacheable(MAX_AGE_SECONDS)
        }
        Err(_) => visit.page_or_json(Notice::Unavailable),
    }
}

/// The current certificate as a file to upload: Help Scout takes PEM and CER only.
pub(super) fn certificate_pem(visit: &Visit) -> Response {
    certificate(visit, "application/x-pem-file", x509::to_pem)
}

/// The same as text to paste, without the lines around it, as Jitbit takes it.
pub(super) fn certificate_text(visit: &Visit) -> Response {
    certificate(visit, "text/plain; charset=utf-8", base64::encode)
}

fn certificate(visit: &Visit, media_type: &str, write: fn(&[u8]) -> String) -> Response {
    match visit.desk.bridge_certificates().first() {
        Some(der) => Response::new(200, media_type, write(der)).cacheable(MAX_AGE_SECONDS),
        None => visit.page_or_json(Notice::Unavailable),
    }
}
