//! Single logout in the real Worker: sessions end in every isolate, and stay where they must (M-15).

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use deskgate_core::base64;
use deskgate_core::limits::XmlLimits;
use deskgate_core::xml::Document;
use deskgate_tests::browser::{Browser, Reply, Request};
use deskgate_tests::html::first_form;
use deskgate_tests::sign_in::{decode, signed_in};
use deskgate_tests::skip::skip;
use deskgate_tests::worker::Worker;

use crate::setting::{Setting, desk_where};

const IDP_SLO: &str = "http://127.0.0.1:9/slo";

fn desk_with_slo(binding: &str) -> Option<Setting> {
    desk_where(|settings| {
        settings["connections"][0]["slo_url"] = IDP_SLO.into();
        settings["connections"][0]["slo_binding"] = binding.into();
    })
}

fn slo_url(worker: &Worker) -> String {
    format!("{}/deskgate/slo", worker.url())
}

#[track_caller]
fn is_signed_in(browser: &mut Browser) -> bool {
    match browser.open("/tickets/1").status {
        200 => true,
        302 | 303 => false,
        status => panic!("status {status}"),
    }
}

/// The form of a page of the identity provider, on another site.
fn post(browser: &mut Browser, value: &str) -> Reply {
    let fields = [("SAMLRequest", value), ("RelayState", "a+b c")];
    browser.send(&Request::form("/deskgate/slo", &fields).cross_site())
}

/// The message and the signed octets of a redirect to the identity provider.
struct Redirected {
    xml: String,
    signed: String,
    signature: Vec<u8>,
}

fn redirected(location: &str, parameter: &str) -> Redirected {
    let (address, query) = location.split_once('?').expect("a query");
    assert_eq!(address, IDP_SLO);
    let (signed, signature) = query.split_once("&Signature=").expect("a signature");
    let message = signed.strip_prefix(parameter).expect(parameter).split('&').next();
    let deflated = base64::decode(&decode(message.unwrap_or_default())).expect("base64");
    let xml = miniz_oxide::inflate::decompress_to_vec(&deflated).expect("DEFLATE");
    Redirected {
        xml: String::from_utf8(xml).expect("UTF-8"),
        signed: signed.to_owned(),
        signature: base64::decode(&decode(signature)).expect("base64"),
    }
}

fn id_of(xml: &str) -> String {
    let document = Document::parse(xml.as_bytes(), &XmlLimits::MESSAGE).expect("XML");
    document.root().attribute("ID").expect("an ID").to_owned()
}

#[test]
fn a_logout_of_the_identity_provider_ends_the_session_in_another_isolate() {
    for by_post in [false, true] {
        let Some(Setting { mut worker, issuer, .. }) = desk_with_slo("redirect") else { return };
        let mut browser = signed_in(&worker, &issuer);
        let mut elsewhere = worker.elsewhere(browser.clone());
        let mut copy = browser.clone();
        assert!(is_signed_in(&mut elsewhere) && is_signed_in(&mut browser));

        let logout = issuer.log_out(worker.now(), &slo_url(&worker));
        let reply = match by_post {
            true => post(&mut browser, &issuer.logout_post_value(&logout)),
            false => browser.open(&format!("/deskgate/slo?{}", issuer.logout_query(&logout))),
        };
        assert_eq!(reply.status, 303, "{reply}");
        let answer = redirected(reply.location(), "SAMLResponse=");
        assert!(answer.xml.contains(&format!("InResponseTo=\"{}\"", logout.id)), "{}", answer.xml);
        assert!(answer.xml.contains("status:Success"), "{}", answer.xml);
        assert_eq!(answer.signed.contains("&RelayState=a%2Bb%20c&"), by_post, "{}", answer.signed);
        // Only a request that brings the cookie can have it cleared; it is worth nothing either way.
        assert_eq!(browser.cookie("__Host-deskgate").is_some(), by_post);
        assert!(!is_signed_in(&mut copy), "here at once");
        worker.set_clock_ahead(Duration::from_secs(31));
        assert!(!is_signed_in(&mut elsewhere), "elsewhere within 30 seconds");
        worker.restart();
        assert!(!is_signed_in(&mut copy), "and for good");
    }
}

