//! The one secret of the Worker. All keys that it needs are derived from it, one for each purpose.

use std::rc::Rc;

use deskgate_core::base64;
use deskgate_core::crypto::SecretKey;
use deskgate_core::session::Secrets;
use zeroize::Zeroizing;

use crate::isolate::Isolate;

/// 32 random bytes, as `deskgate keys new` prints them.
const SECRET_BYTES: usize = 32;

/// What `DESKGATE_SECRET_FALLBACK` is good for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Fallback {
    /// It is not set.
    #[default]
    None,
    /// What is sealed under it opens.
    Opens,
    /// It is the same as `DESKGATE_SECRET`.
    Same,
    /// It is no secret of deskgate, and is not used.
    Unusable,
}

impl Fallback {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Opens => "opens",
            Self::Same => "same",
            Self::Unusable => "unusable",
        }
    }
}

/// Gives the isolate its secrets. Without a `DESKGATE_SECRET` that is base64url of exactly 32 bytes it has
/// none.
pub(crate) fn set(isolate: &mut Isolate, secret: &str, fallback: &str) {
    let other = parse(fallback);
    isolate.secrets = parse(secret).map(|current| Rc::new(Secrets::new(current, other.clone())));
    let opens = isolate.secrets.as_ref().is_some_and(|secrets| secrets.has_fallback());
    isolate.fallback = match other {
        _ if opens => Fallback::Opens,
        Some(_) => Fallback::Same,
        None if fallback.trim().is_empty() => Fallback::None,
        None => Fallback::Unusable,
    };
}

fn parse(text: &str) -> Option<SecretKey> {
    let bytes = Zeroizing::new(base64::decode_url(text.trim()).ok()?);
    (bytes.len() == SECRET_BYTES).then(|| SecretKey::new(&bytes))
}
