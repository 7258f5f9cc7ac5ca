//! Logout messages that are read, rule by rule, and those that we send.

use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::time::Duration;

use super::encrypted::{GCM, encrypt};
use super::message::{AUDIENCE, IDP, NOW, PERSON, code};
use crate::crypto::{DigestAlgorithm, PrivateKey, PublicKey, SignatureAlgorithm};
use crate::dsig::redirect::{Message, encode_value, sign_query};
use crate::dsig::{SignatureRules, SigningKey};
use crate::identity::NameId;
use crate::saml::binding::{post, redirect};
use crate::saml::forge::{CRYPTO, Forge, MARK, private_key, public_key};
use crate::saml::logout::*;
use crate::saml::{DEFAULT_CLOCK_SKEW, Error};
use crate::time::UnixTime;
use crate::xenc::EncryptionRules;

pub(super) const SLO_URL: &str = "https://help.contoso.com/deskgate/slo";
pub(super) const REQUEST_ID: &str = "_our_logout_request";

/// How a message travels in these tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    Post,
    Redirect,
}

pub(super) const BOTH: [By; 2] = [By::Post, By::Redirect];

/// A LogoutRequest like those of SimpleSAMLphp and Okta, to be signed.
pub(super) fn request() -> String {
    format!(
        "<samlp:LogoutRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" \
         xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_logout\" Version=\"2.0\" \
         IssueInstant=\"2026-11-21T12:00:00Z\" Destination=\"{SLO_URL}\" \
         NotOnOrAfter=\"2026-11-21T12:03:00Z\"><saml:Issuer>{IDP}</saml:Issuer>{MARK}\
         <saml:NameID Format=\"urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress\">{PERSON}\
         </saml:NameID><samlp:SessionIndex>_session</samlp:SessionIndex></samlp:LogoutRequest>"
    )
}

/// A LogoutResponse, to be signed.
pub(super) fn response() -> String {
    format!(
        "<samlp:LogoutResponse xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" \
         xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_logout\" Version=\"2.0\" \
         IssueInstant=\"2026-11-21T12:00:00Z\" Destination=\"{SLO_URL}\" \
         InResponseTo=\"{REQUEST_ID}\"><saml:Issuer>{IDP}</saml:Issuer>{MARK}<samlp:Status>\
         <samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"/></samlp:Status>\
         </samlp:LogoutResponse>"
    )
}

const RSA: SignatureAlgorithm = SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256);

/// The query or form value of a message, signed with a key as its binding has it.
pub(super) fn carry(by: By, kind: Message, marked: &str, key: &'static str) -> String {
    match by {
        By::Post => post::encode_value(&Forge::new(key, RSA).sign(marked, "_logout")),
        By::Redirect => sign(&unsigned_query(kind, &marked.replace(MARK, "")), key),
    }
}

pub(super) fn unsigned_query(kind: Message, message: &str) -> String {
    format!("{}={}", kind.parameter(), encode_value(&redirect::deflate_value(message)))
}

pub(super) fn sign(query: &str, key: &str) -> String {
    let key = private_key(key);
    let signing_key = SigningKey { algorithm: RSA, key: &key, certificate: None };
    sign_query(query, &signing_key, &CRYPTO).unwrap()
}

fn carrier(by: By, text: &str) -> Carrier<'_> {
    match by {
        By::Post => Carrier::Post(text),
        By::Redirect => Carrier::Redirect(text),
    }
}

/// What the connection of these tests demands.
pub(super) fn expected<'a>(
    keys: &'a [PublicKey],
    decryption_keys: &'a [PrivateKey],
) -> ExpectedLogout<'a> {
    ExpectedLogout {
        idp_entity_id: IDP,
        keys,
        slo_url: SLO_URL,
        clock_skew: DEFAULT_CLOCK_SKEW,
        signature_rules: SignatureRules::default(),
        decryption_keys,
        encryption_rules: EncryptionRules::default(),
    }
}

pub(super) fn verify_request(by: By, text: &str) -> Result<VerifiedLogoutRequest, Error> {
    verify_request_at(by, text, NOW)
}

fn verify_request_at(by: By, text: &str, now: UnixTime) -> Result<VerifiedLogoutRequest, Error> {
    let (keys, decryption_keys) = ([public_key("rsa")], [private_key("rsa")]);
    verify_logout_request(carrier(by, text), &expected(&keys, &decryption_keys), now, &CRYPTO)
}

