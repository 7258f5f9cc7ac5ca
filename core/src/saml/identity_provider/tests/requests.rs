//! What is read as a request of the app, and the code of everything that is not.

use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec;
use core::time::Duration;

use super::{ACS_URL, APP, NOW, SSO_URL};
use crate::crypto::{DigestAlgorithm, PublicKey, SignatureAlgorithm};
use crate::diagnostic::Diagnostic as _;
use crate::dsig::SigningKey;
use crate::dsig::redirect::encode_value;
use crate::saml::binding::{post, redirect};
use crate::saml::constants::{NAME_ID_EMAIL, NAME_ID_UNSPECIFIED};
use crate::saml::forge::{CRYPTO, Forge, MARK, private_key, public_key};
use crate::saml::identity_provider::{
    Error, ExpectedRequest, MAX_RELAY_STATE_BYTES, ReceivedRequest, RequestSignature, Status,
    read_post, read_redirect,
};
use crate::time::UnixTime;

const PPT: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport";
const MFA: &str = "https://refeds.org/profile/mfa";

fn expected(keys: &[PublicKey]) -> ExpectedRequest<'_> {
    ExpectedRequest {
        sp_entity_id: APP,
        acs_url: ACS_URL,
        sso_url: SSO_URL,
        name_id_format: NAME_ID_UNSPECIFIED,
        keys,
    }
}

/// A request as the library of Jitbit writes it, with [`MARK`] where a Signature goes.
fn jitbit() -> String {
    format!(
        "<samlp:AuthnRequest ID=\"_3f1a2b4c-5d6e-4f70-8a91-b2c3d4e5f607\" Version=\"2.0\" \
         IssueInstant=\"2026-11-21T11:59:58Z\" \
         ProtocolBinding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\" \
         AssertionConsumerServiceURL=\"{ACS_URL}\" \
         xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\">\
         <saml:Issuer xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">{APP}</saml:Issuer>{MARK}\
         <samlp:NameIDPolicy \
         Format=\"urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified\" AllowCreate=\"true\"/>\
         <samlp:RequestedAuthnContext Comparison=\"exact\">\
         <saml:AuthnContextClassRef xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">{PPT}\
         </saml:AuthnContextClassRef></samlp:RequestedAuthnContext></samlp:AuthnRequest>"
    )
}

/// The same with a Destination, as a signed request needs it.
fn addressed() -> String {
    jitbit().replace(" Version", &format!(" Destination=\"{SSO_URL}\" Version"))
}

fn by_post(text: &str, keys: &[PublicKey], now: UnixTime) -> Result<ReceivedRequest, Error> {
    let value = post::encode_value(&text.replace(MARK, ""));
    read_post(&value, Some("state"), &expected(keys), now, &CRYPTO)
}

fn query(text: &str) -> String {
    let value = redirect::deflate_value(&text.replace(MARK, ""));
    format!("SAMLRequest={}&RelayState=a%20b%26c", encode_value(&value))
}

fn by_redirect(query: &str, keys: &[PublicKey]) -> Result<ReceivedRequest, Error> {
    read_redirect(query, &expected(keys), NOW, &CRYPTO)
}

fn code<T>(result: &Result<T, Error>) -> &'static str {
    result.as_ref().map_or_else(|error| error.code(), |_| "ok")
}

#[track_caller]
fn check(text: &str, expected: &str) {
    let result = by_post(text, &[], NOW);
    assert_eq!(code(&result), expected, "{text}");
    assert_eq!(code(&by_redirect(&query(text), &[])), expected, "{text}");
    if let Err(error) = result {
        assert!(!error.help().is_empty());
    }
}

/// `from` becomes `to`, which must change something.
#[track_caller]
fn check_with(from: &str, to: &str, expected: &str) {
    let text = jitbit();
    assert!(text.contains(from), "{from}");
    check(&text.replacen(from, to, 1), expected);
}

#[track_caller]
fn unmet(from: &str, to: &str) -> Option<Status> {
    let text = jitbit();
    assert!(text.contains(from), "{from}");
    by_post(&text.replacen(from, to, 1), &[], NOW).unwrap().unmet
}

fn signed_query(key: &str) -> String {
    let key = private_key(key);
    let algorithm = SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256);
    let signing_key = SigningKey { algorithm, key: &key, certificate: None };
    crate::dsig::redirect::sign_query(&query(&addressed()), &signing_key, &CRYPTO).unwrap()
}

