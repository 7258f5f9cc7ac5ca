//! Encrypted assertions, decrypted by the host's cryptography with the key that the desk made.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use deskgate_core::base64;
use deskgate_core::crypto::{Crypto as _, RustCrypto, SecretKey};
use deskgate_tests::browser::{Browser, Reply, Request};
use deskgate_tests::sign_in::{begin, deliver};
use deskgate_tests::skip::skip;
use deskgate_tests::worker::Worker;

use crate::setting::{Setting, desk, desk_where};

const CONTENT_KEY: [u8; 32] = [0x42; 32];

/// The content key, encrypted by openssl to the certificate in the metadata of the desk.
fn wrapped_key(worker: &Worker) -> Option<Vec<u8>> {
    let metadata = worker.browser().send(&Request::new("GET", "/deskgate/metadata")).text();
    let (_, rest) = metadata.split_once("X509Certificate>").expect("a certificate");
    let certificate = rest.split('<').next().unwrap_or_default();
    let pem = format!("-----BEGIN CERTIFICATE-----\n{certificate}\n-----END CERTIFICATE-----\n");
    let file =
        std::env::temp_dir().join(format!("deskgate-encrypt-{}.crt", worker.address().port()));
    std::fs::write(&file, pem).expect("written");
    let spawned = Command::new("openssl")
        .args(["pkeyutl", "-encrypt", "-certin", "-pkeyopt", "rsa_padding_mode:oaep", "-inkey"])
        .arg(&file)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let Ok(mut child) = spawned else { return skip("edge", "openssl is not installed") };
    child.stdin.take().expect("a pipe").write_all(&CONTENT_KEY).expect("openssl reads");
    let output = child.wait_with_output().expect("openssl ends");
    let _ = std::fs::remove_file(file);
    assert!(output.status.success(), "openssl encrypts");
    Some(output.stdout)
}

/// The response with its assertion encrypted to this key.
fn encrypted(xml: &str, wrapped: &[u8], spoil_tag: bool) -> String {
    let close = "</Assertion>";
    let start = xml.find("<Assertion ").expect("an assertion");
    let end = xml.find(close).expect("its end") + close.len();
    let nonce = [7; 12];
    let key = SecretKey::new(&CONTENT_KEY);
    let plaintext = &xml.as_bytes()[start..end];
    let mut sealed = RustCrypto::new().seal(&key, &nonce, &[], plaintext).expect("sealed");
    if spoil_tag {
        *sealed.last_mut().expect("a tag") ^= 1;
    }
    let octets = base64::encode(&[nonce.as_slice(), &sealed].concat());
    let wrapped = base64::encode(wrapped);
    format!(
        "{}<EncryptedAssertion xmlns=\"urn:oasis:names:tc:SAML:2.0:assertion\"><x:EncryptedData \
         xmlns:x=\"http://www.w3.org/2001/04/xmlenc#\"><x:EncryptionMethod \
         Algorithm=\"http://www.w3.org/2009/xmlenc11#aes256-gcm\"/><d:KeyInfo \
         xmlns:d=\"http://www.w3.org/2000/09/xmldsig#\"><x:EncryptedKey><x:EncryptionMethod \
         Algorithm=\"http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p\"/><x:CipherData><x:CipherValue>\
         {wrapped}</x:CipherValue></x:CipherData></x:EncryptedKey></d:KeyInfo><x:CipherData>\
         <x:CipherValue>{octets}</x:CipherValue></x:CipherData></x:EncryptedData></EncryptedAssertion>{}",
        &xml[..start],
        &xml[end..]
    )
}

/// Signs in with an encrypted response.
fn sign_in(setting: &Setting, wrapped: &[u8], spoil_tag: bool) -> (Reply, Browser, Duration) {
    let Setting { worker, issuer, .. } = setting;
    let mut browser = worker.browser();
    let asked = begin(&mut browser, "/");
    let mut response = issuer.respond(worker.now(), &worker.entity_id(), &worker.acs_url());
    response.in_response_to = Some(asked.request_id);
    let xml = encrypted(&issuer.sign(&response), wrapped, spoil_tag);
    let value = base64::encode(xml.as_bytes());
    let start = Instant::now();
    let reply = deliver(&mut browser, &value, asked.relay_state.as_deref());
    (reply, browser, start.elapsed())
}

#[test]
fn an_encrypted_assertion_signs_in() {
    let demand = |settings: &mut serde_json::Value| {
        settings["connections"][0]["require_encrypted"] = true.into();
    };
    let Some(setting) = desk_where(demand) else { return };
    let Some(wrapped) = wrapped_key(&setting.worker) else { return };
    let (reply, browser, _) = sign_in(&setting, &wrapped, false);
    assert_eq!(reply.status, 303, "{reply}");
    assert!(browser.cookie("__Host-deskgate").is_some());
}

/// E-12, as far as somebody at the other end of a socket sees it.
#[test]
fn whatever_does_not_decrypt_takes_the_same_time_and_gets_the_same_page() {
    let Some(setting) = desk() else { return };
    let Some(wrapped) = wrapped_key(&setting.worker) else { return };
    let mut padding = wrapped.clone();
    padding[128] ^= 1;
    let (mut tags, mut paddings) = (Vec::new(), Vec::new());
    for _ in 0..41 {
        for (wrapped, spoil_tag, times) in
            [(&wrapped, true, &mut tags), (&padding, false, &mut paddings)]
        {
            let (reply, browser, time) = sign_in(&setting, wrapped, spoil_tag);
            assert_eq!(reply.status, 403, "{reply}");
            assert!(reply.text().contains("We could not confirm who you are"), "{reply}");
            assert!(browser.cookie("__Host-deskgate").is_none());
            times.push(time);
        }
    }
    let [tag, padding] = [tags, paddings].map(|mut times| {
        times.sort();
        times[times.len() / 2].as_secs_f64()
    });
    let ratio = padding / tag;
    println!(
        "workerd: bad padding {:.2} ms, bad tag {:.2} ms, {ratio:.3}",
        padding * 1e3,
        tag * 1e3
    );
    // Two network ways and a page are in it, and other processes on the machine.
    assert!((0.5..2.0).contains(&ratio), "{ratio}");
}
