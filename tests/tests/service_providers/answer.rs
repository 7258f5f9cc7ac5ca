//! Answers of the bridge, and what becomes of them when something is changed.

use std::time::{Duration, SystemTime};

use deskgate_core::base64;
use deskgate_core::crypto::{DigestAlgorithm, RustCrypto, SignatureAlgorithm};
use deskgate_core::dsig::SigningKey;
use deskgate_core::identity::Attribute;
use deskgate_core::saml::constants::AUTHN_PASSWORD_TRANSPORT;
use deskgate_core::saml::identity_provider::{IssuedAssertion, Response};
use deskgate_core::time::UnixTime;
use deskgate_core::xenc::{ENCRYPTION_ENTROPY_BYTES, Recipient};
use deskgate_tests::issuer::fresh_id;
use deskgate_tests::vectors;
use serde_json::{Value, json};

use crate::helpdesk::Helpdesk;

/// Texts around the byte that changes, in an answer that can be read: `|` stands before that byte.
pub(crate) const READABLE: [&str; 13] = [
    "<saml:Audience>|",
    "Destination=\"https://|",
    "Recipient=\"https://|",
    "NotOnOrAfter=\"2|",
    "AuthnInstant=\"2|",
    "InResponseTo=\"_|",
    "<saml:AttributeValue>|",
    "<saml:Issuer>https://|",
    "<ds:DigestValue>|",
    "<ds:SignatureValue>|",
    "ac:classes:|",
    "status:Succes|",
    "<saml:SubjectConfirmation Method=\"urn:oasis:names:tc:SAML:2.0:cm:|",
];

/// The same in one that cannot.
pub(crate) const ENCRYPTED: [&str; 3] =
    ["<xenc:CipherValue>|", "Destination=\"https://|", "<ds:SignatureValue>|"];

/// The real clock: the libraries have no other.
pub(crate) fn now() -> UnixTime {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970");
    UnixTime::from_seconds(since.as_secs())
}

#[derive(Clone, Copy)]
pub(crate) struct Answer<'h> {
    pub(crate) helpdesk: &'h Helpdesk,
    pub(crate) audience: &'h str,
    pub(crate) idp_entity_id: Option<&'h str>,
    pub(crate) request_id: Option<&'static str>,
    pub(crate) encrypted: bool,
    pub(crate) key: &'static str,
    pub(crate) at: UnixTime,
}

impl<'h> Answer<'h> {
    pub(crate) fn new(helpdesk: &'h Helpdesk) -> Self {
        Self {
            helpdesk,
            audience: helpdesk.audience,
            idp_entity_id: None,
            request_id: None,
            encrypted: false,
            key: "rsa-2048",
            at: now(),
        }
    }

