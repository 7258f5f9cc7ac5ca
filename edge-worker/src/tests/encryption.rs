//! Encrypted assertions, with the key that the object of the desk made.

use deskgate_core::base64;
use deskgate_core::crypto::{Crypto as _, SecretKey};

use super::admin::deployment_with;
use super::browser::{Browser, settings};
use super::harness::CRYPTO;
use super::identity_provider::{Claims, respond};

/// 32 bytes of 0x42, encrypted to `testdata/rsa-2048.pk8` with `openssl pkeyutl` and OAEP: the core
/// decrypts and never encrypts.
const WRAPPED_KEY: &str = include_str!("testdata/content-key.b64");

/// The response with its assertion encrypted; it is signed inside.
fn encrypted(response: &str) -> String {
    let start = response.find("<saml:Assertion").unwrap();
    let close = "</saml:Assertion>";
    let end = response.find(close).unwrap() + close.len();
    // What is encrypted has to stand on its own.
    let declared = "<saml:Assertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"";
    let assertion = response[start..end].replacen("<saml:Assertion", declared, 1);
    let nonce = [7; 12];
    let key = SecretKey::new(&[0x42; 32]);
    let sealed = CRYPTO.seal(&key, &nonce, &[], assertion.as_bytes()).unwrap();
    let octets = base64::encode(&[nonce.as_slice(), &sealed].concat());
    let data = format!(
        "<saml:EncryptedAssertion><x:EncryptedData xmlns:x=\"http://www.w3.org/2001/04/xmlenc#\">\
         <x:EncryptionMethod Algorithm=\"http://www.w3.org/2009/xmlenc11#aes256-gcm\"/>\
         <d:KeyInfo xmlns:d=\"http://www.w3.org/2000/09/xmldsig#\"><x:EncryptedKey>\
         <x:EncryptionMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p\"/>\
         <x:CipherData><x:CipherValue>{}</x:CipherValue></x:CipherData></x:EncryptedKey></d:KeyInfo>\
         <x:CipherData><x:CipherValue>{octets}</x:CipherValue></x:CipherData></x:EncryptedData>\
         </saml:EncryptedAssertion>",
        WRAPPED_KEY.trim()
    );
    format!("{}{data}{}", &response[..start], &response[end..])
}

/// Signs in with what `change` makes of a response; the status, and the event.
fn sign_in(require_encrypted: bool, change: impl Fn(&str) -> String) -> (u16, String, String) {
    let mut settings = settings();
    settings["connections"][0]["require_encrypted"] = require_encrypted.into();
    let mut deployment = deployment_with(&settings);
    let mut browser = Browser::default();
    let id = browser.begin(&mut deployment, "/");
    let response = respond(&Claims { in_response_to: Some(&id), ..Claims::default() });
    let page = browser.complete(&mut deployment, &change(&response), &id);
    (page.status, deployment.events().pop().unwrap(), page.body)
}

#[test]
fn an_encrypted_assertion_signs_in_with_the_key_of_the_desk() {
    for require_encrypted in [false, true] {
        let (status, event, page) = sign_in(require_encrypted, encrypted);
        assert_eq!((status, event.as_str()), (303, "login.accepted"), "{page}");
    }
}

/// E-11.
#[test]
fn an_assertion_in_plain_text_does_not_sign_in_where_encryption_is_demanded() {
    let (status, event, _) = sign_in(true, str::to_owned);
    assert_eq!((status, event.as_str()), (403, "saml.not_encrypted"));
}

/// E-12: the page is that of every forged response.
#[test]
fn whatever_does_not_decrypt_is_one_event_and_one_page() {
    let change = |xml: &str, at: usize| {
        let other = if &xml[at..=at] == "A" { "B" } else { "A" };
        format!("{}{other}{}", &xml[..at], &xml[at + 1..])
    };
    let change_key = |xml: &str| {
        let xml = encrypted(xml);
        change(&xml, xml.find(WRAPPED_KEY.trim()).unwrap() + 20)
    };
    let change_tag = |xml: &str| {
        let xml = encrypted(xml);
        change(&xml, xml.rfind("</x:CipherValue>").unwrap() - 8)
    };
    let (_, _, forged) = sign_in(false, |xml| xml.replace("B.Simon@", "A.Simon@"));
    let heading = "We could not confirm who you are";
    assert!(forged.contains(heading));
    for (name, (status, event, page)) in
        [("key", sign_in(false, change_key)), ("tag", sign_in(false, change_tag))]
    {
        assert_eq!((status, event.as_str()), (403, "xenc.decryption_failed"), "{name}");
        assert!(page.contains(heading), "{name}: {page}");
    }
}
