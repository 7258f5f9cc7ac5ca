//! A response signed by xmlsec1 is accepted from standard input, and with one byte changed it is not.

use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::Value;

const RESPONSE: &str = "../tests/vectors/responses/entra-both-signed.xml";

/// Exit status and verdict of `deskgate saml verify` for a response of 2026-11-21T12:00:00Z.
fn verify(response: &str) -> (i32, Value) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_deskgate"))
        .args(["saml", "verify", "--desk", "tests/data/desks/desk.toml"])
        .args(["--now", "2026-11-21T12:00:00Z", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(response.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    (output.status.code().unwrap(), serde_json::from_slice(&output.stdout).unwrap())
}

/// The response with the byte after the first `marker` replaced.
fn changed_after(marker: &str) -> String {
    let response = fs::read_to_string(RESPONSE).unwrap();
    let at = response.find(marker).unwrap() + marker.len();
    let (before, after) = response.split_at(at);
    let byte = if after.starts_with('A') { "B" } else { "A" };
    format!("{before}{byte}{}", &after[1..])
}

#[track_caller]
fn check_refused(response: &str, code: &str) {
    let (status, verdict) = verify(response);
    assert_eq!((status, verdict["code"].as_str()), (1, Some(code)), "{verdict}");
    assert_eq!(verdict["verdict"], "rejected");
    assert!(verdict["help"].as_str().is_some_and(|help| !help.is_empty()));
}

#[test]
fn a_response_is_read_from_standard_input() {
    let (status, verdict) = verify(&fs::read_to_string(RESPONSE).unwrap());
    assert_eq!((status, &verdict["verdict"]), (0, &Value::from("accepted")), "{verdict}");
    assert_eq!(verdict["person"]["email"], "B.Simon@contoso.com");
    assert_eq!(verdict["identity"]["name_id"]["value"], "B.Simon@contoso.com");
}

#[test]
fn one_changed_byte_is_noticed_wherever_it_is() {
    // The Response is signed last, so its own signature is the first in the document.
    for (marker, code) in [
        ("<SignatureValue>", "dsig.signature_mismatch"),
        ("<DigestValue>", "dsig.signature_mismatch"),
        ("<SignatureMethod Algorithm=\"", "dsig.unsupported_signature"),
        ("emailaddress\"><AttributeValue>", "dsig.digest_mismatch"),
        ("<Audience>", "dsig.digest_mismatch"),
        ("InResponseTo=\"", "dsig.digest_mismatch"),
    ] {
        check_refused(&changed_after(marker), code);
    }
}

#[test]
fn inputs_that_are_no_response_are_told_from_each_other() {
    check_refused("", "cli.empty_input");
    check_refused("SAMLResponse=PA&SAMLResponse=PA", "cli.not_a_response");
    check_refused("PHNhbWw=", "xml.unexpected_end");
    check_refused("<html>", "xml.unexpected_end");
    check_refused("???", "saml.form_value_not_base64");
}