#[test]
fn an_isolate_that_another_one_signed_out_behind_learns_of_it() {
    let Some(Setting { mut worker, issuer, .. }) = desk_with_slo("redirect") else { return };
    let mut browser = signed_in(&worker, &issuer);
    let mut elsewhere = worker.elsewhere(browser.clone());
    assert!(is_signed_in(&mut elsewhere));
    let reply = browser.send(&Request::form("/deskgate/logout", &[]));
    assert_eq!(reply.status, 303, "{reply}");
    assert_eq!(browser.cookie("__Host-deskgate"), None, "{reply}");
    worker.set_clock_ahead(Duration::from_secs(31));
    assert!(!is_signed_in(&mut elsewhere));
}

#[test]
fn unsigned_forged_and_replayed_logouts_end_nothing() {
    let Some(Setting { worker, issuer, .. }) = desk_with_slo("redirect") else { return };
    let mut browser = signed_in(&worker, &issuer);
    let logout = issuer.log_out(worker.now(), &slo_url(&worker));
    let query = issuer.logout_query(&logout);
    let (unsigned, _) = query.split_once("&SigAlg=").expect("signed");
    let mallory = deskgate_tests::issuer::Issuer::with_key("other-rsa-2048");
    let mut other_index = issuer.log_out(worker.now(), &slo_url(&worker));
    other_index.session_index = Some("_somebody_else".to_owned());
    let mut other_person = issuer.log_out(worker.now(), &slo_url(&worker));
    other_person.name_id = "zoe@contoso.com".to_owned();
    for (query, status) in [
        (unsigned, 403),
        (query.replace("SigAlg=", "SigAlg=x").as_str(), 403),
        (format!("{query}&SAMLRequest=x").as_str(), 403),
        (mallory.logout_query(&logout).as_str(), 403),
        (issuer.logout_query(&other_index).as_str(), 303),
        (issuer.logout_query(&other_person).as_str(), 303),
    ] {
        let reply = worker.browser().open(&format!("/deskgate/slo?{query}"));
        assert_eq!(reply.status, status, "{reply}");
        assert!(is_signed_in(&mut browser), "{query}");
    }
    let plain = base64::encode(logout.to_xml().as_bytes());
    assert_eq!(post(&mut worker.browser(), &plain).status, 403);
    assert!(is_signed_in(&mut browser));
    let target = format!("/deskgate/slo?{query}");
    assert_eq!(worker.browser().open(&target).status, 303);
    let mut again = signed_in(&worker, &issuer);
    assert_eq!(worker.browser().open(&target).status, 403, "once");
    assert!(is_signed_in(&mut again));
}

#[test]
fn signing_out_leads_over_the_identity_provider_to_a_page() {
    let Some(Setting { worker, issuer, .. }) = desk_with_slo("redirect") else { return };
    let mut browser = signed_in(&worker, &issuer);
    let mut copy = browser.clone();
    let reply = browser.send(&Request::form("/deskgate/logout", &[]));
    let request = redirected(reply.location(), "SAMLRequest=");
    assert!(request.xml.contains(">B.Simon@contoso.com</saml:NameID>"), "{}", request.xml);
    assert!(!is_signed_in(&mut copy), "before anything came back");
    let answer = issuer.logout_answer(&id_of(&request.xml), worker.now(), &slo_url(&worker));
    let page = browser.open(&format!("/deskgate/slo?{answer}"));
    assert!(page.text().contains("so has the one at your organization"), "{page}");
    let (unsigned, _) = answer.split_once("&SigAlg=").expect("signed");
    let page = browser.open(&format!("/deskgate/slo?{unsigned}"));
    assert!(page.text().contains("did not confirm"), "{page}");
    assert!(!is_signed_in(&mut browser) && !is_signed_in(&mut copy));
}

