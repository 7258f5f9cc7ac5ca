//! One file of what helpdesks are given, judged by libraries that nobody here wrote.
//!
//! `tests/vectors/helpdesk.json` is what this code makes from fixed keys, times and entropy, with twins
//! that differ in one byte and must be refused. `DESKGATE_WRITE_VECTORS=1` writes the file anew.

use deskgate_core::crypto::{RustCrypto, SecretKey};
use deskgate_core::helpdesk::{
    Known, Profile, Received, Role, SyncRule, SyncRules, freshworks, help_scout, jitbit, zendesk,
};
use deskgate_core::jose::SigningKey;
use deskgate_core::time::UnixTime;
use deskgate_tests::judge::{PYTHON, judge};
use deskgate_tests::sign_in::decode;
use deskgate_tests::vectors::{private_key, repository, text};
use serde_json::{Value, json};

const SECRET: &str = "0123456789abcdef0123456789abcdef0123456789abcdef";
/// As long as Help Scout's.
const SHORT_SECRET: &str = "0123456789abcdef0123456789abcdef01234567";
/// 2026-11-21T12:00:00Z.
const NOW: u64 = 1_795_262_400;

/// One person of each kind: plain, with names outside ASCII and JSON syntax, with next to nothing.
const PEOPLE: [Known<'_>; 3] = [
    Known {
        email: Some("b.simon@contoso.com"),
        name: Some("B. Simon"),
        given_name: Some("Britta"),
        family_name: Some("Simon"),
        phone: Some("+1 425 555 0100"),
        organization: Some("Contoso"),
        pinned_id: Some("11111111-2222-3333-4444-555555555555"),
    },
    Known {
        email: Some("o'neill+x@sub.contoso.co.uk"),
        name: Some("Zoë \"Z\" \\ O'Neill 🙂 &userHash=x"),
        given_name: Some("Zoë&="),
        family_name: Some("O'Neill #?+%"),
        phone: None,
        organization: Some("Contoso & Söhne"),
        pinned_id: None,
    },
    Known {
        email: Some("x@y.z"),
        name: None,
        given_name: None,
        family_name: None,
        phone: None,
        organization: None,
        pinned_id: None,
    },
];

const RULES: SyncRules = SyncRules {
    external_id: SyncRule::Always,
    name: SyncRule::Always,
    phone: SyncRule::IfPresent,
    organization: SyncRule::Always,
};

fn profile(known: &Known<'_>) -> Profile {
    Profile::new(known, &RULES, &Received::default()).expect("a profile")
}

fn now() -> UnixTime {
    UnixTime::from_seconds(NOW)
}

/// The same text with one character changed, at a place of its own for each case.
fn twin(text: &str, at: usize) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    let at = at % characters.len();
    characters[at] = match characters[at] {
        'A' => 'B',
        'a' => 'b',
        '0' => '1',
        c if c.is_ascii_digit() => '0',
        c if c.is_ascii_lowercase() => 'a',
        '.' => '-',
        _ => 'A',
    };
    characters.into_iter().collect()
}

/// A token as made, and changed in its header, its claims and its signature.
fn token_cases(kind: &str, token: &str, more: &Value, claims: &Value) -> Vec<Value> {
    let parts: Vec<&str> = token.split('.').collect();
    let (header, body) = (parts[0].len(), parts[1].len());
    let places = [2, header + 1, header + 1 + body / 2, header + body + 2, token.len() - 9];
    let mut cases =
        vec![json!({ "kind": kind, "token": token, "claims": claims, "expected": "ok" })];
    for place in places {
        let token = twin(token, place);
        cases
            .push(json!({ "kind": kind, "token": token, "claims": claims, "expected": "refused" }));
    }
    for case in &mut cases {
        let members = more.as_object().expect("an object").clone();
        case.as_object_mut().expect("an object").extend(members);
    }
    cases
}

fn query_value(address: &str, name: &str) -> String {
    let (_, query) = address.split_once('?').expect("a query");
    let found = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    decode(&found.expect("the parameter").replace('+', " "))
}

fn zendesk_cases() -> Vec<Value> {
    let mut cases = Vec::new();
    for (known, role) in PEOPLE.iter().zip([Some(Role::Agent), None, None]) {
        let profile = profile(known);
        let new = zendesk::NewToken { profile: &profile, role, entropy: [7; 16] };
        let secret = SecretKey::new(SECRET.as_bytes());
        let token = zendesk::token(&new, &secret, now(), &RustCrypto::new()).expect("a token");
        let claims = json!({
            "iat": NOW,
            "jti": token.id,
            "email": known.email,
            "name": known.name.or(known.email),
            "external_id": known.pinned_id,
            "phone": known.phone,
            "organization": known.organization,
            "role": role.map(|_| "agent"),
        });
        let more = json!({ "secret": SECRET, "algorithm": "HS256" });
        cases.extend(token_cases("zendesk", &token.jwt, &more, &claims));
    }
    cases
}

fn docs_cases() -> Vec<Value> {
    let site = help_scout::docs::Site::new("https://contoso.helpscoutdocs.com").expect("a site");
    let request = help_scout::docs::Request::parse("returnTo=%2Farticle%2F1").expect("a request");
    let mut cases = Vec::new();
    for (known, secret) in PEOPLE.iter().zip([SECRET, SHORT_SECRET, SECRET]) {
        let key = SecretKey::new(secret.as_bytes());
        let crypto = RustCrypto::new();
        let address =
            help_scout::docs::callback(&site, &request, &profile(known), &key, now(), &crypto)
                .expect("an address");
        let token = query_value(&address, "token");
        let claims = json!({ "exp": NOW + 300, "sub": known.email });
        let more = json!({ "secret": secret, "algorithm": "HS512", "address": address });
        cases.extend(token_cases("help_scout_docs", &token, &more, &claims));
    }
    cases
}

