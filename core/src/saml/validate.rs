//! The rules of the web browser SSO profile (SAML Profiles 4.1.4), one function each.
//!
//! Values of the Response are not signed when only the Assertion is: they may refuse, never accept.

use core::time::Duration;

use super::assertion::Assertion;
use super::conditions::Conditions;
use super::expected::{ExpectedResponse, MAX_CLOCK_SKEW, RequiredSignature, Solicitation};
use super::response::{Status, UnverifiedResponse};
use super::statements::AuthnStatement;
use super::subject::{BearerConfirmation, ConfirmationData};
use super::{Error, TimedPart};
use crate::diagnostic::Excerpt;
use crate::time::UnixTime;

/// Demands that no message can satisfy are the caller's mistake, said before any work.
pub(super) fn check_expected(expected: &ExpectedResponse<'_>) -> Result<(), Error> {
    check_clock_skew(expected.clock_skew)?;
    // An empty demand would be met by an empty value in the message.
    let demands = [expected.idp_entity_id, expected.audience, expected.acs_url];
    let request_id = match expected.solicitation {
        Solicitation::InResponseTo(id) => id,
        Solicitation::Unsolicited => "unsolicited",
    };
    if demands.iter().any(|demand| demand.is_empty()) || request_id.is_empty() {
        return Err(Error::EmptyExpectation);
    }
    Ok(())
}

/// At most [`MAX_CLOCK_SKEW`].
pub(super) fn check_clock_skew(found: Duration) -> Result<(), Error> {
    if found > MAX_CLOCK_SKEW { Err(Error::ClockSkewTooLarge { found }) } else { Ok(()) }
}

/// The top-level StatusCode must be Success and nothing else (SAML Core 3.2.2.2).
pub(super) fn check_status(status: &Status<'_>) -> Result<(), Error> {
    if status.is_success() {
        return Ok(());
    }
    let (code, sub_code, message) = status.excerpts();
    Err(Error::Status { code, sub_code, message })
}

/// What the connection wants signed is signed, and at least one of the two always is.
pub(super) fn check_required_signature(
    required: RequiredSignature,
    response_signed: bool,
    assertion_signed: bool,
) -> Result<(), Error> {
    let response_wanted = matches!(required, RequiredSignature::Response | RequiredSignature::Both);
    let assertion_wanted =
        matches!(required, RequiredSignature::Assertion | RequiredSignature::Both);
    if !response_signed && !assertion_signed {
        return Err(Error::NotSigned);
    }
    if response_wanted && !response_signed {
        return Err(Error::ResponseNotSigned);
    }
    if assertion_wanted && !assertion_signed {
        return Err(Error::AssertionNotSigned);
    }
    Ok(())
}

/// Destination, where it is there, is our assertion consumer service; on a signed Response it must
/// be there (SAML Bindings 3.5.5.2). Byte for byte: a proxy that rewrites hosts is not asked.
pub(super) fn check_destination(
    response: &UnverifiedResponse<'_>,
    expected: &ExpectedResponse<'_>,
) -> Result<(), Error> {
    match response.destination {
        Some(destination) if destination == expected.acs_url => Ok(()),
        None if !response.is_signed => Ok(()),
        found => Err(Error::DestinationMismatch {
            expected: Excerpt::new(expected.acs_url),
            found: found.map(Excerpt::new),
        }),
    }
}

/// Issuer is the identity provider of this connection (SAML Profiles 4.1.4.2): of several that we
/// know, none may speak for another (attacks M-08).
pub(super) fn check_issuer(issuer: &str, expected: &ExpectedResponse<'_>) -> Result<(), Error> {
    if issuer == expected.idp_entity_id {
        return Ok(());
    }
    Err(Error::IssuerMismatch {
        expected: Excerpt::new(expected.idp_entity_id),
        found: Excerpt::new(issuer),
    })
}

/// A message from the future is a clock or a forger (SAML Core 3.2.2: IssueInstant).
pub(super) fn check_issue_instant(
    issue_instant: UnixTime,
    now: UnixTime,
    clock_skew: Duration,
) -> Result<(), Error> {
    check_not_before(TimedPart::IssueInstant, Some(issue_instant), now, clock_skew)
}

/// An Assertion that was issued longer ago than the connection allows is refused, whatever its own
/// bounds are (attacks M-06): some identity providers write bounds of years, and until then a stolen
/// response of somebody who never came signs in.
///
/// Where it ends for that reason.
pub(super) fn check_age(
    issue_instant: UnixTime,
    expected: &ExpectedResponse<'_>,
    now: UnixTime,
) -> Result<Option<UnixTime>, Error> {
    let end = expected.further.max_age.map(|age| issue_instant.saturating_add(age));
    check_not_on_or_after(TimedPart::IssueInstant, end, now, expected.clock_skew)?;
    Ok(end)
}

