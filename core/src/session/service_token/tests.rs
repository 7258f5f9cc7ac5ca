use std::format;
use std::prelude::v1::*;

use super::*;
use crate::crypto::RustCrypto;
use crate::diagnostic::Diagnostic as _;
use crate::jose::JwkSet;
use crate::session::session::tests::{DESK, keys, signing_key};
use crate::session::{
    ExpectedOriginToken, HeaderValue, NewOriginToken, OriginHeader, mint_origin_token,
    origin_headers, verify_origin_token,
};

/// 2026-11-21T12:00:00Z.
const NOW: UnixTime = UnixTime::from_seconds(1_795_262_400);
const DAY: Duration = Duration::from_secs(24 * 3600);

fn id() -> String {
    service_token_id([1; 16])
}

fn secret() -> String {
    service_token_secret(&[2; 32]).to_string()
}

fn former_secret() -> String {
    service_token_secret(&[3; 32]).to_string()
}

fn digest(secret: &str) -> String {
    base64::encode_url(secret_digest(secret, &RustCrypto::new()).as_bytes())
}

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_string()).collect()
}

/// For GET and POST below `/api/` and at `/hooks/zendesk`, for a year; rotated, with a day of grace.
fn token() -> ServiceToken {
    ServiceToken::new(&ServiceTokenRecord {
        id: &id(),
        name: "nightly-export",
        secret_sha256: &digest(&secret()),
        former: Some((&digest(&former_secret()), NOW.saturating_add(DAY))),
        paths: &strings(&["/api/", "/hooks/zendesk"]),
        methods: &strings(&["GET", "POST"]),
        expires_at: NOW.saturating_add(365 * DAY),
    })
    .unwrap()
}

fn judged(id: &str, secret: &str, method: &str, path: &str, now: UnixTime) -> &'static str {
    let credentials = match Credentials::read(Some(id), Some(secret), None) {
        Ok(credentials) => credentials.unwrap(),
        Err(error) => return error.code(),
    };
    let request = ServiceTokenRequest { method, path };
    match judge(&[token()], &credentials, &request, now, &RustCrypto::new()) {
        Ok(token) => {
            assert_eq!(token.name(), "nightly-export");
            "ok"
        }
        Err(error) => error.code(),
    }
}

#[track_caller]
fn check(method: &str, path: &str, expected: &str) {
    assert_eq!(judged(&id(), &secret(), method, path, NOW), expected, "{method} {path}");
}

#[test]
fn a_token_opens_its_paths_for_its_methods() {
    for path in ["/api/", "/api/v1/tickets", "/hooks/zendesk", "/api/a%20b"] {
        check("GET", path, "ok");
        check("POST", path, "ok");
        check("DELETE", path, "service_token.method_not_allowed");
        check("get", path, "service_token.method_not_allowed");
    }
}

#[test]
fn nothing_that_a_server_could_read_as_another_path_is_opened() {
    for path in [
        "/",
        "/api",
        "/apix",
        "/API/v1",
        "/hooks/zendesk/",
        "/hooks/zendesk2",
        "/hooks/",
        "//api/v1",
        "/api//v1",
        "/api/../admin",
        "/api/%2e%2e/admin",
        "/api/..%2fadmin",
        "/api/%2fadmin",
        "/api/..;/admin",
        "/api/..\\admin",
        "/api/%5cadmin",
        "/api/%00",
        "/api/%c0%ae%c0%ae/admin",
        "/%61pi/v1",
        "/x/api/v1",
        "",
    ] {
        check("GET", path, "service_token.path_not_allowed");
    }
}

#[test]
fn every_changed_byte_of_id_and_secret_is_refused() {
    let changed = |text: &str, at: usize| {
        let mut bytes = text.as_bytes().to_vec();
        bytes[at] = if bytes[at] == b'0' { b'1' } else { b'0' };
        String::from_utf8(bytes).unwrap()
    };
    for at in 0..id().len() {
        assert_ne!(judged(&changed(&id(), at), &secret(), "GET", "/api/", NOW), "ok", "{at}");
    }
    for at in 0..secret().len() {
        assert_ne!(judged(&id(), &changed(&secret(), at), "GET", "/api/", NOW), "ok", "{at}");
    }
    let other = service_token_secret(&[4; 32]);
    assert_eq!(judged(&id(), &other, "GET", "/api/", NOW), "service_token.refused");
    let unknown = service_token_id([9; 16]);
    assert_eq!(judged(&unknown, &secret(), "GET", "/api/", NOW), "service_token.refused");
    // Swapped: a mistake that must not get the secret looked up as an ID.
    let swapped = judged(&secret(), &id(), "GET", "/api/", NOW);
    assert_eq!(swapped, "service_token.credentials_malformed");
}

