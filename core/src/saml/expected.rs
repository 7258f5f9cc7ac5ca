//! What the caller demands of a response, and what it gets.

use alloc::string::String;
use core::time::Duration;

use crate::crypto::{PrivateKey, PublicKey};
use crate::dsig::SignatureRules;
use crate::identity::Identity;
use crate::time::UnixTime;
use crate::x509::Certificate;
use crate::xenc::EncryptionRules;

/// Clock skew that is right unless something is known: saml2int asks for 3 to 5 minutes.
pub const DEFAULT_CLOCK_SKEW: Duration = Duration::from_secs(180);

/// Most clock skew that can be configured. More would make stolen assertions last.
pub const MAX_CLOCK_SKEW: Duration = Duration::from_secs(300);

/// Everything that a response must agree with. There is no default: all of it is configuration or
/// the state of one login, and none of it may come from the message or from a request header.
#[derive(Clone, Copy, Debug)]
pub struct ExpectedResponse<'a> {
    /// Entity ID of the one identity provider that this connection trusts.
    pub idp_entity_id: &'a str,
    /// Its signing keys, one to [`crate::dsig::MAX_TRUSTED_KEYS`].
    pub keys: &'a [PublicKey],
    /// Our entity ID, as the Audience has to name it.
    pub audience: &'a str,
    /// Our assertion consumer service, compared byte for byte with Destination and Recipient.
    pub acs_url: &'a str,
    /// Whether this answers a request.
    pub solicitation: Solicitation<'a>,
    /// How far the clocks may differ, both ways; at most [`MAX_CLOCK_SKEW`].
    pub clock_skew: Duration,
    /// Algorithms beyond the strict set.
    pub signature_rules: SignatureRules,
    /// What must carry a signature of its own. Every signature that is there is verified.
    pub required_signature: RequiredSignature,
    /// Private keys for EncryptedAssertion and EncryptedID; none means that they are refused.
    pub decryption_keys: &'a [PrivateKey],
    /// Encryption algorithms beyond the strict set. CBC is accepted only inside a Response whose
    /// signature was verified before (attacks E-01).
    pub encryption_rules: EncryptionRules,
    /// What this connection demands beyond the profile.
    pub further: FurtherDemands<'a>,
}

/// What a connection may demand beyond the profile. The default demands nothing.
#[derive(Clone, Copy, Debug, Default)]
#[expect(
    clippy::exhaustive_structs,
    reason = "callers make it, and have to decide on a new demand"
)]
pub struct FurtherDemands<'a> {
    /// AuthnInstant lies here or later, the clock skew aside: a fresh sign-in was asked for (attacks
    /// M-14).
    pub authenticated_since: Option<UnixTime>,
    /// AuthnContextClassRef is one of these, byte for byte; none listed allows all (attacks M-14).
    pub authn_contexts: &'a [String],
    /// The certificates of [`ExpectedResponse::keys`], where their dates count: a signature by a key
    /// whose certificates have all ended, or not begun, is refused (attacks D-08). None listed, as
    /// metadata has it (SAML Metadata Interoperability 2.6.1): only the keys count.
    pub dated_certificates: &'a [Certificate],
    /// The Assertion came encrypted (attacks E-11).
    pub encrypted: bool,
    /// An Assertion is accepted until this long after its IssueInstant, clock skew aside, however long
    /// its own bounds are (attacks M-06).
    pub max_age: Option<Duration>,
}

/// Whether a response answers a request of ours (SAML Profiles 4.1.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Solicitation<'a> {
    /// The answer to the AuthnRequest with this ID, which this browser was sent away with.
    InResponseTo(&'a str),
    /// Started at the identity provider. Only where a connection allows it: nothing ties such a
    /// response to the browser that brings it.
    Unsolicited,
}

/// What must carry a signature of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RequiredSignature {
    /// The Assertion.
    Assertion,
    /// The Assertion and the Response.
    Both,
    /// One of them; either covers the Assertion. Entra and Google sign the Assertion only, OneLogin
    /// the Response only.
    #[default]
    Either,
    /// The Response.
    Response,
}

/// A sign-in that passed every check but one: the caller must store [`VerifiedAssertion::replay_key`]
/// once and refuse the sign-in when it was there already (SAML Profiles 4.1.4.5).
///
/// Only [`super::verify_response`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct VerifiedAssertion<'a> {
    /// Who signed in, as the text of the message says it.
    pub identity: Identity<'a>,
    /// What to remember against a second use.
    pub replay_key: ReplayKey,
    /// `ID` of the Assertion.
    pub assertion_id: String,
    /// `ID` of the Response; not signed when only the Assertion is.
    pub response_id: String,
    /// The request this answers, for a solicited response.
    pub in_response_to: Option<String>,
    /// `SessionIndex`, for single logout.
    pub session_index: Option<String>,
    /// When the identity provider wants the session to end; the earliest where there are several.
    pub session_not_on_or_after: Option<UnixTime>,
    /// When the person proved who they are, which may be long before this response.
    pub authn_instant: UnixTime,
    /// `AuthnContextClassRef`: how they proved it.
    pub authn_context_class: Option<String>,
    /// First instant at which the assertion is no longer accepted, clock skew not counted.
    pub not_on_or_after: UnixTime,
}

impl VerifiedAssertion<'_> {
    /// The same without the message.
    #[must_use]
    pub fn into_owned(self) -> VerifiedAssertion<'static> {
        VerifiedAssertion {
            identity: self.identity.into_owned(),
            replay_key: self.replay_key,
            assertion_id: self.assertion_id,
            response_id: self.response_id,
            in_response_to: self.in_response_to,
            session_index: self.session_index,
            session_not_on_or_after: self.session_not_on_or_after,
            authn_instant: self.authn_instant,
            authn_context_class: self.authn_context_class,
            not_on_or_after: self.not_on_or_after,
        }
    }
}

/// Names one assertion for ever; insert if absent, atomically, before a session is made.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[must_use = "without storing the replay key a stolen response signs in again"]
pub struct ReplayKey {
    /// Entity ID of the identity provider.
    pub issuer: String,
    /// `ID` of the Assertion, read from the signed element.
    pub assertion_id: String,
    /// From here on the assertion is refused for its age, so the entry may be forgotten. Clock skew is
    /// counted.
    pub expires_at: UnixTime,
}
