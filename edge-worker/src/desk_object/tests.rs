//! The rules on SQLite itself.

use core::cell::Cell;
use core::slice;
use core::sync::atomic::{AtomicU64, Ordering};

use deskgate_core::crypto::SecretKey;
use deskgate_core::desk::Desk;
use deskgate_core::identity::NameId;
use serde_json::json;

use super::people::Profile;
use super::*;
use crate::audit::{Event, Name};
use crate::http::tests::request;
use crate::json::{FromJson, ToJson};
use crate::tests::browser::settings;
use crate::tests::harness::{CRYPTO, Memory, NOW, TestHost, secret};

fn event(name: Name, at: UnixTime) -> Event {
    Event::new(name, &request("GET", "/", ""), "AB12-CD34", at)
}

fn one_time(what: Use, issuer: &str, id: &str, lives: u64) -> OneTime {
    let expires_at = UnixTime::from_seconds(NOW.seconds() + lives);
    OneTime::new(what, issuer, id, expires_at, &CRYPTO)
}

fn ask(storage: &Memory, operation: Operation, at: UnixTime) -> Reply {
    run(&operation, "help.contoso.com", &secret().into(), storage, &TestHost::default(), at)
        .unwrap()
}

/// A desk that differs from others in its name.
fn desk(name: &str) -> Desk {
    let mut settings = settings();
    settings["name"] = name.into();
    Desk::from_json(&settings).unwrap()
}

fn apply(storage: &Memory, desk: &Desk, jti: &str) -> Reply {
    let token = one_time(Use::AdminToken, "", jti, 60);
    let event = event(Name::SettingsApplied, NOW);
    let host = TestHost::default();
    let settings = SealedSettings::seal(desk, "help.contoso.com", &secret().into(), &host).unwrap();
    ask(storage, Operation::Apply { settings, token, event }, NOW)
}

fn claim(storage: &Memory, uses: Vec<OneTime>, at: UnixTime) -> Reply {
    let event = event(Name::LoginAccepted, at);
    let (visitor, unknown) = (visitor("contoso", "b", Some("b@contoso.com")), Unknown::Admit);
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let session = format!("session {}", COUNT.fetch_add(1, Ordering::Relaxed));
    let begins = Box::new(begun(&session, "contoso", "b", None));
    ask(storage, Operation::Claim { uses, visitor, unknown, begins, ends: None, event }, at)
}

fn visitor(connection: &str, id: &str, email: Option<&str>) -> Visitor {
    let profile = email.map(|email| Profile { email: email.into(), ..Profile::default() });
    Visitor { connection: connection.into(), id: id.into(), profile }
}

/// A session of somebody named so.
fn begun(session: &str, connection: &str, name: &str, index: Option<&str>) -> BegunSession {
    let name_id = NameId {
        value: name.into(),
        format: None,
        name_qualifier: Some("https://idp/".into()),
        sp_name_qualifier: None,
    };
    BegunSession {
        session: session.into(),
        connection: connection.into(),
        subject: format!("sub of {name}"),
        email: Some(format!("{name}@contoso.com")),
        began_at: NOW.seconds(),
        expires_at: NOW.seconds() + 3600,
        name_id: Some(StoredNameId::new(&name_id)),
        session_index: index.map(str::to_owned),
        all_groups: None,
    }
}

fn begin(storage: &Memory, begins: BegunSession, ends: Option<EndedSession>) {
    let visitor = visitor(&begins.connection, "x", None);
    let (uses, unknown, event) = (vec![], Unknown::Admit, event(Name::LoginAccepted, NOW));
    let begins = Box::new(begins);
    let operation = Operation::Claim { uses, visitor, unknown, begins, ends, event };
    assert_eq!(ask(storage, operation, NOW), Reply::Done);
}

/// The sessions that end, in the order of their names.
fn end(storage: &Memory, which: Which) -> Vec<String> {
    let operation = Operation::End { which, uses: vec![], event: event(Name::Logout, NOW) };
    let Reply::Ended { sessions } = ask(storage, operation, NOW) else { panic!() };
    let mut ended: Vec<_> = sessions.into_iter().map(|begun| begun.session).collect();
    ended.sort();
    ended
}

/// The sessions of somebody at connections, each with its identity provider.
fn named(name: &str, indexes: &[&str], at: &[(&str, &str)]) -> Which {
    let name_id =
        NameId { value: name.into(), format: None, name_qualifier: None, sp_name_qualifier: None };
    let sides = |(connection, idp_entity_id): &(&str, &str)| Sides {
        connection: (*connection).into(),
        idp_entity_id: (*idp_entity_id).into(),
        sp_entity_id: "urn:us".into(),
    };
    Which::Named {
        name_id: StoredNameId::new(&name_id),
        session_indexes: indexes.iter().map(|index| (*index).to_owned()).collect(),
        at: at.iter().map(sides).collect(),
    }
}

