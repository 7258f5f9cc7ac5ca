//! `metadata`: what an identity provider reads about this desk.

use core::time::Duration;

use deskgate_core::desk::Connection;
use deskgate_core::saml::metadata::ServiceProvider;
use deskgate_core::saml::{RequiredSignature, request_id};

use crate::host::random;
use crate::http::Response;
use crate::pages::Notice;
use crate::visit::Visit;

/// How long one copy may be used.
const VALIDITY: Duration = Duration::from_secs(14 * 24 * 60 * 60);

const MAX_AGE_SECONDS: u32 = 3600;

/// `metadata?connection=name`; without a name that of the desk's own entity ID, where connections
/// have different ones.
#[inline(never)]
pub(super) fn answer(visit: &Visit) -> Response {
    let Ok(name) = visit.head.parameters().once("connection").map(|name| name.map(str::to_owned))
    else {
        return visit.page_or_json(Notice::Unreadable);
    };
    let Some(connection) = connection(visit, name.as_deref()) else {
        return visit.page_or_json(Notice::NotFound);
    };
    match document(visit, connection) {
        Some(xml) => {
            Response::new(200, "application/samlmetadata+xml", xml).cacheable(MAX_AGE_SECONDS)
        }
        None => visit.page_or_json(Notice::Unavailable),
    }
}

fn connection<'v>(visit: &'v Visit, name: Option<&str>) -> Option<&'v Connection> {
    let desk = &visit.desk.desk;
    match name {
        Some(name) => desk.connection(name),
        None => {
            let own = desk.metadata_url();
            let mut connections = desk.connections.iter();
            connections
                .find(|connection| connection.sp_entity_id == own)
                .or_else(|| desk.connections.first())
        }
    }
}

fn document(visit: &Visit, connection: &Connection) -> Option<String> {
    let certificate = visit.desk.saml_certificate.as_slice();
    let signed =
        matches!(connection.require_signed, RequiredSignature::Assertion | RequiredSignature::Both);
    let support = visit.desk.desk.support.as_deref().and_then(mail_address);
    let provider = ServiceProvider {
        entity_id: &connection.sp_entity_id,
        acs_url: visit.desk.desk.acs_url(),
        slo_url: connection.single_logout.as_ref().map(|_| visit.desk.desk.slo_url()),
        signing_certificates: &[certificate],
        encryption_certificates: match connection.require_encrypted {
            true => &[certificate],
            // Identity providers that find one encrypt at once, AD FS with AES-CBC, which is refused.
            false => &[],
        },
        authn_requests_signed: connection.sign_requests,
        want_assertions_signed: signed,
        name_id_formats: &[],
        display_name: &visit.desk.desk.name,
        support: support.as_deref(),
        valid_until: visit.now.saturating_add(VALIDITY),
    };
    let key = visit.desk.saml_signing_key(&visit.secrets, visit.host)?;
    provider.to_signed_xml(&request_id(&random(visit.host)), &key, visit.crypto()).ok()
}

/// What people are told to turn to may be any text; an identity provider takes an address only.
fn mail_address(support: &str) -> Option<String> {
    let is_one = |c: char| c.is_ascii_alphanumeric() || ".-_+@".contains(c);
    let is_address = support.chars().all(is_one) && support.matches('@').count() == 1;
    is_address.then(|| format!("mailto:{support}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_plain_address_is_written_to() {
        let it = "mailto:it@contoso.com".to_owned();
        assert_eq!(mail_address("it@contoso.com"), Some(it));
        assert_eq!(mail_address("the service desk, phone 4711"), None);
        assert_eq!(mail_address("it@contoso.com or @it"), None);
    }
}
