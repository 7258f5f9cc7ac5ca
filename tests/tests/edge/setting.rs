//! What every test here starts with.

use deskgate_core::base64;
use deskgate_tests::issuer::Issuer;
use deskgate_tests::origin::Origin;
use deskgate_tests::worker::Worker;
use serde_json::Value;

/// A desk in a Worker of its own, a helpdesk behind it and an identity provider that it trusts.
pub(crate) struct Setting {
    pub(crate) worker: Worker,
    pub(crate) origin: Origin,
    pub(crate) issuer: Issuer,
    pub(crate) settings: Value,
}

/// The setting as [`Worker::settings`] describes it; `None` when the suite is skipped.
pub(crate) fn desk() -> Option<Setting> {
    desk_with(Origin::start(), |_| {})
}

/// The setting with other settings.
pub(crate) fn desk_where(change: impl FnOnce(&mut Value)) -> Option<Setting> {
    desk_with(Origin::start(), change)
}

/// The setting with another helpdesk and other settings.
pub(crate) fn desk_with(origin: Origin, change: impl FnOnce(&mut Value)) -> Option<Setting> {
    let worker = Worker::start("edge")?;
    let issuer = Issuer::with_key("rsa-2048");
    let mut settings = worker.settings(&origin.url(), &issuer);
    change(&mut settings);
    worker.apply(&settings);
    Some(Setting { worker, origin, issuer, settings })
}

/// A desk whose connection takes responses that it did not ask for.
pub(crate) fn desk_with_idp_initiated() -> Option<Setting> {
    desk_where(|settings| {
        settings["connections"][0]["allow_idp_initiated"] = true.into();
        settings["connections"][0]["idp_initiated_target"] = "/welcome".into();
    })
}

/// The claims of a compact token, unverified.
#[track_caller]
pub(crate) fn claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).expect("a compact token");
    serde_json::from_slice(&base64::decode_url(payload).expect("base64url")).expect("JSON")
}