const CONTOSO: (&str, &str) = ("contoso", "https://idp/");
const FABRIKAM: (&str, &str) = ("fabrikam", "https://idp.fabrikam/");

#[test]
fn only_the_sessions_that_are_meant_end() {
    let storage = set_up();
    for (session, connection, name, index) in [
        ("1", "contoso", "simon", Some("a")),
        ("2", "contoso", "simon", Some("b")),
        ("3", "contoso", "simon", None),
        ("4", "contoso", "zoe", Some("a")),
        ("5", "fabrikam", "simon", Some("a")),
    ] {
        begin(&storage, begun(session, connection, name, index), None);
    }
    let other = named("simon", &[], &[("other", "https://idp/")]);
    assert_eq!(end(&storage, other), [""; 0]);
    assert_eq!(end(&storage, named("nobody", &["a"], &[CONTOSO, FABRIKAM])), [""; 0]);
    assert_eq!(end(&storage, named("simon", &["x"], &[CONTOSO])), ["3"]);
    assert_eq!(end(&storage, named("simon", &["b", "x"], &[CONTOSO])), ["2"]);
    assert_eq!(end(&storage, named("simon", &[], &[CONTOSO, FABRIKAM])), ["1", "5"]);
    assert_eq!(end(&storage, named("simon", &[], &[CONTOSO])), [""; 0], "they have ended");
    let revoked: Vec<_> =
        snapshot_of(&storage, None).revocations.into_iter().map(|ended| ended.session).collect();
    assert_eq!(revoked, ["3", "2", "1", "5"]);
    let Reply::AuditLog { events } = ask(&storage, Operation::AuditLog { limit: 2 }, NOW) else {
        panic!()
    };
    let [none, last] = &events[..] else { panic!("{events:?}") };
    assert_eq!((none.session.as_deref(), none.event), (None, Name::Logout));
    assert_eq!(
        (last.session.as_deref(), last.connection.as_deref()),
        (Some("5"), Some("fabrikam"))
    );
}

#[test]
fn the_index_is_enough_for_entra_which_names_people_otherwise_when_they_sign_out() {
    let storage = set_up();
    let entra = ("contoso", "https://sts.windows.net/6babcaad/");
    for (session, index) in [("1", "_a"), ("2", "_b")] {
        begin(&storage, begun(session, "contoso", "johnd", Some(index)), None);
    }
    let pairwise = "H0EPlI1hHuuvn5N6-rgMR7aZzBCBTjfS6pFVIksD0Ds";
    assert_eq!(end(&storage, named(pairwise, &[], &[entra])), [""; 0]);
    assert_eq!(end(&storage, named(pairwise, &["_a"], &[CONTOSO])), [""; 0]);
    assert_eq!(end(&storage, named(pairwise, &["_a"], &[FABRIKAM])), [""; 0]);
    assert_eq!(end(&storage, named(pairwise, &["_a", "_a"], &[entra])), ["1"]);
    assert_eq!(end(&storage, named("johnd", &["_b"], &[entra])), ["2"], "once");
}

#[test]
fn the_session_of_a_browser_ends_even_if_nobody_wrote_it_down() {
    let storage = set_up();
    let known = begun("1", "contoso", "simon", Some("a"));
    begin(&storage, known.clone(), None);
    let expires_at = known.expires_at;
    let presented =
        |session: &str| Which::Presented(EndedSession { session: session.into(), expires_at });
    let operation =
        Operation::End { which: presented("1"), uses: vec![], event: event(Name::Logout, NOW) };
    let Reply::Ended { sessions } = ask(&storage, operation, NOW) else { panic!() };
    assert_eq!(sessions, [known], "with what a logout request needs");
    assert_eq!(end(&storage, presented("2")), [""; 0]);
    assert_eq!(snapshot_of(&storage, None).revocations.len(), 2);
}

fn end_all(storage: &Memory, whose: Whose, jti: &str) -> u64 {
    let (token, event) = (one_time(Use::AdminToken, "", jti, 60), event(Name::SessionsEnded, NOW));
    match ask(storage, Operation::EndAll { whose, token, event }, NOW) {
        Reply::EndedAll { sessions } => sessions,
        other => panic!("{other:?}"),
    }
}

