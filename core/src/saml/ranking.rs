//! Which of several failures is the answer.
//!
//! * **Checks.** Most checks stop at the first failure: what comes after would be about something that
//!   nobody vouches for. The rules on a verified assertion are all looked at, and [`most_specific`] says
//!   which is the answer: what stays wrong however often somebody tries, before what is a matter of time,
//!   because a captured response is always old by the time somebody asks why it was refused. Within these,
//!   the order of [`Check::ALL`]: who speaks, to whom, about what.
//! * **Signatures.** That of the Response first. If it does not hold, nothing below is looked at, for that
//!   may be ciphertext (attacks E-01).
//! * **Keys.** "Made by none of them", if one is of the right kind, before "none of them fits": see
//!   [`crate::dsig::verify`].
//! * **Confirmations.** That of the one that passed most steps: see
//!   [`super::validate::check_subject_confirmation`].
//! * **Decryption.** One error, whichever key and whichever step failed (attacks E-12).

use core::borrow::Borrow;

use super::Error;
use super::check::Check;
use crate::diagnostic::{Diagnostic as _, Kind};

/// The failure that says most about what to change.
pub(super) fn most_specific<E: Borrow<Error>>(
    failures: impl IntoIterator<Item = (Check, E)>,
) -> Option<(Check, E)> {
    failures.into_iter().min_by_key(|(check, error)| rank(*check, error.borrow()))
}

/// Less is more specific.
fn rank(check: Check, error: &Error) -> (bool, Option<usize>) {
    let is_matter_of_time = error.kind() == Kind::Expired;
    (is_matter_of_time, Check::ALL.iter().position(|other| *other == check))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::saml::TimedPart;
    use crate::time::UnixTime;

    const EXPIRED: Error = Error::Expired {
        part: TimedPart::Conditions,
        not_on_or_after: UnixTime::from_seconds(0),
        now: UnixTime::from_seconds(1),
    };

    #[track_caller]
    fn check(failures: &[(Check, Error)], expected: Check) {
        let borrowed = || failures.iter().map(|(check, error)| (*check, error));
        assert_eq!(most_specific(borrowed()).unwrap().0, expected);
        assert_eq!(most_specific(borrowed().rev()).unwrap().0, expected);
    }

    #[test]
    fn what_stays_wrong_comes_before_what_is_a_matter_of_time() {
        let no_statement = Error::MissingAuthnStatement;
        check(
            &[
                (Check::SubjectConfirmation, EXPIRED),
                (Check::ConditionsWindow, EXPIRED),
                (Check::AuthnStatement, no_statement),
            ],
            Check::AuthnStatement,
        );
        let mismatch = Error::RecipientMismatch { expected: "x".into(), found: None };
        check(
            &[(Check::ConditionsWindow, EXPIRED), (Check::SubjectConfirmation, mismatch)],
            Check::SubjectConfirmation,
        );
    }

    #[test]
    fn among_equals_the_order_of_the_checks_counts() {
        let other = || Error::IssuerMismatch { expected: "x".into(), found: "y".into() };
        check(
            &[(Check::Audience, Error::MissingConditions), (Check::AssertionIssuer, other())],
            Check::AssertionIssuer,
        );
        check(
            &[(Check::SessionEnd, EXPIRED), (Check::SubjectConfirmation, EXPIRED)],
            Check::SubjectConfirmation,
        );
    }

    #[test]
    fn where_nothing_failed_there_is_no_answer() {
        assert_eq!(most_specific::<Error>([]), None);
    }
}