#[test]
fn without_the_object_signing_out_still_signs_this_browser_out() {
    let Some(Setting { mut worker, issuer, .. }) = desk_with_slo("redirect") else { return };
    let mut browser = signed_in(&worker, &issuer);
    worker.set_object("fails");
    let reply = browser.send(&Request::form("/deskgate/logout", &[]));
    assert!(reply.text().contains("You are signed out here"), "{reply}");
    assert_eq!(browser.cookie("__Host-deskgate"), None, "{reply}");
}

/// Writes what other programs read.
fn file(name: &str, content: &[u8]) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("single-logout-{name}"));
    std::fs::write(&path, content).expect("the target folder is writable");
    path
}

/// The certificate in the desk's metadata, as PEM.
fn certificate_of_desk(worker: &Worker) -> String {
    let metadata = worker.browser().open("/deskgate/metadata").text();
    let (_, rest) = metadata.split_once("X509Certificate>").expect("a certificate");
    let body = rest.split('<').next().unwrap_or_default();
    let lines: Vec<_> =
        body.as_bytes().chunks(64).map(|line| String::from_utf8_lossy(line).into_owned()).collect();
    format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"))
}

#[test]
fn openssl_verifies_the_octets_of_a_redirect_and_xmlsec1_a_posted_message() {
    for program in ["openssl", "xmlsec1"] {
        let found = Command::new(program).arg("version").stdout(Stdio::null()).status();
        if found.is_err() {
            let reason = format!("{program} is not there");
            return skip("single logout, read by others", &reason).unwrap_or_default();
        }
    }
    for binding in ["redirect", "post"] {
        let Some(Setting { worker, issuer, .. }) = desk_with_slo(binding) else { return };
        let certificate = file("desk.crt", certificate_of_desk(&worker).as_bytes());
        let mut browser = signed_in(&worker, &issuer);
        let reply = browser.send(&Request::form("/deskgate/logout", &[]));
        let verifies = |text: &str| match binding {
            "redirect" => {
                let message = redirected(reply.location(), "SAMLRequest=");
                let signature = file("signature", &message.signature);
                openssl_verifies(&certificate, &signature, &message.signed.replace("SAML", text))
            }
            _ => {
                let (action, fields) = first_form(&reply.text());
                assert_eq!(action, IDP_SLO);
                let xml = base64::decode(&fields[0].1).expect("base64");
                let xml = String::from_utf8(xml).expect("UTF-8");
                let message = file("message.xml", xml.replace("B.Simon", text).as_bytes());
                xmlsec1_verifies(&certificate, &message)
            }
        };
        let (same, changed) =
            if binding == "redirect" { ("SAML", "saml") } else { ("B.Simon", "C") };
        assert!(verifies(same), "{binding}");
        assert!(!verifies(changed), "{binding}: a changed message");
    }
}

fn openssl_verifies(certificate: &Path, signature: &Path, signed: &str) -> bool {
    let pem = Command::new("openssl")
        .args(["x509", "-pubkey", "-noout", "-in"])
        .arg(certificate)
        .output()
        .expect("openssl starts");
    let key = file("desk.pem", &pem.stdout);
    let mut process = Command::new("openssl")
        .args(["dgst", "-sha256", "-verify"])
        .arg(key)
        .arg("-signature")
        .arg(signature)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("openssl starts");
    let mut input = process.stdin.take().expect("a pipe");
    input.write_all(signed.as_bytes()).expect("openssl reads");
    drop(input);
    process.wait().expect("openssl ends").success()
}

fn xmlsec1_verifies(certificate: &Path, message: &Path) -> bool {
    Command::new("xmlsec1")
        .args(["--verify", "--enabled-key-data", "key-name", "--pubkey-cert-pem"])
        .arg(certificate)
        .args(["--id-attr:ID", "urn:oasis:names:tc:SAML:2.0:protocol:LogoutRequest"])
        .arg(message)
        // Keeps xmlsec1 from reading the certificates of the system, and from trusting them.
        .env("SSL_CERT_FILE", "/dev/null")
        .stderr(Stdio::null())
        .stdout(Stdio::null())
        .status()
        .expect("xmlsec1 starts")
        .success()
}
