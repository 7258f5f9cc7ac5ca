//! From what the browser brought to a verified request or answer.

use alloc::borrow::ToOwned as _;

use super::carrier::{Carrier, read_signed};
use super::expected::{
    ExpectedLogout, LOGOUT_MESSAGE_LIFETIME, LogoutOutcome, VerifiedLogoutRequest,
    VerifiedLogoutResponse,
};
use super::message::{Head, Request, Response};
use crate::crypto::Crypto;
use crate::diagnostic::Excerpt;
use crate::dsig::redirect::Message;
use crate::identity::NameId;
use crate::saml::constants::STATUS_PARTIAL_LOGOUT;
use crate::saml::decryption::decrypt_name_id;
use crate::saml::response::Status;
use crate::saml::subject::Identifier;
use crate::saml::validate::{check_clock_skew, check_issue_instant, check_not_on_or_after};
use crate::saml::{Error, TimedPart};
use crate::time::UnixTime;

/// Verifies a samlp:LogoutRequest of the identity provider of one connection.
///
/// In this order; the first step that fails is the answer:
///
/// 1. `expected` makes sense.
/// 2. It is signed with a configured key, in the place of its binding (SAML Profiles 4.4.3.2).
/// 3. It is one XML document of the strict subset and a LogoutRequest of the schema (SAML Core 3.7.1).
/// 4. Issuer is the identity provider, Destination our single logout service (SAML Bindings 3.4.5.2,
///    3.5.5.2).
/// 5. IssueInstant does not lie ahead and is no older than [`LOGOUT_MESSAGE_LIFETIME`]; NotOnOrAfter
///    has not passed.
/// 6. The NameID can be read, decrypted where it has to be.
///
/// # Errors
/// [`Error`], one variant for each rule.
pub fn verify_logout_request(
    carrier: Carrier<'_>,
    expected: &ExpectedLogout<'_>,
    now: UnixTime,
    crypto: &dyn Crypto,
) -> Result<VerifiedLogoutRequest, Error> {
    check_expected(expected)?;
    read_signed(Message::Request, carrier, expected, crypto, |root| {
        let request = Request::parse(root.element())?;
        let age_limit = check_head(&request.head, expected, now)?;
        let part = TimedPart::LogoutRequest;
        check_not_on_or_after(part, request.not_on_or_after, now, expected.clock_skew)?;
        let end = request.not_on_or_after.map_or(age_limit, |end| end.min(age_limit));
        Ok(VerifiedLogoutRequest {
            id: request.head.id.to_owned(),
            expires_at: end.saturating_add(expected.clock_skew),
            name_id: read_name_id(&request.identifier, expected, crypto)?,
            session_indexes: request.session_indexes,
        })
    })
}

/// Verifies a samlp:LogoutResponse, the answer to the request `request_id` of ours, by the same steps.
///
/// # Errors
/// [`Error`], one variant for each rule. Whatever it is, the session at the desk has ended before.
pub fn verify_logout_response(
    carrier: Carrier<'_>,
    expected: &ExpectedLogout<'_>,
    request_id: &str,
    now: UnixTime,
    crypto: &dyn Crypto,
) -> Result<VerifiedLogoutResponse, Error> {
    check_expected(expected)?;
    read_signed(Message::Response, carrier, expected, crypto, |root| {
        let response = Response::parse(root.element())?;
        check_head(&response.head, expected, now)?;
        check_in_response_to(&response, request_id)?;
        Ok(VerifiedLogoutResponse { outcome: outcome(&response.status) })
    })
}

/// Demands that no message can satisfy, or an empty one would, are the caller's mistake.
fn check_expected(expected: &ExpectedLogout<'_>) -> Result<(), Error> {
    check_clock_skew(expected.clock_skew)?;
    if expected.idp_entity_id.is_empty() || expected.slo_url.is_empty() {
        return Err(Error::EmptyExpectation);
    }
    Ok(())
}

/// The rules that hold for both. Answers when the message gets too old, skew not counted.
fn check_head(
    head: &Head<'_>,
    expected: &ExpectedLogout<'_>,
    now: UnixTime,
) -> Result<UnixTime, Error> {
    check_issuer(&head.issuer, expected)?;
    check_destination(head, expected)?;
    check_issue_instant(head.issue_instant, now, expected.clock_skew)?;
    let end = head.issue_instant.saturating_add(LOGOUT_MESSAGE_LIFETIME);
    check_not_on_or_after(TimedPart::IssueInstant, Some(end), now, expected.clock_skew)?;
    Ok(end)
}

/// Issuer is the identity provider of this connection (SAML Profiles 4.4.4.1, 4.4.4.2).
fn check_issuer(issuer: &str, expected: &ExpectedLogout<'_>) -> Result<(), Error> {
    if is_issuer(issuer, expected.idp_entity_id) {
        return Ok(());
    }
    Err(Error::IssuerMismatch {
        expected: Excerpt::new(expected.idp_entity_id),
        found: Excerpt::new(issuer),
    })
}

/// Whether the identity provider `idp_entity_id` issues logout messages under this name.
///
/// Entra names itself `https://sts.windows.net/<tenant>/` when people sign in and
/// `https://login.microsoftonline.com/<tenant>/` when they sign out, as its documentation says.
#[must_use]
pub fn is_issuer(issuer: &str, idp_entity_id: &str) -> bool {
    let tenant = idp_entity_id.strip_prefix("https://sts.windows.net/");
    issuer == idp_entity_id
        || (tenant.is_some() && tenant == issuer.strip_prefix("https://login.microsoftonline.com/"))
}

/// Destination is there, because the message is signed, and is our single logout service, byte for
/// byte (SAML Bindings 3.4.5.2, 3.5.5.2).
fn check_destination(head: &Head<'_>, expected: &ExpectedLogout<'_>) -> Result<(), Error> {
    if head.destination == Some(expected.slo_url) {
        return Ok(());
    }
    Err(Error::LogoutDestinationMismatch {
        expected: Excerpt::new(expected.slo_url),
        found: head.destination.map(Excerpt::new),
    })
}

/// The answer names our request (SAML Core 3.2.2).
fn check_in_response_to(response: &Response<'_>, request_id: &str) -> Result<(), Error> {
    if request_id.is_empty() {
        return Err(Error::EmptyExpectation);
    }
    if response.in_response_to == Some(request_id) {
        return Ok(());
    }
    Err(Error::LogoutInResponseToMismatch {
        expected: Excerpt::new(request_id),
        found: response.in_response_to.map(Excerpt::new),
    })
}

fn read_name_id(
    identifier: &Identifier<'_>,
    expected: &ExpectedLogout<'_>,
    crypto: &dyn Crypto,
) -> Result<NameId, Error> {
    let ExpectedLogout { decryption_keys, encryption_rules, .. } = expected;
    match identifier {
        Identifier::NameId(name_id) => Ok(name_id.clone()),
        Identifier::EncryptedId(encrypted) => {
            decrypt_name_id(*encrypted, decryption_keys, encryption_rules, crypto)
        }
        Identifier::None => Err(Error::LogoutWithoutNameId),
    }
}

/// SimpleSAMLphp puts PartialLogout below Responder, others below Success.
fn outcome(status: &Status<'_>) -> LogoutOutcome {
    if status.sub_code == Some(STATUS_PARTIAL_LOGOUT) {
        return LogoutOutcome::Partly;
    }
    if status.is_success() {
        return LogoutOutcome::Everywhere;
    }
    let (code, sub_code, message) = status.excerpts();
    LogoutOutcome::Refused { code, sub_code, message }
}
