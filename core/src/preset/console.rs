//! Who copies what from where to where: the boxes of a console, in the order of clicks.

use crate::remedy::{Console, Remedy};

/// One thing to do in the console of another product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Step {
    /// Where.
    pub place: Place,
    /// What.
    pub action: Action,
}

/// The way to a box of a console.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a box has its way once, here or in the remedies")]
pub enum Place {
    /// The steps, separated by `>`, with the label of the box at the end.
    At(&'static str),
    /// The box that this remedy names.
    Of(Remedy),
}

/// What to do with a box.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "whoever shows a guide shows each kind")]
pub enum Action {
    /// Choose this, or switch it on.
    Choose(&'static str),
    /// Copy what stands there into this field of the connection or app.
    Copy(&'static str),
    /// Enter our value.
    Enter(OurValue),
}

/// A value of ours that another console asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "whoever shows a guide shows each value")]
pub enum OurValue {
    /// The assertion consumer service.
    AcsUrl,
    /// A regular expression that fits the assertion consumer service only.
    AcsUrlPattern,
    /// The certificate of a bridge, to download as a PEM file.
    BridgeCertificateFile,
    /// The SHA-256 fingerprint of the certificate of a bridge.
    BridgeCertificateFingerprint,
    /// The certificate of a bridge as base64 text, to paste.
    BridgeCertificateText,
    /// The entity ID of a bridge; its metadata are there.
    BridgeEntityId,
    /// Where a bridge takes LogoutRequests.
    BridgeLogoutUrl,
    /// Where a bridge takes AuthnRequests.
    BridgeSsoUrl,
    /// The e-mail domains of everybody who may use the app, with commas between them.
    EmailDomains,
    /// Our entity ID towards the identity provider.
    EntityId,
    /// Where a hand-off is told that it failed, and that somebody signed out.
    HandOffLogoutUrl,
    /// The public key that tokens of a hand-off are signed with, to download as a PEM file.
    HandOffPublicKey,
    /// Where a hand-off begins.
    HandOffUrl,
    /// Where the identity provider ends sessions, if the connection has single logout.
    LogoutUrl,
    /// Our metadata for the identity provider.
    MetadataUrl,
    /// Where the identity provider ends sessions without a browser (Global Token Revocation).
    RevocationUrl,
    /// Where a sign-in through this connection begins.
    SignOnUrl,
}

impl Place {
    /// The way, in this console where it is one of a remedy.
    #[must_use]
    pub fn path(self, console: Option<Console>) -> &'static str {
        match self {
            Self::At(path) => path,
            Self::Of(remedy) => {
                let mut boxes = remedy.boxes().iter();
                boxes.find(|(other, _)| Some(*other) == console).map_or("", |(_, path)| path)
            }
        }
    }
}

pub(super) const fn choose(place: Place, what: &'static str) -> Step {
    Step { place, action: Action::Choose(what) }
}

pub(super) const fn copy(place: Place, field: &'static str) -> Step {
    Step { place, action: Action::Copy(field) }
}

pub(super) const fn enter(place: Place, value: OurValue) -> Step {
    Step { place, action: Action::Enter(value) }
}