    fn to_xml(self) -> String {
        let Helpdesk { acs_url, name_id, name_id_format, .. } = *self.helpdesk;
        let key = vectors::private_key(self.key);
        let certificate = vectors::certificate(self.key);
        let algorithm = SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256);
        let signing_key = SigningKey { algorithm, key: &key, certificate: Some(certificate.der()) };
        let attributes: Vec<Attribute<'_>> =
            self.helpdesk.attributes.iter().map(attribute).collect();
        let (response_id, assertion_id, session_index) = (fresh_id(), fresh_id(), fresh_id());
        let assertion = IssuedAssertion {
            id: &assertion_id,
            sp_entity_id: self.audience,
            name_id,
            name_id_format,
            authn_instant: self.at.saturating_sub(Duration::from_secs(600)),
            session_index: &session_index,
            session_not_on_or_after: Some(self.at.saturating_add(Duration::from_secs(36_000))),
            authn_context_class: AUTHN_PASSWORD_TRANSPORT,
            attributes: &attributes,
        };
        let own = self.helpdesk.idp_entity_id();
        let response = Response {
            id: &response_id,
            issue_instant: self.at,
            idp_entity_id: self.idp_entity_id.unwrap_or(&own),
            acs_url,
            in_response_to: self.request_id,
        };
        let encryption_key = vectors::public_key("other-rsa-2048");
        let recipient = Recipient { key: &encryption_key, oaep_digest: DigestAlgorithm::Sha1 };
        // Nobody reads these messages but the library: the entropy need not be any.
        let entropy = [7; ENCRYPTION_ENTROPY_BYTES];
        let recipient = self.encrypted.then_some((&recipient, &entropy));
        let crypto = RustCrypto::with_dangerous_rsa_private_operations();
        response
            .with_assertion(&assertion, recipient, &signing_key, &crypto)
            .expect("the answer can be signed")
    }

    pub(crate) fn message(self, label: &str, accepted: bool) -> Message {
        self.message_of(label, &self.to_xml(), accepted)
    }

    fn message_of(self, label: &str, xml: &str, accepted: bool) -> Message {
        Message {
            label: format!("{label}, request {:?}, encrypted {}", self.request_id, self.encrypted),
            saml_response: base64::encode(xml.as_bytes()),
            request_id: self.request_id,
            encrypted: self.encrypted,
            only_in_response: false,
            accepted,
        }
    }

    /// The answer once for each place, with the byte there changed: the first and the last place of
    /// this kind, because Response and Assertion have the same things to say.
    pub(crate) fn twins(self, places: &[&str]) -> Vec<Message> {
        let xml = self.to_xml();
        let element = if self.encrypted { "saml:EncryptedAssertion" } else { "saml:Assertion" };
        let start = xml.find(&format!("<{element}")).expect("an assertion");
        let assertion = start..xml.find(&format!("</{element}")).expect("its end");
        let change = |at: usize, place: &str| {
            let mut bytes = xml.clone().into_bytes();
            // Another letter or digit: the text stays well-formed, and base64 stays base64.
            bytes[at] ^= 1;
            let changed = String::from_utf8(bytes).expect("ASCII");
            let message = self.message_of(&format!("{place} at {at}"), &changed, false);
            Message { only_in_response: !assertion.contains(&at), ..message }
        };
        places
            .iter()
            .flat_map(|place| {
                let before = place.trim_end_matches('|');
                let first = xml.find(before).unwrap_or_else(|| panic!("{place} in {xml}"));
                let last = xml.rfind(before).expect("found before");
                let mut ends = vec![first + before.len(), last + before.len()];
                ends.dedup();
                ends.into_iter().map(|at| change(at, place))
            })
            .collect()
    }
}

fn attribute<'a>((name, value): &(&'a str, &'a str)) -> Attribute<'a> {
    Attribute { name: (*name).into(), values: vec![(*value).into()] }
}

/// A message for a library, and what it has to say.
pub(crate) struct Message {
    pub(crate) label: String,
    pub(crate) saml_response: String,
    pub(crate) request_id: Option<&'static str>,
    pub(crate) encrypted: bool,
    /// What was changed stands outside the assertion.
    pub(crate) only_in_response: bool,
    pub(crate) accepted: bool,
}

impl Message {
    pub(crate) fn to_json(&self) -> Value {
        json!({
            "saml_response": self.saml_response,
            "request_id": self.request_id,
            "encrypted": self.encrypted,
        })
    }

    #[track_caller]
    pub(crate) fn compare(&self, library: &str, helpdesk: &Helpdesk, finding: &Value) {
        let label = format!("{library} {} {}: {finding}", helpdesk.name, self.label);
        // These two are content with the signature of the assertion when both are there.
        let is_content =
            ["samlify.mjs", "simplesamlphp.php"].iter().any(|it| library.ends_with(it));
        let unread = self.only_in_response && is_content;
        assert!(unread || finding["accepted"] == json!(self.accepted), "{label}");
        if finding["accepted"] == json!(false) {
            return;
        }
        assert_eq!(finding["name_id"], json!(helpdesk.name_id), "{label}");
        for (name, value) in helpdesk.attributes {
            // One value, which some libraries put into a list.
            let found = &finding["attributes"][name];
            assert!(*found == json!(value) || *found == json!([value]), "{label}: {name}");
        }
    }
}
