//! Tokens that a Zendesk help center gives to the scripts of its theme, verified at a server that these
//! scripts call.
//!
//! RS256, with the key set at `/api/v2/help_center/integration/keys` of the account. Such a token says
//! nothing about whom it is for: any server that one theme calls can use it at another one. A service
//! that matters compares `user_id` with what it knows, or gives the theme tokens of its own.

use alloc::string::{String, ToString as _};

use crate::crypto::{Crypto, JwsAlgorithm};
use crate::helpdesk::Error;
use crate::jose::json::{Object, Value};
use crate::jose::{self, JwkKind, JwkSet, Keys, MAX_CLOCK_SKEW, Part, verify_jws};
use crate::time::UnixTime;

/// The kinds of key in Zendesk's key set.
pub const KEY_KINDS: &[JwkKind] = &[JwkKind::RSA];

/// Who is signed in at the help center.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct User {
    /// Zendesk's own identifier.
    pub user_id: String,
    /// The primary e-mail address.
    pub email: Option<String>,
    /// The identifier that single sign-on set.
    pub external_id: Option<String>,
}

/// Verifies a token of the account whose `keys` these are.
///
/// # Errors
/// [`Error::Jose`]: form, algorithm, key, signature, then `exp`, which has to be there, `iat` and `nbf`.
pub fn verify(
    token: &str,
    keys: &JwkSet,
    now: UnixTime,
    crypto: &dyn Crypto,
) -> Result<User, Error> {
    let jws = verify_jws(token, Keys::Set(keys), &[JwsAlgorithm::Rs256], crypto)?;
    let claims = Object::parse(jws.payload(), Part::Claims)?;
    let expires_at = time(&claims, "exp")?.ok_or(jose::Error::ClaimMissing { claim: "exp" })?;
    if now >= expires_at {
        return Err(jose::Error::Expired { now, expires_at }.into());
    }
    let latest = now.saturating_add(MAX_CLOCK_SKEW);
    if let Some(not_before) = time(&claims, "nbf")?.filter(|time| *time > latest) {
        return Err(jose::Error::NotYetValid { now, not_before }.into());
    }
    if let Some(issued_at) = time(&claims, "iat")?.filter(|time| *time > latest) {
        return Err(jose::Error::IssuedInFuture { now, issued_at }.into());
    }
    Ok(User {
        user_id: text(&claims, "userId")?.ok_or(jose::Error::ClaimMissing { claim: "userId" })?,
        email: text(&claims, "email")?,
        external_id: text(&claims, "externalId")?,
    })
}

fn time(claims: &Object, claim: &'static str) -> Result<Option<UnixTime>, Error> {
    match claims.member(claim) {
        None => Ok(None),
        Some(Value::Number(number)) => {
            let seconds = number.as_u64().ok_or(jose::Error::ClaimMalformed { claim })?;
            Ok(Some(UnixTime::from_seconds(seconds)))
        }
        Some(_) => Err(jose::Error::ClaimMalformed { claim }.into()),
    }
}

/// Zendesk writes identifiers as numbers, and people without an external ID have `null`.
fn text(claims: &Object, claim: &'static str) -> Result<Option<String>, Error> {
    match claims.member(claim) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if !text.chars().any(char::is_control) => {
            Ok(Some(text.clone()).filter(|text| !text.is_empty()))
        }
        Some(Value::Number(number)) if number.is_u64() => Ok(Some(number.to_string())),
        Some(_) => Err(jose::Error::ClaimMalformed { claim }.into()),
    }
}