#[test]
fn a_request_is_read_by_both_bindings() {
    let mut request = by_post(&jitbit(), &[], NOW).unwrap();
    assert_eq!(request.id, "_3f1a2b4c-5d6e-4f70-8a91-b2c3d4e5f607");
    assert_eq!(request.relay_state.as_deref(), Some("state"));
    assert!(!request.force_authn && !request.is_passive);
    assert_eq!(request.authn_context.classes(), [PPT]);
    assert_eq!(request.signature, RequestSignature::Absent);
    assert_eq!(request.unmet, None);
    request.relay_state = Some("a b&c".to_string());
    assert_eq!(by_redirect(&query(&jitbit()), &[]), Ok(request));
}

#[test]
fn the_least_that_a_request_has_to_say_is_enough() {
    check(
        &format!(
            "<AuthnRequest xmlns=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"a\" Version=\"2.0\" \
             IssueInstant=\"2026-11-21T12:00:00Z\">\
             <Issuer xmlns=\"urn:oasis:names:tc:SAML:2.0:assertion\">\n  {APP}\n</Issuer>\
             </AuthnRequest>"
        ),
        "ok",
    );
}

#[test]
fn the_answer_goes_to_the_address_of_the_settings_only() {
    for other in [
        "https://evil.example/Saml/Consume",
        "https://contoso.jitbit.com/helpdesk/Saml/Consume/",
        "https://contoso.jitbit.com/helpdesk/Saml/Consume?",
        "https://CONTOSO.jitbit.com/helpdesk/Saml/Consume",
        "https://contoso.jitbit.com.evil.example/helpdesk/Saml/Consume",
        "http://contoso.jitbit.com/helpdesk/Saml/Consume",
        "",
    ] {
        check_with(ACS_URL, other, "identity_provider.acs_url_mismatch");
    }
    let by_index = "AssertionConsumerServiceIndex=\"0\"";
    check_with(
        "ProtocolBinding",
        &format!("{by_index} ProtocolBinding"),
        "identity_provider.acs_url_and_index",
    );
    let address = format!("AssertionConsumerServiceURL=\"{ACS_URL}\"");
    check_with(&address, by_index, "identity_provider.acs_url_and_index");
    let no_binding = jitbit()
        .replace("ProtocolBinding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\"", by_index)
        .replace(&address, "");
    check(&no_binding, "ok");
    check(&no_binding.replace("=\"0\"", "=\"-1\""), "identity_provider.invalid_value");
}

#[test]
fn a_request_of_another_app_or_for_another_address_is_refused() {
    check_with(APP, "https://contoso.zendesk.com", "identity_provider.issuer_mismatch");
    check_with(APP, "https://www.jitbit.com/web-helpdesk", "identity_provider.issuer_mismatch");
    check_with("<saml:Issuer ", "<saml:Issuer Format=\"urn:x\" ", "saml.issuer_format");
    let issuer = format!(
        "<saml:Issuer xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">{APP}</saml:Issuer>"
    );
    check_with(&issuer, "", "identity_provider.issuer_mismatch");
    check(&addressed(), "ok");
    for other in ["", "https://login.contoso.com/deskgate/idp/zendesk/sso", "https://evil.example/"]
    {
        let text = addressed().replace(SSO_URL, other);
        check(&text, "identity_provider.destination_mismatch");
    }
}

#[test]
fn a_request_is_as_old_as_a_redirect_takes() {
    let at = |seconds: u64| code(&by_post(&jitbit(), &[], NOW.saturating_add(from(seconds))));
    // Made two seconds before NOW; five minutes and the skew of three.
    assert_eq!(at(8 * 60 - 3), "ok");
    assert_eq!(at(8 * 60 - 2), "identity_provider.expired");
    let before = |seconds: u64| code(&by_post(&jitbit(), &[], NOW.saturating_sub(from(seconds))));
    assert_eq!(before(3 * 60 + 2), "ok");
    assert_eq!(before(3 * 60 + 3), "identity_provider.not_yet_valid");
    check_with("2026-11-21T11:59:58Z", "yesterday", "saml.invalid_time");
}

