//! The rules on SQLite itself.

use serde_json::json;

use super::people::Profile;
use super::*;
use crate::audit::{Event, Name};
use crate::host::Value;
use crate::http::tests::request;
use crate::tests::harness::{CRYPTO, Memory, NOW, TestHost, secret};

fn event(name: Name, at: UnixTime) -> Event {
    Event::new(name, &request("GET", "/", ""), "AB12-CD34", at)
}

fn one_time(what: Use, issuer: &str, id: &str, lives: u64) -> OneTime {
    let expires_at = UnixTime::from_seconds(NOW.seconds() + lives);
    OneTime::new(what, issuer, id, expires_at, &CRYPTO)
}

fn ask(storage: &Memory, operation: Operation, at: UnixTime) -> Reply {
    run(operation, "help.contoso.com", &secret(), storage, &TestHost::default(), at).unwrap()
}

fn apply(storage: &Memory, settings: Value, jti: &str) -> Reply {
    let token = one_time(Use::AdminToken, "", jti, 60);
    let event = event(Name::SettingsApplied, NOW);
    let host = TestHost::default();
    let settings = SealedSettings::seal(&settings, "help.contoso.com", &secret(), &host).unwrap();
    ask(storage, Operation::Apply { settings, token, event }, NOW)
}

fn claim(storage: &Memory, uses: Vec<OneTime>, at: UnixTime) -> Reply {
    let event = event(Name::LoginAccepted, at);
    let (visitor, unknown) = (visitor("contoso", "b", Some("b@contoso.com")), Unknown::Admit);
    ask(storage, Operation::Claim { uses, visitor, unknown, ends: None, event }, at)
}

fn visitor(connection: &str, id: &str, email: Option<&str>) -> Visitor {
    let profile = email.map(|email| Profile { email: email.into(), ..Profile::default() });
    Visitor { connection: connection.into(), id: id.into(), profile }
}

fn set_up() -> Memory {
    let storage = Memory::new();
    assert_eq!(apply(&storage, json!({"name": "one"}), "first"), Reply::Applied { version: 1 });
    storage
}

fn snapshot_of(storage: &Memory, known: Option<Known>) -> Snapshot {
    match ask(storage, Operation::Snapshot { known }, NOW) {
        Reply::Snapshot(snapshot) => snapshot,
        other => panic!("{other:?}"),
    }
}

#[test]
fn asking_for_a_host_that_nobody_set_up_writes_nothing() {
    let storage = Memory::new();
    for operation in [Operation::Snapshot { known: None }, Operation::Settings { version: None }] {
        assert_eq!(ask(&storage, operation, NOW), Reply::NotSetUp);
    }
    assert_eq!(claim(&storage, vec![], NOW), Reply::NotSetUp);
    assert_eq!(storage.count("sqlite_master"), 0);
}

