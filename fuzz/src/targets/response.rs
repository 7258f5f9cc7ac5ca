//! Responses and metadata.

use std::collections::HashSet;
use std::sync::LazyLock;
use std::time::Duration;

use deskgate_core::crypto::{Crypto, KeyRules};
use deskgate_core::diagnostic::Diagnostic as _;
use deskgate_core::saml::metadata::IdentityProviderMetadata;
use deskgate_core::saml::{
    Privacy, Solicitation, UnverifiedMessage, Verdict, VerifiedAssertion, explain, verify_response,
};
use deskgate_core::session::{AttributeNames, NewSession, Session, mint_session, verify_session};

use super::certificate::check_certificate;
use crate::Target;
use crate::seeds;
use crate::trusted::{CRYPTO, Credulous, DESK_URL, IDP, NOW, REQUEST_ID, SIGNING_KEY, expected};

const SOLICITATIONS: [Solicitation<'static>; 2] =
    [Solicitation::InResponseTo(REQUEST_ID), Solicitation::Unsolicited];

/// Whoever signs in is who signs in with a seed: nobody can make a signature, so no change may
/// change anything but the ID of a response that is not signed itself.
pub(super) fn honest(input: &[u8]) {
    static ACCEPTED: LazyLock<HashSet<String>> = LazyLock::new(|| {
        let target = Target::named("response").expect("this target");
        seeds::of(target).iter().flat_map(|seed| accepted(seed, &CRYPTO)).map(described).collect()
    });
    assert!(!ACCEPTED.is_empty());
    for verified in accepted(input, &CRYPTO) {
        let found = described(verified);
        assert!(ACCEPTED.contains(&found), "{found}");
    }
}

fn described(verified: VerifiedAssertion<'_>) -> String {
    let mut verified = verified;
    verified.response_id.clear();
    format!("{verified:?}")
}

/// With every proof taken for good: the rules end, the explanation says the same, and whom they let
/// in gets a session that reads as it was written.
pub(super) fn credulous(input: &[u8]) {
    for verified in accepted(input, &Credulous) {
        assert_eq!(verified.identity.issuer, IDP);
        assert_eq!(verified.replay_key.issuer, IDP);
        assert_eq!(verified.replay_key.assertion_id, verified.assertion_id);
        assert!(verified.not_on_or_after.saturating_add(Duration::from_secs(180)) > NOW);
        begin_session(&verified);
    }
}

/// Everything that is accepted in either way of signing in, and what `explain` says about it.
fn accepted<'i>(input: &'i [u8], crypto: &dyn Crypto) -> Vec<VerifiedAssertion<'i>> {
    let mut accepted = Vec::new();
    for solicitation in SOLICITATIONS {
        let demands = expected(solicitation);
        let result = verify_response(input, &demands, NOW, crypto);
        let privacy =
            if input.len().is_multiple_of(2) { Privacy::Shown } else { Privacy::Redacted };
        let explained = explain(input, Some((&demands, NOW)), crypto, privacy);
        // `explain` takes base64 too.
        if input.trim_ascii_start().starts_with(b"<") {
            assert_eq!(explained.verdict == Verdict::Accepted, result.is_ok());
            let problem = explained.findings.iter().find_map(|finding| finding.problem.as_ref());
            let codes =
                (problem.map(|problem| problem.code), result.as_ref().err().map(|e| e.code()));
            assert_eq!(codes.0, codes.1);
        }
        accepted.extend(result.ok());
    }
    let undecided = explain(input, None, crypto, Privacy::Shown);
    assert!(undecided.verdict != Verdict::Accepted);
    let _ = UnverifiedMessage::parse(input).and_then(|message| message.issuer());
    accepted
}

fn begin_session(verified: &VerifiedAssertion<'_>) {
    let new = NewSession {
        identity: &verified.identity,
        attribute_names: &AttributeNames::default(),
        connection: "contoso",
        email_domains: &[],
        authenticated_at: Some(verified.authn_instant),
        authn_context: verified.authn_context_class.as_deref(),
        session_not_on_or_after: verified.session_not_on_or_after,
        lifetime: Duration::from_secs(36_000),
        entropy: [5; 16],
    };
    let Ok(session) = Session::begin(&new, NOW, &CRYPTO) else { return };
    assert!(session.expires_at() > NOW);
    let token =
        mint_session(&session, DESK_URL, &SIGNING_KEY, &CRYPTO).expect("it is small enough");
    let keys = deskgate_core::jose::JwkSet::new(vec![SIGNING_KEY.verification_key()]);
    let read = verify_session(&token, &keys.expect("one key"), DESK_URL, NOW, &CRYPTO);
    assert_eq!(read.expect("our own token"), session);
}

/// Metadata gives certificates with keys that are strong enough, and addresses.
pub(super) fn metadata(input: &[u8]) {
    for entity_id in [None, Some(IDP)] {
        let Ok(found) = IdentityProviderMetadata::parse(input, entity_id, KeyRules::default())
        else {
            continue;
        };
        assert!(entity_id.is_none_or(|wanted| wanted == found.entity_id));
        found.signing_certificates.iter().for_each(check_certificate);
        let _ = found.check_valid_at(NOW);
    }
}