pub(super) fn verify_response(by: By, text: &str) -> Result<VerifiedLogoutResponse, Error> {
    let keys = [public_key("rsa")];
    let expected = expected(&keys, &[]);
    verify_logout_response(carrier(by, text), &expected, REQUEST_ID, NOW, &CRYPTO)
}

/// A signed request with one thing changed.
#[track_caller]
fn check_request(from: &str, to: &str, expected: &str) {
    let changed = request().replace(from, to);
    assert_ne!(changed, request(), "{from}");
    for by in BOTH {
        let text = carry(by, Message::Request, &changed, "rsa");
        assert_eq!(code(&verify_request(by, &text)), expected, "{by:?} {changed}");
    }
}

fn seconds_later(seconds: u64) -> UnixTime {
    NOW.saturating_add(Duration::from_secs(seconds))
}

#[test]
fn a_signed_logout_request_says_whose_sessions_end() {
    for by in BOTH {
        let text = carry(by, Message::Request, &request(), "rsa");
        let verified = verify_request(by, &text).unwrap();
        assert_eq!(verified.id, "_logout");
        assert_eq!(verified.name_id.value, PERSON);
        assert_eq!(verified.session_indexes, ["_session"]);
        assert_eq!(verified.expires_at, seconds_later(180 + 180));
        let peeked = peek_logout(Message::Request, carrier(by, &text)).unwrap();
        assert_eq!((peeked.issuer.as_str(), peeked.in_response_to), (IDP, None));
    }
}

#[test]
fn a_request_names_no_session_or_several() {
    let of = |indexes: &str| {
        let one = "<samlp:SessionIndex>_session</samlp:SessionIndex>";
        let text = carry(By::Post, Message::Request, &request().replace(one, indexes), "rsa");
        verify_request(By::Post, &text)
    };
    let index = |text: &str| format!("<samlp:SessionIndex>{text}</samlp:SessionIndex>");
    assert_eq!(of("").unwrap().session_indexes, Vec::<String>::new());
    assert_eq!(of(&(index("_a") + &index("\n _b "))).unwrap().session_indexes, ["_a", "_b"]);
    assert_eq!(of(&index("_a").repeat(MAX_SESSION_INDEXES)).unwrap().session_indexes.len(), 100);
    let too_many = of(&index("_a").repeat(MAX_SESSION_INDEXES + 1));
    assert_eq!(code(&too_many), "saml.too_many_session_indexes");
}

#[test]
fn every_rule_of_a_request_has_its_error() {
    check_request(IDP, "https://evil.example/", "saml.issuer_mismatch");
    check_request(SLO_URL, "https://help.fabrikam.com/deskgate/slo", DESTINATION);
    check_request(&format!("Destination=\"{SLO_URL}\""), "", DESTINATION);
    check_request("Version=\"2.0\"", "Version=\"1.1\"", "saml.unsupported_version");
    check_request("saml:NameID", "saml:BaseID", "xml.element_unexpected");
    check_request(PERSON, " ", "saml.empty_name_id");
    check_request("12:03:00Z", "12:03:00", "saml.invalid_time");
    check_request("ID=\"_logout\"", "ID=\"_logout\" AssertionID=\"_logout\"", "dsig.duplicate_id");
    check_request("IssueInstant=", "Unknown=", "xml.attribute_unexpected");
    check_request("</samlp:LogoutRequest>", "<!-- --><x/></samlp:LogoutRequest>", UNEXPECTED);
    check_request(
        "</samlp:LogoutRequest>",
        "<?p?></samlp:LogoutRequest>",
        "saml.processing_instruction",
    );
    let issuer = format!("<saml:Issuer>{IDP}</saml:Issuer>");
    check_request(&issuer, "", "xml.element_missing");
    let name_id = request();
    let start = name_id.find("<saml:NameID").unwrap();
    let end = name_id.find("<samlp:SessionIndex").unwrap();
    check_request(&name_id[start..end], "", "saml.logout_without_name_id");
}

const DESTINATION: &str = "saml.logout_destination_mismatch";
const UNEXPECTED: &str = "xml.element_unexpected";

