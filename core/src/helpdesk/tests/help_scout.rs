use super::*;
use crate::crypto::JwsAlgorithm;
use crate::helpdesk::help_scout::{beacon, docs};

fn site() -> docs::Site {
    docs::Site::new("https://contoso.helpscoutdocs.com/").unwrap()
}

fn callback(query: &str) -> Result<String, Error> {
    let person = profile(&B_SIMON, &EVERYTHING);
    let request = docs::Request::parse(query)?;
    docs::callback(&site(), &request, &person, &secret(), NOW, &RustCrypto::new())
}

#[test]
fn the_docs_token_is_the_one_that_other_code_makes() {
    // Made with hmac and hashlib of Python from the same values.
    let token = "eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9.\
                 eyJleHAiOjE3OTUyNjI3MDAsInN1YiI6ImIuc2ltb25AY29udG9zby5jb20ifQ.\
                 xD4f845myyjkObvBgEr0jxbNMOVLkrWwrY94uZdtGgcvb9hN6fQWOSodND2mrqwzhmxsc_mK9kI8188WumJYjQ";
    assert_eq!(
        callback("returnTo=%2Farticle%2F1-a%3Fb%3Dc%26d").unwrap(),
        std::format!(
            "https://contoso.helpscoutdocs.com/authcallback?token={token}&returnTo=%2Farticle%2F1-a%3Fb\
             %3Dc%26d"
        )
    );
}

#[test]
fn a_secret_shorter_than_the_hash_is_the_vendors_choice() {
    let person = profile(&B_SIMON, &EVERYTHING);
    let secret = SecretKey::new(&[b'a'; 40]);
    let request = docs::Request::default();
    let address =
        docs::callback(&site(), &request, &person, &secret, NOW, &RustCrypto::new()).unwrap();
    let token = address.split_once("token=").unwrap().1.split('&').next().unwrap();
    let key =
        SigningKey::dangerous_from_secret_of_any_length(secret, JwsAlgorithm::Hs512, None).unwrap();
    let (_, claims) = opened(token, &key);
    assert_eq!(claims.to_json(), r#"{"exp":1795262700,"sub":"b.simon@contoso.com"}"#);
    assert!(address.ends_with("&returnTo=%2F"));
}

#[test]
fn return_to_is_a_path_of_the_docs_site() {
    let check = |text: &str, expected: &str| {
        let found = callback(&std::format!("returnTo={}", encoded(text)));
        assert_eq!(code(found), expected, "{text:?}");
    };
    check("/article/1-x", "ok");
    check("/", "ok");
    for text in
        ["//evil.example", "/\\evil.example", "\\\\evil.example", "/%2fevil.example", "/.//x"]
    {
        check(text, "helpdesk.address_refused");
    }
    for text in ["/a\r\nLocation: https://evil.example", "/\u{2028}", "/a b", "/\u{202e}"] {
        check(text, "helpdesk.parameter_malformed");
    }
    assert_eq!(code(callback("returnTo=/a&returnTo=/b")), "helpdesk.parameter_repeated");
    // What begins without a slash stays below the site: the browser reads one path.
    for (text, below) in
        [("article/1", "%2Farticle%2F1"), ("https://evil.example", "%2Fhttps%3A%2F%2Fevil.example")]
    {
        let address = callback(&std::format!("returnTo={}", encoded(text))).unwrap();
        assert!(address.ends_with(&std::format!("&returnTo={below}")), "{address}");
    }
    let request = docs::Request::parse("returnTo=article/1").unwrap();
    assert_eq!(docs::Request::parse(&request.to_query()), Ok(request));
}

#[test]
fn a_docs_site_is_an_https_host() {
    for url in [
        "",
        "http://contoso.helpscoutdocs.com",
        "https://contoso.helpscoutdocs.com/x",
        "https://x",
        "https://a@b.example",
        "https://b.example:443",
        "contoso.helpscoutdocs.com",
        "https://b.example?",
    ] {
        assert_eq!(code(docs::Site::new(url)), "helpdesk.address_refused", "{url}");
    }
}

#[test]
fn the_beacon_signature_is_the_one_that_other_code_makes() {
    let sign = |email, secret: &[u8]| {
        let person = profile(&Known { email: Some(email), ..B_SIMON }, &EVERYTHING);
        beacon::signature(&person, &SecretKey::new(secret), &RustCrypto::new()).unwrap()
    };
    // Made with hmac and hashlib of Python.
    let expected = "88832560a1d128b210b230c4c30bae47604cc408217ad9405478974141cc4d21";
    assert_eq!(sign("b.simon@contoso.com", SECRET), expected);
    assert_ne!(sign("b.simon@contoso.con", SECRET), expected);
    let mut other = SECRET.to_vec();
    other[0] ^= 1;
    assert_ne!(sign("b.simon@contoso.com", &other), expected);
}