#[test]
fn a_token_ends_and_only_who_knows_the_secret_is_told() {
    let end = NOW.saturating_add(365 * DAY);
    let second = Duration::from_secs(1);
    assert_eq!(judged(&id(), &secret(), "GET", "/api/", end.saturating_sub(second)), "ok");
    assert_eq!(judged(&id(), &secret(), "GET", "/api/", end), "service_token.expired");
    let other = service_token_secret(&[4; 32]);
    assert_eq!(judged(&id(), &other, "GET", "/api/", end), "service_token.refused");
    assert_eq!(judged(&id(), &secret(), "GET", "/admin", end), "service_token.expired");
}

#[test]
fn the_former_secret_is_good_until_the_end_of_its_grace() {
    let end = NOW.saturating_add(DAY);
    let second = Duration::from_secs(1);
    let former = former_secret();
    assert_eq!(judged(&id(), &former, "GET", "/api/", end.saturating_sub(second)), "ok");
    assert_eq!(judged(&id(), &former, "GET", "/api/", end), "service_token.refused");
    assert_eq!(judged(&id(), &secret(), "GET", "/api/", end), "ok");
}

fn read(
    client_id: Option<&str>,
    client_secret: Option<&str>,
    authorization: Option<&str>,
) -> &'static str {
    match Credentials::read(client_id, client_secret, authorization) {
        Ok(None) => "none",
        Ok(Some(credentials)) => {
            assert_eq!((credentials.id(), credentials.secret()), (id().as_str(), &*secret()));
            "one"
        }
        Err(error) => error.code(),
    }
}

fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", base64::encode(format!("{user}:{password}").as_bytes()))
}

#[test]
fn two_headers_or_http_basic_carry_a_token() {
    let (id, secret) = (id(), secret());
    assert_eq!(read(Some(&id), Some(&secret), None), "one");
    let ours = basic(&id, &secret);
    assert_eq!(read(None, None, Some(&ours)), "one");
    assert_eq!(read(None, None, Some(&ours.replace("Basic ", "bAsIc  "))), "one");
    assert_eq!(read(Some(&id), Some(&secret), Some(&ours)), "one");
    assert_eq!(read(None, None, None), "none");
}

#[test]
fn an_authorization_of_somebody_else_is_the_origins() {
    let (id, secret) = (id(), secret());
    for theirs in [
        basic("admin", &secret),
        basic("", ""),
        "Bearer x".to_string(),
        format!("Token token={secret}"),
        "Basic".to_string(),
        "Basic ???".to_string(),
        "Digest username=\"a\", realm=\"b\"".to_string(),
        String::new(),
    ] {
        assert_eq!(read(None, None, Some(&theirs)), "none", "{theirs}");
        assert!(!carries_ours(&theirs), "{theirs}");
        assert_eq!(read(Some(&id), Some(&secret), Some(&theirs)), "one", "{theirs}");
    }
}

#[test]
fn half_a_token_a_repeated_header_and_two_tokens_are_refused() {
    const MALFORMED: &str = "service_token.credentials_malformed";
    let (id, secret) = (id(), secret());
    let other = service_token_id([9; 16]);
    let twice = |value: &str| format!("{value}, {value}");
    for (client_id, client_secret, authorization) in [
        (Some(&*id), None, None),
        (None, Some(&*secret), None),
        (Some(""), Some(""), None),
        (Some(&*id), Some(""), None),
        (Some(&*twice(&id)), Some(&*secret), None),
        (Some(&*id), Some(&*twice(&secret)), None),
        (Some(&*format!("{id} ")), Some(&*secret), None),
        (Some(&*id), Some(&*format!("{secret}=")), None),
        (Some(&*id.to_ascii_uppercase()), Some(&*secret), None),
        (None, None, Some(&*twice(&basic(&id, &secret)))),
        (None, None, Some(&*format!("{}, {}", basic(&id, &secret), basic(&other, &secret)))),
        (None, None, Some(&*basic(&id, ""))),
        (None, None, Some(&*basic(&id, &format!("{secret}:")))),
        (None, None, Some(&*basic("x.deskgate", &secret))),
        (None, None, Some(&*basic(&id.to_ascii_uppercase(), &secret))),
        (Some(&*other), Some(&*secret), Some(&*basic(&id, &secret))),
        (Some(&*id), Some(&*former_secret()), Some(&*basic(&id, &secret))),
        (Some(&*id), None, Some(&*basic(&id, &secret))),
    ] {
        assert_eq!(read(client_id, client_secret, authorization), MALFORMED, "{client_id:?}");
    }
    // Beside one of the origin: only ours are counted, and they go no further.
    let both = format!("{}, {}", basic("admin", "x"), basic(&id, &secret));
    assert_eq!(read(None, None, Some(&both)), "one");
    assert!(carries_ours(&both));
    assert!(carries_ours(&basic("x.deskgate", "y")));
}