fn listed(storage: &Memory, whose: Whose, after: &str, limit: u32) -> Vec<String> {
    let operation = Operation::Sessions { whose, after: after.into(), limit };
    let Reply::Sessions { sessions } = ask(storage, operation, NOW) else { panic!() };
    sessions.into_iter().map(|begun| begun.session).collect()
}

#[test]
fn an_administrator_lists_and_ends_the_sessions_of_a_person() {
    let storage = set_up();
    for (session, connection, name) in
        [("1", "contoso", "simon"), ("2", "fabrikam", "simon"), ("3", "contoso", "zoe")]
    {
        begin(&storage, begun(session, connection, name, None), None);
    }
    let simon = || Whose::Email("simon@contoso.com".into());
    assert_eq!(listed(&storage, Whose::Everybody, "", 2), ["1", "2"]);
    assert_eq!(listed(&storage, Whose::Everybody, "2", 2), ["3"]);
    assert_eq!(listed(&storage, simon(), "", 9), ["1", "2"]);
    assert_eq!(listed(&storage, Whose::Connection("contoso".into()), "", 9), ["1", "3"]);
    assert_eq!(end_all(&storage, simon(), "a"), 2);
    assert_eq!(end_all(&storage, simon(), "b"), 0);
    assert_eq!(end_all(&storage, Whose::Subject("sub of zoe".into()), "c"), 1);
    assert_eq!(listed(&storage, Whose::Everybody, "", 9), [""; 0]);
    let snapshot = snapshot_of(&storage, None);
    assert_eq!((snapshot.revocations.len(), snapshot.cutoffs), (3, vec![]));
    let (token, event) = (one_time(Use::AdminToken, "", "c", 60), event(Name::SessionsEnded, NOW));
    let again = Operation::EndAll { whose: Whose::Everybody, token, event };
    assert_eq!(ask(&storage, again, NOW), Reply::AlreadyUsed { what: Use::AdminToken });
}

#[test]
fn the_end_of_any_number_of_sessions_is_one_number() {
    let storage = set_up();
    for n in 0..500 {
        begin(&storage, begun(&n.to_string(), "contoso", &n.to_string(), None), None);
    }
    // The clock of its isolate is ahead.
    let ahead = NOW.seconds() + 5;
    begin(&storage, BegunSession { began_at: ahead, ..begun("b", "break-glass", "o", None) }, None);
    let cutoff =
        |connection: &str, began_until| Cutoff { connection: connection.into(), began_until };
    assert_eq!(end_all(&storage, Whose::Connection("contoso".into()), "a"), 500);
    let contoso = cutoff("contoso", NOW.seconds());
    assert_eq!(snapshot_of(&storage, None).cutoffs, slice::from_ref(&contoso));
    assert_eq!(end_all(&storage, Whose::Everybody, "b"), 1);
    let snapshot = snapshot_of(&storage, None);
    assert_eq!(snapshot.cutoffs, [cutoff("", ahead), contoso]);
    assert_eq!((snapshot.revocations, storage.count("sessions")), (vec![], 0));
    assert_eq!(end_all(&storage, Whose::Everybody, "c"), 0);
    assert_eq!(snapshot_of(&storage, None).cutoffs[0], cutoff("", ahead), "never earlier");
}

#[test]
fn a_session_that_another_replaces_or_that_expired_is_forgotten() {
    let storage = set_up();
    begin(&storage, begun("1", "contoso", "simon", None), None);
    let ends = EndedSession { session: "1".into(), expires_at: NOW.seconds() + 3600 };
    begin(&storage, begun("2", "contoso", "simon", None), Some(ends));
    assert_eq!(storage.count("sessions"), 1);
    let later = UnixTime::from_seconds(NOW.seconds() + 3601);
    assert_eq!(claim(&storage, vec![], later), Reply::Done);
    assert_eq!(storage.count("sessions"), 1, "the new one");
}

