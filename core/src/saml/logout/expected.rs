//! What the caller demands of a logout message, and what it gets.

use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use crate::crypto::{PrivateKey, PublicKey};
use crate::diagnostic::Excerpt;
use crate::dsig::SignatureRules;
use crate::identity::NameId;
use crate::time::UnixTime;
use crate::xenc::EncryptionRules;

/// How long a logout message is accepted after its IssueInstant, and what ours say of themselves. The
/// browser carries it at once; requests of some identity providers have no end of their own.
pub const LOGOUT_MESSAGE_LIFETIME: Duration = Duration::from_secs(300);

/// SessionIndex elements in one request. An identity provider has one for each sign-in of the person
/// during its session; a hundred are many.
pub const MAX_SESSION_INDEXES: usize = 100;

/// Everything that a logout message must agree with; all of it is configuration.
#[derive(Clone, Copy, Debug)]
pub struct ExpectedLogout<'a> {
    /// Entity ID of the identity provider of the connection.
    pub idp_entity_id: &'a str,
    /// Its signing keys, one to [`crate::dsig::MAX_TRUSTED_KEYS`].
    pub keys: &'a [PublicKey],
    /// Our single logout service, compared byte for byte with Destination.
    pub slo_url: &'a str,
    /// How far the clocks may differ, both ways; at most [`crate::saml::MAX_CLOCK_SKEW`].
    pub clock_skew: Duration,
    /// Algorithms beyond the strict set.
    pub signature_rules: SignatureRules,
    /// Private keys for EncryptedID; none means that it is refused.
    pub decryption_keys: &'a [PrivateKey],
    /// Encryption algorithms beyond the strict set; the signature covers what is encrypted.
    pub encryption_rules: EncryptionRules,
}

/// A request to end sessions of one person that passed every check but one: the caller must use up
/// `id` once and refuse the request when it was used before.
///
/// Only [`super::verify_logout_request`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct VerifiedLogoutRequest {
    /// `ID`: what to remember against a second use, and what the answer names.
    pub id: String,
    /// From here on the request is refused for its age, so its ID may be forgotten. Clock skew is
    /// counted.
    pub expires_at: UnixTime,
    /// Whose sessions; see [`super::is_same_person`].
    pub name_id: NameId,
    /// Which of them; all, when there is none.
    pub session_indexes: Vec<String>,
}

/// What the identity provider answered to a request of ours. Our own session has ended before.
///
/// Only [`super::verify_logout_response`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct VerifiedLogoutResponse {
    /// How it went.
    pub outcome: LogoutOutcome,
}

/// How single logout went at the identity provider (SAML Core 3.2.2.2, 3.7.3).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LogoutOutcome {
    /// Its session ended, and those of the other service providers.
    Everywhere,
    /// Its session ended; some other service provider could not be told (PartialLogout).
    Partly,
    /// It says no.
    Refused {
        /// Value of the top-level StatusCode.
        code: Excerpt,
        /// Value of the StatusCode inside it.
        sub_code: Option<Excerpt>,
        /// StatusMessage.
        message: Option<Excerpt>,
    },
}