#[test]
fn names_paths_and_methods_mean_one_thing() {
    #[track_caller]
    fn check(paths: &[&str], methods: &[&str], expected: &str) {
        let checked = check_rules(&strings(paths), &strings(methods));
        let code = checked.map_or_else(|error| error.code(), |()| "ok");
        assert_eq!(code, expected, "{paths:?} {methods:?}");
    }
    check(&["/api/"], &[], "ok");
    check(&["/"], &["GET", "M-SEARCH"], "ok");
    check(&[], &[], "service_token.no_paths");
    for path in ["", "api", "//", "/a//b", "/a/../b", "/%61", "/a*", "/a?b", "/a;b", "/a\\b", "/é"]
    {
        check(&["/api/", path], &[], "service_token.path_malformed");
    }
    check(&[&"/a".repeat(129)], &[], "service_token.path_malformed");
    for method in ["", "get", "GET,POST", "GET ", "*", &"A".repeat(33)] {
        check(&["/api/"], &["GET", method], "service_token.method_malformed");
    }
    check(&["/a"; MAX_RULES + 1], &[], "service_token.too_many_rules");
    check(&["/a"], &["GET"; MAX_RULES + 1], "service_token.too_many_rules");
    for name in ["a", "nightly-export", "7"] {
        assert_eq!(check_name(name), Ok(()), "{name}");
    }
    for name in ["", "-a", "a-", "A", "a b", "a_b", "ä", "a\n", &"a".repeat(65)] {
        let code = check_name(name).unwrap_err().code();
        assert_eq!(code, "service_token.name_malformed", "{name}");
    }
}

#[test]
fn what_was_written_down_wrongly_makes_no_token() {
    let paths = strings(&["/api/"]);
    let digest = digest(&secret());
    let id = id();
    let good = ServiceTokenRecord {
        id: &id,
        name: "x",
        secret_sha256: &digest,
        former: None,
        paths: &paths,
        methods: &[],
        expires_at: NOW,
    };
    assert!(ServiceToken::new(&good).is_ok());
    let short = &digest[..digest.len() - 4];
    for record in [
        ServiceTokenRecord { id: "x.deskgate", ..good },
        ServiceTokenRecord { id: &id[1..], ..good },
        ServiceTokenRecord { id: "0101010101010101010101010101010101.deskgate", ..good },
        ServiceTokenRecord { secret_sha256: "", ..good },
        ServiceTokenRecord { secret_sha256: short, ..good },
        ServiceTokenRecord { former: Some((short, NOW)), ..good },
    ] {
        assert_eq!(ServiceToken::new(&record), Err(Error::RecordMalformed), "{record:?}");
    }
}

#[test]
fn the_origin_is_told_that_it_is_a_script() {
    let token = token();
    let session = token.session(NOW);
    let request = NewOriginToken {
        desk_url: DESK,
        origin: "https://tickets.internal",
        method: "POST",
        path_and_query: "/api/v1",
        entropy: [3; 16],
    };
    let crypto = RustCrypto::new();
    let assertion = mint_origin_token(&session, &request, NOW, &signing_key(), &crypto).unwrap();
    let expected = ExpectedOriginToken {
        desk_url: DESK,
        origin: "https://tickets.internal",
        method: "POST",
        path_and_query: "/api/v1",
    };
    let keys: JwkSet = keys();
    let verified = verify_origin_token(&assertion, &keys, &expected, NOW, &crypto).unwrap();
    let caller = verified.session();
    assert_eq!(caller.service_token(), Some("nightly-export"));
    assert_eq!(caller.subject(), format!("service-token:{}", id()));
    assert_eq!(caller.connection(), SERVICE_TOKEN);
    assert_eq!(caller.person().email, None);
    assert_eq!(caller.authenticated_at(), UnixTime::from_seconds(0));
    // The `sub` of a person is base64url.
    assert!(base64::decode_url(caller.subject()).is_err());
}

#[test]
fn plain_headers_name_no_script_as_a_person() {
    let wanted: Vec<_> = OriginHeader::FIELDS
        .iter()
        .flat_map(|(_, header)| HeaderValue::WORDS.iter().map(|(_, value)| (*header, *value)))
        .collect();
    let headers = origin_headers(&wanted, &token().session(NOW));
    assert_eq!(headers.len(), OriginHeader::FIELDS.len());
    assert!(headers.iter().all(|(_, value)| *value == format!("service-token:{}", id())));
}

#[test]
fn neither_secret_nor_digest_is_printed() {
    let credentials = Credentials::read(Some(&id()), Some(&secret()), None).unwrap().unwrap();
    assert_eq!(format!("{credentials:?}"), "Credentials(redacted)");
    assert!(!format!("{:?}", token()).contains("secret"));
    for error in [Error::CredentialsMalformed, Error::Refused] {
        assert_eq!((error.found(), error.expected()), (None, None));
    }
}

#[test]
fn secrets_have_a_form_that_scanners_find() {
    assert_eq!(secret(), "dgs_AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI");
    assert_eq!(id(), "01010101010101010101010101010101.deskgate");
    // printf %s dgs_AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI | sha256sum
    let hashed: String = secret_digest(&secret(), &RustCrypto::new())
        .as_bytes()
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    assert_eq!(hashed, "ceb1cb49f6902255e7c0209635947528623affdc7327cb90d086e5f276a6e2d8");
}
