use super::*;
use crate::crypto::JwsAlgorithm;
use crate::helpdesk::zendesk::{
    Brand, Cause, NewToken, Request, SignOut, Site, check_rules, token,
};
use std::string::ToString as _;
use std::vec;

fn site() -> Site {
    let brand = |id: &str, subdomain: &str| Brand { id: id.into(), subdomain: subdomain.into() };
    let brands = vec![brand("360001", "contoso-parts"), brand("360002", "contoso-care")];
    Site::new("contoso", Some("support.contoso.com"), brands).unwrap()
}

fn key() -> SigningKey {
    SigningKey::from_secret(secret(), JwsAlgorithm::Hs256, None).unwrap()
}

fn made(known: &Known<'_>, rules: &SyncRules, role: Option<Role>) -> String {
    let person = profile(known, rules);
    let new = NewToken { profile: &person, role, entropy: [7; 16] };
    token(&new, &secret(), NOW, &RustCrypto::new()).unwrap().jwt
}

#[test]
fn the_token_is_the_one_that_other_code_makes() {
    let known = Known { email: B_SIMON.email, name: B_SIMON.name, ..Known::default() };
    // Made with hmac, hashlib and json of Python from the same values.
    assert_eq!(
        made(&known, &SyncRules::default(), None),
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.\
         eyJpYXQiOjE3OTUyNjI0MDAsImp0aSI6IkJ3Y0hCd2NIQndjSEJ3Y0hCd2NIQnciLCJlbWFpbCI6ImIuc2ltb25AY29ud\
         G9zby5jb20iLCJuYW1lIjoiQi4gU2ltw7NuIn0.DJQqS9r_3bD7oEopoRZz9SmbDVF_KfaWFa2NghA6kMk"
    );
}

