//! A new secret is 32 bytes, and another one each time.

use std::process::Command;

use deskgate_core::base64;

fn new_secret() -> Vec<u8> {
    let output =
        Command::new(env!("CARGO_BIN_EXE_deskgate")).args(["keys", "new"]).output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty());
    let text = String::from_utf8(output.stdout).unwrap();
    base64::decode_url(text.strip_suffix('\n').unwrap()).unwrap()
}

#[test]
fn a_new_secret_has_32_bytes_and_is_never_the_same() {
    let (one, other) = (new_secret(), new_secret());
    assert_eq!((one.len(), other.len()), (32, 32));
    assert_ne!(one, other);
}
