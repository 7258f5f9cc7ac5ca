//! Canonical forms are bytes: compared with those that libxml2 made.

use std::fs;
use std::process::Command;

#[track_caller]
fn check(method: &str) {
    let output = Command::new(env!("CARGO_BIN_EXE_deskgate"))
        .args(["xml", "canonicalize", "--with-comments", "--method", method])
        .arg("tests/data/document.xml")
        .output()
        .unwrap();
    let expected = fs::read(format!("tests/data/canonical/{method}.xml")).unwrap();
    assert!(output.status.success(), "{method}");
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(expected).unwrap(),
        "{method}"
    );
}

#[test]
fn canonical_forms_are_those_of_libxml2() {
    for method in ["exc-c14n", "c14n", "c14n11"] {
        check(method);
    }
}
