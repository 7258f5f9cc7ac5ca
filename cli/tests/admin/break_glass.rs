//! `deskgate break-glass`: a link made offline.

use std::process::Output;
use std::time::UNIX_EPOCH;

use deskgate_core::crypto::{RustCrypto, SecretKey};
use deskgate_core::session::break_glass::verify_break_glass;
use deskgate_core::time::UnixTime;
use serde_json::json;

use crate::fake_desk::{SECRET, check, deskgate};

const OWNER: &str = "owner@contoso.com";
const DESK: &str = "https://help.contoso.com";

fn break_glass(email: &str, arguments: &[&str]) -> Output {
    let mut command = deskgate(DESK, &SECRET, &["break-glass", "--json", "--email", email]);
    command.args(arguments).output().unwrap()
}

#[test]
fn a_link_for_an_owner_counts_at_the_desk() {
    let found = check(&break_glass(OWNER, &[]), 0, &[("/email", json!(OWNER))]);
    let link = found["link"].as_str().unwrap();
    let token = link.strip_prefix("https://help.contoso.com/deskgate/break-glass?token=").unwrap();
    let now = UnixTime::from_seconds(UNIX_EPOCH.elapsed().unwrap().as_secs());
    let owners = [OWNER.to_owned()];
    let (secret, crypto) = (SecretKey::new(&SECRET), RustCrypto::new());
    let verified = verify_break_glass(token, DESK, &owners, now, &secret, &crypto).unwrap();
    assert_eq!(verified.email(), OWNER);
    assert!(verified.expires_at().seconds() <= now.seconds() + 600);
}

#[test]
fn nobody_but_an_owner_gets_a_link() {
    let expected = [("/code", json!("cli.not_an_owner"))];
    check(&break_glass("b.simon@contoso.com", &[]), 1, &expected);
}
