//! The settings of a desk, as an administrator or the API of a Worker gives them.

use deskgate_core::desk::Desk;

/// Accepted settings read the same from what they write.
pub(super) fn desk(input: &[u8]) {
    let Ok(json) = serde_json::from_slice(input) else { return };
    let Ok(desk) = Desk::from_json(&json) else { return };
    let written = desk.to_json();
    let again = Desk::from_json(&written).expect("what we wrote");
    assert_eq!(again, desk);
    assert_eq!(again.to_json(), written);
}
