//! samael with xmlsec: the whole of a service provider's check.

use std::path::Path;

use openssl::pkey::PKey;
use samael::metadata::EntityDescriptor;
use samael::service_provider::ServiceProviderBuilder;
use serde_json::json;

use crate::{Result, Work, post_value, read};

const GROUPS: &str = "http://schemas.microsoft.com/ws/2008/06/identity/claims/groups";

pub(crate) fn begin(folder: &Path, document: &str) -> Result<Work> {
    let certificate: String =
        read(folder, "idp.crt")?.lines().filter(|line| !line.starts_with('-')).collect();
    let metadata: EntityDescriptor = format!(
        "<EntityDescriptor xmlns=\"urn:oasis:names:tc:SAML:2.0:metadata\" \
         entityID=\"https://sts.windows.net/3f1a2b4c-5d6e-4f70-8a91-b2c3d4e5f607/\"><IDPSSODescriptor \
         protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\"><KeyDescriptor use=\"signing\">\
         <KeyInfo xmlns=\"http://www.w3.org/2000/09/xmldsig#\"><X509Data><X509Certificate>{certificate}\
         </X509Certificate></X509Data></KeyInfo></KeyDescriptor><SingleSignOnService \
         Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect\" \
         Location=\"https://login.example.com/saml2\"/></IDPSSODescriptor></EntityDescriptor>"
    )
    .parse()?;
    // Its clock cannot be set to the time of the documents; the comparisons are made all the same.
    let decades = chrono::Duration::days(20_000);
    let provider = ServiceProviderBuilder::default()
        .entity_id(Some("http://127.0.0.1:47887/deskgate/metadata".to_owned()))
        .acs_url(Some("http://127.0.0.1:47887/deskgate/acs".to_owned()))
        .key(Some(PKey::private_key_from_pem(read(folder, "decryption.key")?.as_bytes())?))
        .idp_metadata(metadata)
        .allow_idp_initiated(true)
        .max_issue_delay(decades)
        .max_clock_skew(decades)
        .build()?;
    let field = post_value(folder, document)?;
    Ok(Box::new(move || {
        let assertion =
            provider.parse_base64_response(&field, None).map_err(|error| error.to_string())?;
        let name = assertion.subject.and_then(|subject| subject.name_id).map(|name| name.value);
        let attributes = assertion.attribute_statements.unwrap_or_default();
        let mut attributes = attributes.iter().flat_map(|statement| &statement.attributes);
        let groups = attributes.find(|attribute| attribute.name.as_deref() == Some(GROUPS));
        Ok(json!({ "name": name, "groups": groups.map_or(0, |groups| groups.values.len()) }))
    }))
}