/// NotBefore and NotOnOrAfter of Conditions, each where it is there (SAML Core 2.5.1.2).
pub(super) fn check_conditions_window(
    conditions: &Conditions<'_>,
    now: UnixTime,
    clock_skew: Duration,
) -> Result<(), Error> {
    check_not_before(TimedPart::Conditions, conditions.not_before, now, clock_skew)?;
    check_not_on_or_after(TimedPart::Conditions, conditions.not_on_or_after, now, clock_skew)
}

/// `NotBefore - skew <= now`.
fn check_not_before(
    part: TimedPart,
    not_before: Option<UnixTime>,
    now: UnixTime,
    clock_skew: Duration,
) -> Result<(), Error> {
    match not_before {
        Some(not_before) if not_before > now.saturating_add(clock_skew) => {
            Err(Error::NotYetValid { part, not_before, now })
        }
        _ => Ok(()),
    }
}

/// `now < NotOnOrAfter + skew`: the bound itself is already too late.
pub(super) fn check_not_on_or_after(
    part: TimedPart,
    not_on_or_after: Option<UnixTime>,
    now: UnixTime,
    clock_skew: Duration,
) -> Result<(), Error> {
    match not_on_or_after {
        Some(bound) if now >= bound.saturating_add(clock_skew) => {
            Err(Error::Expired { part, not_on_or_after: bound, now })
        }
        _ => Ok(()),
    }
}

/// At least one AudienceRestriction, and each of them names us (SAML Core 2.5.1.4, SAML Profiles
/// 4.1.4.2). Byte for byte.
pub(super) fn check_audience(
    conditions: &Conditions<'_>,
    expected: &ExpectedResponse<'_>,
) -> Result<(), Error> {
    let mismatch = |found: Option<&str>| Error::AudienceMismatch {
        expected: Excerpt::new(expected.audience),
        found: found.map(Excerpt::new),
    };
    if conditions.audience_restrictions.is_empty() {
        return Err(mismatch(None));
    }
    for audiences in &conditions.audience_restrictions {
        if !audiences.iter().any(|audience| audience == expected.audience) {
            return Err(mismatch(audiences.first().map(|audience| &**audience)));
        }
    }
    Ok(())
}

/// One bearer confirmation that passes everything (SAML Core 2.4.1.1: any one is enough).
///
/// When several fail, the error is that of the one that passed most checks: with one confirmation for
/// each of two recipients, "expired" of ours says more than "wrong recipient" of the other.
///
/// # Errors
/// [`Error::NoBearerConfirmation`] when there is none.
pub(super) fn check_subject_confirmation(
    assertion: &Assertion<'_>,
    response: &UnverifiedResponse<'_>,
    expected: &ExpectedResponse<'_>,
    now: UnixTime,
) -> Result<UnixTime, Error> {
    let confirmations = &assertion.subject.confirmations;
    check_no_in_response_to(response, confirmations, expected)?;
    let mut best = (0, Error::NoBearerConfirmation);
    for confirmation in confirmations {
        match check_bearer(confirmation, response, expected, now) {
            Ok(not_on_or_after) => return Ok(not_on_or_after),
            Err((rank, error)) if rank > best.0 => best = (rank, error),
            Err(_) => {}
        }
    }
    Err(best.1)
}

/// All that SAML Profiles 4.1.4.2 asks of one bearer confirmation; errors carry how far it came.
fn check_bearer(
    confirmation: &BearerConfirmation<'_>,
    response: &UnverifiedResponse<'_>,
    expected: &ExpectedResponse<'_>,
    now: UnixTime,
) -> Result<UnixTime, (u8, Error)> {
    let data = confirmation.data.ok_or((1, Error::MissingConfirmationData))?;
    check_recipient(&data, expected).map_err(|error| (2, error))?;
    check_in_response_to(&data, response, expected).map_err(|error| (3, error))?;
    let not_on_or_after =
        data.not_on_or_after.ok_or((4, Error::MissingConfirmationNotOnOrAfter))?;
    let part = TimedPart::SubjectConfirmation;
    check_not_before(part, data.not_before, now, expected.clock_skew)
        .and_then(|()| check_not_on_or_after(part, Some(not_on_or_after), now, expected.clock_skew))
        .map_err(|error| (5, error))?;
    Ok(not_on_or_after)
}

/// Recipient is there and is our assertion consumer service, byte for byte.
fn check_recipient(
    data: &ConfirmationData<'_>,
    expected: &ExpectedResponse<'_>,
) -> Result<(), Error> {
    if data.recipient == Some(expected.acs_url) {
        return Ok(());
    }
    Err(Error::RecipientMismatch {
        expected: Excerpt::new(expected.acs_url),
        found: data.recipient.map(Excerpt::new),
    })
}