#[test]
fn settings_are_versioned_and_equal_ones_keep_their_version() {
    let storage = set_up();
    assert_eq!(apply(&storage, json!({"name": "two"}), "second"), Reply::Applied { version: 2 });
    assert_eq!(apply(&storage, json!({"name": "two"}), "third"), Reply::Applied { version: 2 });
    let settings_of = |version| match ask(&storage, Operation::Settings { version }, NOW) {
        Reply::Settings { version, settings } => {
            let host = TestHost::default();
            let other = SecretKey::new(&[8; 32]);
            assert_eq!(settings.open("help.contoso.com", &other, &host), None);
            assert_eq!(settings.open("help.fabrikam.com", &secret(), &host), None);
            (version.version, settings.open("help.contoso.com", &secret(), &host).unwrap())
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(settings_of(None), (2, json!({"name": "two"})));
    assert_eq!(settings_of(Some(1)), (1, json!({"name": "one"})));
    let unknown = ask(&storage, Operation::Settings { version: Some(3) }, NOW);
    assert_eq!(unknown, Reply::NoSuchVersion);
    let Reply::Versions { versions } = ask(&storage, Operation::Versions, NOW) else { panic!() };
    assert_eq!(versions.iter().map(|of| of.version).collect::<Vec<_>>(), [2, 1]);
}

#[test]
fn settings_are_stored_so_that_only_the_secret_opens_them() {
    let storage = Memory::new();
    apply(&storage, json!({"shared_secret": "hunter2-hunter2"}), "first");
    for row in storage.execute("SELECT * FROM settings", &[]).unwrap() {
        assert!(!Value::Object(row).to_string().contains("hunter2"));
    }
}

#[test]
fn an_admin_token_applies_settings_once() {
    let storage = set_up();
    let again = apply(&storage, json!({"name": "evil"}), "first");
    assert_eq!(again, Reply::AlreadyUsed { what: Use::AdminToken });
    assert_eq!(snapshot_of(&storage, None).version, 1);
}

#[test]
fn an_assertion_is_used_once_even_while_it_expires_on_the_way_to_the_object() {
    let storage = set_up();
    let uses = || vec![one_time(Use::Assertion, "https://idp", "_a", 300)];
    assert_eq!(claim(&storage, uses(), NOW), Reply::Done);
    let replayed = Reply::AlreadyUsed { what: Use::Assertion };
    assert_eq!(claim(&storage, uses(), NOW), replayed);
    for seconds in [300, 301, 330, 900] {
        let later = UnixTime::from_seconds(NOW.seconds() + seconds);
        assert_eq!(claim(&storage, uses(), later), replayed, "{seconds}");
    }
    let forgotten = UnixTime::from_seconds(NOW.seconds() + 901);
    assert_eq!(claim(&storage, uses(), forgotten), Reply::Done);
    let other = vec![one_time(Use::Assertion, "https://other", "_a", 300)];
    assert_eq!(claim(&storage, other, NOW), Reply::Done);
}

#[test]
fn all_are_claimed_or_none() {
    let storage = set_up();
    let request = || one_time(Use::LoginRequest, "https://desk", "_r", 600);
    assert_eq!(claim(&storage, vec![request()], NOW), Reply::Done);
    let both = vec![one_time(Use::Assertion, "https://idp", "_b", 300), request()];
    assert_eq!(claim(&storage, both, NOW), Reply::AlreadyUsed { what: Use::LoginRequest });
    let alone = vec![one_time(Use::Assertion, "https://idp", "_b", 300)];
    assert_eq!(claim(&storage, alone, NOW), Reply::Done);
}

#[test]
fn a_snapshot_tells_only_what_is_new() {
    let storage = set_up();
    let first = snapshot_of(&storage, None);
    assert_eq!(first.contents.as_ref().unwrap().keys.len(), 2);
    let session = EndedSession { session: "s1".into(), expires_at: NOW.seconds() + 60 };
    let revoke = Operation::Revoke { session: session.clone(), event: event(Name::Logout, NOW) };
    assert_eq!(ask(&storage, revoke, NOW), Reply::Done);
    let known = Known { version: first.version, last_revocation: first.last_revocation };
    let second = snapshot_of(&storage, Some(known));
    assert_eq!(second.contents, None);
    assert_eq!(second.revocations, [session]);
    let known = Known { last_revocation: second.last_revocation, ..known };
    assert_eq!(snapshot_of(&storage, Some(known)).revocations, []);
    apply(&storage, json!({"name": "two"}), "second");
    let third = snapshot_of(&storage, Some(known));
    assert!(third.contents.is_some());
    assert_eq!(third.revocations.len(), 1);
}

#[test]
fn signing_keys_are_made_once_and_open_only_for_their_desk_and_secret() {
    let storage = set_up();
    let contents = snapshot_of(&storage, None).contents.unwrap();
    apply(&storage, json!({"name": "two"}), "second");
    assert_eq!(snapshot_of(&storage, None).contents.unwrap().keys, contents.keys);
    let other_secret = SecretKey::new(&[8; 32]);
    let host = TestHost::default();
    for key in &contents.keys {
        assert!(unseal(key, "help.contoso.com", &secret(), &host).is_some());
        assert!(unseal(key, "help.fabrikam.com", &secret(), &host).is_none());
        assert!(unseal(key, "help.contoso.com", &other_secret, &host).is_none());
        assert_eq!(key.certificate.is_some(), key.purpose == Purpose::Saml);
    }
}

#[test]
fn a_flood_of_refusals_does_not_push_events_out_of_the_log() {
    let storage = set_up();
    for index in 0..500 {
        let names = [Name::LoginRefused, Name::OriginUnreachable, Name::LoginUnavailable];
        let event = event(names[index % names.len()], NOW);
        assert_eq!(ask(&storage, Operation::Record { event }, NOW), Reply::Done);
    }
    assert_eq!(storage.count("audit_log"), 61);
    let later = UnixTime::from_seconds(NOW.seconds() + 61);
    ask(&storage, Operation::Record { event: event(Name::LoginRefused, later) }, later);
    assert_eq!(storage.count("audit_log"), 62);
}

#[test]
fn tables_of_a_newer_worker_are_left_alone() {
    let storage = set_up();
    storage.execute("UPDATE schema_version SET version = 99", &[]).unwrap();
    let reply = run(
        Operation::Settings { version: None },
        "help.contoso.com",
        &secret(),
        &storage,
        &TestHost::default(),
        NOW,
    );
    assert_eq!(reply, Err(HostFailed));
}