fn beacon_cases() -> Vec<Value> {
    let mut cases = Vec::new();
    for known in &PEOPLE {
        let key = SecretKey::new(SHORT_SECRET.as_bytes());
        let signature = help_scout::beacon::signature(&profile(known), &key, &RustCrypto::new())
            .expect("a signature");
        let case = |email: &str, signature: &str, expected: &str| {
            json!({
                "kind": "help_scout_beacon", "secret": SHORT_SECRET, "email": email,
                "signature": signature, "expected": expected,
            })
        };
        let email = known.email.expect("an address");
        cases.push(case(email, &signature, "ok"));
        cases.push(case(email, &twin(&signature, 11), "refused"));
        cases.push(case(&twin(email, 0), &signature, "refused"));
    }
    cases
}

fn jitbit_cases() -> Vec<Value> {
    let site = jitbit::Site::new("https://contoso.jitbit.com/helpdesk").expect("a site");
    let request =
        jitbit::Request::parse("ReturnUrl=%2Fhelpdesk%2FTicket%2F17", &site).expect("one");
    let mut cases = Vec::new();
    for known in &PEOPLE {
        for username in [jitbit::Username::Email, jitbit::Username::EmailLocalPart] {
            let key = SecretKey::new(SECRET.as_bytes());
            let crypto = RustCrypto::new();
            let link =
                jitbit::autologin(&site, &request, &profile(known), username, &key, now(), &crypto)
                    .expect("a link");
            let case = |link: &str, expected: &str| {
                json!({
                    "kind": "jitbit", "secret": SECRET, "link": link, "day": "21", "month": "11",
                    "given_name": known.given_name, "family_name": known.family_name,
                    "organization": known.organization, "expected": expected,
                })
            };
            cases.push(case(&link, "ok"));
            let hash = query_value(&link, "userHash");
            cases.push(case(&link.replace(&hash, &twin(&hash, 5)), "refused"));
            cases.push(case(&link.replace("email=", "email=a"), "refused"));
        }
    }
    cases
}

fn freshworks_cases() -> Vec<Value> {
    let redirect = "https://contoso.freshworks.com/sp/OIDC/123/implicit";
    let site =
        freshworks::Site::new("contoso.freshworks.com", "client-1", vec![redirect.to_owned()])
            .expect("a site");
    let query = format!("client_id=client-1&state=a%2Bb%26c&nonce=n%2F1&redirect_uri={redirect}");
    let request = freshworks::Request::parse(&query, &site).expect("a request");
    let crypto = RustCrypto::with_dangerous_rsa_private_operations();
    let key = SigningKey::from_private(private_key("rsa-2048"), &crypto).expect("a key");
    let mut cases = Vec::new();
    for known in &PEOPLE {
        let new = freshworks::NewIdToken {
            issuer: "https://help.contoso.com",
            subject: "JG0ueU-M7FA3",
            profile: &profile(known),
            entropy: [7; 16],
        };
        let address =
            freshworks::redirect(&site, &request, &new, &key, now(), &crypto).expect("an address");
        let claims = json!({
            "iss": "https://help.contoso.com",
            "aud": "client-1",
            "sub": "JG0ueU-M7FA3",
            "email": known.email,
            "iat": NOW,
            "exp": NOW + 120,
            "jti": "BwcHBwcHBwcHBwcHBwcHBw",
            "nonce": "n/1",
            "name": known.name,
            "given_name": known.given_name,
            "family_name": known.family_name,
            "phone_number": known.phone,
        });
        let more = json!({ "algorithm": "RS256", "address": address, "state": "a+b&c" });
        cases.extend(token_cases("freshworks", &query_value(&address, "id_token"), &more, &claims));
    }
    cases
}

fn vectors() -> Value {
    let mut cases = zendesk_cases();
    cases.extend(docs_cases());
    cases.extend(beacon_cases());
    cases.extend(jitbit_cases());
    cases.extend(freshworks_cases());
    let certificate = text("keys/rsa-2048.crt");
    json!({ "now": NOW, "certificate": certificate, "cases": without_nulls(cases) })
}

/// A claim that is not sent is not there.
fn without_nulls(mut cases: Vec<Value>) -> Vec<Value> {
    for claims in cases.iter_mut().filter_map(|case| case.get_mut("claims")) {
        if let Some(claims) = claims.as_object_mut() {
            claims.retain(|_, value| !value.is_null());
        }
    }
    cases
}

#[test]
fn the_helpdesk_vectors_are_what_this_code_makes() {
    let path = repository("tests/vectors/helpdesk.json");
    let made = format!("{:#}\n", vectors());
    if std::env::var_os("DESKGATE_WRITE_VECTORS").is_some() {
        std::fs::write(&path, made).expect("a written file");
        return;
    }
    let committed = std::fs::read_to_string(&path).expect("tests/vectors/helpdesk.json");
    assert!(committed == made, "tests/vectors/helpdesk.json differs from what this code makes");
}

/// Both programs print how many cases they judged, so that none passes by looking at nothing.
#[track_caller]
fn all_judged(program: &str, script: &str) {
    let vectors = vectors();
    let count = vectors["cases"].as_array().expect("cases").len();
    if let Some(said) = judge(program, script, &vectors) {
        assert_eq!(said.trim(), format!("{count} cases"), "{script}");
    }
}

#[test]
fn jose_and_node_crypto_agree_about_every_helpdesk_vector() {
    all_judged("node", "tests/interop/helpdesk.mjs");
}

#[test]
fn pyjwt_and_python_agree_about_every_helpdesk_vector() {
    all_judged(PYTHON, "tests/interop/helpdesk.py");
}
