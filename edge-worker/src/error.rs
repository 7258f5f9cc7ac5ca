//! What an error of the core means for the person in front of the browser: the only place that maps
//! errors to pages and HTTP statuses. The details go to the audit log, never to the browser.

use deskgate_core::diagnostic::{Diagnostic, Kind};

use crate::pages::Notice;

/// The page for a sign-in that was refused.
pub(crate) fn notice_for(error: &dyn Diagnostic) -> Notice {
    match error.code() {
        // The identity provider itself said no (SAML Core 3.2.2.2).
        "saml.status" => Notice::ProviderRefused,
        // Not an answer to what this browser asked, or this browser asked nothing.
        "saml.in_response_to_mismatch" | "saml.not_unsolicited" | "session.transaction_unknown" => {
            Notice::NotStarted
        }
        _ => match error.kind() {
            Kind::Expired => Notice::Expired,
            Kind::LimitExceeded => Notice::TooLarge,
            Kind::Misuse => Notice::Unavailable,
            // The distinction between these helps only whoever forges; so does every other kind.
            _ => Notice::NotConfirmed,
        },
    }
}
