//! What is shared: one person, one secret, one clock.

mod freshworks;
mod help_center;
mod help_scout;
mod jitbit;
mod profile;
mod zendesk;

use super::*;
use crate::crypto::{PrivateKey, RustCrypto};
use crate::diagnostic::Diagnostic as _;
use crate::jose::json::Object;
use crate::jose::{Keys, Part, SigningKey, verify_jws};
use crate::time::UnixTime;
use std::string::String;

/// 2026-11-21T12:00:00Z.
const NOW: UnixTime = UnixTime::from_seconds(1_795_262_400);

const SECRET: &[u8] = b"0123456789abcdef0123456789abcdef0123456789abcdef";

const RSA: &str = include_str!("../../../../xmldsig/src/crypto/testdata/rsa.key");

fn secret() -> SecretKey {
    SecretKey::new(SECRET)
}

fn rsa_key() -> SigningKey {
    let key = PrivateKey::from_pem(RSA, crate::crypto::KeyRules::default()).unwrap();
    SigningKey::from_private(key, &RustCrypto::new()).unwrap()
}

fn rsa_crypto() -> RustCrypto {
    RustCrypto::with_dangerous_rsa_private_operations()
}

const B_SIMON: Known<'_> = Known {
    email: Some("b.simon@contoso.com"),
    name: Some("B. Simón"),
    given_name: Some("Britta"),
    family_name: Some("Simón"),
    phone: Some("+1 425 555 0100"),
    organization: Some("Contoso"),
    pinned_id: Some("11111111-2222"),
};

/// With rules that send everything.
const EVERYTHING: SyncRules = SyncRules {
    external_id: SyncRule::Always,
    name: SyncRule::Always,
    phone: SyncRule::Always,
    organization: SyncRule::Always,
};

fn profile(known: &Known<'_>, rules: &SyncRules) -> Profile {
    Profile::new(known, rules, &Received::default()).unwrap()
}

/// Header and claims, after the signature was verified with the key of the helpdesk.
fn opened(token: &str, key: &SigningKey) -> (String, Object) {
    let algorithm = key.algorithm();
    let verification = key.verification_key();
    let jws =
        verify_jws(token, Keys::One(&verification), &[algorithm], &RustCrypto::new()).unwrap();
    let header = crate::base64::decode_url(token.split('.').next().unwrap()).unwrap();
    (String::from_utf8(header).unwrap(), Object::parse(jws.payload(), Part::Claims).unwrap())
}

fn code<T>(result: Result<T, Error>) -> &'static str {
    result.map_or_else(|error| error.code(), |_| "ok")
}

/// Texts that a browser would read as another place than a program that looks at their beginning.
const FOREIGN: &[&str] = &[
    "https://evil.example",
    "https://evil.example/contoso.zendesk.com",
    "https://evil.example?https://contoso.zendesk.com/",
    "https://contoso.zendesk.com.evil.example/",
    "https://contoso.zendesk.com@evil.example/",
    "https://contoso.zendesk.com:8443/",
    "https://contoso.zendesk.comevil.example/",
    "https://contoso.zendesk.com\\@evil.example",
    "https://contoso.zendesk.com\\.evil.example",
    "https://contoso.zendesk.com/\\evil.example",
    "https:\\\\evil.example",
    "https:/evil.example",
    "https:evil.example",
    "http://contoso.zendesk.com/",
    "HTTPS://evil.example",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/%2fevil.example",
    "/%5cevil.example",
    "/..//evil.example",
    "/.//evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "//contoso.zendesk.com@evil.example",
    "https://evil.zendesk.com/",
    "https://contoso.zendesk.co",
];

fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[test]
fn a_secret_that_can_be_guessed_makes_no_token() {
    let person = profile(&B_SIMON, &SyncRules::default());
    let crypto = RustCrypto::new();
    let weak = SecretKey::new(b"0123456789abcde");
    let new = crate::helpdesk::zendesk::NewToken { profile: &person, role: None, entropy: [7; 16] };
    assert_eq!(
        code(crate::helpdesk::zendesk::token(&new, &weak, NOW, &crypto)),
        "helpdesk.weak_secret"
    );
    let beacon = crate::helpdesk::help_scout::beacon::signature(&person, &weak, &crypto);
    assert_eq!(code(beacon), "helpdesk.weak_secret");
    let site =
        crate::helpdesk::help_scout::docs::Site::new("https://contoso.helpscoutdocs.com").unwrap();
    let request = crate::helpdesk::help_scout::docs::Request::default();
    let docs =
        crate::helpdesk::help_scout::docs::callback(&site, &request, &person, &weak, NOW, &crypto);
    assert_eq!(code(docs), "helpdesk.weak_secret");
    let site = crate::helpdesk::jitbit::Site::new("https://contoso.jitbit.com/helpdesk").unwrap();
    let request = crate::helpdesk::jitbit::Request::default();
    let username = crate::helpdesk::jitbit::Username::Email;
    let link =
        crate::helpdesk::jitbit::autologin(&site, &request, &person, username, &weak, NOW, &crypto);
    assert_eq!(code(link), "helpdesk.weak_secret");
}