#[test]
fn a_request_is_good_for_minutes_even_when_it_says_nothing_of_its_end() {
    let endless = request().replace(" NotOnOrAfter=\"2026-11-21T12:03:00Z\"", "");
    let long = request().replace("12:03:00Z", "13:00:00Z");
    for (text, lasts) in [(request(), 180), (endless, 300), (long, 300)] {
        let text = carry(By::Redirect, Message::Request, &text, "rsa");
        let at = |now| code(&verify_request_at(By::Redirect, &text, now));
        assert_eq!(at(seconds_later(lasts + 179)), "ok");
        assert_eq!(at(seconds_later(lasts + 180)), "saml.expired");
        assert_eq!(at(NOW.saturating_sub(Duration::from_secs(180))), "ok");
        assert_eq!(at(NOW.saturating_sub(Duration::from_secs(181))), "saml.not_yet_valid");
        let verified = verify_request_at(By::Redirect, &text, NOW).unwrap();
        assert_eq!(verified.expires_at, seconds_later(lasts + 180), "until it is refused");
    }
}

#[test]
fn an_encrypted_name_is_read_with_the_key_of_the_desk() {
    let text = request();
    let start = text.find("<saml:NameID").unwrap();
    let end = text.find("<samlp:SessionIndex").unwrap();
    let plain = text[start..end].replace(
        "<saml:NameID",
        "<saml:NameID xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"",
    );
    let text = text.replace(&text[start..end], &encrypt("EncryptedID", &plain, GCM));
    for by in BOTH {
        let text = carry(by, Message::Request, &text, "rsa");
        assert_eq!(verify_request(by, &text).unwrap().name_id.value, PERSON);
        let keys = [public_key("rsa")];
        let without =
            verify_logout_request(carrier(by, &text), &expected(&keys, &[]), NOW, &CRYPTO);
        assert_eq!(code(&without), "saml.encrypted_assertion_without_key");
    }
}

#[test]
fn entra_signs_out_under_another_name_of_the_same_tenant() {
    let tenant = IDP.strip_prefix("https://sts.windows.net/").unwrap();
    check_request(IDP, &format!("\n https://login.microsoftonline.com/{tenant} "), "ok");
    for other in [
        format!("https://login.microsoftonline.com/{}", &tenant[1..]),
        format!("https://login.microsoftonline.com.evil.example/{tenant}"),
        format!("http://login.microsoftonline.com/{tenant}"),
        "https://login.microsoftonline.com/".to_string(),
        tenant.to_string(),
    ] {
        check_request(IDP, &other, "saml.issuer_mismatch");
    }
}

#[test]
fn a_response_tells_how_it_went() {
    let with = |code: &str, sub_code: &str| {
        let status = "urn:oasis:names:tc:SAML:2.0:status:";
        let sub_code = match sub_code {
            "" => String::new(),
            name => format!("<samlp:StatusCode Value=\"{status}{name}\"/>"),
        };
        let nested =
            format!("<samlp:StatusCode Value=\"{status}{code}\">{sub_code}</samlp:StatusCode>");
        let plain = format!("<samlp:StatusCode Value=\"{status}Success\"/>");
        response().replace(&plain, &nested)
    };
    let outcome = |by, text: &str| {
        verify_response(by, &carry(by, Message::Response, text, "rsa")).unwrap().outcome
    };
    for by in BOTH {
        assert_eq!(outcome(by, &response()), LogoutOutcome::Everywhere);
        assert_eq!(outcome(by, &with("Success", "PartialLogout")), LogoutOutcome::Partly);
        assert_eq!(outcome(by, &with("Responder", "PartialLogout")), LogoutOutcome::Partly);
        let refused = outcome(by, &with("Requester", "RequestDenied"));
        assert!(matches!(refused, LogoutOutcome::Refused { .. }), "{refused:?}");
    }
}

#[test]
fn a_response_answers_our_request() {
    let in_response_to = format!("InResponseTo=\"{REQUEST_ID}\"");
    let mismatch = "saml.logout_in_response_to_mismatch";
    for (from, to, expected) in [
        (in_response_to.as_str(), "", mismatch),
        (REQUEST_ID, "_other", mismatch),
        (IDP, "https://evil.example/", "saml.issuer_mismatch"),
        (SLO_URL, "https://help.contoso.com/deskgate/acs", DESTINATION),
        ("12:00:00Z", "11:51:00Z", "saml.expired"),
        ("<samlp:Status>", "<samlp:Status/><samlp:Status>", "xml.element_missing"),
        ("</samlp:Status>", "</samlp:Status><saml:Assertion/>", UNEXPECTED),
    ] {
        for by in BOTH {
            let text = carry(by, Message::Response, &response().replace(from, to), "rsa");
            assert_eq!(code(&verify_response(by, &text)), expected, "{by:?} {from}");
        }
    }
    let text = carry(By::Post, Message::Response, &response(), "rsa");
    let peeked = peek_logout(Message::Response, Carrier::Post(&text)).unwrap();
    assert_eq!(peeked.in_response_to.as_deref(), Some(REQUEST_ID));
}