pub(super) fn set_up() -> Memory {
    let storage = Memory::new();
    assert_eq!(apply(&storage, &desk("one"), "first"), Reply::Applied { version: 1 });
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
    assert_eq!(apply(&storage, &desk("two"), "second"), Reply::Applied { version: 2 });
    assert_eq!(apply(&storage, &desk("two"), "third"), Reply::Applied { version: 2 });
    let settings_of = |version| match ask(&storage, Operation::Settings { version }, NOW) {
        Reply::Settings { version, settings } => {
            let host = TestHost::default();
            let other = Secrets::from(SecretKey::new(&[8; 32]));
            assert_eq!(settings.open("help.contoso.com", &other, &host), None);
            assert_eq!(settings.open("help.fabrikam.com", &secret().into(), &host), None);
            (version.version, settings.open("help.contoso.com", &secret().into(), &host).unwrap())
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(settings_of(None), (2, desk("two").to_json()));
    assert_eq!(settings_of(Some(1)), (1, desk("one").to_json()));
    let unknown = ask(&storage, Operation::Settings { version: Some(3) }, NOW);
    assert_eq!(unknown, Reply::NoSuchVersion);
    let Reply::Versions { versions } = ask(&storage, Operation::Versions, NOW) else { panic!() };
    assert_eq!(versions.iter().map(|of| of.version).collect::<Vec<_>>(), [2, 1]);
}

#[test]
fn settings_are_stored_so_that_only_the_secret_opens_them() {
    let storage = Memory::new();
    let mut settings = settings();
    settings["apps"] = json!([{
        "name": "zendesk", "helpdesk": "zendesk", "mode": "hand_off",
        "zendesk": { "subdomain": "contoso", "shared_secret": "hunter2-hunter2-hunter2" },
    }]);
    apply(&storage, &Desk::from_json(&settings).unwrap(), "first");
    for row in storage.execute("SELECT * FROM settings", &[]).unwrap() {
        assert!(!crate::host::Value::Object(row).to_string().contains("hunter2"));
    }
}

#[test]
fn an_admin_token_applies_settings_once() {
    let storage = set_up();
    let again = apply(&storage, &desk("evil"), "first");
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
    assert_eq!(first.contents.as_ref().unwrap().keys.len(), 3);
    let session = EndedSession { session: "s1".into(), expires_at: NOW.seconds() + 60 };
    assert_eq!(end(&storage, Which::Presented(session.clone())), [""; 0]);
    let known = Known {
        version: first.version,
        newest_key: NOW.seconds(),
        last_revocation: first.last_revocation,
        service_tokens: first.service_tokens.map(|all| all.change),
    };
    let second = snapshot_of(&storage, Some(known));
    assert_eq!(second.contents, None);
    assert_eq!(second.service_tokens, None);
    assert_eq!(second.revocations, [session]);
    let known = Known { last_revocation: second.last_revocation, ..known };
    assert_eq!(snapshot_of(&storage, Some(known)).revocations, []);
    apply(&storage, &desk("two"), "second");
    let third = snapshot_of(&storage, Some(known));
    assert!(third.contents.is_some());
    assert_eq!(third.revocations.len(), 1);
}

#[test]
fn signing_keys_are_made_once_and_open_only_for_their_desk_and_secret() {
    let storage = set_up();
    let contents = snapshot_of(&storage, None).contents.unwrap();
    apply(&storage, &desk("two"), "second");
    assert_eq!(snapshot_of(&storage, None).contents.unwrap().keys, contents.keys);
    let other_secret = Secrets::from(SecretKey::new(&[8; 32]));
    let host = TestHost::default();
    for key in &contents.keys {
        assert!(unseal(key, "help.contoso.com", &secret().into(), &host).is_some());
        assert!(unseal(key, "help.fabrikam.com", &secret().into(), &host).is_none());
        assert!(unseal(key, "help.contoso.com", &other_secret, &host).is_none());
        assert_eq!(key.certificate.is_none(), key.purpose == Purpose::Tokens);
    }
}

#[test]
fn the_key_for_apps_changes_in_two_steps_and_only_in_this_order() {
    let storage = set_up();
    let host = TestHost::default();
    let count = Cell::new(0);
    // The first two keys of a host are those of the first settings.
    for _ in 0..2 {
        host.generate_rsa_key().unwrap();
    }
    let rotate = |rotation: Rotation| {
        count.set(count.get() + 1);
        let token = one_time(Use::AdminToken, "", &format!("rotation {}", count.get()), 60);
        let event = event(Name::BridgeKeyRotated, NOW);
        let operation = Operation::RotateBridgeKey { rotation, token, event };
        run(&operation, "help.contoso.com", &secret().into(), &storage, &host, NOW).unwrap()
    };
    let keys = || {
        let keys = snapshot_of(&storage, None).contents.unwrap().keys;
        let of_apps = keys.into_iter().filter(|key| key.purpose == Purpose::Bridge);
        let (mut used, mut next): (Vec<_>, Vec<_>) =
            of_apps.partition(|key| key.used_from.is_some());
        assert!(used.len() == 1 && next.len() < 2);
        (used.remove(0).kid, next.pop().map(|key| key.kid))
    };
    let (first, none) = keys();
    assert_eq!(none, None);
    assert_eq!(rotate(Rotation::Switch), Reply::NotTheTurn);
    let version = snapshot_of(&storage, None).version;
    assert_eq!(rotate(Rotation::Announce), Reply::Applied { version: version + 1 });
    let (current, Some(next)) = keys() else { panic!("no key is announced") };
    assert_eq!(current, first);
    assert_ne!(next, first);
    assert_eq!(rotate(Rotation::Announce), Reply::NotTheTurn);
    assert_eq!(rotate(Rotation::Switch), Reply::Applied { version: version + 2 });
    assert_eq!(keys(), (next, None));
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

/// Few enough in a minute to be kept, for hours.
#[test]
fn patience_does_not_push_events_out_of_the_log_either() {
    let storage = set_up();
    let record = |name, minute: u64| {
        let now = UnixTime::from_seconds(NOW.seconds() + 61 * minute);
        ask(&storage, Operation::Record { event: event(name, now) }, now);
    };
    record(Name::PeopleChanged, 0);
    for index in 0..12_000 {
        record(Name::RevocationRefused, index / 50);
    }
    let count = |name: &str| {
        let count = "SELECT count(*) AS events FROM audit_log WHERE event = ?";
        storage.execute(count, &parameters![name]).unwrap()[0]["events"].as_u64().unwrap()
    };
    assert_eq!((count("people.changed"), count("settings.applied")), (1, 1));
    assert!((2_000..2_100).contains(&count("revocation.refused")));
    for index in 0..11_000 {
        record(Name::PeopleChanged, 1_000 + index);
    }
    assert!((10_000..10_100).contains(&count("people.changed")));
    assert_eq!(count("settings.applied"), 0);
    assert!((2_000..2_100).contains(&count("revocation.refused")));
}

#[test]
fn tables_of_a_newer_worker_are_left_alone() {
    let storage = set_up();
    storage.execute("UPDATE schema_version SET version = 99", &[]).unwrap();
    let reply = run(
        &Operation::Settings { version: None },
        "help.contoso.com",
        &secret().into(),
        &storage,
        &TestHost::default(),
        NOW,
    );
    assert_eq!(reply, Err(HostFailed));
}

/// While a new version is rolled out, isolates of one version ask objects of the other.
#[test]
fn messages_have_the_form_that_other_versions_know() {
    #[track_caller]
    fn check<T: ToJson + FromJson + PartialEq + core::fmt::Debug>(message: T, text: &str) {
        assert_eq!(json::write(&message), text);
        assert_eq!(json::read::<T>(text.as_bytes()), Some(message));
    }
    let known = Known { version: 3, newest_key: 7, last_revocation: 0, service_tokens: None };
    check(Operation::Keys, r#""Keys""#);
    check(Operation::Snapshot { known: None }, r#"{"Snapshot":{"known":null}}"#);
    check(
        Operation::Snapshot { known: Some(known) },
        r#"{"Snapshot":{"known":{"version":3,"newest_key":7,"last_revocation":0}}}"#,
    );
    let record = Operation::Record { event: event(Name::LoginRefused, NOW).connection("entra") };
    check(
        record,
        r#"{"Record":{"event":{"event":"login.refused","at":1795262400,"reference":"AB12-CD34","desk":"help.contoso.com","client_address":"192.0.2.7","connection":"entra"}}}"#,
    );
    let which = Which::Presented(EndedSession { session: "s".to_owned(), expires_at: 9 });
    check(which, r#"{"Presented":{"session":"s","expires_at":9}}"#);
    check(Whose::Everybody, r#""everybody""#);
    check(Whose::Email("a@b.example".to_owned()), r#"{"email":"a@b.example"}"#);
    check(Rotation::Announce, r#""announce""#);
    check(Reply::Done, r#""Done""#);
    check(Reply::Session(None), r#"{"Session":null}"#);
    check(Reply::AlreadyUsed { what: Use::Assertion }, r#"{"AlreadyUsed":{"what":"Assertion"}}"#);
    check(
        Reply::NotAdmitted { why: NotAdmitted::PinnedToAnother },
        r#"{"NotAdmitted":{"why":"PinnedToAnother"}}"#,
    );
    check(
        Reply::Keys {
            keys: vec![KeyFacts { kid: "k".to_owned(), purpose: Purpose::Saml, used_from: None }],
            sealed_under: "id".to_owned(),
            sealed_since: 5,
        },
        r#"{"Keys":{"keys":[{"kid":"k","purpose":"saml","used_from":null}],"sealed_under":"id","sealed_since":5}}"#,
    );
}