fn from(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[test]
fn switches_are_booleans_of_the_schema() {
    let with = |attributes: &str| {
        by_post(&jitbit().replace("Version", &format!("{attributes} Version")), &[], NOW)
    };
    for yes in ["true", "1"] {
        let request = with(&format!("ForceAuthn=\"{yes}\" IsPassive=\"{yes}\"")).unwrap();
        assert!(request.force_authn && request.is_passive);
    }
    for no in ["false", "0"] {
        let request = with(&format!("ForceAuthn=\"{no}\" IsPassive=\"{no}\"")).unwrap();
        assert!(!request.force_authn && !request.is_passive);
    }
    for other in ["TRUE", "yes", ""] {
        let result = with(&format!("ForceAuthn=\"{other}\""));
        assert_eq!(code(&result), "identity_provider.invalid_value");
    }
}

#[test]
fn what_is_not_the_schema_of_a_request_is_refused() {
    let post = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST";
    let artifact = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact";
    check_with(post, artifact, "identity_provider.unsupported_protocol_binding");
    check_with("Version=\"2.0\"", "Version=\"1.1\"", "saml.unsupported_version");
    check_with("Version=\"2.0\"", "Version=\"2.0\" Magic=\"1\"", "xml.attribute_unexpected");
    check_with("ID=\"_3", "Id=\"_3", "xml.attribute_unexpected");
    check_with("ID=\"_3", "ID=\"_ 3", "dsig.invalid_id");
    let long = format!("ID=\"_{}", "3".repeat(256));
    check_with("ID=\"_3", &long, "identity_provider.id_too_long");
    check_with("</samlp:AuthnRequest>", "<x/></samlp:AuthnRequest>", "xml.element_unexpected");
    check_with(
        "</samlp:AuthnRequest>",
        "<?x y?></samlp:AuthnRequest>",
        "saml.processing_instruction",
    );
    let response = jitbit().replace("AuthnRequest", "Response");
    check(&response, "identity_provider.not_an_authn_request");
    let logout = jitbit().replace("AuthnRequest", "LogoutRequest");
    check(&logout, "identity_provider.not_an_authn_request");
    check("<!DOCTYPE a []><a/>", "xml.doctype");
    let policy = "<samlp:NameIDPolicy ";
    check_with(policy, &format!("<samlp:Scoping/>{policy}"), "xml.element_unexpected");
    let classes = format!(
        "</saml:AuthnContextClassRef><saml:AuthnContextClassRef \
        xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">{}</saml:AuthnContextClassRef>",
        "x".repeat(512)
    );
    check_with(
        "</saml:AuthnContextClassRef>",
        &classes,
        "identity_provider.authn_context_too_long",
    );
}

#[test]
fn the_values_of_a_query_are_taken_once_and_as_they_are() {
    let good = query(&jitbit());
    assert_eq!(code(&by_redirect(&good, &[])), "ok");
    for (bad, expected) in [
        (format!("{good}&SAMLRequest=x"), "dsig.parameter"),
        (format!("{good}&RelayState=x"), "dsig.parameter"),
        (format!("{good}&Relay%53tate=x"), "dsig.parameter"),
        (format!("{good}&SAMLResponse=x"), "dsig.parameter"),
        (good.replace("SAMLRequest", "samlrequest"), "dsig.parameter"),
        (good.replace("a%20b", "%ff"), "dsig.parameter"),
        (good.replace("SAMLRequest=", "SAMLRequest=AAAA"), "saml.redirect_value"),
        (format!("{good}&SAMLEncoding=urn:x"), "identity_provider.unsupported_encoding"),
        (String::new(), "dsig.parameter"),
    ] {
        assert_eq!(code(&by_redirect(&bad, &[])), expected, "{bad}");
    }
    let deflate =
        "SAMLEncoding=urn%3Aoasis%3Anames%3Atc%3ASAML%3A2.0%3Abindings%3AURL-Encoding%3ADEFLATE";
    assert_eq!(code(&by_redirect(&format!("{deflate}&{good}"), &[])), "ok");
    // PHP and .NET write a space as a plus.
    let plus = by_redirect(&good.replace("a%20b", "a+b"), &[]).unwrap();
    assert_eq!(plus.relay_state.as_deref(), Some("a b&c"));
}

#[test]
fn a_relay_state_is_carried_unread_up_to_its_limit() {
    let read = |relay_state: Option<&str>| {
        let value = post::encode_value(&jitbit().replace(MARK, ""));
        read_post(&value, relay_state, &expected(&[]), NOW, &CRYPTO)
    };
    for state in
        ["", "\"><script>alert(1)</script>", "https://contoso.jitbit.com/?a=b#c", "\u{202e}"]
    {
        assert_eq!(read(Some(state)).unwrap().relay_state.as_deref(), Some(state));
    }
    assert_eq!(read(None).unwrap().relay_state, None);
    let longest = "x".repeat(MAX_RELAY_STATE_BYTES);
    assert_eq!(code(&read(Some(&longest))), "ok");
    let too_long = longest + "x";
    assert_eq!(code(&read(Some(&too_long))), "identity_provider.relay_state_too_long");
    let query = query(&jitbit()).replace("a%20b%26c", &too_long);
    assert_eq!(code(&by_redirect(&query, &[])), "identity_provider.relay_state_too_long");
}

#[test]
fn an_app_with_a_key_has_to_sign_its_requests() {
    let keys = [public_key("rsa")];
    assert_eq!(code(&by_post(&addressed(), &keys, NOW)), "identity_provider.request_not_signed");
    let unsigned = query(&addressed());
    assert_eq!(code(&by_redirect(&unsigned, &keys)), "identity_provider.request_not_signed");

    let enveloped = Forge::rsa().sign(&addressed(), "_3f1a2b4c-5d6e-4f70-8a91-b2c3d4e5f607");
    let posted = by_post(&enveloped, &keys, NOW).unwrap();
    assert_eq!(posted.signature, RequestSignature::Verified);
    let detached = signed_query("rsa");
    assert_eq!(by_redirect(&detached, &keys).unwrap().signature, RequestSignature::Verified);
    // The signature of the other binding counts for nothing.
    assert_eq!(
        code(&by_redirect(&query(&enveloped), &keys)),
        "identity_provider.request_not_signed"
    );

    // Without a key in the settings nobody looks, and the audit log says so.
    assert_eq!(by_post(&enveloped, &[], NOW).unwrap().signature, RequestSignature::NotVerified);
    assert_eq!(by_redirect(&detached, &[]).unwrap().signature, RequestSignature::NotVerified);
}

#[test]
fn a_signature_that_does_not_hold_is_refused() {
    let keys = [public_key("rsa")];
    let id = "_3f1a2b4c-5d6e-4f70-8a91-b2c3d4e5f607";
    let good = Forge::rsa().sign(&addressed(), id);
    let check = |text: &str, expected: &str| {
        assert_eq!(code(&by_post(text, &keys, NOW)), expected, "{text}");
    };
    check(&good.replace("AllowCreate=\"true\"", "AllowCreate=\"frue\""), "dsig.digest_mismatch");
    let other = Forge::new("other-rsa", SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256));
    check(&other.sign(&addressed(), id), "dsig.signature_mismatch");
    check(&good.replace("SignatureValue>", "SignatureValues>"), "xml.element_missing");
    // Signed for another place: whoever got hold of it brings it here.
    let unaddressed = Forge::rsa().sign(&jitbit(), id);
    check(&unaddressed, "identity_provider.destination_mismatch");

    let detached = signed_query("rsa");
    for (from, to, expected) in [
        ("a%20b", "a%20c", "dsig.signature_mismatch"),
        ("a%20b", "a+b", "dsig.signature_mismatch"),
        ("rsa-sha256", "rsa-sha512", "dsig.signature_mismatch"),
        ("&Signature=", "&Signatures=", "dsig.parameter"),
    ] {
        assert!(detached.contains(from), "{from}");
        assert_eq!(code(&by_redirect(&detached.replacen(from, to, 1), &keys)), expected, "{to}");
    }
    assert_eq!(code(&by_redirect(&signed_query("other-rsa"), &keys)), "dsig.signature_mismatch");
}

