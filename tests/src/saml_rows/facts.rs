//! What a message says about itself, for demands that a row leaves open.

use deskgate_core::crypto::{Crypto, PrivateKey};
use deskgate_core::limits::XmlLimits;
use deskgate_core::time::UnixTime;
use deskgate_core::xenc::{self, EncryptionRules};
use deskgate_core::xml::{Document, Element};

/// Unverified values of a message; empty where it does not parse.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub(super) issuer: Option<String>,
    pub(super) audience: Option<String>,
    pub(super) recipient: Option<String>,
    pub(super) destination: Option<String>,
    pub(super) in_response_to: Option<String>,
    pub(super) response_in_response_to: Option<String>,
    pub(super) issue_instant: Option<UnixTime>,
    pub(super) embedded_certificates: Vec<String>,
}

impl Facts {
    /// Values of the assertion, which may be encrypted to one of `keys`, else of the response.
    pub(super) fn of(xml: &[u8], keys: &[PrivateKey], crypto: &dyn Crypto) -> Self {
        let Ok(document) = Document::parse(xml, &XmlLimits::METADATA) else {
            return Self::default();
        };
        let response = Self::of_document(&document);
        let rules = EncryptionRules { allow_cbc: true };
        let encrypted =
            document.root().child_elements().find(|e| e.local_name() == "EncryptedAssertion");
        let Some(Ok(plaintext)) =
            encrypted.map(|element| xenc::decrypt(element, keys, &rules, crypto))
        else {
            return response;
        };
        let Ok(document) = Document::parse(&plaintext, &XmlLimits::METADATA) else {
            return response;
        };
        let assertion = Self::of_document(&document);
        Self {
            issuer: assertion.issuer.or(response.issuer),
            audience: assertion.audience,
            recipient: assertion.recipient,
            destination: response.destination,
            in_response_to: assertion.in_response_to.or(response.in_response_to),
            response_in_response_to: response.response_in_response_to,
            issue_instant: assertion.issue_instant.or(response.issue_instant),
            embedded_certificates: [
                response.embedded_certificates,
                assertion.embedded_certificates,
            ]
            .concat(),
        }
    }

    fn of_document(document: &Document<'_>) -> Self {
        let all = |local_name: &str| -> Vec<Element<'_>> {
            document.elements().filter(|element| element.local_name() == local_name).collect()
        };
        let attribute_of = |elements: &[Element<'_>], name: &str| {
            elements.iter().find_map(|element| element.attribute(name)).map(str::to_owned)
        };
        let root = [document.root()];
        let data = all("SubjectConfirmationData");
        let instant = attribute_of(&all("Assertion"), "IssueInstant")
            .or_else(|| attribute_of(&root, "IssueInstant"));
        Self {
            issuer: issuer(document.root()),
            audience: all("Audience").first().and_then(text),
            recipient: attribute_of(&data, "Recipient"),
            destination: attribute_of(&root, "Destination"),
            in_response_to: attribute_of(&data, "InResponseTo")
                .or_else(|| attribute_of(&root, "InResponseTo")),
            response_in_response_to: attribute_of(&root, "InResponseTo"),
            issue_instant: instant.and_then(|instant| UnixTime::parse(&instant).ok()),
            embedded_certificates: all("X509Certificate").iter().filter_map(text).collect(),
        }
    }
}

fn text(element: &Element<'_>) -> Option<String> {
    element.text().ok().map(|text| text.trim().to_owned())
}

/// Of the assertion, else of the response.
fn issuer(root: Element<'_>) -> Option<String> {
    let assertion = root.child_elements().find(|element| element.local_name() == "Assertion");
    assertion.into_iter().chain([root]).find_map(|parent| {
        let issuer = parent.child_elements().find(|element| element.local_name() == "Issuer")?;
        text(&issuer)
    })
}
