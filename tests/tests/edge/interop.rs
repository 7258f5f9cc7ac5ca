//! What other people's programs make of our keys, tokens and metadata.

use std::process::Command;

use deskgate_core::base64;
use deskgate_core::limits::XmlLimits;
use deskgate_core::xml::Document;
use deskgate_tests::browser::Request;
use deskgate_tests::judge::{PYTHON, judge};
use deskgate_tests::sign_in::signed_in;
use deskgate_tests::skip::skip;
use serde_json::{Value, json};

use crate::setting::{Setting, desk};

fn tokens_and_keys() -> Option<Value> {
    let Setting { worker, origin, issuer, .. } = desk()?;
    let mut browser = signed_in(&worker, &issuer);
    browser.open("/tickets/1");
    let jwks = worker.browser().send(&Request::new("GET", "/deskgate/jwks.json"));
    assert_eq!(jwks.status, 200, "{jwks}");
    let well_known = worker.browser().send(&Request::new("GET", "/.well-known/deskgate/jwks.json"));
    assert_eq!(well_known.json(), jwks.json());
    Some(json!({
        "jwks": jwks.json(),
        "session": browser.cookie("__Host-deskgate"),
        "origin": origin.last().header("Deskgate-Assertion"),
        "desk_url": worker.url(),
        "origin_url": origin.url(),
        "email": "B.Simon@contoso.com",
    }))
}

#[test]
fn jose_verifies_both_tokens_against_the_key_set() {
    let Some(input) = tokens_and_keys() else { return };
    judge("node", "tests/interop/verify.mjs", &input);
}

#[test]
fn pyjwt_verifies_both_tokens_against_the_key_set() {
    let Some(input) = tokens_and_keys() else { return };
    judge(PYTHON, "tests/interop/verify.py", &input);
}

#[test]
fn the_key_set_has_no_private_part() {
    let Some(input) = tokens_and_keys() else { return };
    let keys = input["jwks"]["keys"].as_array().expect("keys").clone();
    assert!(!keys.is_empty());
    for key in keys {
        assert_eq!((&key["kty"], &key["crv"]), (&"OKP".into(), &"Ed25519".into()));
        for private in ["d", "k", "p", "q", "dp", "dq", "qi"] {
            assert!(key.get(private).is_none(), "{private}");
        }
    }
}

#[test]
fn the_metadata_names_what_an_identity_provider_must_know() {
    let Some(Setting { worker, .. }) = desk() else { return };
    let reply = worker.browser().send(&Request::new("GET", "/deskgate/metadata"));
    assert_eq!(reply.status, 200, "{reply}");
    let document =
        Document::parse(&reply.body, &XmlLimits::METADATA).expect("well-formed metadata");
    assert_eq!(document.root().attribute("entityID"), Some(worker.entity_id().as_str()));
    assert!(reply.text().contains(&worker.acs_url()), "{reply}");
}

#[test]
fn xmlsec1_verifies_the_signature_of_the_metadata() {
    let Some(Setting { worker, .. }) = desk() else { return };
    let reply = worker.browser().send(&Request::new("GET", "/deskgate/metadata"));
    let text = reply.text();
    let Some((_, rest)) = text.split_once("X509Certificate>") else {
        panic!("the metadata has no certificate: {text}");
    };
    let certificate = rest.split('<').next().unwrap_or_default();
    base64::decode(certificate).expect("base64");
    let folder = std::env::temp_dir().join(format!("deskgate-metadata-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a temporary folder");
    let (xml, pem) = (folder.join("metadata.xml"), folder.join("signing.crt"));
    std::fs::write(&xml, &reply.body).expect("written");
    let pem_text =
        format!("-----BEGIN CERTIFICATE-----\n{certificate}\n-----END CERTIFICATE-----\n");
    std::fs::write(&pem, pem_text).expect("written");
    // Without `--enabled-key-data key-name` xmlsec1 would trust a key inside the message.
    let output = Command::new("xmlsec1")
        .env("SSL_CERT_FILE", "/dev/null")
        .args(["--verify", "--enabled-key-data", "key-name", "--pubkey-cert-pem"])
        .arg(&pem)
        .args(["--id-attr:ID", "urn:oasis:names:tc:SAML:2.0:metadata:EntityDescriptor"])
        .arg(&xml)
        .output();
    let _ = std::fs::remove_dir_all(&folder);
    match output {
        Ok(output) => {
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr))
        }
        Err(_) => skip("xmlsec1 on metadata", "xmlsec1 is not installed").unwrap_or(()),
    }
}