#[test]
fn a_signed_request_wrapped_into_a_forged_one_is_refused() {
    let keys = [public_key("rsa")];
    let good = Forge::rsa().sign(&addressed(), "_3f1a2b4c-5d6e-4f70-8a91-b2c3d4e5f607");
    let forged = addressed().replace("_3f1a", "_evil").replace(MARK, "");
    let protocol = "xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\"";
    let start = good.find("<ds:Signature ").unwrap();
    let end = good.find("</ds:Signature>").unwrap() + "</ds:Signature>".len();
    let signature = &good[start..end];
    let without = good.replace(signature, "");
    let issuer_end = "</saml:Issuer>";
    for (text, expected) in [
        // The signed one in Extensions, its signature on the forged one.
        (
            forged.replacen(
                issuer_end,
                &format!("{issuer_end}{signature}<samlp:Extensions>{without}</samlp:Extensions>"),
                1,
            ),
            "dsig.reference_mismatch",
        ),
        // The signed one, whole, in Extensions.
        (
            forged.replacen(
                issuer_end,
                &format!("{issuer_end}<samlp:Extensions>{good}</samlp:Extensions>"),
                1,
            ),
            "saml.misplaced_signature",
        ),
        // Inside an Object of the signature.
        (
            forged.replacen(
                issuer_end,
                &format!(
                    "{issuer_end}{}",
                    signature.replace(
                        "</ds:Signature>",
                        &format!("<ds:Object>{without}</ds:Object></ds:Signature>")
                    )
                ),
                1,
            ),
            "xml.element_unexpected",
        ),
        // Around it.
        (
            format!("<samlp:AuthnRequest {protocol}>{good}</samlp:AuthnRequest>"),
            "saml.misplaced_signature",
        ),
    ] {
        assert_eq!(code(&by_post(&text, &keys, NOW)), expected, "{text}");
    }
}

