//! The token for Zendesk.

use alloc::string::String;

use crate::base64;
use crate::crypto::{Crypto, JwsAlgorithm, SecretKey};
use crate::helpdesk::{Error, JWT, Profile, Role, shared_key};
use crate::jose::json::Object;
use crate::jose::sign_jwt;
use crate::time::UnixTime;

/// What goes into a token.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "a new input has to be decided by every caller")]
pub struct NewToken<'a> {
    /// The person.
    pub profile: &'a Profile,
    /// Only where the settings of the app have rules for it: Zendesk changes its own to this one.
    pub role: Option<Role>,
    /// Fresh random bytes for `jti`, which Zendesk takes once.
    pub entropy: [u8; 16],
}

/// A token and what it is called in logs.
#[derive(Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a token and its name")]
pub struct Token {
    /// The JWT: whoever posts it within three minutes is signed in.
    pub jwt: String,
    /// `jti`.
    pub id: String,
}

impl core::fmt::Debug for Token {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Token").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Makes the token. `iat` is in whole seconds (Zendesk refuses one that is three minutes off), there is
/// no `exp`, and no `kid`: the header is exactly `alg` and `typ`.
///
/// No field is sent empty: Zendesk would clear what it has.
///
/// # Errors
/// [`Error::WeakSecret`], [`Error::Jose`].
pub fn token(
    new: &NewToken<'_>,
    secret: &SecretKey,
    now: UnixTime,
    crypto: &dyn Crypto,
) -> Result<Token, Error> {
    let key = shared_key(secret, JwsAlgorithm::Hs256)?;
    let profile = new.profile;
    let id = base64::encode_url(&new.entropy);
    let claims = Object::new()
        .with("iat", now.seconds())
        .with("jti", id.as_str())
        .with("email", profile.email())
        // Mandatory; Zendesk itself shows the address of people without a name.
        .with("name", profile.name().unwrap_or_else(|| profile.email()))
        .with_some("external_id", profile.external_id())
        .with_some("phone", profile.phone())
        .with_some("organization", profile.organization())
        .with_some("role", new.role.map(role_name));
    Ok(Token { jwt: sign_jwt(&claims, JWT, &key, crypto)?, id })
}

const fn role_name(role: Role) -> &'static str {
    match role {
        Role::Admin => "admin",
        Role::Agent => "agent",
        Role::EndUser => "user",
    }
}
