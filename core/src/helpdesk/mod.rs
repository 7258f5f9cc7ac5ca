//! What hosted helpdesks take in place of a password: one signed token, or one signed link, for the
//! person who has a session here (the hand-off).
//!
//! | helpdesk | what it takes | key | how the browser brings it |
//! | --- | --- | --- | --- |
//! | [Zendesk](zendesk) | JWT, HS256 | shared secret | form POST |
//! | [Help Scout Docs](help_scout::docs) | JWT, HS512 | shared secret | redirect |
//! | [Help Scout Beacon](help_scout::beacon) | HMAC-SHA-256 of the e-mail address | shared secret | script |
//! | [Jitbit](jitbit) | SHA-256 over a concatenation | shared secret | redirect |
//! | [Freshworks](freshworks) | JWT, RS256 | our RSA key | redirect |
//!
//! All functions are pure and know nothing of the settings of a desk. What a helpdesk sends along is
//! read strictly: an address in it is compared with those of the helpdesk before anybody is sent there.
//!
//! Everything here speaks for the person by their e-mail address, because that is how these helpdesks
//! find people. That the address is theirs has to be proven before: by the identity provider, within
//! the domains that its connection may speak for.

mod address;
mod error;
pub mod freshworks;
pub mod help_scout;
mod hex;
pub mod jitbit;
mod parameters;
mod profile;
mod role;
pub mod zendesk;

pub use error::Error;
pub use parameters::{MAX_PARAMETER_BYTES, MAX_QUERY_BYTES};
pub use profile::{Known, Profile, Received, SyncRule, SyncRules};
pub use role::{Role, RoleRules};

use crate::crypto::{JwsAlgorithm, SecretKey};
use crate::jose::SigningKey;

/// Least bytes of a secret that a helpdesk shares. Their consoles make 40 characters and more; a
/// secret that a person invents can be tried out by whoever has seen one token.
pub const MIN_SECRET_BYTES: usize = 16;

/// The `typ` that all of them expect.
const JWT: &str = "JWT";

/// The secret as their consoles show it, characters as bytes.
fn shared_key(secret: &SecretKey, algorithm: JwsAlgorithm) -> Result<SigningKey, Error> {
    check_secret(secret)?;
    // RFC 7518, section 3.2, wants 64 bytes for HS512; Help Scout gives 40 characters.
    Ok(SigningKey::dangerous_from_secret_of_any_length(secret.clone(), algorithm, None)?)
}

fn check_secret(secret: &SecretKey) -> Result<(), Error> {
    let found = secret.as_bytes().len();
    if found < MIN_SECRET_BYTES {
        return Err(Error::WeakSecret { minimum: MIN_SECRET_BYTES, found });
    }
    Ok(())
}

#[cfg(test)]
mod tests;