#[test]
fn header_and_claims_are_those_of_the_vendor() {
    let (header, claims) = opened(&made(&B_SIMON, &EVERYTHING, Some(Role::Agent)), &key());
    assert_eq!(header, r#"{"alg":"HS256","typ":"JWT"}"#);
    assert_eq!(
        claims.to_json(),
        r#"{"iat":1795262400,"jti":"BwcHBwcHBwcHBwcHBwcHBw","email":"b.simon@contoso.com","name":"B. Simón","external_id":"11111111-2222","phone":"+1 425 555 0100","organization":"Contoso","role":"agent"}"#
    );
}

#[test]
fn nothing_is_sent_empty_and_no_role_without_rules() {
    let known = Known { email: B_SIMON.email, ..Known::default() };
    let (_, claims) = opened(&made(&known, &EVERYTHING, None), &key());
    assert_eq!(
        claims.to_json(),
        r#"{"iat":1795262400,"jti":"BwcHBwcHBwcHBwcHBwcHBw","email":"b.simon@contoso.com","name":"b.simon@contoso.com"}"#
    );
    for (role, name) in [(Role::Admin, "admin"), (Role::Agent, "agent"), (Role::EndUser, "user")] {
        let (_, claims) = opened(&made(&known, &EVERYTHING, Some(role)), &key());
        assert_eq!(claims.member("role").and_then(|role| role.as_str()), Some(name));
    }
}

#[test]
fn a_hostile_name_stays_one_claim() {
    let known = Known { name: Some("B\",\"role\":\"admin\\"), ..B_SIMON };
    let (_, claims) = opened(&made(&known, &EVERYTHING, None), &key());
    assert_eq!(claims.member("role"), None);
    assert_eq!(claims.member("name").and_then(|name| name.as_str()), known.name);
}

#[test]
fn a_token_does_not_show_itself_in_a_log() {
    let person = profile(&B_SIMON, &EVERYTHING);
    let new = NewToken { profile: &person, role: None, entropy: [7; 16] };
    let token = token(&new, &secret(), NOW, &RustCrypto::new()).unwrap();
    let shown = std::format!("{token:?}");
    assert!(shown.contains(&token.id) && !shown.contains("eyJ"), "{shown}");
}

#[test]
fn zendesk_wants_the_name_in_every_token() {
    assert_eq!(check_rules(&SyncRules::default()), Ok(()));
    for name in [SyncRule::IfAbsent, SyncRule::IfPresent, SyncRule::Never] {
        assert_eq!(check_rules(&SyncRules { name, ..EVERYTHING }), Err(Error::NameRule));
    }
}

#[test]
fn what_zendesk_sent_comes_back_to_the_brand_that_sent_it() {
    let query = "brand_id=360001&locale_id=1&return_to=https%3A%2F%2Fcontoso-parts.zendesk.com%2Fhc\
                 %2Fen-us%3Fx%3Da%2526b&timestamp=1795262390&unknown=x";
    let request = Request::parse(query, &site()).unwrap();
    assert_eq!(
        request.return_to.as_deref(),
        Some("https://contoso-parts.zendesk.com/hc/en-us?x=a%26b")
    );
    assert_eq!(
        request.action(&site()),
        "https://contoso-parts.zendesk.com/access/jwt?return_to=https%3A%2F%2Fcontoso-parts.zendesk.com\
         %2Fhc%2Fen-us%3Fx%3Da%2526b&brand_id=360001&locale_id=1&timestamp=1795262390"
    );
    assert_eq!(Request::parse(&request.to_query(), &site()), Ok(request));
}

#[test]
fn without_parameters_or_with_an_unknown_brand_the_account_itself_takes_the_token() {
    let action = |query| Request::parse(query, &site()).unwrap().action(&site());
    assert_eq!(action(""), "https://contoso.zendesk.com/access/jwt");
    assert_eq!(action("brand_id="), "https://contoso.zendesk.com/access/jwt");
    assert_eq!(action("brand_id=7"), "https://contoso.zendesk.com/access/jwt?brand_id=7");
}

#[test]
fn return_to_stays_within_the_account() {
    let check = |text: &str, expected: &str| {
        let found = Request::parse(&std::format!("return_to={}", encoded(text)), &site());
        assert_eq!(code(found), expected, "{text:?}");
    };
    for text in [
        "https://contoso.zendesk.com",
        "https://contoso.zendesk.com/agent/#/tickets/17",
        "https://Contoso.Zendesk.com/hc",
        "https://contoso-care.zendesk.com/hc?a=b",
        "https://support.contoso.com/hc/requests/1",
        "https://contoso.zendesk.com?a=https://evil.example",
        "/hc/en-us/articles/1",
    ] {
        check(text, "ok");
    }
    for text in FOREIGN {
        check(text, "helpdesk.address_refused");
    }
    for text in ["https://contoso.zendesk.com/\r\nX: y", "/a\tb", "/\u{202e}moc", "/a b", "/\0"] {
        check(text, "helpdesk.parameter_malformed");
    }
    check(&std::format!("/{}", "a".repeat(2048)), "helpdesk.parameter_too_long");
}

#[test]
fn numbers_are_numbers_and_stand_there_once() {
    let check = |query: &str, expected: &str| {
        assert_eq!(code(Request::parse(query, &site())), expected, "{query}");
    };
    for name in ["brand_id", "locale_id", "timestamp"] {
        for value in
            ["-1", "1.5", "1e3", "0x1", "%2B1", "1%0d%0a", "abc", "1%202", "\u{661}", "1/../"]
        {
            check(&std::format!("{name}={value}"), "helpdesk.parameter_malformed");
        }
        check(&std::format!("{name}={}", "1".repeat(21)), "helpdesk.parameter_malformed");
        check(&std::format!("{name}=1&{name}=1"), "helpdesk.parameter_repeated");
    }
    check("return_to=/a&return_to=https://evil.example", "helpdesk.parameter_repeated");
    check(&"a=b&".repeat(3000), "helpdesk.query_too_long");
}

#[test]
fn a_site_is_made_of_labels_and_hosts_only() {
    let check = |subdomain: &str, host: Option<&str>, expected: &str| {
        assert_eq!(code(Site::new(subdomain, host, vec![])), expected, "{subdomain} {host:?}");
    };
    check("contoso", None, "ok");
    for subdomain in
        ["", "Contoso", "contoso.zendesk.com", "evil.example/", "a b", "-a", "a-", "a_b", "c\u{f6}"]
    {
        check(subdomain, None, "helpdesk.address_refused");
    }
    for host in ["", "localhost", "https://support.contoso.com", "support.contoso.com/", "a..b"] {
        check("contoso", Some(host), "helpdesk.address_refused");
    }
    let brand = |id: &str, subdomain: &str| Brand { id: id.into(), subdomain: subdomain.into() };
    let brands = |brands| code(Site::new("contoso", None, brands));
    assert_eq!(brands(vec![brand("x", "a")]), "helpdesk.parameter_malformed");
    assert_eq!(brands(vec![brand("1", "a/b")]), "helpdesk.address_refused");
    assert_eq!(brands(vec![brand("1", "a"), brand("1", "b")]), "helpdesk.parameter_repeated");
    assert_eq!(brands(vec![brand("1", "a"); 301]), "helpdesk.parameter_too_long");
    assert_eq!(
        site().ways_around(),
        [
            "https://contoso.zendesk.com/access/normal",
            "https://contoso.zendesk.com/access/sso_bypass"
        ]
    );
}

#[test]
fn the_words_of_zendesk_become_causes() {
    let check = |message: &str, cause: Cause, code: &str| {
        let found = SignOut::parse(&std::format!("kind=error&message={}", encoded(message)));
        assert_eq!((found.cause, found.code()), (cause, code), "{message}");
        assert!(found.message.is_some());
    };
    check(
        "Invalid iat parameter. The supplied iat value is more than 3 minutes off, check your server clock.",
        Cause::Clock,
        "zendesk.clock",
    );
    check(
        "JWT signature invalid. Please check that your tokens match.",
        Cause::Signature,
        "zendesk.signature",
    );
    check(
        "Users with the e-mail address b@evil.example are not allowed to sign up.",
        Cause::EmailNotAllowed,
        "zendesk.email_not_allowed",
    );
    check("jti has been used before", Cause::TokenUsedBefore, "zendesk.token_used_before");
    check("Something new", Cause::Other, "zendesk.refused");
    check("", Cause::Other, "zendesk.refused");
    for query in ["", "email=b%40contoso.com&external_id=1&brand_id=1", "return_to=x"] {
        assert_eq!(SignOut::parse(query).cause, Cause::SignedOut, "{query}");
    }
}

#[test]
fn a_hostile_message_is_kept_short_and_printable() {
    let hostile =
        std::format!("<script>alert(1)</script>\r\nX: y\u{202e}\u{0}{}", "A".repeat(3000));
    let found = SignOut::parse(&std::format!("kind=error&message={}", encoded(&hostile)));
    let kept = found.found().unwrap();
    assert!(kept.chars().count() < 300, "{kept}");
    assert!(!kept.contains(['\r', '\n', '\0', '\u{202e}']), "{kept}");
    assert!(!found.to_string().contains("script") && !found.help().contains("script"));
    let broken = SignOut::parse("kind=error&message=%ff%fe%zz&message=other");
    assert_eq!(broken.cause, Cause::Other);
    assert_eq!(SignOut::parse(&"a=b&".repeat(3000)).cause, Cause::Other);
}

#[test]
fn an_account_on_loopback_takes_tokens_and_return_addresses_there() {
    let site = site().on_loopback("http://localhost:9200");
    let query = "return_to=http%3A%2F%2Flocalhost%3A9200%2Fhc";
    let request = Request::parse(query, &site).unwrap();
    assert!(request.action(&site).starts_with("http://localhost:9200/access/jwt?return_to="));
    for elsewhere in ["http%3A%2F%2Flocalhost%3A92000%2F", "http%3A%2F%2Flocalhost%2F"] {
        let refused = Request::parse(&std::format!("return_to={elsewhere}"), &site);
        assert_eq!(code(refused), "helpdesk.address_refused");
    }
}