/// The answer names the request that this browser was sent away with (SAML Profiles 4.1.4.2,
/// 4.1.4.3): in SubjectConfirmationData, which is always signed, and nowhere another one.
fn check_in_response_to(
    data: &ConfirmationData<'_>,
    response: &UnverifiedResponse<'_>,
    expected: &ExpectedResponse<'_>,
) -> Result<(), Error> {
    let Solicitation::InResponseTo(request_id) = expected.solicitation else { return Ok(()) };
    let in_response = response.in_response_to.unwrap_or(request_id);
    if data.in_response_to == Some(request_id) && in_response == request_id {
        return Ok(());
    }
    let found = Some(in_response).filter(|id| *id != request_id).or(data.in_response_to);
    Err(Error::InResponseToMismatch {
        expected: Excerpt::new(request_id),
        found: found.map(Excerpt::new),
    })
}

/// An unsolicited response answers nothing, in any place (SAML Profiles 4.1.5): one that names a
/// request was stolen from the browser that made it (attacks M-03).
fn check_no_in_response_to(
    response: &UnverifiedResponse<'_>,
    confirmations: &[BearerConfirmation<'_>],
    expected: &ExpectedResponse<'_>,
) -> Result<(), Error> {
    if expected.solicitation != Solicitation::Unsolicited {
        return Ok(());
    }
    let in_data = confirmations
        .iter()
        .find_map(|confirmation| confirmation.data.and_then(|data| data.in_response_to));
    match response.in_response_to.or(in_data) {
        Some(found) => Err(Error::NotUnsolicited { found: Excerpt::new(found) }),
        None => Ok(()),
    }
}

/// SessionNotOnOrAfter of any statement has not passed (SAML Core 2.7.2). The earliest counts.
///
/// Clock skew is not added: the bound is hours away when a sign-in is real, and our own session ends
/// at it.
pub(super) fn check_session_end(
    statements: &[AuthnStatement<'_>],
    now: UnixTime,
) -> Result<Option<UnixTime>, Error> {
    let end = statements.iter().filter_map(|statement| statement.session_not_on_or_after).min();
    check_not_on_or_after(TimedPart::Session, end, now, Duration::ZERO)?;
    Ok(end)
}

/// Where encryption was agreed, an assertion in plain text is refused (attacks E-11).
pub(super) fn check_encrypted(expected: &ExpectedResponse<'_>) -> Result<(), Error> {
    if expected.further.encrypted { Err(Error::NotEncrypted) } else { Ok(()) }
}

/// One certificate of the key that signed has begun and not ended, where that counts (RFC 5280, section
/// 4.1.2.5; attacks D-08). A renewed certificate of the same key stands for the old one.
pub(super) fn check_certificate_dates(
    key_index: usize,
    expected: &ExpectedResponse<'_>,
    now: UnixTime,
) -> Result<(), Error> {
    if expected.further.dated_certificates.is_empty() {
        return Ok(());
    }
    let key = expected.keys.get(key_index).ok_or(Error::EmptyExpectation)?;
    let certificates = expected.further.dated_certificates.iter();
    // Misuse when there is none: nobody said when the key ends.
    let mut verdict = Err(Error::EmptyExpectation);
    for certificate in certificates.filter(|certificate| certificate.public_key() == key) {
        let end = certificate.not_after().saturating_add(Duration::from_secs(1));
        let part = TimedPart::Certificate;
        verdict = check_not_before(part, Some(certificate.not_before()), now, Duration::ZERO)
            .and_then(|()| check_not_on_or_after(part, Some(end), now, Duration::ZERO));
        if verdict.is_ok() {
            break;
        }
    }
    verdict
}

/// AuthnContextClassRef is one of those that the request asked for (SAML Core 3.3.2.2.1, Comparison
/// exact). `None` when all are allowed.
pub(super) fn check_authn_context(
    statement: &AuthnStatement<'_>,
    expected: &ExpectedResponse<'_>,
) -> Result<Option<()>, Error> {
    let allowed = expected.further.authn_contexts;
    let Some(first) = allowed.first() else { return Ok(None) };
    match &statement.authn_context_class {
        Some(class) if allowed.iter().any(|allowed| allowed == class) => Ok(Some(())),
        found => Err(Error::AuthnContextMismatch {
            expected: Excerpt::new(first),
            found: found.as_deref().map(Excerpt::new),
        }),
    }
}

/// The person signed in after the request asked for that (SAML Core 3.4.1, ForceAuthn): an identity
/// provider may answer from a session of its own all the same. `None` when nobody asked.
pub(super) fn check_authn_instant(
    statement: &AuthnStatement<'_>,
    expected: &ExpectedResponse<'_>,
) -> Result<Option<()>, Error> {
    let Some(since) = expected.further.authenticated_since else { return Ok(None) };
    if statement.authn_instant.saturating_add(expected.clock_skew) >= since {
        return Ok(Some(()));
    }
    Err(Error::AuthnTooOld { expected: since, found: statement.authn_instant })
}
