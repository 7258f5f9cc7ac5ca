//! Messages of single logout.

use std::collections::HashSet;
use std::sync::LazyLock;
use std::time::Duration;

use deskgate_core::base64;
use deskgate_core::crypto::{Crypto, DigestAlgorithm, SignatureAlgorithm};
use deskgate_core::dsig::redirect::{Message, encode_value};
use deskgate_core::dsig::{SignatureRules, SigningKey};
use deskgate_core::identity::NameId;
use deskgate_core::saml::binding::redirect::deflate_value;
use deskgate_core::saml::logout::{
    Carrier, ExpectedLogout, LogoutRequest, LogoutResponse, LogoutStatus, peek_logout,
    verify_logout_request, verify_logout_response,
};
use deskgate_core::xenc::EncryptionRules;

use crate::seeds::believed;
use crate::trusted::{
    AUDIENCE, CRYPTO, Credulous, DECRYPTION_KEYS, IDP, IDP_KEYS, NOW, REQUEST_ID,
};

const SLO_URL: &str = "https://help.contoso.com/deskgate/slo";

/// A request and an answer, signed by the identity provider, each in two versions: as they are and for
/// [`Credulous`].
pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let name_id = NameId {
        value: "B.Simon@contoso.com".into(),
        format: Some("urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress".into()),
        name_qualifier: Some(IDP.into()),
        sp_name_qualifier: Some(AUDIENCE.into()),
    };
    let request = LogoutRequest {
        id: "_request",
        issue_instant: NOW,
        sp_entity_id: IDP,
        destination: SLO_URL,
        name_id: &name_id,
        session_index: Some("_session"),
    };
    let response = LogoutResponse {
        id: "_response",
        issue_instant: NOW,
        sp_entity_id: IDP,
        destination: SLO_URL,
        in_response_to: REQUEST_ID,
        status: LogoutStatus::Success,
    };
    // The identity provider of the vectors has the same key pair.
    let key = SigningKey {
        algorithm: SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256),
        key: &DECRYPTION_KEYS[0],
        certificate: None,
    };
    [request.post_value(&key, &CRYPTO), response.post_value(&key, &CRYPTO)]
        .into_iter()
        .map(|value| base64::decode(&value.expect("a signature")).expect("base64"))
        .map(|xml| String::from_utf8(xml).expect("XML"))
        .flat_map(|xml| [believed(&xml).into_bytes(), xml.into_bytes()])
        .collect()
}

/// Nobody else can end a session; with every proof taken for good the rules end.
pub(super) fn message(input: &[u8]) {
    static ACCEPTED: LazyLock<HashSet<String>> =
        LazyLock::new(|| seeds().iter().flat_map(|seed| accepted(seed, &CRYPTO)).collect());
    assert!(!ACCEPTED.is_empty());
    for found in accepted(input, &CRYPTO) {
        assert!(ACCEPTED.contains(&found), "{found}");
    }
    let _ = accepted(input, &Credulous);
    let posted = base64::encode(input);
    let _ = peek_logout(Message::Request, Carrier::Post(&posted));
    let _ = peek_logout(Message::Response, Carrier::Post(&posted));
}

fn accepted(xml: &[u8], crypto: &dyn Crypto) -> Vec<String> {
    let mut accepted = Vec::new();
    let posted = base64::encode(xml);
    let tail = format!(
        "&SigAlg={}&Signature=AAAA",
        encode_value("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256")
    );
    let deflated = encode_value(&deflate_value(&String::from_utf8_lossy(xml)));
    let requested = format!("SAMLRequest={deflated}{tail}");
    let answered = format!("SAMLResponse={deflated}{tail}");
    for carrier in [Carrier::Post(&posted), Carrier::Redirect(&requested)] {
        let request = verify_logout_request(carrier, &expected(), NOW, crypto);
        accepted.extend(request.map(|request| format!("{request:?}")).ok());
    }
    for carrier in [Carrier::Post(&posted), Carrier::Redirect(&answered)] {
        let response = verify_logout_response(carrier, &expected(), REQUEST_ID, NOW, crypto);
        accepted.extend(response.map(|response| format!("{response:?}")).ok());
    }
    accepted
}

fn expected() -> ExpectedLogout<'static> {
    ExpectedLogout {
        idp_entity_id: IDP,
        keys: &IDP_KEYS,
        slo_url: SLO_URL,
        clock_skew: Duration::from_secs(180),
        signature_rules: SignatureRules { allow_sha1: true },
        decryption_keys: &*DECRYPTION_KEYS,
        encryption_rules: EncryptionRules { allow_cbc: true },
    }
}
