//! The directory on SQLite itself.

use super::*;
use crate::desk_object::schema;
use crate::tests::harness::{Memory, NOW};

fn directory() -> Memory {
    let storage = Memory::new();
    assert_eq!(schema::migrate(&storage, true), Ok(true));
    storage
}

fn simon() -> Profile {
    Profile {
        email: "b.simon@contoso.com".into(),
        username: Some("bsimon".into()),
        given_name: Some("B.".into()),
        family_name: Some("Simon".into()),
    }
}

fn from(connection: &str, id: &str) -> Visitor {
    Visitor { connection: connection.into(), id: id.into(), profile: Some(simon()) }
}

fn make(storage: &Memory, changes: &[Change]) {
    assert_eq!(change(storage, changes, NOW), Ok(None));
}

#[track_caller]
fn check(storage: &Memory, visitor: &Visitor, unknown: Unknown, expected: Result<(), NotAdmitted>) {
    assert_eq!(admit(storage, visitor, unknown, NOW), Ok(expected));
}

fn people(storage: &Memory) -> Vec<Entry> {
    list(storage, "", 100).unwrap()
}

#[test]
fn somebody_unknown_is_added_admitted_or_refused() {
    let storage = directory();
    check(&storage, &from("contoso", "1"), Unknown::Refuse, Err(NotAdmitted::Unknown));
    check(&storage, &from("contoso", "1"), Unknown::Admit, Ok(()));
    assert_eq!(people(&storage), []);
    check(&storage, &from("contoso", "1"), Unknown::Add, Ok(()));
    let [entry] = &people(&storage)[..] else { panic!() };
    assert_eq!((entry.added_by, entry.clone().profile()), (AddedBy::SignIn, simon()));
    assert_eq!(entry.pinned_id.as_deref(), Some("1"));
}

#[test]
fn whoever_comes_first_with_an_address_keeps_it() {
    let storage = directory();
    make(&storage, &[Change::Put(simon())]);
    check(&storage, &from("contoso", "1"), Unknown::Refuse, Ok(()));
    for unknown in [Unknown::Add, Unknown::Admit, Unknown::Refuse] {
        let refused = Err(NotAdmitted::PinnedToAnother);
        check(&storage, &from("contoso", "2"), unknown, refused);
        check(&storage, &from("fabrikam", "1"), unknown, refused);
        check(&storage, &from("contoso", "1"), unknown, Ok(()));
    }
    make(&storage, &[Change::Unpin(simon().email)]);
    check(&storage, &from("fabrikam", "2"), Unknown::Refuse, Ok(()));
    check(&storage, &from("contoso", "1"), Unknown::Refuse, Err(NotAdmitted::PinnedToAnother));
}

#[test]
fn whoever_is_disabled_stays_out_until_enabled() {
    let storage = directory();
    make(&storage, &[Change::Put(simon()), Change::Disable(simon().email)]);
    for unknown in [Unknown::Add, Unknown::Admit, Unknown::Refuse] {
        check(&storage, &from("contoso", "1"), unknown, Err(NotAdmitted::Disabled));
    }
    make(&storage, &[Change::Put(Profile { username: None, ..simon() })]);
    check(&storage, &from("contoso", "1"), Unknown::Add, Err(NotAdmitted::Disabled));
    make(&storage, &[Change::Enable(simon().email)]);
    check(&storage, &from("contoso", "1"), Unknown::Refuse, Ok(()));
}

/// One app adds everybody, another one has only those whom an administrator added.
#[test]
fn whoever_was_added_at_a_sign_in_is_not_added_by_hand() {
    let storage = directory();
    check(&storage, &from("contoso", "1"), Unknown::Add, Ok(()));
    check(&storage, &from("contoso", "1"), Unknown::Refuse, Err(NotAdmitted::Unknown));
    make(&storage, &[Change::Put(simon())]);
    check(&storage, &from("contoso", "1"), Unknown::Refuse, Ok(()));
    check(&storage, &from("contoso", "2"), Unknown::Refuse, Err(NotAdmitted::PinnedToAnother));
}

#[test]
fn whoever_is_disabled_stays_out_under_every_address() {
    let storage = directory();
    check(&storage, &from("contoso", "1"), Unknown::Add, Ok(()));
    make(&storage, &[Change::Disable(simon().email)]);
    let other = Profile { email: "simon@contoso.com".into(), ..simon() };
    for profile in [None, Some(other)] {
        let visitor = |connection, id| Visitor { profile: profile.clone(), ..from(connection, id) };
        for unknown in [Unknown::Add, Unknown::Admit, Unknown::Refuse] {
            check(&storage, &visitor("contoso", "1"), unknown, Err(NotAdmitted::Disabled));
        }
        check(&storage, &visitor("contoso", "2"), Unknown::Admit, Ok(()));
        check(&storage, &visitor("fabrikam", "1"), Unknown::Admit, Ok(()));
    }
}

#[test]
fn without_an_address_the_directory_cannot_be_asked() {
    let storage = directory();
    let nobody = Visitor { profile: None, ..from("contoso", "1") };
    check(&storage, &nobody, Unknown::Admit, Ok(()));
    check(&storage, &nobody, Unknown::Add, Err(NotAdmitted::NoAddress));
    check(&storage, &nobody, Unknown::Refuse, Err(NotAdmitted::NoAddress));
}

#[test]
fn all_changes_are_made_or_none() {
    let storage = directory();
    let changes = [Change::Put(simon()), Change::Disable("x@contoso.com".into())];
    assert_eq!(change(&storage, &changes, NOW), Ok(Some("x@contoso.com".into())));
    assert_eq!(people(&storage), []);
}

#[test]
fn somebody_removed_is_unknown() {
    let storage = directory();
    check(&storage, &from("contoso", "1"), Unknown::Add, Ok(()));
    make(&storage, &[Change::Remove(simon().email)]);
    check(&storage, &from("contoso", "1"), Unknown::Refuse, Err(NotAdmitted::Unknown));
}

#[test]
fn an_app_gets_once_what_it_gets_only_once() {
    let storage = directory();
    let fields = ["phone".to_owned(), "organization".to_owned()];
    let first = |app, id, count| {
        let meeting = meet(&storage, app, &from("contoso", id), &fields[..count]).unwrap();
        (meeting.first, meeting.pinned)
    };
    assert_eq!(first("zendesk", "1", 1), (vec!["phone".into()], false));
    assert_eq!(first("zendesk", "1", 2), (vec!["organization".into()], false));
    assert_eq!(first("zendesk", "1", 2), (vec![], false));
    assert_eq!(first("zendesk", "2", 2).0, fields);
    assert_eq!(first("jitbit", "1", 2).0, fields);
    check(&storage, &from("contoso", "1"), Unknown::Add, Ok(()));
    assert_eq!(first("zendesk", "1", 2), (vec![], true));
    make(&storage, &[Change::Remove(simon().email)]);
    assert_eq!(first("zendesk", "1", 2), (vec![], false));
}

#[test]
fn people_are_listed_page_by_page_in_the_order_of_their_addresses() {
    let storage = directory();
    for name in ["c", "a", "b"] {
        let email = format!("{name}@contoso.com");
        make(&storage, &[Change::Put(Profile { email, ..Profile::default() })]);
    }
    let page = |after| {
        let people = list(&storage, after, 2).unwrap();
        people.into_iter().map(|entry| entry.email).collect::<Vec<_>>()
    };
    assert_eq!(page(""), ["a@contoso.com", "b@contoso.com"]);
    assert_eq!(page("b@contoso.com"), ["c@contoso.com"]);
}