/// Queries made of the pieces that parsers of addresses stumble over, the same ones each time.
fn hostile_queries() -> impl Iterator<Item = String> {
    const NAMES: &[&str] = &["return_to", "returnTo", "ReturnUrl", "kind=error&message"];
    const PIECES: &[&str] = &[
        "https://contoso.zendesk.com",
        "https://contoso.jitbit.com",
        "https://",
        "evil.example",
        "/",
        "a",
        "\\",
        "%2f",
        "%5c",
        "%09",
        "@",
        ":",
        ".",
        "?",
        "#",
        ";",
        "&return_to=",
        "\u{202e}",
        "\r\n",
        "\u{0}",
    ];
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let mut below = move |bound: usize| {
        // Xorshift (Marsaglia 2003).
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        usize::try_from(random >> 33).unwrap() % bound
    };
    core::iter::repeat_with(move || {
        let name = NAMES[below(NAMES.len())];
        let pieces = 1 + below(5);
        let value: String = (0..pieces).map(|_| PIECES[below(PIECES.len())]).collect();
        let value = if below(2) == 0 { encoded(&value) } else { value };
        std::format!("{name}={value}")
    })
    .take(20_000)
}

#[test]
fn whatever_is_accepted_leads_to_the_helpdesk() {
    let zendesk_site = crate::helpdesk::zendesk::Site::new("contoso", None, std::vec![]).unwrap();
    let jitbit_site =
        crate::helpdesk::jitbit::Site::new("https://contoso.jitbit.com/helpdesk").unwrap();
    let stays = |address: &str, origin: &str| {
        let after = address.strip_prefix(origin);
        let on_origin =
            after.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']));
        let is_path = address.starts_with('/') && !address.starts_with("//");
        (on_origin || is_path) && !address.contains(['\\', '\r', '\n', '\0', '\u{202e}'])
    };
    let mut accepted = 0;
    for query in hostile_queries() {
        if let Ok(request) = crate::helpdesk::zendesk::Request::parse(&query, &zendesk_site) {
            if let Some(address) = &request.return_to {
                accepted += 1;
                assert!(stays(address, "https://contoso.zendesk.com"), "{query:?}: {address}");
            }
            let action = request.action(&zendesk_site);
            assert!(action.starts_with("https://contoso.zendesk.com/access/jwt"), "{action}");
            let again =
                crate::helpdesk::zendesk::Request::parse(&request.to_query(), &zendesk_site);
            assert_eq!(again.as_ref(), Ok(&request), "{query:?}");
        }
        if let Ok(request) = crate::helpdesk::help_scout::docs::Request::parse(&query) {
            let path = request.return_to.as_deref().unwrap_or("/");
            assert!(stays(path, "\0"), "{query:?}: {path}");
        }
        if let Ok(request) = crate::helpdesk::jitbit::Request::parse(&query, &jitbit_site) {
            let address = request.return_url.as_deref().unwrap_or("/");
            assert!(stays(address, "https://contoso.jitbit.com"), "{query:?}: {address}");
        }
        let sign_out = crate::helpdesk::zendesk::SignOut::parse(&query);
        assert!(sign_out.found().is_none_or(|text| !text.contains(['\r', '\n', '\u{202e}'])));
    }
    assert!(accepted > 200, "the test reaches what it is about: {accepted}");
}

#[test]
fn a_role_comes_from_all_groups_or_is_not_sent() {
    let rules = RoleRules { admin: std::vec!["owners".into()], agent: std::vec!["support".into()] };
    let groups =
        |names: &[&str]| names.iter().map(|name| String::from(*name)).collect::<std::vec::Vec<_>>();
    assert_eq!(rules.role(&groups(&["support", "owners"]), false), Some(Role::Admin));
    assert_eq!(rules.role(&groups(&["x", "support"]), false), Some(Role::Agent));
    assert_eq!(rules.role(&groups(&["Support", "owners "]), false), Some(Role::EndUser));
    assert_eq!(rules.role(&[], false), Some(Role::EndUser));
    assert_eq!(rules.role(&groups(&["owners"]), true), None);
}