#[test]
fn a_format_that_the_app_does_not_get_is_answered_with_a_status() {
    let format = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified";
    let transient = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient";
    assert_eq!(unmet(format, transient), Some(Status::InvalidNameIdPolicy));
    let value = post::encode_value(&jitbit().replace(MARK, "").replace(format, NAME_ID_EMAIL));
    let email = ExpectedRequest { name_id_format: NAME_ID_EMAIL, ..expected(&[]) };
    assert_eq!(read_post(&value, None, &email, NOW, &CRYPTO).unwrap().unmet, None);
    let qualifier = |name: &str| format!("SPNameQualifier=\"{name}\" AllowCreate");
    assert_eq!(unmet("AllowCreate", &qualifier(APP)), None);
    assert_eq!(unmet("AllowCreate", &qualifier("urn:x")), Some(Status::InvalidNameIdPolicy));
    check_with("AllowCreate", "Magic=\"1\" AllowCreate", "xml.attribute_unexpected");
}

#[test]
fn what_deskgate_never_does_is_answered_with_a_status() {
    let policy = "<samlp:NameIDPolicy ";
    let subject = format!(
        "<a:Subject xmlns:a=\"urn:oasis:names:tc:SAML:2.0:assertion\"><a:NameID>x</a:NameID>\
         </a:Subject>{policy}"
    );
    assert_eq!(unmet(policy, &subject), Some(Status::RequestUnsupported));
    let end = "</samlp:AuthnRequest>";
    let scoping = |content: &str| format!("<samlp:Scoping{content}</samlp:Scoping>{end}");
    assert_eq!(unmet(end, &scoping(" ProxyCount=\"0\">")), Some(Status::ProxyCountExceeded));
    assert_eq!(unmet(end, &scoping(" ProxyCount=\"1\">")), None);
    assert_eq!(unmet(end, &scoping("><samlp:IDPList/>")), Some(Status::RequestUnsupported));
    assert_eq!(unmet(end, &scoping("><samlp:RequesterID>x</samlp:RequesterID>")), None);
    assert_eq!(unmet("exact", "better"), Some(Status::NoAuthnContext));
    assert_eq!(unmet("exact", "minimum"), None);
    let by_declaration = jitbit().replace("AuthnContextClassRef", "AuthnContextDeclRef");
    let request = by_post(&by_declaration, &[], NOW).unwrap();
    assert_eq!(request.unmet, Some(Status::NoAuthnContext));
}

#[test]
fn a_context_that_means_something_is_met_by_itself_only() {
    let asks = |classes: &[&str]| {
        let classes = classes.iter().copied().map(String::from).collect::<vec::Vec<_>>();
        crate::saml::identity_provider::RequestedAuthnContext::new(classes)
    };
    let x509 = "urn:oasis:names:tc:SAML:2.0:ac:classes:X509";
    for (classes, upstream, expected) in [
        (&[][..], x509, Ok(x509)),
        (&[PPT], PPT, Ok(PPT)),
        // The app compares with what it asked for.
        (&[PPT], x509, Ok(PPT)),
        (&[MFA], PPT, Err(Status::NoAuthnContext)),
        (&[MFA], MFA, Ok(MFA)),
        (&[MFA, PPT], MFA, Ok(MFA)),
        (&[MFA, PPT], x509, Ok(PPT)),
    ] {
        assert_eq!(asks(classes).answer(upstream), expected, "{classes:?} {upstream}");
    }
}
