use super::*;
use crate::helpdesk::freshworks::{NewIdToken, Request, Site, redirect};
use std::vec;

const REDIRECT: &str = "https://contoso.freshworks.com/sp/OIDC/123/implicit";

fn site() -> Site {
    let redirects = vec![REDIRECT.into(), "https://contoso.freshworks.com/cb?a=b".into()];
    Site::new("contoso.freshworks.com", "client-1", redirects).unwrap()
}

fn query(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

fn good() -> vec::Vec<(&'static str, &'static str)> {
    vec![
        ("client_id", "client-1"),
        ("state", "a/te+&1"),
        ("nonce", "n-1"),
        ("redirect_uri", REDIRECT),
        ("response_type", "id_token"),
        ("scope", "openid"),
    ]
}

fn sent(request: &Request) -> String {
    let person = profile(&B_SIMON, &EVERYTHING);
    let new = NewIdToken {
        issuer: "https://help.contoso.com",
        subject: "sub-1",
        profile: &person,
        entropy: [7; 16],
    };
    redirect(&site(), request, &new, &rsa_key(), NOW, &rsa_crypto()).unwrap()
}

#[test]
fn the_id_token_answers_this_request() {
    let request = Request::parse(&query(&good()), &site()).unwrap();
    let address = sent(&request);
    let (before, token) = address.split_once("&id_token=").unwrap();
    assert_eq!(before, std::format!("{REDIRECT}?state=a%2Fte%2B%261"));
    let (header, claims) = opened(token, &rsa_key());
    assert!(header.starts_with(r#"{"alg":"RS256","typ":"JWT""#), "{header}");
    assert_eq!(
        claims.to_json(),
        r#"{"iss":"https://help.contoso.com","aud":"client-1","sub":"sub-1","email":"b.simon@contoso.com","iat":1795262400,"exp":1795262520,"jti":"BwcHBwcHBwcHBwcHBwcHBw","nonce":"n-1","name":"B. Simón","given_name":"Britta","family_name":"Simón","phone_number":"+1 425 555 0100"}"#
    );
    assert_eq!(Request::parse(&request.to_query(), &site()), Ok(request));
}

#[test]
fn a_redirect_uri_with_a_query_keeps_it() {
    let mut pairs = good();
    pairs[3].1 = "https://contoso.freshworks.com/cb?a=b";
    let request = Request::parse(&query(&pairs), &site()).unwrap();
    assert!(sent(&request).starts_with("https://contoso.freshworks.com/cb?a=b&state="));
}

#[test]
fn redirect_uris_are_compared_byte_for_byte() {
    for uri in [
        "https://contoso.freshworks.com/sp/OIDC/123/implicit/",
        "https://contoso.freshworks.com/sp/OIDC/123/implici",
        "https://contoso.freshworks.com/sp/OIDC/124/implicit",
        "https://Contoso.freshworks.com/sp/OIDC/123/implicit",
        "https://contoso.freshworks.com/sp/OIDC/123/implicit?x",
        "https://contoso.freshworks.com/sp/OIDC/123/implicit#",
        "http://contoso.freshworks.com/sp/OIDC/123/implicit",
        "https://contoso.freshworks.com.evil.example/sp/OIDC/123/implicit",
        "https://evil.example",
        "/sp/OIDC/123/implicit",
    ] {
        let mut pairs = good();
        pairs[3].1 = uri;
        let found = Request::parse(&query(&pairs), &site());
        assert_eq!(code(found), "helpdesk.address_refused", "{uri}");
    }
}

#[test]
fn state_nonce_and_client_are_checked() {
    let long = "x".repeat(1025);
    let check = |name: &str, value: Option<&str>, expected: &str| {
        let pairs = good();
        let mut pairs: vec::Vec<_> =
            pairs.into_iter().filter(|(found, _)| *found != name).collect();
        pairs.extend(value.map(|value| (name, value)));
        assert_eq!(code(Request::parse(&query(&pairs), &site())), expected, "{name} {value:?}");
    };
    for name in ["state", "nonce"] {
        check(name, None, "helpdesk.parameter_missing");
        check(name, Some(""), "helpdesk.parameter_missing");
        check(name, Some("a\r\nb"), "helpdesk.parameter_malformed");
        check(name, Some("\u{202e}"), "helpdesk.parameter_malformed");
        check(name, Some(&long), "helpdesk.parameter_too_long");
    }
    check("redirect_uri", None, "helpdesk.parameter_missing");
    check("client_id", None, "ok");
    check("client_id", Some("client-2"), "helpdesk.client_mismatch");
    for name in ["state", "nonce", "redirect_uri", "client_id"] {
        let twice = std::format!("{}&{name}=x", query(&good()));
        assert_eq!(code(Request::parse(&twice, &site())), "helpdesk.parameter_repeated", "{name}");
    }
}

#[test]
fn an_account_has_redirect_uris_of_its_own_host() {
    let check = |host: &str, client: &str, uris: &[&str], expected: &str| {
        let uris = uris.iter().map(|uri| String::from(*uri)).collect();
        assert_eq!(code(Site::new(host, client, uris)), expected, "{host} {client}");
    };
    check("contoso.freshworks.com", "c", &[REDIRECT], "ok");
    check("contoso", "c", &[REDIRECT], "helpdesk.address_refused");
    check("contoso.freshworks.com", "", &[REDIRECT], "helpdesk.parameter_missing");
    check("contoso.freshworks.com", "c", &[], "helpdesk.parameter_missing");
    for uri in [
        "http://contoso.freshworks.com/cb",
        "https://contoso.freshworks.com.evil.example/cb",
        "https://contoso.freshworks.com",
        "https://contoso.freshworks.com/#",
        "https://contoso.freshworks.com/\\",
        "https://contoso.freshworks.com/ ",
    ] {
        check("contoso.freshworks.com", "c", &[uri], "helpdesk.address_refused");
    }
}

#[test]
fn a_key_without_rsa_operations_makes_no_token() {
    let person = profile(&B_SIMON, &EVERYTHING);
    let new = NewIdToken { issuer: "i", subject: "s", profile: &person, entropy: [7; 16] };
    let request = Request::parse(&query(&good()), &site()).unwrap();
    let found = redirect(&site(), &request, &new, &rsa_key(), NOW, &RustCrypto::new());
    assert_eq!(code(found), "jose.signing_failed");
}