fn b_simon() -> NameId {
    NameId {
        value: "B.Simon & <sons>".to_string(),
        format: Some("urn:oasis:names:tc:SAML:2.0:nameid-format:persistent".to_string()),
        name_qualifier: Some(IDP.to_string()),
        sp_name_qualifier: Some(AUDIENCE.to_string()),
    }
}

/// Read back by our own verifier in the part of the identity provider; xmlsec1, openssl and
/// SimpleSAMLphp read them elsewhere.
#[test]
fn what_we_send_is_signed_and_names_the_person_exactly() {
    let (name_id, key) = (b_simon(), private_key("rsa"));
    let signing_key = SigningKey { algorithm: RSA, key: &key, certificate: None };
    let (id, issue_instant, sp_entity_id, destination) = ("_logout", NOW, IDP, SLO_URL);
    let request = LogoutRequest {
        id,
        issue_instant,
        sp_entity_id,
        destination,
        name_id: &name_id,
        session_index: Some("_a & _b"),
    };
    let url = request.redirect_url(&signing_key, &CRYPTO).unwrap();
    let (_, query) = url.split_once('?').unwrap();
    for (by, text) in [
        (By::Redirect, query.to_string()),
        (By::Post, request.post_value(&signing_key, &CRYPTO).unwrap()),
    ] {
        let verified = verify_request(by, &text).unwrap();
        assert_eq!(verified.name_id, name_id);
        assert_eq!(verified.session_indexes, ["_a & _b"]);
    }
    for (status, is_success) in [(LogoutStatus::Success, true), (LogoutStatus::Responder, false)] {
        let in_response_to = REQUEST_ID;
        let response =
            LogoutResponse { id, issue_instant, sp_entity_id, destination, in_response_to, status };
        let url = response.redirect_url(Some("a b&c=\u{e9}"), &signing_key, &CRYPTO).unwrap();
        assert!(url.contains("&RelayState=a%20b%26c%3D%C3%A9&SigAlg="), "{url}");
        let (_, query) = url.split_once('?').unwrap();
        for (by, text) in [
            (By::Redirect, query.to_string()),
            (By::Post, response.post_value(&signing_key, &CRYPTO).unwrap()),
        ] {
            let outcome = verify_response(by, &text).unwrap().outcome;
            assert_eq!(outcome == LogoutOutcome::Everywhere, is_success);
        }
    }
}

#[test]
fn what_a_request_leaves_out_is_not_compared_and_nothing_else_is_the_same_person() {
    let check = |request: fn(&mut NameId), known: fn(&mut NameId), expected: bool| {
        let (mut requested, mut person) = (b_simon(), b_simon());
        request(&mut requested);
        known(&mut person);
        let found = is_same_person(&requested, &person, IDP, AUDIENCE);
        assert_eq!(found, expected, "{requested:?} {person:?}");
    };
    check(|_| {}, |_| {}, true);
    check(|name| name.format = None, |_| {}, true);
    check(|name| name.format = Some(UNSPECIFIED.to_string()), |_| {}, true);
    check(|name| name.name_qualifier = None, |_| {}, true);
    check(|name| name.sp_name_qualifier = None, |_| {}, true);
    // What the assertion left out has its default.
    check(|_| {}, |name| name.name_qualifier = None, true);
    check(|_| {}, |name| name.sp_name_qualifier = None, true);
    check(|_| {}, |name| name.format = None, false);
    check(|name| name.value = "b.simon & <sons>".to_string(), |_| {}, false);
    check(|name| name.format = Some("urn:other".to_string()), |_| {}, false);
    check(|name| name.name_qualifier = Some(String::new()), |_| {}, false);
    check(|name| name.sp_name_qualifier = Some("urn:other".to_string()), |_| {}, false);
    check(
        |name| name.name_qualifier = Some("urn:other".to_string()),
        |n| n.name_qualifier = None,
        false,
    );
}

const UNSPECIFIED: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified";
