//! Cookies and where a sign-in returns to.

use deskgate_core::crypto::SecretKey;
use deskgate_core::session::cookie::{CookieName, cookie_value, sets_ours, without_ours};
use deskgate_core::session::{PendingLogins, ReturnTarget, Secrets};

use crate::trusted::{CRYPTO, DESK_URL, NOW};

/// What we read is one pair of the header, byte for byte; what the origin gets has nothing of ours
/// in any spelling, and else every pair in order.
pub(super) fn header(input: &[u8]) {
    let Ok(header) = str::from_utf8(input) else { return };
    for name in [CookieName::Kept, CookieName::Login, CookieName::Session] {
        if let Ok(Some(value)) = cookie_value(header, name) {
            let pair = format!("{}={value}", name.as_str());
            assert!(header.split(';').any(|part| part.trim_matches([' ', '\t']) == pair));
            assert!(!value.contains(';'));
            // Nobody has the secret, so nobody has begun a login.
            let secret = Secrets::from(SecretKey::new(&[7; 32]));
            let prefix = "/deskgate/";
            let logins = PendingLogins::open(Some(value), DESK_URL, prefix, &secret, NOW, &CRYPTO);
            assert!(logins.is_empty());
        }
        if sets_ours(header) {
            let first = header.split(';').next().unwrap_or_default();
            assert_eq!(without_ours(first), None);
        }
    }
    let Some(others) = without_ours(header) else { return };
    for name in [CookieName::Kept, CookieName::Login, CookieName::Session] {
        assert!(!others.contains(&format!("{}=", name.as_str())) || is_value(&others, name));
    }
    assert_eq!(without_ours(&others).as_ref(), Some(&others));
    let mut sent = header.split(';').map(|pair| pair.trim_matches([' ', '\t']));
    for kept in others.split("; ") {
        assert!(sent.any(|pair| pair == kept), "{kept:?} is not of the client, or out of order");
    }
}

/// Whether the name stands only inside the value or the longer name of another cookie.
fn is_value(others: &str, name: CookieName) -> bool {
    let start = format!("{}=", name.as_str());
    others.split(';').all(|pair| !pair.trim().starts_with(&start))
}

/// An accepted target is a path of this host for every reader, and never one of our own pages.
pub(super) fn return_target(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else { return };
    let Ok(target) = ReturnTarget::parse(text, "/deskgate/") else { return };
    assert_eq!(target.as_str(), text);
    assert!(text.starts_with('/') && !text.starts_with("//") && !text.starts_with("/\\"));
    assert!(text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\' && byte != b'#'));
    let path = text.split('?').next().unwrap_or_default();
    if let Some(page) = path.strip_prefix("/deskgate/") {
        // What takes people on to an app, or to a form that was kept; a sign-in that ended at another page
        // of ours would not end.
        let segments: Vec<&str> = page.split('/').collect();
        assert!(
            matches!(segments[..], ["handoff" | "kept", _] | ["idp", _, "start" | "continue"]),
            "{text}"
        );
    }
    assert!(!path.split('/').any(|segment| segment == "." || segment == ".."));
    assert_eq!(target.absolute(DESK_URL), format!("{DESK_URL}{text}"));
}
